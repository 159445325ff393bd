"""What parcels do when something happens elsewhere."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import Listener, StoredEvent
from app.kit import jobs
from app.kit.db import is_passing
from app.kit.jobs import Job, Payload
from app.kit.logs import brief
from app.parcels.matching import match
from app.runtime import Runtime

_MATCH_ONE = "parcels.match_one"
_MATCH_SOME = "parcels.match_some"
_MATCHED_AT_ONCE = 200

log = structlog.stdlib.get_logger("makegood.parcels")


async def _on_recorded(
    runtime: Runtime, session: AsyncSession, events: Sequence[StoredEvent]
) -> None:
    await _match_all(runtime, session, {UUID(event.data["shipment_id"]) for event in events})


async def _on_imported(
    _runtime: Runtime, session: AsyncSession, events: Sequence[StoredEvent]
) -> None:
    """Share out what came in bulk: many small transactions rather than a long one."""
    parts = [
        event.data["shipment_ids"][at : at + _MATCHED_AT_ONCE]
        for event in events
        for at in range(0, len(event.data["shipment_ids"]), _MATCHED_AT_ONCE)
    ]
    payloads = [{"shipment_ids": part} for part in parts]
    await jobs.enqueue(session, [_MATCH_SOME] * len(payloads), payloads)


async def _match_all(runtime: Runtime, session: AsyncSession, shipment_ids: set[UUID]) -> None:
    shipments = sorted(shipment_ids)
    try:
        async with session.begin_nested():
            await match(session, shipments, recycled_after=_recycled_after(runtime))
    except Exception as error:
        if is_passing(error):
            raise
        # One of them broke it: each gets a job of its own, so that only that one is held.
        log.warning("matching each alone", shipments=len(shipments), error=brief(error))
        payloads = [{"shipment_id": str(shipment_id)} for shipment_id in shipments]
        await jobs.enqueue(session, [_MATCH_ONE] * len(payloads), payloads)


async def _match_some(runtime: Runtime, payload: Payload) -> None:
    async with runtime.transaction("listener:parcels.match") as session:
        await _match_all(runtime, session, {UUID(each) for each in payload["shipment_ids"]})


async def _match_one(runtime: Runtime, payload: Payload) -> None:
    async with runtime.transaction("listener:parcels.match") as session:
        shipment_id = UUID(payload["shipment_id"])
        await match(session, [shipment_id], recycled_after=_recycled_after(runtime))


def _recycled_after(runtime: Runtime) -> timedelta:
    return timedelta(days=runtime.settings.parcels.recycled_after_days)


LISTENERS = (
    Listener("parcels.match", frozenset({"orders.shipment_recorded"}), _on_recorded),
    Listener("parcels.match_imported", frozenset({"orders.shipments_imported"}), _on_imported),
)
JOBS = (Job(_MATCH_ONE, _match_one), Job(_MATCH_SOME, _match_some))
