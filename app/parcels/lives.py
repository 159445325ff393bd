"""The lives of a tracking number that a carrier gave twice: which scan belongs to which."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.db import now
from app.parcels.models import Parcel, Proof, Reading, Scan

# Clocks and time zones of those who ship and those who scan differ by so much.
_SLACK = timedelta(days=1)


async def divide(
    session: AsyncSession, fresh: Sequence[Parcel], known: Sequence[Parcel]
) -> list[Parcel]:
    """Give a second parcel of a number what was said of it before it was told of.

    Its scans came while only the other was known. A number's lives begin at their ship dates:
    what happened from the new parcel's ship date on is moved to it.
    """
    moved: dict[UUID, Parcel] = {}
    siblings: dict[str | None, list[Parcel]] = defaultdict(list)
    for parcel in known:
        siblings[parcel.number].append(parcel)
    for parcel in fresh:
        shipped_at = parcel.shipped_at
        if parcel.number is None or shipped_at is None:
            continue
        earlier = [
            other
            for other in siblings[parcel.number]
            if other.shipped_at is not None and other.shipped_at < shipped_at
        ]
        if earlier:
            await _move(session, earlier, parcel)
            moved |= {each.id: each for each in (*earlier, parcel)}
    return list(moved.values())


async def _move(session: AsyncSession, earlier: Sequence[Parcel], to: Parcel) -> None:
    since = (to.shipped_at or now(session)) - _SLACK
    ids = [parcel.id for parcel in earlier]
    said_at = {
        Scan: Scan.occurred_at,
        Reading: sa.func.coalesce(Reading.measured_at, Reading.received_at),
        Proof: sa.func.coalesce(Proof.delivered_at, Proof.received_at),
    }
    for model, moment in said_at.items():  # three kinds of evidence, one statement each
        await session.execute(
            sa.update(model)
            .where(model.parcel_id.in_(ids), moment >= since)
            .values(parcel_id=to.id)
            .execution_options(synchronize_session=False)
        )
    await _relive(session, [*earlier, to])


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
