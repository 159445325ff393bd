"""The `makegood` command."""

import asyncio
import socket
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, TypeVar
from uuid import UUID

import asyncpg
import httpx
import typer
from cryptography.fernet import Fernet
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from sqlalchemy.exc import DBAPIError

from app import auth, embedded, main, migrations, openapi, worker
from app.auth import Scope
from app.carriers import service as carriers
from app.embedded.supervisor import Child
from app.embedded.supervisor import run as supervise
from app.kit.logs import configure_logs
from app.kit.problems import Problem
from app.kit.vault import BadSecretsKey
from app.runtime import NotConfigured, Runtime, data_dir, database_url, open_runtime
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
_READY_WITHIN_S = 30
T = TypeVar("T")

DataDir = Annotated[
    Path | None,
    typer.Option(help="Where the embedded database and files live.", envvar="MAKEGOOD_DATA_DIR"),
]
Host = Annotated[str, typer.Option(help="Address to listen on.", envvar="MAKEGOOD_HOST")]
Port = Annotated[
    int, typer.Option(help="Port to listen on.", envvar="MAKEGOOD_PORT", min=1, max=65535)
]


def _settings(folder: Path | None = None) -> Settings:
    settings = Settings()
    return settings.model_copy(update={"data_dir": folder}) if folder else settings


@contextmanager
def _plainly() -> Iterator[None]:
    """Say what is wrong in words, without a traceback."""
    try:
        yield
    except (NotConfigured, BadSecretsKey, embedded.EmbeddedError) as error:
        _fail(str(error))
    except Problem as problem:
        _fail(problem.detail)
    except (OSError, DBAPIError, asyncpg.PostgresError) as error:
        _fail(f"The database cannot be used: {str(error).splitlines()[0]}")


def _fail(message: str) -> None:
    Console(stderr=True).print(f"[bold red]makegood:[/] {message}", highlight=False)
    raise typer.Exit(1)


def _with_runtime(
    settings: Settings, action: Callable[[Runtime], Coroutine[Any, Any, T]], url: str | None = None
) -> T:
    async def run() -> T:
        async with open_runtime(settings, url=url) as runtime:
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
    settings = _settings(data_dir_)
    configure_logs(settings.log_format, settings.log_level)
    external = database_url(settings) if settings.database_url else None
    first_key: list[str] = []

    def prepare(url: str) -> None:
        asyncio.run(migrations.upgrade(url))
        first_key.extend(_with_runtime(settings, _first_key, url))

    command = [sys.executable, "-m", "app.cli"]
    children = [
        Child("api", [*command, "api", "--host", host, "--port", str(port)]),
        Child("worker", [*command, "worker"]),
    ]
    with _plainly():
        _require_free(host, port)
        code = supervise(
            data_dir(settings),
            prepare=prepare,
            children=children,
            on_ready=lambda: _greet(host, port, data_dir(settings), first_key),
            url=external,
        )
    raise typer.Exit(code)


async def _first_key(runtime: Runtime) -> list[str]:
    """Create a key of all scopes where there is none yet."""
    async with runtime.transaction() as session:
        if await auth.list_keys(session):
            return []
        _, plain = await auth.create_key(
            session, runtime.vault, name="first key", scopes=list(Scope)
        )
        return [plain]


def _require_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            _fail(
                f"Port {port} on {host} cannot be used ({error.strerror}); choose another: --port"
            )


def _greet(host: str, port: int, folder: Path, first_key: list[str]) -> None:
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104
    base = f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
    ready = _await_ready(base)
    lines = [
        f"API    {base}" if ready else f"API    {base} (still starting; see the log)",
        f"Docs   {base}/docs",
        f"Data   {folder}",
    ]
    if first_key:
        lines += ["", "Your first API key, shown this once:", f"[bold]{first_key[0]}[/]"]
    console.print(Panel("\n".join(lines), title="Makegood", expand=False), soft_wrap=True)
    console.file.flush()


def _await_ready(base: str) -> bool:
    until = time.monotonic() + _READY_WITHIN_S
    while time.monotonic() < until:
        try:
            if httpx.get(f"{base}/readyz", timeout=2, trust_env=False).is_success:
                return True
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    return False


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
            return await carriers.reseal(session, runtime.vault)

    count = _with_runtime(_settings(data_dir), seal)
    console.print(f"Sealed {count} secrets anew.")


if __name__ == "__main__":
    app()
