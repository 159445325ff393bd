"""What a process holds while it runs: settings, pools, clock, vault, files."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from obstore.store import LocalStore, ObjectStore, from_url
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from app.embedded import connection_url, default_data_dir, secrets_key
from app.kit.clock import Clock, SystemClock
from app.kit.db import (
    SYSTEM_CALLER,
    Context,
    Pool,
    connect,
    driver_options,
    make_engine,
    make_sessions,
)
from app.kit.vault import Vault
from app.settings import Settings


class NotConfigured(Exception):
    """A setting is missing; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """Everything a request or a job may need that outlives it."""

    settings: Settings
    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]
    pool: asyncpg.Pool
    clock: Clock
    vault: Vault
    files: ObjectStore

    @asynccontextmanager
    async def transaction(self, caller: str = SYSTEM_CALLER) -> AsyncIterator[AsyncSession]:
        """One unit of work of a job: committed at its end, rolled back on error."""
        context = Context(self.clock, caller)
        info = {"context": context, "settings": self.settings}
        async with self.sessions(info=info) as session, session.begin():
            yield session


def data_dir(settings: Settings) -> Path:
    """Return the data folder, configured or default."""
    return settings.data_dir or default_data_dir()


def database_url(settings: Settings, *, worker: bool = False) -> str:
    """Return where the database is: as configured, else the embedded one that serve runs.

    Raises NotConfigured where there is neither.
    """
    configured = settings.worker_database_url if worker else None
    configured = configured or settings.database_url
    url = configured.get_secret_value() if configured else connection_url(data_dir(settings))
    if url is None:
        msg = (
            "There is no database: set MAKEGOOD_DATABASE_URL, or run `makegood serve`, which "
            f"brings its own (none is running on {data_dir(settings)})."
        )
        raise NotConfigured(msg)
    return make_url(url).set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)


def make_vault(settings: Settings) -> Vault:
    """Return the vault under the configured keys, else the data folder's own.

    Raises NotConfigured: with a database of your own the key must be yours too.
    """
    keys = [key.get_secret_value() for key in settings.secrets_key]
    if not keys and settings.database_url is None:
        keys = [secrets_key(data_dir(settings))]
    if not keys:
        msg = (
            "MAKEGOOD_SECRETS_KEY is not set. It seals carriers' secrets in your database; make "
            "one with `makegood secrets new-key` and keep it safe."
        )
        raise NotConfigured(msg)
    return Vault(keys)


def make_files(settings: Settings) -> ObjectStore:
    """Return where files are kept: object storage by URL, else the data folder."""
    if settings.files_url:
        return from_url(settings.files_url)
    folder = data_dir(settings) / "files"
    return LocalStore(folder, mkdir=True)


def _dsn(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


@asynccontextmanager
async def open_runtime(
    settings: Settings,
    *,
    worker: bool = False,
    clock: Clock | None = None,
    url: str | None = None,
) -> AsyncIterator[Runtime]:
    """Open pools for one process. No connection is made before it is needed.

    `url` is for who knows the address before it is published. Raises NotConfigured.
    """
    db = settings.database
    url = url or database_url(settings, worker=worker)
    pool = Pool(
        url=url,
        size=db.worker_pool_size if worker else db.pool_size,
        name="makegood-worker" if worker else "makegood-api",
        command_timeout_s=db.bulk_timeout_s if worker else db.command_timeout_s,
        pgbouncer=db.pgbouncer and not worker,
    )
    engine = make_engine(pool)
    raw = asyncpg.create_pool(
        _dsn(url),
        min_size=0,
        max_size=max(db.inbox_writers, 4) if worker else db.inbox_writers,
        timeout=5,
        command_timeout=pool.command_timeout_s,
        connect=connect,
        **driver_options(pool),
    )
    vault, files = make_vault(settings), make_files(settings)
    async with raw:
        try:
            yield Runtime(
                settings=settings,
                engine=engine,
                sessions=make_sessions(engine),
                pool=raw,
                clock=clock or SystemClock(),
                vault=vault,
                files=files,
            )
        finally:
            await engine.dispose()


def settings_of(session: AsyncSession) -> Settings:
    """Return the settings the session was opened with."""
    return session.info["settings"]
