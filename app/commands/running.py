"""Running the service: all of it, or its parts."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from app import main, migrations, openapi, serving, worker
from app.commands.manners import DataDir, console, plainly, settings_of
from app.runtime import database_url
from app.settings import Settings

Host = Annotated[str, typer.Option(help="Address to listen on.", envvar="MAKEGOOD_HOST")]
Port = Annotated[
    int, typer.Option(help="Port to listen on.", envvar="MAKEGOOD_PORT", min=1, max=65535)
]


def serve(
    data_dir_: Annotated[
        Path | None,
        typer.Option("--data-dir", help="Where everything lives.", envvar="MAKEGOOD_DATA_DIR"),
    ] = None,
    host: Host = "127.0.0.1",
    port: Port = 8000,
) -> None:
    """Run all of it: an embedded PostgreSQL (or MAKEGOOD_DATABASE_URL), the API and a worker."""
    with plainly():
        code = serving.serve(settings_of(data_dir_), host=host, port=port)
    raise typer.Exit(code)


def api(data_dir: DataDir = None, host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Run the HTTP side alone; as many copies as wanted."""
    with plainly():
        main.serve(settings_of(data_dir), host=host, port=port)


def work(data_dir: DataDir = None) -> None:
    """Run a worker alone; as many copies as wanted."""
    with plainly():
        worker.work(settings_of(data_dir))


def migrate(data_dir: DataDir = None) -> None:
    """Bring the database's schema to this version. Safe to run from several places at once."""
    settings = settings_of(data_dir)
    with plainly():
        asyncio.run(migrations.upgrade(database_url(settings, worker=True)))
    console.print(f"The schema is at {migrations.head()}.")


def show_openapi(
    write: Annotated[Path | None, typer.Option(help="Write it to this file instead.")] = None,
) -> None:
    """Print the API's OpenAPI document."""
    text = openapi.render(main.create_app(Settings()))
    if write is None:
        sys.stdout.write(text)
    else:
        write.write_text(text)
