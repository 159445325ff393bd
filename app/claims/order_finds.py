"""Order lines and products that claims are of, found set-wise."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.orders import views
from app.products.views import products

_LINE = views.purchase_lines().subquery()


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line of a purchase order, as far as a claim asks of it."""

    line_id: UUID
    purchase_order: str
    line: str
    product: str
    quantity: int
    unit_price: Decimal
    currency: str
    customer_id: UUID | None
    supplier_id: UUID
    ordered_on: date | None


async def order_lines(session: AsyncSession, line_ids: Iterable[UUID]) -> dict[UUID, OrderLine]:
    """Return order lines by id."""
    told, product = _LINE, products()
    rows = await session.execute(
        sa.select(told, product.c.product_key)
        .join(product, product.c.product_id == told.c.product_id)
        .where(told.c.purchase_line_id.in_(set(line_ids)))
    )
    return {row.purchase_line_id: order_line(row) for row in rows}


def order_line(row: Any) -> OrderLine:
    """Return an order line as a row of the view tells it."""
    return OrderLine(
        row.purchase_line_id,
        row.purchase_order_key,
        row.line_key,
        row.product_key,
        row.quantity,
        row.unit_price_amount,
        row.unit_price_currency,
        row.customer_id,
        row.supplier_id,
        row.ordered_on,
    )


async def product_line(session: AsyncSession, keys: set[str]) -> str | None:
    """Return the one product line of these products; None where there is none, or several."""
    told = products()
    rows = await session.scalars(
        sa.select(told.c.product_line).where(told.c.product_key.in_(keys)).distinct()
    )
    found = rows.all()
    return found[0] if len(found) == 1 else None
