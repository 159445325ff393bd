"""A filing as a document for the supplier: what it says, however it is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.orders import views as orders
from app.price_protection import rules as notice_rules
from app.price_protection.claims import rules, showing
from app.price_protection.claims.models import PriceClaim, PriceClaimLine, PriceFiling
from app.price_protection.claims.serials import select_serials
from app.price_protection.models import PriceNotice
from app.products.views import part_numbers
from app.vendors import service as vendors

_PORTION = 2000


@dataclass(frozen=True, slots=True)
class Line:
    """Some units of an order line, as the supplier knows them. `part`: its own number of them."""

    purchase_order: str
    line: str
    product: str
    part: str | None
    name: str
    bought_on: date | None
    units: int
    paid: Decimal
    credit: Decimal
    amount: Decimal
    serials: Sequence[str]


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim of the filing."""

    number: str
    notice: str
    vendor_number: str | None
    effective_on: date
    amount: Decimal
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Filing:
    """A filing, whole."""

    number: str
    supplier: str
    company: str | None
    currency: str
    amount: Decimal
    filed_at: datetime
    filed_by: str
    claims: Sequence[Claim]


async def gather(session: AsyncSession, filing_id: UUID, company: str | None) -> Filing:
    """Return all that a filing says. Raises NotFound."""
    filing = await showing.get_filing(session, filing_id)
    rows = await session.execute(
        sa.select(PriceClaim, PriceNotice)
        .join(PriceNotice, PriceNotice.id == PriceClaim.notice_id)
        .where(PriceClaim.filing_id == filing.id)
        .order_by(PriceClaim.id)
    )
    claims = [(claim, notice) for claim, notice in rows]
    asked = [claim.id for claim, _ in claims if claim.needs_serials]
    serials = await _serials(session, asked)
    parts = await _parts(session, filing)
    lines = await _lines(session, [claim.id for claim, _ in claims], serials, parts)
    key = (await vendors.keys_of(session, {filing.supplier_id}))[filing.supplier_id]
    supplier = await vendors.get(session, key)
    return Filing(
        number=rules.filing_number(filing.number),
        supplier=supplier.name,
        company=company,
        currency=filing.currency,
        amount=filing.amount,
        filed_at=filing.filed_at,
        filed_by=filing.filed_by,
        claims=[
            Claim(
                number=rules.spoken_number(claim.number),
                notice=notice_rules.spoken_number(notice.number),
                vendor_number=notice.vendor_number,
                effective_on=notice.effective_on,
                amount=claim.amount or Decimal(0),
                lines=lines.get(claim.id, []),
            )
            for claim, notice in claims
        ],
    )


async def _serials(session: AsyncSession, claim_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    rows = await session.execute(select_serials(claim_ids)) if claim_ids else ()
    return {row.purchase_line_id: sorted(row.serials) for row in rows}


async def _parts(session: AsyncSession, filing: PriceFiling) -> dict[str, str]:
    """Return the supplier's own numbers of the products in a filing."""
    told, order = part_numbers().subquery("told"), orders.purchase_lines().subquery("ordered")
    line, claim = PriceClaimLine, PriceClaim
    held = (
        sa.select(order.c.product_id)
        .join(line, line.purchase_line_id == order.c.purchase_line_id)
        .join(claim, claim.id == line.claim_id)
        .where(claim.filing_id == filing.id)
    )
    rows = await session.execute(
        sa.select(told.c.product_key, sa.func.min(told.c.number))
        .where(told.c.vendor_id == filing.supplier_id, told.c.product_id.in_(held))
        .group_by(told.c.product_key)
    )
    return {row[0]: row[1] for row in rows}


async def _lines(
    session: AsyncSession,
    claim_ids: Sequence[UUID],
    serials: dict[UUID, list[str]],
    parts: dict[str, str],
) -> dict[UUID, list[Line]]:
    found: dict[UUID, list[Line]] = {}
    # By and by: other requests are answered between the portions of a long filing.
    query = showing.select_lines(claim_ids).execution_options(yield_per=_PORTION)
    async for row in await session.stream(query):
        line = Line(
            purchase_order=row.purchase_order,
            line=row.line,
            product=row.product,
            part=parts.get(row.product),
            name=row.product_name,
            bought_on=row.bought_on,
            units=row.quantity,
            paid=row.unit_price,
            credit=row.unit_credit,
            amount=row.amount,
            serials=serials.get(row.purchase_line_id, []),
        )
        found.setdefault(row.claim_id, []).append(line)
    return found


def plain(value: Decimal) -> str:
    """Return an amount as machines read it."""
    return format(value, "f")
