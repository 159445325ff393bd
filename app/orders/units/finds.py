"""The queries by which units are found. Each rests on an index."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from app.orders.models import Customer, PurchaseLine, PurchaseOrder
from app.orders.rules import rma_lookup
from app.orders.units.models import Unit, UnitReturn
from app.orders.units.rules import spoken_serials
from app.products.views import products


@dataclass(frozen=True, slots=True)
class UnitFilter:
    """What a unit is found by; all that is given must hold. A line is named with its order."""

    serial: str | None = None
    product: str | None = None
    customer: str | None = None
    purchase_order: str | None = None
    line: str | None = None
    rma: str | None = None


def select_units(wanted: UnitFilter, *, after: UUID | None = None) -> sa.Select[Unit]:
    """Return the query of units after an id, those booked in error too."""
    query = sa.select(Unit).order_by(Unit.id)
    if after is not None:
        query = query.where(Unit.id > after)
    if wanted.serial is not None:
        query = query.where(Unit.serial_plain.in_(spoken_serials(wanted.serial)))
    if wanted.product is not None:
        told = products()
        product = sa.select(told.c.product_id).where(told.c.product_key == wanted.product)
        query = query.where(Unit.product_id == product.scalar_subquery())
    if wanted.customer is not None:
        customer = sa.select(Customer.id).where(Customer.key == wanted.customer)
        query = query.where(Unit.customer_id == customer.scalar_subquery())
    if wanted.purchase_order is not None:
        query = query.where(Unit.purchase_line_id.in_(_lines(wanted.purchase_order, wanted.line)))
    if wanted.rma is not None:
        gone = sa.select(UnitReturn.unit_id).where(UnitReturn.rma_lookup == rma_lookup(wanted.rma))
        query = query.where(Unit.id.in_(gone))
    return query


def _lines(purchase_order: str, line: str | None) -> sa.Select[UUID]:
    query = (
        sa.select(PurchaseLine.id)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
        .where(PurchaseOrder.key == purchase_order)
    )
    return query if line is None else query.where(PurchaseLine.key == line)


def select_spoken(serial: str, *, product: str | None = None) -> sa.Select[Unit]:
    """Return the query of the units that a serial number can mean, but those booked in error."""
    return select_units(UnitFilter(serial=serial, product=product)).where(
        Unit.cancelled_at.is_(None)
    )
