"""What workers do for price protection: compute what notices reach, and again when it changes."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import Listener, StoredEvent
from app.kit import jobs
from app.kit.db import is_passing, now
from app.kit.jobs import Job, Loop, Payload, Periodic
from app.kit.logs import brief
from app.price_protection.claims import following
from app.price_protection.claims.computing import refresh
from app.price_protection.claims.passing import SHARE_JOB, owe
from app.price_protection.detection.detecting import detect
from app.price_protection.exposure import marking
from app.price_protection.exposure.computing import compute
from app.price_protection.models import PriceNotice
from app.runtime import Runtime
from app.vendors import service as vendors

_DETECT = "price_protection.detect"
_REFRESH = "price_protection.refresh_claims"
_FOLLOW = "price_protection.follow_claim"
_OF_NOTICES = frozenset({"price_protection.exposure_computed", "price_protection.notice_withdrawn"})
_OF_LEDGER = frozenset(
    {
        "obligations.corrected",
        "obligations.deadline_lapsed",
        "obligations.kept",
        "obligations.kept_late",
        "obligations.performed",
        "obligations.released",
        "obligations.reopened",
        "obligations.superseded",
        "obligations.voided",
    }
)
# What may change what a notice reaches: of what it tells, and where its ids are.
OF_ORDERS: Mapping[str, tuple[str, str]] = {
    "orders.purchase_order_recorded": ("purchase_orders", "purchase_order_id"),
    "orders.purchase_orders_imported": ("purchase_orders", "purchase_order_ids"),
    "orders.shipment_recorded": ("shipments", "shipment_id"),
    "orders.shipments_imported": ("shipments", "shipment_ids"),
    "orders.unit_recorded": ("units", "unit_id"),
    "orders.vendor_document_recorded": ("documents", "document_id"),
    "orders.vendor_documents_imported": ("documents", "document_ids"),
    "parcels.delivered": ("parcels", "parcel_id"),
    "parcels.matched": ("parcels", "parcel_id"),
    "obligations.loss_opened": ("losses", "loss_id"),
    "obligations.loss_settled": ("losses", "loss_id"),
    "obligations.loss_unsettled": ("losses", "loss_id"),
    "obligations.performed": ("debts", "obligation_id"),
    "obligations.corrected": ("debts", "obligation_id"),
    "products.recorded": ("products", "product_id"),
}
_CALLER = "loop:price_protection.compute"
_POLL_S = 0.5
_OF_TERMS = frozenset({"vendors.calendar_recorded", "vendors.terms_recorded"})

log = structlog.stdlib.get_logger("makegood.price_protection")


async def step(runtime: Runtime) -> int:
    """Compute the notice that is due the longest; returns how many. Of two workers one has it."""
    async with runtime.transaction(_CALLER) as session:
        await marking.turn_due(session)
    notice_id = None
    try:
        async with runtime.transaction(_CALLER) as session:
            notice = await session.scalar(select_due(now(session)))
            if notice is None:
                return 0
            notice_id = notice.id
            await compute(session, notice)
    except Exception as error:
        if notice_id is None or is_passing(error):
            raise
        log.exception("price notice not computed", notice_id=str(notice_id))
        await _give_up(runtime, notice_id, brief(error))
    return 1


def select_due(moment: object) -> sa.Select[PriceNotice]:
    """Return the query that takes the notice which is due the longest and nobody computes.

    One that rests is passed over.
    """
    return (
        sa.select(PriceNotice)
        .where(
            PriceNotice.compute_due_at <= moment,
            sa.or_(PriceNotice.rests_until.is_(None), PriceNotice.rests_until <= moment),
        )
        .order_by(PriceNotice.compute_due_at, PriceNotice.id)
        .limit(1)
        .with_for_update(skip_locked=True, key_share=True)
    )


async def _give_up(runtime: Runtime, notice_id: UUID, why: str) -> None:
    async with runtime.transaction(_CALLER) as session:
        await session.execute(
            sa.update(PriceNotice)
            .where(PriceNotice.id == notice_id)
            .values(
                compute_due_at=None,
                trouble=f"Something broke on our side; it was logged ({why}). Compute it again.",
            )
        )


async def _recompute(
    _runtime: Runtime, session: AsyncSession, events: Sequence[StoredEvent]
) -> None:
    """Have notices computed again that go by terms or calendars which changed."""
    told = [event.data for event in events]
    keys = {party.partition(":")[2] for data in told for party in data.get("parties", ())}
    ids = {UUID(data["vendor_id"]) for data in told if "vendor_id" in data}
    of_ids = await vendors.keys_of(session, ids)
    await marking.mark_by_terms(session, ids, keys | set(of_ids.values()))


async def _told(_runtime: Runtime, session: AsyncSession, events: Sequence[StoredEvent]) -> None:
    """Mark the notices that may reach other units now, by all that was told together."""
    told: dict[str, set[UUID]] = {}
    for event in events:
        kind, name = OF_ORDERS[event.type]
        found = event.data[name]
        ids = found if isinstance(found, list) else [found]
        told.setdefault(kind, set()).update(UUID(each) for each in ids)
    product_ids = told.pop("products", None)
    if product_ids:
        await marking.mark_products(session, product_ids)
    await marking.mark_lines(session, told)


async def _anyway(runtime: Runtime, _payload: Payload) -> None:
    async with runtime.transaction(_CALLER) as session:
        await marking.mark_anyway(session)


async def _polls(_runtime: Runtime, session: AsyncSession, events: Sequence[StoredEvent]) -> None:
    """Look for falls in what polls changed, those of one delivery together."""
    polls = [event.data["poll_id"] for event in events]
    await jobs.enqueue(session, [_DETECT], [{"poll_ids": polls}])


async def _detect(runtime: Runtime, payload: Payload) -> None:
    async with runtime.transaction("listener:price_protection.detect") as session:
        await detect(session, [UUID(each) for each in payload["poll_ids"]])


async def _notices(_runtime: Runtime, session: AsyncSession, events: Sequence[StoredEvent]) -> None:
    """Have claims be what their notices reach now, in a job for each notice."""
    await _enqueue(session, _REFRESH, "notice_id", [event.data["notice_id"] for event in events])


async def _ledger(_runtime: Runtime, session: AsyncSession, events: Sequence[StoredEvent]) -> None:
    """Have claims follow their credits, their customers' shares and their last days."""
    told = [event.data for event in events]
    debts = {UUID(data["obligation_id"]) for data in told if "obligation_id" in data}
    days = {UUID(data["deadline_id"]) for data in told if "deadline_id" in data}
    found = [
        *(await session.scalars(following.select_of_debts(debts))),
        *(await session.scalars(following.select_of_deadlines(days))),
    ]
    await _enqueue(session, _FOLLOW, "claim_id", [str(each) for each in found])


