"""The `makegood` command."""

import typer

app = typer.Typer()
