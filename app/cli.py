"""The `makegood` command: which words it knows; what each does stands in `commands`."""

import typer

from app.commands import importing, keys, running, secrets, showing

app = typer.Typer(
    name="makegood",
    help="Holds vendors and carriers to their word after the sale.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command()(running.serve)
app.command()(running.api)
app.command(name="worker")(running.work)
app.command()(running.migrate)
app.command(name="import")(importing.import_file)
app.command(name="import-status")(importing.import_status)
app.command(name="openapi")(running.show_openapi)
app.command()(showing.demo)
app.add_typer(keys.keys, name="keys")
app.add_typer(secrets.secrets, name="secrets")


if __name__ == "__main__":
    app()
