"""The inbox's day partitions: made ahead, dropped when their time is over."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from app.carriers.models import Delivery, KeptDelivery
from app.kit.db import now
from app.kit.ids import id_at, made_at
from app.kit.jobs import Payload
from app.kit.logs import brief
from app.runtime import Runtime

_NAME = re.compile(r"inbox_p(\d{8})")
# Making or dropping a partition waits for the table; deliveries must not wait behind it.
_SHORT_WAIT = sa.text("SET LOCAL lock_timeout = '2s'")

log = structlog.stdlib.get_logger("makegood.inbox")


def create_statement(day: date) -> str:
    """Return the DDL of a day's partition. Ids carry the time, so ids bound it."""
    low, high = _bounds(day)
    return (
        f"CREATE TABLE IF NOT EXISTS {_name(day)} PARTITION OF inbox "
        f"FOR VALUES FROM ('{low}') TO ('{high}')"
    )


def _name(day: date) -> str:
    return f"inbox_p{day:%Y%m%d}"


def _bounds(day: date) -> tuple[UUID, UUID]:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return id_at(start), id_at(start + timedelta(days=1))


async def make_ahead(runtime: Runtime, _payload: Payload) -> None:
    """Make the partitions of today and the days to come, and of days that began without one."""
    # Ids carry the machine's time, whatever clock the service is given.
    today = datetime.now(UTC).date()  # noqa: TID251
    ahead = {today + timedelta(days=n) for n in range(runtime.settings.inbox.days_ahead + 1)}
    for day in sorted(ahead | await _days_in_rest(runtime)):
        await _make(runtime, day)


async def _days_in_rest(runtime: Runtime) -> set[date]:
    """Return the days of what came while no partition was there for it: hardly ever any."""
    async with runtime.transaction() as session:
        ids = await session.scalars(sa.text("SELECT id FROM inbox_rest ORDER BY id LIMIT 10000"))
        return {made_at(identity).date() for identity in ids}


async def _make(runtime: Runtime, day: date) -> None:
    low, high = _bounds(day)
    within = f"id >= '{low}' AND id < '{high}'"
    try:
        async with runtime.transaction() as session:
            await session.execute(_SHORT_WAIT)
            if await session.scalar(sa.text("SELECT to_regclass(:name)"), {"name": _name(day)}):
                return
            in_rest = f"SELECT EXISTS (SELECT FROM inbox_rest WHERE {within})"  # noqa: S608
            if not await session.scalar(sa.text(in_rest)):
                await session.execute(sa.text(create_statement(day)))
                return
            for statement in _moved_out(day, within):
                await session.execute(sa.text(statement))
    except DBAPIError as error:
        # Its rows lie in the partition for the rest, and are moved when it is made.
        log.warning("partition not made yet", day=str(day), error=brief(error))


def _moved_out(day: date, within: str) -> tuple[str, ...]:
    """Return the DDL of a day whose rows are in the rest: a partition cannot be made over rows."""
    name, (low, high) = _name(day), _bounds(day)
    return (
        "LOCK TABLE inbox_rest IN ACCESS EXCLUSIVE MODE",
        f"CREATE TABLE {name} (LIKE inbox INCLUDING DEFAULTS INCLUDING CONSTRAINTS)",
        f"INSERT INTO {name} SELECT * FROM inbox_rest WHERE {within}",  # noqa: S608
        f"DELETE FROM inbox_rest WHERE {within}",  # noqa: S608
        f"ALTER TABLE inbox ATTACH PARTITION {name} FOR VALUES FROM ('{low}') TO ('{high}')",
    )


async def drop_expired(runtime: Runtime, _payload: Payload) -> None:
    """Drop days that are over; what carries evidence is moved aside first and kept longer."""
    keep = runtime.settings.keep
    if keep.hold:
        return
    today = runtime.clock.now().date()
    for name in await _expired(runtime, today - timedelta(days=keep.deliveries_days)):
        await _drop(runtime, name)
    async with runtime.transaction() as session:
        over = id_at(now(session) - timedelta(days=keep.evidence_days))
        await session.execute(sa.delete(KeptDelivery).where(KeptDelivery.id < over))


async def _expired(runtime: Runtime, before: date) -> list[str]:
    async with runtime.transaction() as session:
        names = await session.scalars(
            sa.text(
                "SELECT inhrelid::regclass::text FROM pg_inherits "
                "WHERE inhparent = 'inbox'::regclass ORDER BY 1"
            )
        )
        dated = ((name, _NAME.fullmatch(name)) for name in names)
        return [name for name, found in dated if found and _day(found[1]) < before]


def _day(digits: str) -> date:
    return datetime.strptime(digits, "%Y%m%d").replace(tzinfo=UTC).date()


async def _drop(runtime: Runtime, name: str) -> None:
    day = sa.table(name, *(sa.column(c.key) for c in sa.inspect(Delivery).local_table.columns))
    try:
        async with runtime.transaction() as session:
            await session.execute(_SHORT_WAIT)
            # Nothing may enter between the copy and the drop.
            await session.execute(sa.text(f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE"))
            if await _has_pending(session, day):
                log.warning("day kept, deliveries are pending", partition=name)
                return
            evidence = sa.select(*day.c).where(day.c.has_evidence)
            columns = [column.key for column in day.c]
            await session.execute(sa.insert(KeptDelivery).from_select(columns, evidence))
            await session.execute(sa.text(f"DROP TABLE {name}"))
    except DBAPIError as error:
        log.warning("day not dropped yet", partition=name, error=brief(error))


async def _has_pending(session: AsyncSession, day: Any) -> bool:
    pending = sa.select(day.c.id).where(day.c.state == sa.literal_column("'pending'")).limit(1)
    return await session.scalar(pending) is not None
