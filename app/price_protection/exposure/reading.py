"""How what a notice reaches is shown: page by page, and line by line with its reasons."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.problems import NotFound
from app.orders import views as orders
from app.price_protection.exposure import computing
from app.price_protection.exposure.reach import listed_from
from app.price_protection.exposure.rules import WORDS, Eligibility, Granted, Reason
from app.price_protection.exposure.schemas import ExplainedOut, ExposedOut
from app.price_protection.exposure.statement import select_exposure
from app.price_protection.models import ExposedLine, PriceNotice
from app.price_protection.places import Place
from app.price_protection.rules import NotInNotice
from app.products.views import products
from app.vendors.views import vendors


@dataclass(frozen=True, slots=True)
class ExposureFilter:
    """What lines of an exposure are found by; all that is given must hold."""

    eligibility: Eligibility | None = None
    reason: Reason | None = None


def select_exposed(
    notice_id: UUID, wanted: ExposureFilter, *, after: Place | None
) -> sa.Select[ExposedLine]:
    """Return the query of what a notice reaches, by order line and unit, after a place."""
    line = ExposedLine
    query = sa.select(line).where(line.notice_id == notice_id)
    if wanted.eligibility is not None:
        query = query.where(line.eligibility == wanted.eligibility.value)
    if wanted.reason is not None:
        query = query.where(line.reason == wanted.reason.value)
    if after is not None:
        query = query.where(sa.tuple_(line.purchase_line_id, line.first_unit) > after)
    return query.order_by(line.purchase_line_id, line.first_unit)


async def page(
    session: AsyncSession,
    notice_id: UUID,
    wanted: ExposureFilter,
    *,
    after: Place | None,
    limit: int,
) -> Sequence[ExposedLine]:
    """Return what a notice reaches, by order line and unit, after a place."""
    query = select_exposed(notice_id, wanted, after=after)
    return (await session.scalars(query.limit(limit))).all()


async def show(session: AsyncSession, rows: Sequence[Any]) -> list[ExposedOut]:
    """Return what is exposed as it is read, in the order given."""
    told = await _told(session, {row.purchase_line_id for row in rows})
    return [_shown(row, told[row.purchase_line_id]) for row in rows]


async def _told(session: AsyncSession, line_ids: set[UUID]) -> dict[UUID, Any]:
    line, product, vendor = orders.purchase_lines().subquery(), products(), vendors()
    customer = orders.customers().subquery()
    rows = await session.execute(
        sa.select(
            line.c.purchase_line_id,
            line.c.purchase_order_key,
            line.c.line_key,
            product.c.product_key,
            vendor.c.vendor_key,
            customer.c.customer_key,
            line.c.placed_on,
        )
        .join(product, product.c.product_id == line.c.product_id)
        .join(vendor, vendor.c.vendor_id == line.c.supplier_id)
        .outerjoin(customer, customer.c.customer_id == line.c.customer_id)
        .where(line.c.purchase_line_id.in_(line_ids))
    )
    return {row.purchase_line_id: row for row in rows}


def _shown(row: Any, told: Any) -> ExposedOut:
    return ExposedOut(
        purchase_line_id=row.purchase_line_id,
        purchase_order=told.purchase_order_key,
        line=told.line_key,
        product=told.product_key,
        supplier=told.vendor_key,
        customer=told.customer_key,
        first_unit=row.first_unit,
        quantity=row.quantity,
        place=row.place,
        eligibility=row.eligibility,
        reason=row.reason,
        why=WORDS[Reason(row.reason)],
        bought_on=row.bought_on,
        unit_price=row.unit_price,
        protected_from=row.protected_from,
        unit_credit=row.unit_credit,
        amount=row.amount,
        capped=row.capped,
        terms_no=row.terms_no,
        refused_at=getattr(row, "refused_at", None),
    )


async def explain(session: AsyncSession, notice: PriceNotice, line_id: UUID) -> ExplainedOut:
    """Return what a notice is to any order line, listed or not, by what is known now.

    Raises NotFound, NotInNotice.
    """
    told = (await _told(session, {line_id})).get(line_id)
    if told is None:
        msg = f"There is no purchase line {line_id}."
        raise NotFound(msg)
    asked = replace(await computing.asked_of(session, notice), line_id=line_id)
    rows = (await session.execute(select_exposure(asked))).all()
    if not rows:
        msg = f"The notice names no product {told.product_key!r}, nor its product line."
        raise NotInNotice(msg, product=told.product_key)
    stored = sa.select(ExposedLine.quantity).where(
        ExposedLine.notice_id == notice.id, ExposedLine.purchase_line_id == line_id
    )
    is_listed = await session.scalar(stored.limit(1)) is not None
    parts = [_shown(row, told) for row in sorted(rows, key=lambda row: row.first_unit)]
    return ExplainedOut(
        purchase_line_id=line_id,
        purchase_order=told.purchase_order_key,
        line=told.line_key,
        is_listed=is_listed,
        parts=parts,
        says=[
            *(_sentence(part, notice, asked.terms[part.terms_no]) for part in parts),
            *([] if is_listed else [_why_not_listed(told, asked.terms[parts[0].terms_no])]),
        ],
    )


def _sentence(part: ExposedOut, notice: PriceNotice, terms: Granted) -> str:
    what = f"{part.quantity} {part.place.replace('_', ' ')}"
    bought = f", bought on {part.bought_on}" if part.bought_on else ""
    window = f" (the window begins on {terms.since_on})" if terms.is_window_known else ""
    earns = {
        Eligibility.ELIGIBLE: f" {part.amount} {notice.currency}.",
        Eligibility.UNKNOWN: f" It would be {part.amount} {notice.currency}.",
        Eligibility.LEFT_OUT: "",
    }[part.eligibility]
    return f"{what}{bought}{window}: {part.why}{earns}"


def _why_not_listed(told: Any, terms: Granted) -> str:
    first = listed_from(terms.since_on)
    return (
        f"It is not listed: it was ordered on {told.placed_on}, and listed is what was bought from "
        f"{first} until the new price began, and was there when the exposure was computed."
    )
