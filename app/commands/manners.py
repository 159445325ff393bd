"""How commands are told where, how they reach the database, and how they fail."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import asyncpg
import typer
from rich.console import Console
from sqlalchemy.exc import DBAPIError

from app import embedded, importer
from app.kit.problems import Problem
from app.kit.vault import BadSecretsKey
from app.runtime import NotConfigured, Runtime, open_runtime
from app.settings import Settings

console = Console()
T = TypeVar("T")

DataDir = Annotated[
    Path | None,
    typer.Option(help="Where the embedded database and files live.", envvar="MAKEGOOD_DATA_DIR"),
]


def settings_of(folder: Path | None = None) -> Settings:
    """Return the settings, of another data folder if one was named."""
    settings = Settings()
    return settings.model_copy(update={"data_dir": folder}) if folder else settings


@contextmanager
def plainly() -> Iterator[None]:
    """Say what is wrong in words, without a traceback."""
    try:
        yield
    except (NotConfigured, BadSecretsKey, embedded.EmbeddedError, importer.ImportRefused) as error:
        fail(str(error))
    except Problem as problem:
        fail(problem.detail)
    except (OSError, DBAPIError, asyncpg.PostgresError) as error:
        fail(f"The database cannot be used: {str(error).splitlines()[0]}")


def fail(message: str) -> NoReturn:
    """Say it on stderr, and end with 1."""
    Console(stderr=True).print(f"[bold red]makegood:[/] {message}", highlight=False)
    raise typer.Exit(1)


def with_runtime(settings: Settings, action: Callable[[Runtime], Coroutine[Any, Any, T]]) -> T:
    """Do something with the database, and say plainly what is wrong with it."""

    async def run() -> T:
        async with open_runtime(settings) as runtime:
            return await action(runtime)

    with plainly():
        return asyncio.run(run())
