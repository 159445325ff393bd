"""The lives of a tracking number that a carrier gave twice: which scan belongs to which."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.kit.db import now
from app.parcels import states
from app.parcels.models import Parcel, Proof, Reading, Scan

# Clocks and time zones of those who ship and those who scan differ by so much.
_SLACK = timedelta(days=1)


async def divide(
    session: AsyncSession, fresh: Sequence[Parcel], known: Sequence[Parcel]
) -> list[Parcel]:
    """Give a second parcel of a number what was said of it before it was told of.

    Its scans came while only the other was known. A number's lives begin at their ship dates:
    what happened from the new parcel's ship date on, until the next one's, is moved to it.
    """
    moved: dict[UUID, Parcel] = {}
    for parcel in fresh:
        others = [other for other in known if _is_sibling(other, parcel)]
        if others:
            await _move(session, others, parcel)
            moved |= {each.id: each for each in (*others, parcel)}
    return list(moved.values())


def _is_sibling(other: Parcel, parcel: Parcel) -> bool:
    """Whether two parcels are lives of one number of one carrier, both with a ship date."""
    return (
        other is not parcel
        and parcel.number is not None
        and other.number == parcel.number
        and None not in {other.shipped_at, parcel.shipped_at}
        and states.carried_by(other, parcel.carrier)
    )


async def _move(session: AsyncSession, others: Sequence[Parcel], to: Parcel) -> None:
    begin = to.shipped_at or now(session)
    later = [p.shipped_at for p in others if p.shipped_at is not None and p.shipped_at > begin]
    until = min(later, default=None)
    for model, moment in _moments().items():  # three kinds of evidence, one statement each
        its = aliased(model)
        there = sa.select(its.fingerprint).where(its.parcel_id == to.id)
        theirs = (
            # Two lives may hold the same words; the third can hold them once.
            sa.select(model.id)
            .ext(distinct_on(model.fingerprint))
            .where(
                model.parcel_id.in_([parcel.id for parcel in others]),
                moment >= begin - _SLACK,
                sa.true() if until is None else moment < until - _SLACK,
                model.fingerprint.not_in(there),
            )
            .order_by(model.fingerprint, model.id)
            .correlate(None)
        )
        await session.execute(
            sa.update(model)
            .where(model.id.in_(theirs))
            .values(parcel_id=to.id)
            .execution_options(synchronize_session=False)
        )
    await _relive(session, [*others, to])


def _moments() -> Mapping[type[Reading | Proof | Scan], sa.SQLColumnExpression[datetime]]:
    """Return when each kind of evidence speaks of: what tells no time has its delivery's."""
    return {
        Reading: sa.func.coalesce(
            Reading.measured_at, _last_scan_beside(Reading), Reading.received_at
        ),
        Proof: sa.func.coalesce(Proof.delivered_at, _last_scan_beside(Proof), Proof.received_at),
        # Last, since the others look at where the scans of their delivery are.
        Scan: Scan.occurred_at,
    }


def _last_scan_beside(model: type[Reading | Proof]) -> sa.ScalarSelect[datetime]:
    """Return the last scan that came in the same delivery."""
    told = aliased(Scan)
    query = sa.select(sa.func.max(told.occurred_at)).where(
        told.parcel_id == model.parcel_id, told.delivery_id == model.delivery_id
    )
    return query.scalar_subquery()


async def _relive(session: AsyncSession, parcels: Sequence[Parcel]) -> None:
    """Compute first and last sight of parcels anew from their scans."""
    rows = await session.execute(
        sa.select(Scan.parcel_id, sa.func.min(Scan.occurred_at), sa.func.max(Scan.occurred_at))
        .where(Scan.parcel_id.in_([parcel.id for parcel in parcels]))
        .group_by(Scan.parcel_id)
    )
    lives = {parcel_id: (first, last) for parcel_id, first, last in rows}
    for parcel in parcels:
        parcel.first_seen_at, parcel.last_seen_at = lives.get(parcel.id, (None, None))
