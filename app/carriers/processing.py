"""Stored deliveries become parcels' scans, readings and proofs, a batch at a time.

The inbox is its own queue: a worker claims pending rows, passing over those another holds, and
what it read of them is committed together with their new state.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from app.carriers import providers
from app.carriers.events import DeliveryParked
from app.carriers.models import Delivered, Delivery
from app.carriers.providers import Unreadable
from app.carriers.rules import DeliveryState
from app.events import publish
from app.kit.db import is_passing, now
from app.kit.logs import brief
from app.parcels import service as parcels
from app.parcels.reports import ScanStatus, TrackingReport
from app.runtime import Runtime

_ENDS = frozenset({ScanStatus.DELIVERED, ScanStatus.RETURN_TO_SENDER, ScanStatus.CANCELLED})

log = structlog.stdlib.get_logger("makegood.inbox")


@dataclass(frozen=True, slots=True)
class Parked:
    """Why a delivery waits for a person."""

    reason: str
    pointer: str | None = None


@dataclass(slots=True)
class Read:
    """A delivery and what was understood of it."""

    delivery: Delivered
    reports: list[TrackingReport] = field(default_factory=list)
    parked: Parked | None = None

    def arrivals(self) -> list[parcels.Arrival]:
        """Return the reports with where they came from."""
        origin = parcels.Origin(self.delivery.received_at, self.delivery.id)
        return [parcels.Arrival(report, origin) for report in self.reports]


async def step(runtime: Runtime) -> int:
    """Work off a batch of pending deliveries; returns how many.

    A batch that fails for a reason of the moment (a time-out, a lost connection) may be too much
    at once, or hold one that is too much by itself: then the oldest is tried alone, and parked
    once it has been tried often enough.
    """
    inbox = runtime.settings.inbox
    try:
        return await _work_off(runtime, limit=inbox.batch)
    except Exception as error:
        if not is_passing(error):
            raise
        log.warning("batch failed, trying the oldest alone", error=brief(error))
    if await _count_attempt(runtime):
        await _work_off(runtime, limit=1)
    return 1


async def _work_off(runtime: Runtime, *, limit: int) -> int:
    recycled_after = timedelta(days=runtime.settings.parcels.recycled_after_days)
    async with runtime.transaction() as session:
        claimed = await _claim(session, limit, runtime.settings.inbox.batch_bytes)
        if claimed:
            await process(session, claimed, recycled_after=recycled_after)
    return len(claimed)


async def _count_attempt(runtime: Runtime) -> bool:
    """Count an attempt at the oldest pending delivery before it is made, and outside of it.

    False: it was tried often enough, and is parked.
    """
    async with runtime.transaction() as session:
        found = await _pending(session, 1)
        if not found:
            return False
        delivery = await session.get_one(Delivery, found[0].id)
        delivery.attempts += 1
        if delivery.attempts <= runtime.settings.inbox.max_attempts:
            return True
        reason = f"could not be worked off in {delivery.attempts - 1} attempts; see the log"
        await _settle(session, [Read(delivery, parked=Parked(reason))])
        return False


async def process(
    session: AsyncSession, deliveries: Sequence[Delivered], *, recycled_after: timedelta
) -> None:
    """Read deliveries and record what they say; park those that cannot be read."""
    # In a thread: a body of many scans must not stop the heartbeat.
    batch = await asyncio.to_thread(lambda: [_read(delivery) for delivery in deliveries])
    if not await _record(session, batch, recycled_after):
        # One of them broke the batch: each alone, so that only that one is parked.
        for one in batch:
            if not await _record(session, [one], recycled_after):
                one.parked = Parked("its words could not be stored; see the log")
    await _settle(session, batch)


async def _claim(session: AsyncSession, limit: int, budget: int) -> Sequence[Delivery]:
    """Claim the oldest pending deliveries, so many bytes at the most, but always one."""
    chosen: list[UUID] = []
    for row in await _pending(session, limit):
        budget -= row.size_bytes
        if chosen and budget < 0:
            break
        chosen.append(row.id)
    query = (
        sa.select(Delivery)
        .options(undefer(Delivery.body))
        .where(Delivery.id.in_(chosen))
        .order_by(Delivery.id)
    )
    return (await session.scalars(query)).all() if chosen else []


async def _pending(session: AsyncSession, limit: int) -> Sequence[sa.Row[UUID, int]]:
    query = (
        sa.select(Delivery.id, Delivery.size_bytes)
        # A literal, so that the partial index fits.
        .where(Delivery.state == sa.literal_column("'pending'"))
        .order_by(Delivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (await session.execute(query)).all()


def _read(delivery: Delivered) -> Read:
    try:
        reports = providers.get(delivery.provider).read(
            headers=delivery.headers, body=delivery.body, received_at=delivery.received_at
        )
    except Unreadable as refusal:
        return Read(delivery, parked=Parked(refusal.reason, refusal.pointer))
    except Exception as error:
        # Nothing may be lost, and one bad delivery must not stop the others.
        log.exception("provider broke", delivery_id=str(delivery.id))
        return Read(delivery, parked=Parked(f"the parser broke: {type(error).__name__}"))
    return Read(delivery, reports)


async def _record(session: AsyncSession, batch: Sequence[Read], recycled_after: timedelta) -> bool:
    """Record what a batch says. False, and nothing recorded, if some row of it is refused."""
    arrivals = [arrival for one in batch if one.parked is None for arrival in one.arrivals()]
    if not arrivals:
        return True
    try:
        async with session.begin_nested():
            await parcels.record(session, arrivals, recycled_after=recycled_after)
    except Exception as error:
        if is_passing(error):
            raise
        log.exception("could not record", deliveries=[str(one.delivery.id) for one in batch])
        return False
    return True


async def _settle(session: AsyncSession, batch: Sequence[Read]) -> None:
    moment = now(session)
    for one in batch:
        delivery, parked = one.delivery, one.parked
        delivery.state = (DeliveryState.PARKED if parked else DeliveryState.DONE).value
        delivery.processed_at = moment
        delivery.reason = parked.reason if parked else None
        delivery.pointer = parked.pointer if parked else None
        delivery.has_evidence = parked is not None or any(map(_is_evidence, one.reports))
    await session.flush()
    await publish(session, *(_event(one.delivery) for one in batch if one.parked))


def _is_evidence(report: TrackingReport) -> bool:
    """Whether a report carries a weight, a proof or an end state: kept 13 months, not 90 days."""
    return bool(report.readings or report.proofs) or any(s.status in _ENDS for s in report.scans)


def _event(delivery: Delivered) -> DeliveryParked:
    return DeliveryParked(
        delivery_id=delivery.id,
        source_id=delivery.source_id,
        reason=delivery.reason or "",
        pointer=delivery.pointer,
    )
