"""What is done with purchase orders: record, get, page, show."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit import records
from app.kit.db import now
from app.kit.ids import new_id
from app.kit.money_fields import MoneyOut
from app.kit.records import Conditions, Outcome, Put, RecordOut, UnknownReference
from app.orders import references, rules, views
from app.orders.events import PurchaseOrderRecorded
from app.orders.finds import OrderFilter, select_purchase_orders
from app.orders.models import PurchaseLine, PurchaseOrder
from app.orders.references import References
from app.orders.schemas import (
    AddressOut,
    DropShipOut,
    MovementIn,
    PurchaseLineIn,
    PurchaseLineOut,
    PurchaseOrderIn,
    PurchaseOrderOut,
)
from app.products import service as products
from app.products.views import products as told_products
from app.vendors import service as vendors


@dataclass(frozen=True, slots=True)
class _Named:
    """The ids of what an order names, by key."""

    vendors: Mapping[str, UUID]
    products: Mapping[str, UUID]
    customers: Mapping[str, UUID]


async def record(
    session: AsyncSession, *, key: str, document: PurchaseOrderIn, conditions: Conditions
) -> Put[PurchaseOrder]:
    """Store a purchase order as the ERP tells it.

    Raises StaleRecord, VersionMismatch, UnknownReference, LineHasShipments, Malformed.
    """
    check(document)

    async def fill(order: PurchaseOrder) -> None:
        named = await _resolve(session, document)
        order.supplier_id = named.vendors[document.supplier]
        order.ordered_on = document.ordered_on
        order.cancelled_at = document.cancelled_at
        session.add(order)
        await session.flush()
        # The order's row is locked, and who ships locks it too: what is shipped stands still.
        ordered = [(line.key, line.quantity) for line in document.lines]
        rules.require_kept(ordered, await _shipped(session, order.id))
        await _write_lines(session, order, document.lines, named)

    result = await records.put(
        session, PurchaseOrder, key=key, document=document, conditions=conditions, fill=fill
    )
    if result.outcome is not Outcome.UNCHANGED:
        order = result.record
        event = PurchaseOrderRecorded(
            purchase_order_id=order.id,
            key=key,
            version=order.version,
            is_cancelled=order.cancelled_at is not None,
        )
        await publish(session, event)
    return result


def check(document: PurchaseOrderIn) -> None:
    """Refuse what the schema cannot see. Raises Malformed."""
    rules.require_unique(
        ((f"/lines/{index}/key", line.key) for index, line in enumerate(document.lines)),
        noun="line",
    )


async def _resolve(session: AsyncSession, document: PurchaseOrderIn) -> _Named:
    lines = list(enumerate(document.lines))
    dropped = {
        f"/lines/{index}/drop_ship/customer": line.drop_ship.customer
        for index, line in lines
        if line.drop_ship is not None
    }
    kept = {f"/lines/{i}/customer": line.customer for i, line in lines if line.customer is not None}
    products_named = {f"/lines/{index}/product": line.product for index, line in lines}
    found = References()
    named = _Named(
        vendors=await found.take(vendors.resolve(session, {"/supplier": document.supplier})),
        products=await found.take(products.resolve(session, products_named)),
        customers=await found.take(references.customers(session, dropped | kept)),
    )
    found.check()
    return named


async def _shipped(session: AsyncSession, order_id: UUID) -> list[rules.Shipped]:
    held = views.shipped().subquery()
    total = sa.func.sum(held.c.quantity, type_=sa.BigInteger)
    rows = await session.execute(
        sa.select(PurchaseLine.key, held.c.shipment_key, total)
        .join(held, held.c.purchase_line_id == PurchaseLine.id)
        .where(PurchaseLine.purchase_order_id == order_id, PurchaseLine.removed_at.is_(None))
        .group_by(PurchaseLine.key, held.c.shipment_key)
        .order_by(PurchaseLine.key, held.c.shipment_key)
    )
    return [rules.Shipped(*row) for row in rows]


async def _write_lines(
    session: AsyncSession, order: PurchaseOrder, lines: Sequence[PurchaseLineIn], named: _Named
) -> None:
    order_id = order.id
    placed_on = order.ordered_on or order.created_at.date()
    keys = sa.literal([line.key for line in lines], ARRAY(sa.Text))
    await session.execute(
        sa.update(PurchaseLine)
        .where(
            PurchaseLine.purchase_order_id == order_id,
            PurchaseLine.removed_at.is_(None),
            PurchaseLine.key != sa.all_(keys),
        )
        .values(removed_at=now(session)),
        execution_options={"synchronize_session": False},
    )
    rows = [
        {
            "id": new_id(),
            "purchase_order_id": order_id,
            "position": position,
            "removed_at": None,
            "placed_on": placed_on,
            **_columns(line, named),
        }
        for position, line in enumerate(lines)
    ]
    upsert = insert(PurchaseLine)
    told = {name: upsert.excluded[name] for name in rows[0] if name != "id"}
    await session.execute(
        upsert.on_conflict_do_update(index_elements=["purchase_order_id", "key"], set_=told), rows
    )


def _columns(line: PurchaseLineIn, named: _Named) -> dict[str, Any]:
    drop = line.drop_ship
    customer = drop.customer if drop else line.customer
    return {
        "key": line.key,
        "product_id": named.products[line.product],
        "quantity": line.quantity,
        "unit_price_amount": line.unit_price.amount,
        "unit_price_currency": line.unit_price.currency,
        "is_back_ordered": line.is_back_ordered,
        "customer_id": named.customers[customer] if customer else None,
        "customer_order_number": line.customer_order_number,
        "drop_ship_address": drop.address.model_dump(mode="json") if drop else None,
        "cancelled_at": line.cancelled_at,
        "invoiced_on": line.invoiced_on,
        "receipts": _moved(line.receipts),
        "sales": _moved(line.sales),
        "is_special_bid": line.is_special_bid,
        "pass_through_percent": line.pass_through_percent,
    }


def _moved(told: Sequence[MovementIn] | None) -> list[Any] | None:
    return None if told is None else [each.model_dump(mode="json") for each in told]


async def get(session: AsyncSession, key: str) -> PurchaseOrder:
    """Return the purchase order under the ERP's key. Raises NotFound."""
    return await records.get(session, PurchaseOrder, key, noun="purchase order")


