"""Runs migrations: one transaction, one process at a time."""

import asyncio
from typing import Any

from alembic import context
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

from app import models
from app.runtime import database_url
from app.settings import Settings

_LOCK = 7_223_372_036_854_775_001


def _ours(_object: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:  # noqa: FBT001
    """Leave alone what others own: the job queue's tables, and partitions."""
    foreign = ("pgqueuer", "inbox_p", "inbox_keys_p", "inbox_rest")
    return not (kind in {"table", "index"} and (name or "").startswith(foreign))


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=models.metadata,
        include_object=_ours,
        compare_server_default=False,
    )
    with context.begin_transaction():
        # Replicas that start together migrate in turn; the later ones find nothing to do.
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        context.run_migrations()


async def _main() -> None:
    url = context.config.attributes.get("url") or database_url(Settings())
    engine = create_async_engine(url, poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(_run)
        await connection.commit()
    await engine.dispose()


asyncio.run(_main())
