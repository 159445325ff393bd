"""What is known of a claim when it is judged: read from the ERP's records, never assumed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.cases import service as cases
from app.claims import unit_finds
from app.claims.filing import files_of
from app.claims.reading import carried
from app.claims.rules import ClaimFileKind
from app.claims.rules.folding import Fact
from app.claims.standing import Standing
from app.obligations import service as ledger
from app.obligations.rules import RESTORING, State
from app.orders import views
from app.parcels import service as parcels
from app.parcels import views as parcel_views
from app.vendors.grounds import Facts, Promise
from app.vendors.terms import Anchor

Dates = dict[Anchor, date | datetime]
_CONSENTS = {Fact.AUTHORIZED.value, Fact.PARTIALLY_AUTHORIZED.value}


async def facts_of(session: AsyncSession, standing: Standing) -> Facts:
    """Return what is known of a claim."""
    claim = standing.claim
    told = [fact.told for fact in standing.facts if fact.fact == Fact.INSPECTED.value]
    sent = [each.sent_at for each in await carried(session, standing.returns)]
    dates, issued = await dates_of(session, standing), _rma_issued(standing)
    return Facts(
        dates=dates | ({Anchor.RMA_ISSUE: issued} if issued else {}),
        reported=claim.submitted_at,
        sent_back=min(sent, default=None),
        is_box_opened=claim.is_box_opened,
        has_proof_of_purchase=await _has_invoice(session, standing),
        has_inspection_report=True if any(each.get("report") for each in told) else None,
        promise=await _promise(session, standing),
    )


def _rma_issued(standing: Standing) -> datetime | None:
    """Return when the vendor gave its number, where its terms say how long that is good for.

    Where it named the last day itself, that is what counts, and no term.
    """
    told = [fact for fact in standing.facts if fact.fact in _CONSENTS and fact.told.get("rma")]
    last = max(told, key=lambda fact: (fact.at, fact.id), default=None)
    return last.at if last is not None and last.told.get("valid_until") is None else None


async def dates_of(session: AsyncSession, standing: Standing) -> Dates:
    """Return from what windows can be counted; what several units differ in stays unknown."""
    line_ids = {line.purchase_line_id for line in standing.lines if line.purchase_line_id}
    found = await _of_units(session, standing)
    if not line_ids or any(line.purchase_line_id is None for line in standing.lines):
        return found
    shipped, delivered = await _carriage(session, standing, line_ids)
    for anchor, dates in (
        (Anchor.SHIPMENT, shipped),
        (Anchor.DELIVERY, delivered),
        (Anchor.INVOICE, await _invoiced(session, standing)),
    ):
        if len(dates) == 1:
            found.setdefault(anchor, next(iter(dates)))
    return found


async def _of_units(session: AsyncSession, standing: Standing) -> Dates:
    """Return the days that the ERP keeps of the units themselves."""
    ids = {line.unit_id for line in standing.lines if line.unit_id is not None}
    if not ids or any(line.unit_id is None for line in standing.lines):
        return {}
    units = (await unit_finds.by_id(session, ids)).values()
    found: Dates = {}
    for anchor in Anchor:
        days = {unit.days.get(anchor) for unit in units}
        day = days.pop() if len(days) == 1 else None
        if day is not None:
            found[anchor] = day
    return found


async def _carriage(
    session: AsyncSession, standing: Standing, line_ids: set[UUID]
) -> tuple[set[datetime], set[datetime]]:
    """Return when what is claimed was shipped, and when it was delivered."""
    package, content = views.packages().subquery(), views.contents().subquery()
    inside = parcel_views.carried().subquery()
    rows = await session.execute(
        sa.select(package.c.shipped_at, content.c.serials, inside.c.parcel_id)
        .join(content, content.c.package_id == package.c.package_id)
        .outerjoin(inside, inside.c.package_id == package.c.package_id)
        .where(content.c.purchase_line_id.in_(line_ids), package.c.is_live)
    )
    wanted = {line.serial for line in standing.lines if line.serial}
    told = [row for row in rows if _may_hold(row.serials, wanted)]
    ids = sorted({row.parcel_id for row in told if row.parcel_id})
    stories: Mapping[UUID, Any] = await parcels.tell_all(session, ids) if ids else {}
    arrivals = [stories[row.parcel_id]["delivered_at"] for row in told if row.parcel_id in stories]
    return (
        {row.shipped_at for row in told if row.shipped_at is not None},
        {moment for moment in arrivals if moment is not None},
    )


def _may_hold(serials: Sequence[str], wanted: set[str]) -> bool:
    return not wanted or not serials or bool(wanted & set(serials))


async def _invoiced(session: AsyncSession, standing: Standing) -> set[date]:
    told = views.vendor_document_lines().subquery()
    orders = {order.purchase_order for order in standing.orders.values()}
    rows = await session.scalars(
        sa.select(told.c.issued_on)
        .where(
            told.c.purchase_order_key.in_(orders),
            told.c.kind == "invoice",
            told.c.cancelled_at.is_(None),
        )
        .distinct()
    )
    return set(rows.all())


async def _has_invoice(session: AsyncSession, standing: Standing) -> bool | None:
    own = await files_of(session, standing.claim.id)
    if any(row.what == ClaimFileKind.INVOICE.value for row in own):
        return True
    case = await cases.get(session, standing.claim.case_id)
    told = await cases.show_whole(session, case)
    if any(each.what.value == "invoice" for each in told.files):
        return True
    # None on record here is no proof that there is none.
    return True if await _invoiced(session, standing) else None


async def _promise(session: AsyncSession, standing: Standing) -> Promise | None:
    """Return the word of the vendor that would make this good, the newest that stands."""
    debts = await ledger.find_by_case(session, standing.claim.case_id)
    ours = [
        debt
        for debt in debts
        if debt.debtor == f"vendor:{standing.vendor}"
        and debt.ground_kind == "promise"
        and debt.kind in RESTORING
        and debt.state != State.VOID.value
    ]
    if not ours:
        return None
    newest = max(ours, key=lambda debt: debt.id)
    told = (await ledger.tell(session, newest)).promise
    if told is None:
        return None
    by = ", ".join(part for part in (told.by_name, told.by_role) if part)
    return Promise(
        by=(by or standing.vendor)[:200],
        made=told.said_at,
        words=told.words,
        taken_back=newest.contested_at,
        released=newest.ended_at if newest.state == State.RELEASED.value else None,
    )
