"""What discrepancies do when something happens elsewhere: a parcel is weighed, a loss made good."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.discrepancies import service
from app.discrepancies.models import Discrepancy, DiscrepancyLine
from app.discrepancies.rules import State
from app.events import Listener, StoredEvent
from app.kit import jobs
from app.kit.jobs import Job, Payload
from app.parcels import views as parcels
from app.runtime import Runtime

_RECONSIDER = "discrepancies.reconsider"
_SETTLE = "discrepancies.settle_elsewhere"
_OF_PARCELS = frozenset(
    {
        "parcels.delivered",
        "parcels.matched",
        "parcels.proof_received",
        "parcels.weighed",
    }
)
_OF_LOSSES = frozenset({"obligations.loss_settled"})
_OF_DEBTS = frozenset(
    {"obligations.kept", "obligations.kept_late", "obligations.released", "obligations.voided"}
)


async def _weigh_again(
    _runtime: Runtime, session: AsyncSession, events: Sequence[StoredEvent]
) -> None:
    """Ask for each open discrepancy whose parcels are told of, in a job of its own."""
    parcel_ids = {UUID(event.data["parcel_id"]) for event in events}
    await _enqueue(session, _RECONSIDER, select_of_parcels(parcel_ids))


def select_of_parcels(parcel_ids: set[UUID]) -> sa.Select[UUID]:
    """Return the query of open discrepancies of shipments that these parcels carry."""
    carried = parcels.carried().subquery()
    shipments = sa.select(carried.c.shipment_id).where(carried.c.parcel_id.in_(parcel_ids))
    return sa.select(Discrepancy.id).where(
        Discrepancy.shipment_id.in_(shipments), Discrepancy.state == State.OPEN.value
    )


async def _see_settled(
    _runtime: Runtime, session: AsyncSession, events: Sequence[StoredEvent]
) -> None:
    losses = {UUID(event.data["loss_id"]) for event in events if event.type in _OF_LOSSES}
    debts = {UUID(event.data["obligation_id"]) for event in events if event.type in _OF_DEBTS}
    await _enqueue(session, _SETTLE, select_of_ledger(losses, debts))


def select_of_ledger(losses: set[UUID], debts: set[UUID]) -> sa.Select[UUID]:
    """Return the query of open discrepancies that lost these, or owe these."""
    line = DiscrepancyLine
    found = sa.union(
        sa.select(line.discrepancy_id).where(line.loss_id.in_(losses)),
        sa.select(line.discrepancy_id).where(line.debt_id.in_(debts)),
    )
    return sa.select(Discrepancy.id).where(
        Discrepancy.id.in_(found), Discrepancy.state == State.OPEN.value
    )


async def _enqueue(session: AsyncSession, job: str, query: sa.Select[UUID]) -> None:
    ids = (await session.scalars(query.order_by(Discrepancy.id))).all()
    payloads = [{"discrepancy_id": str(identity)} for identity in ids]
    await jobs.enqueue(session, [job] * len(payloads), payloads)


async def _reconsider(runtime: Runtime, payload: Payload) -> None:
    async with runtime.transaction("listener:discrepancies.reconsider") as session:
        identity = UUID(payload["discrepancy_id"])
        await service.refresh(session, identity, runtime.settings.verdicts)


async def _settle(runtime: Runtime, payload: Payload) -> None:
    async with runtime.transaction("listener:discrepancies.settle") as session:
        await service.settle_elsewhere(session, UUID(payload["discrepancy_id"]))


LISTENERS = (
    Listener("discrepancies.reconsider", _OF_PARCELS, _weigh_again),
    Listener("discrepancies.settle", _OF_LOSSES | _OF_DEBTS, _see_settled),
)
JOBS = (Job(_RECONSIDER, _reconsider), Job(_SETTLE, _settle))
