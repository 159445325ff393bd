"""Units that went back to the vendor, and those that came back from there."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit.db import context_of, now
from app.orders.rules import rma_lookup
from app.orders.units import rules
from app.orders.units.custody import require_counts
from app.orders.units.events import UnitCameBack, UnitWentBackToVendor
from app.orders.units.models import Unit, UnitReturn
from app.orders.units.rules import NotGone


async def went_back(
    session: AsyncSession, unit: Unit, *, rma: str, at: datetime, pointer: str = "/at"
) -> UnitReturn:
    """Note that a locked unit left for the vendor. The same again changes nothing.

    Raises UnitWentBack (under another RMA), ImpossibleMove, UnitCancelled.
    """
    require_counts(unit)
    rules.require_possible(at, now=now(session), pointer=pointer)
    same = sa.select(UnitReturn).where(
        UnitReturn.unit_id == unit.id, UnitReturn.rma_lookup == rma_lookup(rma)
    )
    told = await session.scalar(same.limit(1))
    if told is not None:
        return told
    await require_here(session, unit)
    row = UnitReturn(
        unit_id=unit.id,
        rma=rma,
        rma_lookup=rma_lookup(rma),
        went_back_at=at,
        recorded_at=now(session),
        recorded_by=context_of(session).caller,
    )
    session.add(row)
    await session.flush()
    event = UnitWentBackToVendor(unit_id=unit.id, unit=unit.key, rma=rma, went_back_at=at)
    await publish(session, event)
    return row


async def came_back(session: AsyncSession, unit: Unit, *, at: datetime) -> UnitReturn:
    """Note that a locked unit came back from the vendor, repaired or refused.

    Raises NotGone, ImpossibleMove.
    """
    row = (await gone(session, [unit.id])).get(unit.id)
    if row is None:
        raise NotGone(f"The unit {unit.key!r} is not at the vendor's.", unit=unit.key)
    since = row.went_back_at
    rules.require_possible(at, now=now(session), pointer="/at", since=since)
    row.came_back_at = at
    await session.flush()
    event = UnitCameBack(unit_id=unit.id, unit=unit.key, rma=row.rma, came_back_at=at)
    await publish(session, event)
    return row


async def gone(session: AsyncSession, unit_ids: Collection[UUID]) -> dict[UUID, UnitReturn]:
    """Return under what units went back that are still at the vendor's, by unit."""
    rows = await session.scalars(
        sa.select(UnitReturn).where(
            UnitReturn.unit_id.in_(unit_ids), UnitReturn.came_back_at.is_(None)
        )
    )
    return {row.unit_id: row for row in rows}


async def require_here(session: AsyncSession, unit: Unit, *, pointer: str = "/serial") -> None:
    """Refuse a unit that is at the vendor's: "this serial went back in RMA 8123".

    Raises UnitWentBack.
    """
    row = (await gone(session, [unit.id])).get(unit.id)
    if row is not None:
        raise rules.went_back(
            serial=unit.serial, unit=unit.key, rma=row.rma, at=row.went_back_at, pointer=pointer
        )


async def last_return(session: AsyncSession, unit: Unit) -> UnitReturn | None:
    """Return how a unit went back last, whether it came back or not."""
    query = sa.select(UnitReturn).where(UnitReturn.unit_id == unit.id)
    return await session.scalar(query.order_by(UnitReturn.id.desc()).limit(1))
