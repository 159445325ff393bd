"""The schema's migrations: bring a database to this version's, and say which that is."""

import asyncio
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

_HERE = Path(__file__).parent


def config(url: str | None = None) -> Config:
    """Return alembic's configuration for `url`."""
    beside, packed = _HERE.parent / "alembic", _HERE / "_migrations"
    settings = Config()
    settings.set_main_option("script_location", str(packed if packed.exists() else beside))
    settings.attributes["url"] = url
    return settings


@cache
def head() -> str:
    """Return the newest revision that this version knows."""
    return ScriptDirectory.from_config(config()).get_current_head() or ""


@cache
def known() -> frozenset[str]:
    """Return all revisions that this version knows."""
    scripts = ScriptDirectory.from_config(config())
    return frozenset(script.revision for script in scripts.walk_revisions())


async def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database to `revision`. Several processes may do so at once."""
    await asyncio.to_thread(command.upgrade, config(url), revision)


async def downgrade(url: str, revision: str) -> None:
    """Take the database back to `revision`."""
    await asyncio.to_thread(command.downgrade, config(url), revision)
