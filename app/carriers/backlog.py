"""How much of what carriers sent waits: for a worker, or for a person."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.carriers.models import Delivery, KeptDelivery

_COUNTED_TO = 10_000


@dataclass(frozen=True, slots=True)
class Backlog:
    """Counts, at most 10,000 each, and when the oldest pending delivery was received."""

    pending: int
    parked: int
    oldest_pending_at: datetime | None


async def backlog(session: AsyncSession) -> Backlog:
    """Count by the partial indexes of the states: what is done is not looked at."""
    pending, parked = sa.literal_column("'pending'"), sa.literal_column("'parked'")
    oldest = sa.select(Delivery.received_at).where(Delivery.state == pending)
    return Backlog(
        pending=await _count(session, sa.select(Delivery.id).where(Delivery.state == pending)),
        parked=await _count(session, sa.select(Delivery.id).where(Delivery.state == parked))
        + await _count(session, sa.select(KeptDelivery.id).where(KeptDelivery.state == parked)),
        oldest_pending_at=await session.scalar(oldest.order_by(Delivery.id).limit(1)),
    )


async def _count(session: AsyncSession, query: sa.Select[UUID]) -> int:
    some = query.limit(_COUNTED_TO).subquery()
    return await session.scalar(sa.select(sa.func.count()).select_from(some)) or 0