async def page(
    session: AsyncSession, *, after: UUID | None, limit: int, wanted: OrderFilter
) -> Sequence[PurchaseOrder]:
    """Return purchase orders in the order they were first told, after an id."""
    supplier_id = None
    if wanted.supplier is not None:
        try:
            supplier_ids = await vendors.resolve(session, {"supplier": wanted.supplier})
        except UnknownReference:
            return []
        supplier_id = supplier_ids[wanted.supplier]
    query = select_purchase_orders(wanted, supplier_id=supplier_id, after=after)
    return (await session.scalars(query.limit(limit))).all()


async def show(session: AsyncSession, orders: Sequence[PurchaseOrder]) -> list[PurchaseOrderOut]:
    """Return purchase orders as they are read, with their lines, in the order given."""
    suppliers = await vendors.keys_of(session, {order.supplier_id for order in orders})
    lines = await _lines(session, [order.id for order in orders])
    return [
        PurchaseOrderOut(
            **RecordOut.model_validate(order).model_dump(),
            supplier=suppliers[order.supplier_id],
            ordered_on=order.ordered_on,
            cancelled_at=order.cancelled_at,
            lines=lines[order.id],
        )
        for order in orders
    ]


async def _lines(
    session: AsyncSession, order_ids: Sequence[UUID]
) -> dict[UUID, list[PurchaseLineOut]]:
    held = views.shipped().subquery()
    sums = (
        sa.select(held.c.purchase_line_id, sa.func.sum(held.c.quantity).label("quantity"))
        .join(PurchaseLine, PurchaseLine.id == held.c.purchase_line_id)
        .where(PurchaseLine.purchase_order_id.in_(order_ids))
        .group_by(held.c.purchase_line_id)
        .subquery()
    )
    told = told_products()
    rows = await session.execute(
        sa.select(
            *PurchaseLine.__table__.columns,
            told.c.product_key,
            sa.func.coalesce(sums.c.quantity, 0).label("shipped_quantity"),
        )
        .join(told, told.c.product_id == PurchaseLine.product_id)
        .outerjoin(sums, sums.c.purchase_line_id == PurchaseLine.id)
        .where(PurchaseLine.purchase_order_id.in_(order_ids), PurchaseLine.removed_at.is_(None))
        .order_by(PurchaseLine.purchase_order_id, PurchaseLine.position)
    )
    found = rows.all()
    ids = {row.customer_id for row in found if row.customer_id is not None}
    customers = await references.customer_keys(session, ids)
    lines: dict[UUID, list[PurchaseLineOut]] = defaultdict(list)
    for row in found:
        lines[row.purchase_order_id].append(_shown(row, customers.get(row.customer_id)))
    return lines


def _shown(row: Any, customer: str | None) -> PurchaseLineOut:
    address = row.drop_ship_address
    return PurchaseLineOut(
        purchase_line_id=str(row.id),
        key=row.key,
        product=row.product_key,
        quantity=row.quantity,
        shipped_quantity=row.shipped_quantity,
        unit_price=MoneyOut(amount=row.unit_price_amount, currency=row.unit_price_currency),
        is_back_ordered=row.is_back_ordered,
        drop_ship=None
        if address is None or customer is None
        else DropShipOut(customer=customer, address=AddressOut.model_validate(address)),
        customer=customer,
        customer_order_number=row.customer_order_number,
        cancelled_at=row.cancelled_at,
        invoiced_on=row.invoiced_on,
        receipts=row.receipts,
        sales=row.sales,
        is_special_bid=row.is_special_bid,
        pass_through_percent=row.pass_through_percent,
    )
