"""What stands in for what: faulty, replacement, the next one."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.events import publish
from app.kit.db import context_of, now
from app.orders.units import rules
from app.orders.units.custody import require_counts
from app.orders.units.events import UnitReplaced
from app.orders.units.models import Unit, UnitReplacement
from app.orders.units.rules import Link

_LONGEST = 100


async def replaced(
    session: AsyncSession,
    old: Unit,
    new: Unit,
    *,
    at: datetime,
    rma: str | None = None,
    is_told: bool = False,
) -> UnitReplacement:
    """Note that `new` stands in for `old`; lock both before. The same again changes nothing.

    `is_told`: the ERP said so with the unit. Raises CannotReplace, ImpossibleMove, UnitCancelled.
    """
    require_counts(old)
    require_counts(new)
    rules.require_possible(at, now=now(session), pointer="/replaces/at" if is_told else "/at")
    # Two links that make a ring only together must not be drawn at once.
    name = sa.func.hashtextextended("replacements of units", 0)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(name)))
    of_new = await session.get(UnitReplacement, new.id, populate_existing=True)
    of_old = await _by_old(session, old.id)
    before = [row.old_unit_id for row in await chain(session, old.id)]
    rules.require_link(
        Link(old.id, new.id), of_old=_link(of_old), of_new=_link(of_new), before_old=before
    )
    if of_new is not None:
        return await _again(session, of_new, at=at, rma=rma, is_told=is_told)
    row = UnitReplacement(
        new_unit_id=new.id,
        old_unit_id=old.id,
        replaced_at=at,
        rma=rma,
        is_told=is_told,
        recorded_at=now(session),
        recorded_by=context_of(session).caller,
    )
    session.add(row)
    await session.flush()
    event = UnitReplaced(
        unit_id=old.id,
        unit=old.key,
        by_unit_id=new.id,
        by_unit=new.key,
        rma=rma,
        replaced_at=at,
    )
    await publish(session, event)
    return row


async def _again(
    session: AsyncSession, row: UnitReplacement, *, at: datetime, rma: str | None, is_told: bool
) -> UnitReplacement:
    """Tell the same link again: what the ERP said it may say otherwise, what happened stands."""
    if row.is_told:
        row.replaced_at, row.rma = at, rma or row.rma
        row.is_told = is_told
        await session.flush()
    return row


async def untold(session: AsyncSession, new: Unit, *, but_of: UUID | None = None) -> None:
    """Take back that a unit stands in for another, where only the ERP has said so."""
    query = sa.delete(UnitReplacement).where(
        UnitReplacement.new_unit_id == new.id, UnitReplacement.is_told
    )
    if but_of is not None:
        query = query.where(UnitReplacement.old_unit_id != but_of)
    await session.execute(query)


def _link(row: UnitReplacement | None) -> Link | None:
    return None if row is None else Link(row.old_unit_id, row.new_unit_id)


async def _by_old(session: AsyncSession, old_id: UUID) -> UnitReplacement | None:
    return await session.scalar(
        sa.select(UnitReplacement).where(UnitReplacement.old_unit_id == old_id)
    )


async def chain(session: AsyncSession, unit_id: UUID) -> list[UnitReplacement]:
    """Return how a unit came to stand where it does: from the first replacement to its own."""
    return list(await session.scalars(select_chain(unit_id)))


def select_chain(unit_id: UUID) -> sa.Select[UnitReplacement]:
    """Return the query of the replacements that lead to a unit, the first one first."""
    columns = UnitReplacement.__table__.columns
    first = sa.select(*columns, sa.literal(1).label("depth"))
    way = first.where(UnitReplacement.new_unit_id == unit_id).cte("way", recursive=True)
    way = way.union_all(
        sa.select(*columns, way.c.depth + 1)
        .join(way, UnitReplacement.new_unit_id == way.c.old_unit_id)
        .where(way.c.depth < _LONGEST)
    )
    # Read from the way itself: joined to it, the table would be read from end to end.
    return sa.select(aliased(UnitReplacement, way)).order_by(way.c.depth.desc())


async def links(session: AsyncSession, unit_ids: Collection[UUID]) -> list[UnitReplacement]:
    """Return the replacements that any of these units has a part in."""
    rows = await session.scalars(
        sa.select(UnitReplacement).where(
            sa.or_(
                UnitReplacement.new_unit_id.in_(unit_ids), UnitReplacement.old_unit_id.in_(unit_ids)
            )
        )
    )
    return list(rows)
