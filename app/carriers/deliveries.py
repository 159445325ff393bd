"""What is done with deliveries: page, get, fetch their bytes, parse parked ones again."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from app.carriers.models import Delivery, InboxKey, KeptDelivery
from app.carriers.processing import process
from app.carriers.rules import DeliveryState, NotParked
from app.kit.problems import NotFound

_ASIDE_AT_ONCE = 100

Row = dict[str, Any]
AnyDelivery = Delivery | KeptDelivery


async def get(session: AsyncSession, delivery_id: UUID) -> AnyDelivery:
    """Return a delivery, wherever it is kept. Raises NotFound, also once it was dropped."""
    found: AnyDelivery | None = await session.get(Delivery, delivery_id)
    found = found or await session.get(KeptDelivery, delivery_id)
    if found is None:
        raise NotFound(f"There is no delivery {delivery_id}; old ones are dropped.")
    return found


async def fetch(session: AsyncSession, delivery_id: UUID) -> bytes:
    """Return a delivery's bytes. Raises NotFound."""
    found = await get(session, delivery_id)
    await session.refresh(found, ["body"])
    return found.body


async def page(
    session: AsyncSession,
    *,
    after: UUID | None,
    limit: int,
    source_id: UUID | None = None,
    state: DeliveryState | None = None,
) -> Sequence[AnyDelivery]:
    """Return deliveries, the newest first, before an id, wherever they are kept."""
    found: list[AnyDelivery] = []
    for model in (Delivery, KeptDelivery):  # two tables, one query each
        query = sa.select(model)
        if after is not None:
            query = query.where(model.id < after)
        if source_id is not None:
            query = query.where(model.source_id == source_id)
        if state is not None:
            # A literal, so that the partial indexes of the states fit.
            query = query.where(model.state == sa.literal_column(f"'{state.value}'"))
        found += (await session.scalars(query.order_by(model.id.desc()).limit(limit))).all()
    return sorted(found, key=lambda each: each.id, reverse=True)[:limit]


async def describe(session: AsyncSession, deliveries: Sequence[AnyDelivery]) -> list[Row]:
    """Return deliveries without their bytes, with those that conflict with them."""
    rivals = await _rivals(session, deliveries)
    return [
        {
            "id": each.id,
            "source_id": each.source_id,
            "provider": each.provider,
            "dedup_key": each.dedup_key,
            "body_sha256": each.body_sha256.hex(),
            "size_bytes": each.size_bytes,
            "headers": each.headers,
            "received_at": each.received_at,
            "state": each.state,
            "processed_at": each.processed_at,
            "reason": each.reason,
            "pointer": each.pointer,
            "conflicts_with": sorted(rivals[each.source_id, each.dedup_key] - {each.id}),
        }
        for each in deliveries
    ]


async def reparse(
    session: AsyncSession, delivery_id: UUID, *, recycled_after: timedelta
) -> AnyDelivery:
    """Read a parked delivery again, now: it is done, or parked with today's reason.

    Raises NotFound, NotParked. Of two callers at once the second finds it no longer parked.
    """
    delivery = await _locked(session, delivery_id)
    if delivery is None:
        raise NotFound(f"There is no delivery {delivery_id} that could be parsed.")
    if delivery.state != DeliveryState.PARKED:
        raise NotParked("Only a parked delivery can be parsed again.", state=delivery.state)
    delivery.attempts = 0
    await process(session, [delivery], recycled_after=recycled_after)
    return delivery


async def _locked(session: AsyncSession, delivery_id: UUID) -> AnyDelivery | None:
    found: AnyDelivery | None = await session.get(
        Delivery, delivery_id, with_for_update=True, options=[undefer(Delivery.body)]
    )
    return found or await session.get(
        KeptDelivery, delivery_id, with_for_update=True, options=[undefer(KeptDelivery.body)]
    )


async def reparse_all(
    session: AsyncSession, *, source_id: UUID | None, recycled_after: timedelta
) -> int:
    """Put all parked deliveries back in the queue; returns how many.

    Those kept aside as evidence are in no queue: they are read again here and now.
    """
    queued = sa.update(Delivery).where(Delivery.state == sa.literal_column("'parked'"))
    aside = (
        sa.select(KeptDelivery)
        .options(undefer(KeptDelivery.body))
        .where(KeptDelivery.state == sa.literal_column("'parked'"))
        .order_by(KeptDelivery.id)
        .limit(_ASIDE_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    if source_id is not None:
        queued = queued.where(Delivery.source_id == source_id)
        aside = aside.where(KeptDelivery.source_id == source_id)
    values = {
        "state": "pending",
        "reason": None,
        "pointer": None,
        "processed_at": None,
        "attempts": 0,
    }
    done = await session.execute(queued.values(values).returning(Delivery.id))
    kept = (await session.scalars(aside)).all()
    await process(session, kept, recycled_after=recycled_after)
    return len(done.all()) + len(kept)


async def _rivals(
    session: AsyncSession, deliveries: Sequence[AnyDelivery]
) -> dict[tuple[UUID, str], set[UUID]]:
    keys = {(each.source_id, each.dedup_key) for each in deliveries}
    rows = await session.execute(
        sa.select(InboxKey.source_id, InboxKey.dedup_key, InboxKey.delivery_id).where(
            sa.tuple_(InboxKey.source_id, InboxKey.dedup_key).in_(keys)
        )
    )
    found: dict[tuple[UUID, str], set[UUID]] = defaultdict(set)
    for source_id, key, delivery_id in rows:
        found[source_id, key].add(delivery_id)
    return found
