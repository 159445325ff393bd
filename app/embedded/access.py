"""How the application and we ourselves log in to the embedded database."""

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import asyncpg

ADMIN = "postgres"
APP = "app"
DATABASE = "makegood"
PORT = 5432
_TIMEOUT_S = 5.0

Answer = TypeVar("Answer")

# The server is not there, not yet, or no longer: asking again may help.
NOT_NOW = (
    OSError,
    TimeoutError,
    asyncpg.CannotConnectNowError,
    asyncpg.ConnectionDoesNotExistError,
    asyncpg.TooManyConnectionsError,
)


@dataclass(frozen=True, slots=True)
class Access:
    """Where the server listens, and the superuser's password."""

    socket_dir: Path
    password: str

    @property
    def app_password(self) -> str:
        """The application's password: follows from the superuser's, but not the reverse."""
        return hmac.new(self.password.encode(), APP.encode(), hashlib.sha256).hexdigest()

    @property
    def app_url(self) -> str:
        """The URL by which SQLAlchemy reaches the application's database."""
        return self._url(APP, self.app_password, DATABASE)

    @property
    def admin_url(self) -> str:
        """The URL by which SQLAlchemy reaches the server as its superuser."""
        return self._url(ADMIN, self.password, ADMIN)

    def _url(self, user: str, password: str, database: str) -> str:
        where = urlencode({"host": str(self.socket_dir), "port": PORT}, quote_via=quote, safe="/")
        return f"postgresql+asyncpg://{user}:{password}@/{database}?{where}"

    def data_directory(self) -> Path:
        """The data folder of the server that answers on this socket."""
        return Path(_run(self._data_directory))

    async def _data_directory(self) -> str:
        connection = await self._connect()
        try:
            return str(await connection.fetchval("SHOW data_directory"))
        finally:
            await connection.close(timeout=_TIMEOUT_S)

    def admit_app(self, *, createdb: bool) -> None:
        """Make the application's role and database, or set them right."""
        _run(lambda: self._admit_app(createdb=createdb))

    async def _admit_app(self, *, createdb: bool) -> None:
        connection = await self._connect()
        try:
            roles = await connection.fetch("SELECT 1 FROM pg_roles WHERE rolname = $1", APP)
            # Neither statement takes parameters; the password is hexadecimal.
            await connection.execute(
                f"{'ALTER' if roles else 'CREATE'} ROLE {APP} LOGIN NOSUPERUSER NOCREATEROLE "
                f"NOREPLICATION NOBYPASSRLS {'CREATEDB' if createdb else 'NOCREATEDB'} "
                f"PASSWORD '{self.app_password}'"
            )
            there = await connection.fetch("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE)
            if not there:
                await connection.execute(f"CREATE DATABASE {DATABASE} OWNER {APP}")
        finally:
            await connection.close(timeout=_TIMEOUT_S)

    async def _connect(self) -> asyncpg.Connection:
        return await asyncpg.connect(
            host=str(self.socket_dir),
            port=PORT,
            user=ADMIN,
            password=self.password,
            database=ADMIN,
            timeout=_TIMEOUT_S,
            command_timeout=_TIMEOUT_S * 4,
        )


def _run(make: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
    # In a thread of its own, since the caller may be inside a running event loop.
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(lambda: asyncio.run(make())).result()
