"""What parcels do when something happens elsewhere."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.events import Listener, StoredEvent
from app.parcels.matching import match
from app.runtime import Runtime


async def _match(runtime: Runtime, session: AsyncSession, events: Sequence[StoredEvent]) -> None:
    shipments = sorted({UUID(event.data["shipment_id"]) for event in events})
    recycled_after = timedelta(days=runtime.settings.parcels.recycled_after_days)
    await match(session, shipments, recycled_after=recycled_after)


LISTENERS = (Listener("parcels.match", frozenset({"orders.shipment_recorded"}), _match),)
