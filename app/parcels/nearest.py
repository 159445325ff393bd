"""Which parcel somebody means who names a number, and when it was sent."""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.parcels.models import Parcel
from app.parcels.rules import Candidate, carrier_slug, choose_parcel
from app.runtime import settings_of

_MOST_LIVES = 20


async def nearest(
    session: AsyncSession, number: str, *, carrier: str | None, sent_at: datetime
) -> UUID | None:
    """Return the parcel of a number: of all its lives the one nearest to the sending.

    `number`: normalized. None: nothing is known of it yet.
    """
    recycled_after = timedelta(days=settings_of(session).parcels.recycled_after_days)
    slug = carrier_slug(carrier)
    query = sa.select(Parcel).where(Parcel.number == number)
    found = await session.scalars(query.order_by(Parcel.id).limit(_MOST_LIVES))
    candidates = [
        Candidate(each.id, each.shipped_at, each.first_seen_at, each.last_seen_at)
        for each in found
        if slug is None or each.carrier in {None, slug}
    ]
    chosen = choose_parcel(candidates, (sent_at, sent_at), recycled_after=recycled_after)
    return chosen.parcel_id if chosen else None