async def _enqueue(session: AsyncSession, job: str, name: str, ids: Sequence[str]) -> None:
    once = list(dict.fromkeys(ids))
    await jobs.enqueue(session, [job] * len(once), [{name: each} for each in once])


async def _refresh(runtime: Runtime, payload: Payload) -> None:
    async with runtime.transaction("listener:price_protection.claims") as session:
        await refresh(session, UUID(payload["notice_id"]))


async def _follow(runtime: Runtime, payload: Payload) -> None:
    async with runtime.transaction("listener:price_protection.claims") as session:
        await following.follow(session, UUID(payload["claim_id"]))


async def _owe_share(runtime: Runtime, payload: Payload) -> None:
    async with runtime.transaction("listener:price_protection.claims") as session:
        await owe(session, UUID(payload["share_id"]))


LISTENERS = (
    Listener("price_protection.recompute", _OF_TERMS, _recompute),
    Listener("price_protection.mark", frozenset(OF_ORDERS), _told),
    Listener("price_protection.detect", frozenset({"products.prices_recorded"}), _polls),
    Listener("price_protection.claim", _OF_NOTICES, _notices),
    Listener("price_protection.follow", _OF_LEDGER, _ledger),
)
JOBS = (
    Job(_DETECT, _detect),
    Job(_REFRESH, _refresh),
    Job(_FOLLOW, _follow),
    Job(SHARE_JOB, _owe_share),
)
PERIODIC = (Periodic("price_protection.mark_anyway", timedelta(hours=1), _anyway),)
LOOPS = (Loop("price_protection.compute", step, lambda _runtime: _POLL_S),)
