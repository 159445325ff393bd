"""Stored deliveries become parcels' scans, readings and proofs, a batch at a time.

The inbox is its own queue: a worker claims pending rows, passing over those another holds, and
what it read of them is committed together with their new state.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from app.carriers import providers
from app.carriers.events import DeliveryParked
from app.carriers.models import Delivery
from app.carriers.providers import Unreadable
from app.carriers.rules import DeliveryState
from app.events import publish
from app.kit.db import now, sqlstate
from app.parcels import service as parcels
from app.parcels.reports import ScanStatus, TrackingReport
from app.runtime import Runtime

_ENDS = frozenset({ScanStatus.DELIVERED, ScanStatus.RETURN_TO_SENDER, ScanStatus.CANCELLED})
# Serialization failure, deadlock, and what says that the server is going: not the row's fault.
_TRY_AGAIN = ("40", "53", "55", "57", "08")

log = structlog.stdlib.get_logger("makegood.inbox")


@dataclass(frozen=True, slots=True)
class Parked:
    """Why a delivery waits for a person."""

    reason: str
    pointer: str | None = None


@dataclass(slots=True)
class Read:
    """A delivery and what was understood of it."""

    delivery: Delivery
    reports: list[TrackingReport] = field(default_factory=list)
    parked: Parked | None = None

    def arrivals(self) -> list[parcels.Arrival]:
        """Return the reports with where they came from."""
        origin = parcels.Origin(self.delivery.received_at, self.delivery.id)
        return [parcels.Arrival(report, origin) for report in self.reports]


async def step(runtime: Runtime) -> int:
    """Work off a batch of pending deliveries; returns how many."""
    recycled_after = timedelta(days=runtime.settings.parcels.recycled_after_days)
    async with runtime.transaction() as session:
        claimed = await _claim(session, runtime.settings.inbox.batch)
        if claimed:
            await process(session, claimed, recycled_after=recycled_after)
    return len(claimed)


async def process(
    session: AsyncSession, deliveries: Sequence[Delivery], *, recycled_after: timedelta
) -> None:
    """Read deliveries and record what they say; park those that cannot be read."""
    batch = [_read(delivery) for delivery in deliveries]
    if not await _record(session, batch, recycled_after):
        # One of them broke the batch: each alone, so that only that one is parked.
        for one in batch:
            if not await _record(session, [one], recycled_after):
                one.parked = Parked("its words could not be stored; see the log")
    await _settle(session, batch)


async def _claim(session: AsyncSession, limit: int) -> Sequence[Delivery]:
    query = (
        sa.select(Delivery)
        .options(undefer(Delivery.body))
        # A literal, so that the partial index fits.
        .where(Delivery.state == sa.literal_column("'pending'"))
        .order_by(Delivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (await session.scalars(query)).all()


def _read(delivery: Delivery) -> Read:
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
        if _is_passing(error):
            raise
        log.exception("could not record", deliveries=[str(one.delivery.id) for one in batch])
        return False
    return True


def _is_passing(error: Exception) -> bool:
    """Whether an error is of the moment, so that the batch is to be tried again as it is."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or sqlstate(error).startswith(_TRY_AGAIN)
    return isinstance(error, OSError | TimeoutError)


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


def _event(delivery: Delivery) -> DeliveryParked:
    return DeliveryParked(
        delivery_id=delivery.id,
        source_id=delivery.source_id,
        reason=delivery.reason or "",
        pointer=delivery.pointer,
    )
