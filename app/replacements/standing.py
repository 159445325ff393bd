"""A replacement with all that is known of it: read, never assumed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.claims import service as claims
from app.obligations import views as debts
from app.orders import views as orders
from app.parcels import service as parcels
from app.products.views import products
from app.replacements import keeping
from app.replacements.models import (
    Replacement,
    ReplacementCharge,
    ReplacementDue,
    ReplacementFact,
    ReplacementParcel,
)
from app.vendors import service as vendors
from app.vendors.rules import Role
from app.vendors.terms import AdvanceReplacement, Counting, VendorTerms

# Told of anew with every move of a replacement.
_DEBT, _LINE = debts.obligations().subquery(), orders.purchase_lines().subquery()


@dataclass(frozen=True, slots=True)
class Ordered:
    """The order line of the unit that failed, and what its product weighs."""

    purchase_line_id: UUID | None = None
    unit_price: Decimal | None = None
    currency: str | None = None
    product_id: UUID | None = None
    weight_g: Decimal | None = None
    spread_g: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A replacement with all that is known of it.

    claim, line   of the claim it was asked for under
    stories       what carriers say of its parcels, by id
    owed          the debts that the ledger was told of, by id
    terms         of the door, in force on the day of the order; None: nobody told any
    """

    replacement: Replacement
    claim: Any
    line: Any
    facts: Sequence[ReplacementFact]
    parcels: Sequence[ReplacementParcel]
    charges: Sequence[ReplacementCharge]
    dues: Sequence[ReplacementDue]
    stories: Mapping[UUID, Mapping[str, Any]]
    owed: Mapping[UUID, Any]
    ordered: Ordered
    vendor: str
    terms: VendorTerms | None
    counting: Counting

    @property
    def offered(self) -> AdvanceReplacement | None:
        """Return on what terms a replacement comes first."""
        return self.terms.advance_replacement if self.terms else None

    @property
    def source(self) -> str | None:
        """Return where those terms are written."""
        return self.terms.source_of("advance_replacement") if self.terms else None

    @property
    def party(self) -> dict[str, str]:
        """Return the vendor as the ledger is told of it."""
        return {"kind": "vendor", "key": self.vendor}

    def story(self, row: ReplacementParcel) -> Mapping[str, Any] | None:
        """Return what is known of a parcel."""
        return self.stories.get(row.parcel_id) if row.parcel_id else None

    def about(self) -> dict[str, Any]:
        """Return what everything that is told to the ledger of it is about."""
        found = self.replacement
        return {
            "case_id": found.case_id,
            "purchase_line_id": self.ordered.purchase_line_id,
            "product": found.back_key,
            "serial": found.back_serial,
            "rma": found.rma,
        }


async def stand(session: AsyncSession, replacement: Replacement) -> Standing:
    """Return a replacement with all that is known of it now."""
    claim = await claims.get(session, replacement.claim_id)
    lines = await claims.lines_of(session, claim.id)
    line = next(each for each in lines if each.id == replacement.line_id)
    rows = await keeping.parcels_of(session, replacement.id)
    dues = await dues_of(session, replacement.id)
    vendor = (await vendors.keys_of(session, {replacement.vendor_id}))[replacement.vendor_id]
    in_force = await vendors.terms_in_force(
        session,
        vendor_id=replacement.vendor_id,
        role=Role(replacement.role),
        product_line=replacement.product_line,
        on=replacement.terms_on,
    )
    known = sorted({row.parcel_id for row in rows if row.parcel_id is not None})
    return Standing(
        replacement=replacement,
        claim=claim,
        line=line,
        facts=await keeping.facts_of(session, replacement.id),
        parcels=rows,
        charges=await keeping.charges_of(session, replacement.id),
        dues=dues,
        stories=await parcels.tell_all(session, known) if known else {},
        owed=await _owed(session, [row.obligation_id for row in dues]),
        ordered=await _ordered(session, line.purchase_line_id, replacement.back_key),
        vendor=vendor,
        terms=in_force.terms if in_force else None,
        counting=await vendors.calendar_of(session, f"vendor:{vendor}"),
    )


async def dues_of(session: AsyncSession, replacement_id: UUID) -> Sequence[ReplacementDue]:
    """Return what the ledger was told of a replacement, the oldest first."""
    row = ReplacementDue
    query = sa.select(row).where(row.replacement_id == replacement_id).order_by(row.id)
    return (await session.scalars(query)).all()


async def _owed(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Any]:
    if not ids:
        return {}
    told = _DEBT.c.obligation_id
    rows = await session.execute(sa.select(_DEBT).where(told.in_(ids)))
    return {row.obligation_id: row for row in rows}


async def _ordered(session: AsyncSession, line_id: UUID | None, product_key: str) -> Ordered:
    goods = products()
    product = (
        await session.execute(sa.select(goods).where(goods.c.product_key == product_key))
    ).one_or_none()
    line = (
        await session.execute(sa.select(_LINE).where(_LINE.c.purchase_line_id == line_id))
    ).one_or_none()
    return Ordered(
        purchase_line_id=line_id,
        unit_price=line.unit_price_amount if line else None,
        currency=line.unit_price_currency if line else None,
        product_id=product.product_id if product else None,
        weight_g=product.weight_g if product else None,
        spread_g=product.spread_g if product else None,
    )


async def seek(session: AsyncSession, rows: Sequence[ReplacementParcel]) -> None:
    """Find the parcels: of all lives of a number the one nearest to the sending."""
    # A replacement has a parcel there and one back.
    for row in rows:
        found = await parcels.nearest(
            session, row.tracking_lookup, carrier=row.carrier, sent_at=row.sent_at
        )
        row.parcel_id = found or row.parcel_id
    await session.flush()
