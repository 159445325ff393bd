"""The `makegood` command."""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, TypeVar
from uuid import UUID

import asyncpg
import typer
from cryptography.fernet import Fernet
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import DBAPIError

from app import auth, embedded, importer, main, migrations, openapi, serving, worker
from app.auth import Scope
from app.carriers import service as carriers
from app.demo import running as demos
from app.erp import service as erp
from app.imports.rules import ImportKind, ImportMode
from app.kit.problems import Problem
from app.kit.vault import BadSecretsKey
from app.runtime import NotConfigured, Runtime, database_url, open_runtime
from app.settings import Settings

app = typer.Typer(
    name="makegood",
    help="Holds vendors and carriers to their word after the sale.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
keys = typer.Typer(help="API keys: who may call, and what they may do.", no_args_is_help=True)
secrets = typer.Typer(help="The key that seals carriers' secrets.", no_args_is_help=True)
app.add_typer(keys, name="keys")
app.add_typer(secrets, name="secrets")

console = Console()
T = TypeVar("T")

DataDir = Annotated[
    Path | None,
    typer.Option(help="Where the embedded database and files live.", envvar="MAKEGOOD_DATA_DIR"),
]
Host = Annotated[str, typer.Option(help="Address to listen on.", envvar="MAKEGOOD_HOST")]
Port = Annotated[
    int, typer.Option(help="Port to listen on.", envvar="MAKEGOOD_PORT", min=1, max=65535)
]

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


def _settings(folder: Path | None = None) -> Settings:
    settings = Settings()
    return settings.model_copy(update={"data_dir": folder}) if folder else settings


@contextmanager
def _plainly() -> Iterator[None]:
    """Say what is wrong in words, without a traceback."""
    try:
        yield
    except (NotConfigured, BadSecretsKey, embedded.EmbeddedError, importer.ImportRefused) as error:
        _fail(str(error))
    except Problem as problem:
        _fail(problem.detail)
    except (OSError, DBAPIError, asyncpg.PostgresError) as error:
        _fail(f"The database cannot be used: {str(error).splitlines()[0]}")


def _fail(message: str) -> None:
    Console(stderr=True).print(f"[bold red]makegood:[/] {message}", highlight=False)
    raise typer.Exit(1)


def _with_runtime(settings: Settings, action: Callable[[Runtime], Coroutine[Any, Any, T]]) -> T:
    async def run() -> T:
        async with open_runtime(settings) as runtime:
            return await action(runtime)

    with _plainly():
        return asyncio.run(run())


@app.command()
def serve(
    data_dir_: Annotated[
        Path | None,
        typer.Option("--data-dir", help="Where everything lives.", envvar="MAKEGOOD_DATA_DIR"),
    ] = None,
    host: Host = "127.0.0.1",
    port: Port = 8000,
) -> None:
    """Run all of it: an embedded PostgreSQL (or MAKEGOOD_DATABASE_URL), the API and a worker."""
    with _plainly():
        code = serving.serve(_settings(data_dir_), host=host, port=port)
    raise typer.Exit(code)


@app.command()
def api(data_dir: DataDir = None, host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Run the HTTP side alone; as many copies as wanted."""
    with _plainly():
        main.serve(_settings(data_dir), host=host, port=port)


@app.command(name="worker")
def work(data_dir: DataDir = None) -> None:
    """Run a worker alone; as many copies as wanted."""
    with _plainly():
        worker.work(_settings(data_dir))


@app.command()
def migrate(data_dir: DataDir = None) -> None:
    """Bring the database's schema to this version. Safe to run from several places at once."""
    settings = _settings(data_dir)
    with _plainly():
        asyncio.run(migrations.upgrade(database_url(settings, worker=True)))
    console.print(f"The schema is at {migrations.head()}.")


@app.command(name="import")
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
    with _plainly(), _key(_settings(data_dir), key) as usable:
        is_whole = importer.bring(sent, url=url, key=usable, console=console)
    if not is_whole:
        raise typer.Exit(1)


@app.command(name="import-status")
def import_status(
    import_id: Annotated[UUID, typer.Argument(help="As the service names the import.")],
    url: Url = _HERE,
    key: ImportKey = None,
    data_dir: DataDir = None,
) -> None:
    """See an import through that was sent before, from where it is."""
    with _plainly(), _key(_settings(data_dir), key) as usable:
        is_whole = importer.follow(import_id, url=url, key=usable, console=console)
    if not is_whole:
        raise typer.Exit(1)


@contextmanager
def _key(settings: Settings, given: str | None) -> Iterator[str]:
    """Use the key that was given, else one that lives no longer than it is needed."""
    if given is not None:
        yield given
        return
    lent_id, lent = _with_runtime(settings, importer.lend_key)

    async def take_back(runtime: Runtime) -> None:
        async with runtime.transaction() as session:
            await auth.revoke_key(session, lent_id)

    try:
        yield lent
    finally:
        _with_runtime(settings, take_back)


@app.command(name="openapi")
def show_openapi(
    write: Annotated[Path | None, typer.Option(help="Write it to this file instead.")] = None,
) -> None:
    """Print the API's OpenAPI document."""
    text = openapi.render(main.create_app(Settings()))
    if write is None:
        sys.stdout.write(text)
    else:
        write.write_text(text)


def _address(url: str | None) -> str | None:
    if url is not None and not demos.is_address(url):
        raise typer.BadParameter("give the address of a service, such as http://127.0.0.1:8000")
    return url


def _plain(key: str | None) -> str | None:
    if key is not None and not (key.isascii() and key.isprintable()):
        raise typer.BadParameter("a key is plain text: mg_live_ and what follows")
    return key


@app.command()
def demo(
    url: Annotated[
        str | None,
        typer.Option(
            help="Play against this service; what is told stays there.", callback=_address
        ),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(
            help="An API key of it, of all scopes.", envvar="MAKEGOOD_DEMO_KEY", callback=_plain
        ),
    ] = None,
    keep: Annotated[  # noqa: FBT002 (an option of the command line)
        bool, typer.Option("--keep", help="Leave the service running until Ctrl-C, and its folder.")
    ] = False,
) -> None:
    """Play the journeys and show them, against a service on a scratch folder or a running one."""
    if (url is None) != (key is None):
        _fail("--url and --key go together: the address of a running service, and a key of it.")
    if url is not None and key is not None:
        raise typer.Exit(demos.against(url, key, console))
    with _plainly():
        code = demos.on_scratch(_key_for_demo, console, keep=keep)
    raise typer.Exit(code)


async def _key_for_demo(folder: Path) -> str:
    """Create a key with the service that runs on this folder, whatever else is configured."""
    settings = Settings(data_dir=folder, database_url=None, files_url=None, secrets_key=())
    async with open_runtime(settings) as runtime, runtime.transaction() as session:
        scopes = list(Scope)
        return (await auth.create_key(session, runtime.vault, name="demo", scopes=scopes))[1]


@keys.command(name="create")
def create_key(
    name: Annotated[str, typer.Option(help="Whose key it is, for people.")],
    scope: Annotated[
        list[Scope] | None, typer.Option(help="What it may do; repeat. Default: everything.")
    ] = None,
    expires_in_days: Annotated[int | None, typer.Option(min=1, max=3650)] = None,
    data_dir: DataDir = None,
) -> None:
    """Create an API key and print it, this once."""

    async def create(runtime: Runtime) -> str:
        expires_at = None
        if expires_in_days is not None:
            expires_at = runtime.clock.now() + timedelta(days=expires_in_days)
        async with runtime.transaction() as session:
            _, plain = await auth.create_key(
                session,
                runtime.vault,
                name=name,
                scopes=scope or list(Scope),
                expires_at=expires_at,
            )
        return plain

    print(_with_runtime(_settings(data_dir), create))  # noqa: T201 (for scripts: the key alone)


@keys.command(name="list")
def list_keys(data_dir: DataDir = None) -> None:
    """List API keys: never themselves, only their first characters."""

    async def rows(runtime: Runtime) -> list[tuple[str, ...]]:
        async with runtime.transaction() as session:
            return [
                (
                    str(key.id),
                    key.prefix,
                    key.name,
                    "all" if set(key.scopes) == set(Scope) else " ".join(key.scopes),
                    _state(key),
                    f"{key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never",
                )
                for key in await auth.list_keys(session)
            ]

    table = Table("id", "begins with", "name", "scopes", "state", "last used (UTC)")
    for row in _with_runtime(_settings(data_dir), rows):
        table.add_row(*row)
    console.print(table)


def _state(key: auth.ApiKey) -> str:
    if key.revoked_at:
        return f"revoked {key.revoked_at:%Y-%m-%d}"
    return f"until {key.expires_at:%Y-%m-%d}" if key.expires_at else "valid"


@keys.command(name="revoke")
def revoke_key(key_id: UUID, data_dir: DataDir = None) -> None:
    """End an API key now."""

    async def revoke(runtime: Runtime) -> str:
        async with runtime.transaction() as session:
            return (await auth.revoke_key(session, key_id)).name

    console.print(f"Revoked {_with_runtime(_settings(data_dir), revoke)!r}.")


@secrets.command(name="new-key")
def new_secrets_key() -> None:
    """Print a new key for MAKEGOOD_SECRETS_KEY. Put it first, keep the old one behind a comma."""
    print(Fernet.generate_key().decode())  # noqa: T201 (for scripts)


@secrets.command(name="reseal")
def reseal(data_dir: DataDir = None) -> None:
    """Seal everything under the newest key; after that the old one can go."""

    async def seal(runtime: Runtime) -> int:
        async with runtime.transaction() as session:
            sealed = await carriers.reseal(session, runtime.vault)
            return sealed + await erp.reseal(session, runtime.vault)

    count = _with_runtime(_settings(data_dir), seal)
    console.print(f"Sealed {count} secrets anew.")


if __name__ == "__main__":
    app()
