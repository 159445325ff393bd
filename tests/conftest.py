"""One PostgreSQL for the run, one database for each process of it, emptied after each test."""

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import httpx
import pytest
from cryptography.fernet import Fernet
from fastapi import FastAPI
from sqlalchemy.engine import URL, make_url

from app import embedded, migrations, worker
from app.auth import Scope, create_key
from app.kit.logs import configure_logs
from app.main import create_app
from app.runtime import Runtime, make_files, open_runtime
from app.settings import Settings

pytest_plugins = ["tests.senders"]

FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# As in production: a log line with local variables would be slow, and tell secrets.
configure_logs("json", "info")
# Started as a shell's background job we would ignore Ctrl-C, and so would all that tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
SECRETS_KEY = Fernet.generate_key().decode()


class SetClock:
    """A clock that tests set; it stands still otherwise."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def advance(self, **delta: float) -> None:
        self.moment += timedelta(**delta)


def admin_dsn(url: URL, database: str | None = None) -> str:
    """Return a plain DSN for asyncpg."""
    url = url.set(drivername="postgresql")
    return (url.set(database=database) if database else url).render_as_string(hide_password=False)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks the database of this run, so that only that is asked of another server."""
    for item in items:
        if "server_url" in getattr(item, "fixturenames", ()):
            item.add_marker("database")


@pytest.fixture(scope="session")
def server_of_our_own() -> Iterator[embedded.Server | None]:
    """An embedded PostgreSQL, if none is given."""
    if os.environ.get("MAKEGOOD_TEST_DATABASE_URL"):
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="makegood-tests-"))
    # initdb's owner must be able to reach it when the tests run as root.
    folder.chmod(0o755)
    try:
        with embedded.start(folder / "data", extra=FAST, createdb=True) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
async def server_url(server_of_our_own: embedded.Server | None) -> URL:
    """A PostgreSQL whose role may create databases: a given one, or an embedded one of our own."""
    if server_of_our_own is None:
        return make_url(os.environ["MAKEGOOD_TEST_DATABASE_URL"])
    url = make_url(server_of_our_own.url)
    admin = await asyncpg.connect(admin_dsn(make_url(server_of_our_own.admin_url)))
    try:  # See _EMPTY.
        await admin.execute(f"GRANT SET ON PARAMETER session_replication_role TO {url.username}")
    finally:
        await admin.close()
    return url


@asynccontextmanager
async def fresh_database(server: URL, template: str | None = None) -> AsyncIterator[URL]:
    """A database of one's own, dropped at the end."""
    name = f"makegood_test_{os.urandom(6).hex()}"
    admin = await asyncpg.connect(admin_dsn(server))
    try:
        await admin.execute(
            f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else "")
        )
        yield server.set(drivername="postgresql+asyncpg", database=name)
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await admin.close()


@pytest.fixture(scope="session")
async def database(server_url: URL) -> AsyncIterator[URL]:
    """This process's database, brought up by the migrations."""
    async with fresh_database(server_url) as url:
        await migrations.upgrade(url.render_as_string(hide_password=False))
        yield url


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))


@pytest.fixture
def settings(database: URL, tmp_path: Path) -> Settings:
    return Settings(
        database_url=database.render_as_string(hide_password=False),
        secrets_key=SECRETS_KEY,
        data_dir=tmp_path / "data",
        public_url="https://makegood.test",
    )


@pytest.fixture(scope="session")
async def pools(database: URL) -> AsyncIterator[Runtime]:
    """Connections that outlive a test: making them anew costs more than most tests."""
    url = database.render_as_string(hide_password=False)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database_url=url, secrets_key=SECRETS_KEY, data_dir=folder)
        async with open_runtime(settings, worker=True) as opened:
            yield opened


@pytest.fixture
async def runtime(pools: Runtime, settings: Settings, clock: SetClock) -> AsyncIterator[Runtime]:
    opened = replace(pools, settings=settings, clock=clock, files=make_files(settings))
    yield opened
    await _empty(opened)


# Only what holds rows: emptying all of them costs more than most tests. Rows are deleted as a
# replica would, without triggers: a TRUNCATE makes a file for every table that points here, some
# ten times slower. It remains for what a large test leaves, and for a role that may not.
_EMPTY = """
DO $$ DECLARE name text; names text[] := '{}'; filled boolean; few boolean; BEGIN
  few := has_parameter_privilege('session_replication_role', 'SET');
  FOR name IN SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
      AND relname NOT IN ('alembic_version', 'pgqueuer_schedules')
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %I)', name) INTO filled;
    IF filled THEN
      names := names || format('%I', name);
      few := few AND pg_relation_size(name::regclass) < 4000000;
    END IF;
  END LOOP;
  IF few THEN
    PERFORM set_config('session_replication_role', 'replica', true);
    FOREACH name IN ARRAY names LOOP EXECUTE 'DELETE FROM ' || name; END LOOP;
    RETURN;
  END IF;
  IF 'events' = ANY (names) THEN ALTER TABLE events DISABLE TRIGGER USER; END IF;
  IF names <> '{}' THEN EXECUTE 'TRUNCATE ' || array_to_string(names, ', ') || ' CASCADE'; END IF;
  IF 'events' = ANY (names) THEN ALTER TABLE events ENABLE TRIGGER USER; END IF;
END $$
"""


async def _empty(runtime: Runtime) -> None:
    await runtime.pool.execute(_EMPTY)


class Client(httpx.AsyncClient):
    """The front door, with a key of all scopes."""


@pytest.fixture(scope="session")
def application(pools: Runtime) -> FastAPI:
    """The application: its routes are worked out at their first use, once for all tests."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Runtime]:
        yield app.state.given

    app = create_app(pools.settings, opened)
    return app


@pytest.fixture
async def client(runtime: Runtime, application: FastAPI) -> AsyncIterator[Client]:
    app = application
    app.state.given = runtime
    routes = list(app.router.routes)
    async with runtime.transaction() as session:
        _, key = await create_key(session, runtime.vault, name="tests", scopes=list(Scope))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        Client(
            transport=transport,
            base_url="http://makegood.test",
            headers={"Authorization": f"Bearer {key}"},
        ) as opened_client,
    ):
        opened_client.app = app
        yield opened_client
    app.router.routes[:] = routes  # a test may have added its own


@pytest.fixture
def run_jobs(runtime: Runtime):
    """Do all that workers would do, until nothing is left."""

    async def run() -> None:
        async with asyncio.timeout(30):
            await worker.drain(runtime)

    return run
