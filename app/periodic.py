"""What runs again and again: due times in a table, claimed by one worker at a time."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.kit import jobs
from app.kit.db import Base, now
from app.kit.jobs import Periodic


class DueTime(Base):
    """When a periodic job is due next."""

    __tablename__ = "periodic_jobs"

    name: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column(index=True)


async def enqueue_due(session: AsyncSession, periodic: Sequence[Periodic]) -> int:
    """Enqueue each periodic job whose time has come, once over all workers; returns how many."""
    moment = now(session)
    claimed = (
        await session.scalars(
            sa.select(DueTime).where(DueTime.due_at <= moment).with_for_update(skip_locked=True)
        )
    ).all()
    by_name = {job.name: job for job in periodic}
    due = [row for row in claimed if row.name in by_name]
    for row in due:
        row.due_at = moment + by_name[row.name].every
    await session.flush()
    await jobs.enqueue(session, [row.name for row in due], [{} for _ in due])
    return len(due)


async def register(session: AsyncSession, periodic: Sequence[Periodic]) -> None:
    """Make a due time, now, for each periodic job that has none."""
    if periodic:
        rows = [{"name": job.name, "due_at": now(session)} for job in periodic]
        await session.execute(insert(DueTime).values(rows).on_conflict_do_nothing())
