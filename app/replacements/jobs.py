"""What workers do for replacements: follow parcels, papers and debts, and see what time made."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import Listener, StoredEvent
from app.kit import jobs
from app.kit.db import now
from app.kit.jobs import Job, Loop, Payload
from app.kit.tracking import normalize_tracking_number
from app.obligations.service import DueChange
from app.orders.units.rules import spoken_serials
from app.replacements import service
from app.replacements.charging.finding import select_charged, select_named, select_of_debts
from app.replacements.models import Replacement, ReplacementParcel
from app.replacements.rules import numbers_in
from app.runtime import Runtime
from app.vendors import service as vendors

_FOLLOW = "replacements.follow"
_COPY = "replacements.copy_of_claim"
_OF_THE_ROAD = frozenset(
    {
        "parcels.status_changed",
        "parcels.delivered",
        "parcels.matched",
        "parcels.weighed",
        "parcels.proof_received",
    }
)
_OF_TERMS = frozenset({"vendors.calendar_recorded", "vendors.terms_recorded"})
_OF_DEBTS = frozenset(
    {
        "obligations.kept",
        "obligations.kept_late",
        "obligations.released",
        "obligations.reopened",
        "obligations.voided",
    }
)


async def _on_the_road(
    _runtime: Runtime, session: AsyncSession, events: Sequence[StoredEvent]
) -> None:
    told = [event.data for event in events]
    numbers = {
        normalize_tracking_number(data["tracking_number"])
        for data in told
        if data["tracking_number"] is not None
    }
    await _enqueue(session, select_of_road({UUID(x["parcel_id"]) for x in told}, numbers))


def select_of_road(parcel_ids: set[UUID], numbers: set[str]) -> sa.Select[UUID]:
    """Return the query of replacements with these parcels, or with these numbers."""
    row = ReplacementParcel
    return (
        sa.select(row.replacement_id)
        .where(sa.or_(row.parcel_id.in_(parcel_ids), row.tracking_lookup.in_(numbers)))
        .distinct()
        .order_by(row.replacement_id)
    )


async def _papers(_runtime: Runtime, session: AsyncSession, events: Sequence[StoredEvent]) -> None:
    """Ask for each replacement that a charge names: by RMA, serial number or its own number."""
    ids = {
        UUID(each)
        for event in events
        for each in (event.data.get("document_ids") or [event.data["document_id"]])
    }
    named = (await session.execute(select_named(ids))).all()
    query = select_charged(
        {row.vendor_id for row in named},
        {row.rma_lookup for row in named if row.rma_lookup},
        {each for row in named for each in row.serial_lookups},
        {number for row in named for number in numbers_in(row.claim or "")},
        ids,
    )
    documents = sorted({str(row.document_id) for row in named})
    await _enqueue(session, query, documents=documents)


async def _of_terms(
    _runtime: Runtime, session: AsyncSession, events: Sequence[StoredEvent]
) -> None:
    """Ask for each open replacement that goes by the terms or hours that are told of."""
    told = [event.data for event in events]
    ids = {UUID(data["vendor_id"]) for data in told if "vendor_id" in data}
    keys = {
        party.removeprefix("vendor:")
        for data in told
        for party in data.get("parties", ())
        if party.startswith("vendor:")
    }
    if keys:
        ids |= set(
            (await vendors.resolve(session, {f"/{n}": k for n, k in enumerate(keys)})).values()
        )
    hours = any("parties" in data for data in told)
    cause = DueChange.CALENDAR_CHANGED if hours else DueChange.TERMS_CHANGED
    await _enqueue(session, select_of_vendors(ids), otherwise=cause.value)


def select_of_vendors(vendor_ids: set[UUID]) -> sa.Select[UUID]:
    """Return the query of open replacements at these vendors' doors."""
    row = Replacement
    query = sa.select(row.id).where(row.is_open, row.vendor_id.in_(vendor_ids))
    return query.order_by(row.id)


async def _of_debts(
    _runtime: Runtime, session: AsyncSession, events: Sequence[StoredEvent]
) -> None:
    await _enqueue(session, select_of_debts({UUID(x.data["obligation_id"]) for x in events}))


