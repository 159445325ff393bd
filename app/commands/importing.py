"""Bringing in files of an ERP's export."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from app import auth, importer
from app.commands.manners import DataDir, console, plainly, settings_of, with_runtime
from app.imports.rules import ImportKind, ImportMode
from app.runtime import Runtime
from app.settings import Settings

_HERE = "http://127.0.0.1:8000"
Url = Annotated[str, typer.Option(help="Where the service runs.", envvar="MAKEGOOD_URL")]
ImportKey = Annotated[
    str | None,
    typer.Option(
        help="An API key that may import. Default: one is made, and ended afterwards, if the "
        "database can be reached from here.",
        envvar="MAKEGOOD_API_KEY",
    ),
]


def import_file(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV if it is named .csv, .tsv or .txt; else NDJSON.",
            exists=True,
            dir_okay=False,
            readable=True,
        ),
    ],
    kind: Annotated[ImportKind, typer.Option(help="What its records are.")],
    mode: Annotated[
        ImportMode, typer.Option(help="Store what is good; or all of it or nothing.")
    ] = ImportMode.ROW_WISE,
    url: Url = _HERE,
    key: ImportKey = None,
    data_dir: DataDir = None,
) -> None:
    """Send a file of an ERP's export to the running service, and see it through."""
    sent = importer.Sent(file, kind, mode, importer.format_of(file))
    with plainly(), _key(settings_of(data_dir), key) as usable:
        is_whole = importer.bring(sent, url=url, key=usable, console=console)
    if not is_whole:
        raise typer.Exit(1)


def import_status(
    import_id: Annotated[UUID, typer.Argument(help="As the service names the import.")],
    url: Url = _HERE,
    key: ImportKey = None,
    data_dir: DataDir = None,
) -> None:
    """See an import through that was sent before, from where it is."""
    with plainly(), _key(settings_of(data_dir), key) as usable:
        is_whole = importer.follow(import_id, url=url, key=usable, console=console)
    if not is_whole:
        raise typer.Exit(1)


@contextmanager
def _key(settings: Settings, given: str | None) -> Iterator[str]:
    """Use the key that was given, else one that lives no longer than it is needed."""
    if given is not None:
        yield given
        return
    lent_id, lent = with_runtime(settings, importer.lend_key)

    async def take_back(runtime: Runtime) -> None:
        async with runtime.transaction() as session:
            await auth.revoke_key(session, lent_id)

    try:
        yield lent
    finally:
        with_runtime(settings, take_back)
