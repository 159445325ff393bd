"""Migrations: up, down and up again; nothing forgotten; replicas that start together agree."""

import asyncio
import sys
from pathlib import Path

import asyncpg
import pytest
from alembic import command
from alembic.script import ScriptDirectory

from app import migrations
from tests.conftest import admin_dsn, fresh_database

_UPGRADE = (
    "import asyncio, sys; from app import migrations as m; asyncio.run(m.upgrade(sys.argv[1]))"
)
ROOT = Path(__file__).parent.parent


@pytest.fixture
async def empty(server_url):
    async with fresh_database(server_url) as url:
        yield url


def _text(url):
    return url.render_as_string(hide_password=False)


async def _left(url):
    connection = await asyncpg.connect(admin_dsn(url))
    try:
        rows = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
            "UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace "
            "UNION ALL SELECT typname FROM pg_type t WHERE typnamespace = 'public'::regnamespace "
            "AND typtype = 'e'"
        )
        return {row[0] for row in rows}
    finally:
        await connection.close()


async def test_up_down_and_up_again_leaves_what_it_should(empty):
    await migrations.upgrade(_text(empty))
    first = await _left(empty)
    await migrations.downgrade(_text(empty), "base")
    assert await _left(empty) == {"alembic_version", "alembic_version_pkc"}
    await migrations.upgrade(_text(empty))
    assert await _left(empty) == first


async def test_the_models_hold_nothing_that_no_migration_made(database):
    await asyncio.to_thread(command.check, migrations.config(_text(database)))


async def test_replicas_that_migrate_at_once_all_succeed(empty):
    replicas = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _UPGRADE, _text(empty)),
            cwd=ROOT,
            stderr=asyncio.subprocess.PIPE,
        )
        for _ in range(3)
    ]
    for replica in replicas:
        _, err = await replica.communicate()
        assert replica.returncode == 0, err.decode()


def test_there_is_one_line_of_revisions():
    scripts = ScriptDirectory.from_config(migrations.config())
    assert scripts.get_heads() == [migrations.head()]
    revisions = list(scripts.walk_revisions())
    assert all(revision.doc and revision.module.downgrade for revision in revisions)
    assert len(scripts.get_bases()) == 1