async def _of_units(
    _runtime: Runtime, session: AsyncSession, events: Sequence[StoredEvent]
) -> None:
    """Ask for each replacement whose unit the ERP has told now."""
    plains = {plain for event in events for plain in spoken_serials(event.data["serial"])}
    await _enqueue(session, select_of_serials(plains))


def select_of_serials(plains: set[str]) -> sa.Select[UUID]:
    """Return the query of replacements of these serial numbers, that are not known as units."""
    row = Replacement
    mine = sa.union(
        sa.select(row.id).where(
            row.came_lookup.in_(plains), row.came_lookup.is_not(None), row.came_unit_id.is_(None)
        ),
        sa.select(row.id).where(
            row.back_lookup.in_(plains), row.back_lookup.is_not(None), row.back_unit_id.is_(None)
        ),
    )
    return sa.select(row.id).where(row.id.in_(mine)).order_by(row.id)


async def _of_claims(
    _runtime: Runtime, session: AsyncSession, events: Sequence[StoredEvent]
) -> None:
    """Take over how units went back, as it was told at their claims."""
    row = Replacement
    claims = {UUID(event.data["claim_id"]) for event in events}
    query = sa.select(row.id).where(row.claim_id.in_(claims), row.is_open, row.holds_line)
    await _enqueue(session, query.order_by(row.id), job=_COPY)


async def _enqueue(
    session: AsyncSession, query: sa.Select[UUID], *, job: str = _FOLLOW, **more: Any
) -> None:
    ids = (await session.scalars(query)).all()
    payloads = [{"replacement_id": str(identity), **more} for identity in ids]
    await jobs.enqueue(session, [job] * len(payloads), payloads)


async def _follow(runtime: Runtime, payload: Payload) -> None:
    async with runtime.transaction("listener:replacements.follow") as session:
        await service.follow(
            session,
            UUID(payload["replacement_id"]),
            otherwise=DueChange(payload.get("otherwise", DueChange.FACTS_CHANGED)),
            documents=[UUID(each) for each in payload.get("documents", ())],
        )


async def _copy(runtime: Runtime, payload: Payload) -> None:
    async with runtime.transaction("listener:replacements.copy") as session:
        await service.copy_of_claim(session, UUID(payload["replacement_id"]))


async def _look(runtime: Runtime) -> int:
    """See of which replacements time has made something; returns how many."""
    async with runtime.transaction("job:replacements.watch") as session:
        ids = (await session.scalars(select_watched(session, runtime))).all()
        payloads = [{"replacement_id": str(identity)} for identity in ids]
        # Whatever comes of it, they are looked at in jobs of their own, and not again here.
        await session.execute(
            sa.update(Replacement)
            .where(Replacement.id.in_(ids))
            .values(watch_at=None)
            .execution_options(synchronize_session=False)
        )
        await jobs.enqueue(session, [_FOLLOW] * len(payloads), payloads)
        return len(ids)


def select_watched(session: AsyncSession, runtime: Runtime) -> sa.Select[UUID]:
    """Return the query of replacements of which time makes something now, nobody else is at."""
    row = Replacement
    return (
        sa.select(row.id)
        .where(row.watch_at.is_not(None), row.watch_at <= now(session))
        .order_by(row.watch_at, row.id)
        .limit(runtime.settings.replacements.batch)
        .with_for_update(key_share=True, skip_locked=True)
    )


LISTENERS = (
    Listener("replacements.follow", _OF_THE_ROAD, _on_the_road),
    Listener(
        "replacements.see_charges",
        frozenset({"orders.vendor_document_recorded", "orders.vendor_documents_imported"}),
        _papers,
    ),
    Listener("replacements.reckon_again", _OF_TERMS, _of_terms),
    Listener("replacements.see_debts", _OF_DEBTS, _of_debts),
    Listener("replacements.know_units", frozenset({"orders.unit_recorded"}), _of_units),
    Listener(
        "replacements.copy_of_claims",
        frozenset({"claims.return_sent", "claims.heard", "claims.moved"}),
        _of_claims,
    ),
)
LOOPS = (
    Loop("replacements.watch", _look, poll_s=lambda runtime: runtime.settings.replacements.poll_s),
)
JOBS = (Job(_FOLLOW, _follow), Job(_COPY, _copy))
