"""What is charged if the unit does not go back: by the terms' basis, as far as it is known."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.products.views import prices_seen
from app.replacements.standing import Standing
from app.vendors.terms import ChargeBasis

# What the products' room calls the prices that vendors charge by.
_KINDS = {ChargeBasis.LIST_PRICE: "list", ChargeBasis.DEALER_PRICE: "base"}


@dataclass(frozen=True, slots=True)
class AtRisk:
    """An amount, and why it is that; None: nobody can say."""

    amount: Decimal | None
    currency: str | None
    why: str


async def at_risk(session: AsyncSession, standing: Standing) -> AtRisk:
    """Return what is charged if the unit does not go back."""
    charge = standing.offered.charge if standing.offered else None
    basis = charge.basis if charge else None
    if basis is None:
        return _paid(standing, "The terms name no price; what was paid for it is taken.")
    if basis is ChargeBasis.PURCHASE_PRICE:
        return _paid(standing, "Charged at the purchase price, by the terms.")
    name = basis.value.replace("_", " ")
    price = await _seen(session, standing, _KINDS[basis])
    if price is not None:
        why = f"Charged at the {name}, by the terms: as last seen on {price.last_seen_at.date()}."
        return AtRisk(price.amount, price.currency, why)
    return _paid(
        standing,
        f"Charged at the {name}, by the terms, which nobody told; it is no less than what was "
        "paid for it, which is taken.",
    )


def _paid(standing: Standing, why: str) -> AtRisk:
    ordered = standing.ordered
    amount, currency = standing.line.unit_value_amount, standing.line.unit_value_currency
    if amount is None:
        amount, currency = ordered.unit_price, ordered.currency
    if amount is None:
        return AtRisk(None, None, f"{why} That is not on record either.")
    return AtRisk(amount, currency, why)


async def _seen(session: AsyncSession, standing: Standing, kind: str) -> Any:
    """Return the newest price of a kind that this vendor, or whoever else, was seen with."""
    told = prices_seen().subquery()
    product_id: UUID | None = standing.ordered.product_id
    if product_id is None:
        return None
    ours = told.c.vendor_id == standing.replacement.vendor_id
    rows = await session.execute(
        sa.select(told)
        .where(told.c.product_id == product_id, told.c.kind == kind)
        .order_by(ours.desc(), told.c.last_seen_at.desc(), told.c.amount.desc())
        .limit(1)
    )
    return rows.first()
