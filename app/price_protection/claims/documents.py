"""A filing as a document for the supplier: what it says, however it is written.

It may hold hundreds of thousands of lines: those are read by and by, each portion in a transaction
of its own, so that nothing is held open while somebody takes his time to fetch them.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.price_protection import rules as notice_rules
from app.price_protection.claims import rules, showing
from app.price_protection.claims.models import PriceClaim, PriceClaimLine
from app.price_protection.claims.serials import serials_of
from app.price_protection.models import PriceNotice
from app.price_protection.places import Place
from app.products.views import part_numbers
from app.runtime import Runtime
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

    id: UUID
    number: str
    notice: str
    vendor_number: str | None
    effective_on: date
    amount: Decimal
    needs_serials: bool


@dataclass(frozen=True, slots=True)
class Filing:
    """A filing, but for its lines: how many there are, and of how many units."""

    number: str
    supplier_id: UUID
    supplier: str
    company: str | None
    currency: str
    amount: Decimal
    filed_at: datetime
    filed_by: str
    claims: Sequence[Claim]
    lines: int
    units: int


async def gather(session: AsyncSession, filing_id: UUID, company: str | None) -> Filing:
    """Return what a filing says as a whole. Raises NotFound."""
    filing = await showing.get_filing(session, filing_id)
    rows = await session.execute(
        sa.select(PriceClaim, PriceNotice)
        .join(PriceNotice, PriceNotice.id == PriceClaim.notice_id)
        .where(PriceClaim.filing_id == filing.id)
        .order_by(PriceClaim.id)
    )
    claims = [
        Claim(
            id=claim.id,
            number=rules.spoken_number(claim.number),
            notice=notice_rules.spoken_number(notice.number),
            vendor_number=notice.vendor_number,
            effective_on=notice.effective_on,
            amount=claim.amount or Decimal(0),
            needs_serials=claim.needs_serials,
        )
        for claim, notice in rows
    ]
    line = PriceClaimLine
    counted = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(line.quantity), 0)).where(
        line.claim_id.in_([claim.id for claim in claims])
    )
    lines, units = (await session.execute(counted)).one()
    key = (await vendors.keys_of(session, {filing.supplier_id}))[filing.supplier_id]
    supplier = await vendors.get(session, key)
    return Filing(
        number=rules.filing_number(filing.number),
        supplier_id=filing.supplier_id,
        supplier=supplier.name,
        company=company,
        currency=filing.currency,
        amount=filing.amount,
        filed_at=filing.filed_at,
        filed_by=filing.filed_by,
        claims=claims,
        lines=lines,
        units=int(units),
    )


async def read_lines(runtime: Runtime, filing: Filing, claim: Claim) -> AsyncIterator[list[Line]]:
    """Yield the lines of a claim, by order line and unit, portion by portion."""
    after: Place | None = None
    while True:
        async with runtime.transaction() as session:
            query = showing.select_lines(claim.id, after=after).limit(_PORTION)
            rows = (await session.execute(query)).all()
            parts = await _parts(session, filing.supplier_id, {row.product_id for row in rows})
            ids = {row.purchase_line_id for row in rows} if claim.needs_serials else set[UUID]()
            serials = await serials_of(session, claim.id, ids, filing.filed_at) if ids else {}
        if not rows:
            return
        after = rows[-1].purchase_line_id, rows[-1].first_unit
        yield [
            Line(
                purchase_order=row.purchase_order,
                line=row.line,
                product=row.product,
                part=parts.get(row.product_id),
                name=row.product_name,
                bought_on=row.bought_on,
                units=row.quantity,
                paid=row.unit_price,
                credit=row.unit_credit,
                amount=row.amount,
                serials=serials.get((row.purchase_line_id, row.first_unit), []),
            )
            for row in rows
        ]


async def _parts(
    session: AsyncSession, supplier_id: UUID, product_ids: set[UUID]
) -> dict[UUID, str]:
    """Return the supplier's own numbers of products."""
    told = part_numbers().subquery("told")
    rows = await session.execute(
        sa.select(told.c.product_id, sa.func.min(told.c.number))
        .where(told.c.vendor_id == supplier_id, told.c.product_id.in_(product_ids))
        .group_by(told.c.product_id)
    )
    return {row[0]: row[1] for row in rows}


def plain(value: Decimal) -> str:
    """Return an amount as machines read it."""
    return format(value, "f")
