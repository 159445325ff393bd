"""What discrepancies do when something happens elsewhere: a weighing, a loss made good."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.discrepancies import service
from app.discrepancies.models import IS_OPEN, Discrepancy, DiscrepancyLine, DiscrepancyRight
from app.discrepancies.rules import State
from app.events import Listener, StoredEvent
from app.kit import jobs
from app.kit.jobs import Job, Payload
from app.obligations.service import DueChange
from app.parcels import views as parcels
from app.runtime import Runtime
from app.vendors import service as vendors

_RECONSIDER = "discrepancies.reconsider"
_SETTLE = "discrepancies.settle_elsewhere"
_OF_THE_ROAD = frozenset(
    {
        "orders.shipment_recorded",
        "parcels.delivered",
        "parcels.matched",
        "parcels.proof_received",
        "parcels.weighed",
    }
)
_OF_TERMS = frozenset(
    {"vendors.calendar_recorded", "vendors.tariff_recorded", "vendors.terms_recorded"}
)
_OF_LOSSES = frozenset({"obligations.loss_settled"})
_OF_DEBTS = frozenset(
    {"obligations.kept", "obligations.kept_late", "obligations.released", "obligations.voided"}
)


async def _weigh_again(
    _runtime: Runtime, session: AsyncSession, events: Sequence[StoredEvent]
) -> None:
    """Ask for each open discrepancy whose shipment or parcels are told of, in a job of its own."""
    told = [event.data for event in events]
    parcel_ids = {UUID(data["parcel_id"]) for data in told if "parcel_id" in data}
    shipment_ids = {UUID(data["shipment_id"]) for data in told if "parcel_id" not in data}
    await _enqueue(session, _RECONSIDER, select_of_road(parcel_ids, shipment_ids))


def select_of_road(parcel_ids: set[UUID], shipment_ids: set[UUID]) -> sa.Select[UUID]:
    """Return the query of open discrepancies of these shipments, or of what these parcels carry."""
    carried, own = parcels.carried().subquery(), Discrepancy
    shipments = sa.select(carried.c.shipment_id).where(carried.c.parcel_id.in_(parcel_ids))
    found = sa.union(
        sa.select(own.id).where(own.shipment_id.in_(shipments)),
        sa.select(own.id).where(own.shipment_id.in_(shipment_ids)),
    )
    return sa.select(own.id).where(own.id.in_(found), own.state == State.OPEN.value)


async def _reckon_again(
    _runtime: Runtime, session: AsyncSession, events: Sequence[StoredEvent]
) -> None:
    """Ask for each open discrepancy that goes by the terms, tariffs or hours that are told of."""
    told = [event.data for event in events]
    keys = await vendors.keys_of(session, {UUID(x["vendor_id"]) for x in told if "vendor_id" in x})
    parties = {f"vendor:{key}" for key in keys.values()}
    parties |= {f"carrier:{data['carrier']}" for data in told if "carrier" in data}
    parties |= {party for data in told for party in data.get("parties", ())}
    # Whether it was the terms is seen by what they were; hours are seen by nothing else.
    hours = any("parties" in data for data in told)
    otherwise = DueChange.CALENDAR_CHANGED if hours else DueChange.FACTS_CHANGED
    await _enqueue(session, _RECONSIDER, select_of_terms(parties), otherwise=otherwise.value)


def select_of_terms(parties: set[str]) -> sa.Select[UUID]:
    """Return the query of open discrepancies with rights against these parties, or carried by them.

    Where nobody knows yet who carried it, it may be any of them.
    """
    right, own = DiscrepancyRight, Discrepancy
    carriers = [party.removeprefix("carrier:") for party in parties if party.startswith("carrier:")]
    found = [sa.select(right.discrepancy_id).where(right.toward.in_(parties))]
    if carriers:
        carried = sa.select(own.id).where(IS_OPEN)
        found += [
            carried.where(own.carrier.in_(carriers)),
            carried.where(own.carrier.is_(None)),
        ]
    return sa.select(own.id).where(own.id.in_(sa.union(*found)), own.state == State.OPEN.value)


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


async def _enqueue(session: AsyncSession, job: str, query: sa.Select[UUID], **more: str) -> None:
    ids = (await session.scalars(query.order_by(Discrepancy.id))).all()
    payloads = [{"discrepancy_id": str(identity), **more} for identity in ids]
    await jobs.enqueue(session, [job] * len(payloads), payloads)


async def _reconsider(runtime: Runtime, payload: Payload) -> None:
    async with runtime.transaction("listener:discrepancies.reconsider") as session:
        identity = UUID(payload["discrepancy_id"])
        otherwise = DueChange(payload.get("otherwise", DueChange.FACTS_CHANGED))
        await service.refresh(session, identity, runtime.settings.verdicts, otherwise)


async def _settle(runtime: Runtime, payload: Payload) -> None:
    async with runtime.transaction("listener:discrepancies.settle") as session:
        await service.settle_elsewhere(session, UUID(payload["discrepancy_id"]))


LISTENERS = (
    Listener("discrepancies.reconsider", _OF_THE_ROAD, _weigh_again),
    Listener("discrepancies.reckon_again", _OF_TERMS, _reckon_again),
    Listener("discrepancies.settle", _OF_LOSSES | _OF_DEBTS, _see_settled),
)
JOBS = (Job(_RECONSIDER, _reconsider), Job(_SETTLE, _settle))
