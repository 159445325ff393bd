"""What a case names in the records of the ERP: found together, and refused together."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.cases import consistency
from app.cases.consistency import Claimed
from app.cases.rules import Kind
from app.cases.schemas import OrderLineIn
from app.kit.records import UnknownReference
from app.orders import views


@dataclass(frozen=True, slots=True)
class Named:
    """What a case names, by id."""

    customer_id: UUID
    purchase_line_id: UUID | None = None
    shipment_id: UUID | None = None


class _Missing:
    """Gathers what is unknown, so that the caller learns of all of it at once."""

    def __init__(self) -> None:
        self.errors: list[dict[str, str]] = []

    def note(self, pointer: str, noun: str, key: str) -> None:
        detail = f"there is no {noun} {key!r}; PUT it first"
        self.errors.append({"pointer": pointer, "detail": detail})

    def check(self) -> None:
        if self.errors:
            raise UnknownReference(
                "The case names records that were never sent; `errors` points at each.",
                errors=self.errors,
            )


async def find(
    session: AsyncSession, *, customer: str, order_line: OrderLineIn | None, shipment: str | None
) -> Named:
    """Return the ids of what a case names by the ERP's keys. Raises UnknownReference."""
    missing = _Missing()
    told = views.customers().subquery()
    customer_id = await session.scalar(
        sa.select(told.c.customer_id).where(told.c.customer_key == customer)
    )
    if customer_id is None:
        missing.note("/customer", "customer", customer)
    line_id = await _line_id(session, order_line, missing) if order_line else None
    shipment_id = await _shipment_id(session, shipment)
    if shipment is not None and shipment_id is None:
        missing.note("/shipment", "shipment", shipment)
    missing.check()
    return Named(customer_id, line_id, shipment_id)


async def find_shipment(session: AsyncSession, key: str | None) -> UUID | None:
    """Return the id of the shipment under the ERP's key. Raises UnknownReference."""
    shipment_id = await _shipment_id(session, key)
    if key is not None and shipment_id is None:
        missing = _Missing()
        missing.note("/shipment", "shipment", key)
        missing.check()
    return shipment_id


async def _shipment_id(session: AsyncSession, key: str | None) -> UUID | None:
    if key is None:
        return None
    told = views.shipments().subquery()
    return await session.scalar(sa.select(told.c.shipment_id).where(told.c.shipment_key == key))


async def _line_id(session: AsyncSession, named: OrderLineIn, missing: _Missing) -> UUID | None:
    told = views.purchase_lines().subquery()
    of_order = told.c.purchase_order_key == named.purchase_order
    found = await session.scalar(
        sa.select(told.c.purchase_line_id).where(
            of_order, told.c.line_key == named.line, ~told.c.is_removed
        )
    )
    if found is None:
        if await session.scalar(sa.select(sa.exists().where(of_order))):
            missing.note("/order_line/line", "line", named.line)
        else:
            missing.note("/order_line/purchase_order", "purchase order", named.purchase_order)
    return found


async def check(session: AsyncSession, named: Named, *, kind: Kind, quantity: int | None) -> None:
    """Refuse what the ERP's records contradict. Raises ContradictsOrder."""
    consistency.require_consistent(
        Claimed(
            kind=kind,
            customer_id=named.customer_id,
            quantity=quantity,
            line=await _line(session, named.purchase_line_id),
            shipment=await _shipment(session, named.shipment_id),
        )
    )


async def _line(session: AsyncSession, line_id: UUID | None) -> consistency.Line | None:
    if line_id is None:
        return None
    line, customer = views.purchase_lines().subquery(), views.customers().subquery()
    row = (
        await session.execute(
            sa.select(line, customer.c.customer_key)
            .outerjoin(customer, customer.c.customer_id == line.c.customer_id)
            .where(line.c.purchase_line_id == line_id)
        )
    ).one()
    name = f"line {row.line_key!r} of {row.purchase_order_key!r}"
    return consistency.Line(name, row.quantity, row.customer_id, row.customer_key)


async def _shipment(session: AsyncSession, shipment_id: UUID | None) -> consistency.Shipment | None:
    if shipment_id is None:
        return None
    told = views.shipments().subquery()
    key = await session.scalar(
        sa.select(told.c.shipment_key).where(told.c.shipment_id == shipment_id)
    )
    line, customer = views.purchase_lines().subquery(), views.customers().subquery()
    held = _held(shipment_id).subquery()
    rows = await session.execute(
        sa.select(customer.c.customer_id, customer.c.customer_key)
        .select_from(held)
        .join(line, line.c.purchase_line_id == held.c.purchase_line_id)
        .outerjoin(customer, customer.c.customer_id == line.c.customer_id)
        .distinct()
    )
    customers = dict(rows.all())
    # Something in it that is for nobody in particular may be for her.
    return consistency.Shipment(key or "", {} if None in customers else customers)


def _held(shipment_id: UUID) -> sa.Select[Any]:
    """Return the lines that the packages of a shipment are said to hold, as it was last told."""
    package, content = views.packages().subquery(), views.contents().subquery()
    return (
        sa.select(content.c.purchase_line_id)
        .join(package, package.c.package_id == content.c.package_id)
        .where(package.c.shipment_id == shipment_id)
    )


async def holds_line(session: AsyncSession, shipment_id: UUID, line_id: UUID) -> bool | None:
    """Whether a shipment is said to hold something of a line; None: nobody said what it holds."""
    held = _held(shipment_id).subquery()
    lines = set((await session.scalars(sa.select(held.c.purchase_line_id))).all())
    return line_id in lines if lines else None
