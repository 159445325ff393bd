"""Purchase orders told in bulk: what a PUT of each would do, set-wise."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit.bulk import (
    NEW_ID,
    ROWS,
    WRITTEN,
    Applied,
    Batch,
    Kind,
    Refusal,
    Rows,
    Turn,
    by_number,
    flatten,
    object_of,
    temporary,
    text_of,
)
from app.kit.db import now
from app.kit.ids import new_id
from app.kit.records import UnknownReference
from app.orders import rules, views
from app.orders.events import PurchaseOrdersImported
from app.orders.models import Customer, PurchaseLine, PurchaseOrder
from app.orders.purchase_orders import check
from app.orders.references import References
from app.orders.rules import LineHasShipments
from app.orders.schemas import PurchaseOrderIn
from app.products.views import products
from app.vendors.views import vendors


def _line_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("number", sa.Integer),
        sa.Column("position", sa.Integer),
        sa.Column("key", sa.Text),
        sa.Column("product", sa.Text),
        sa.Column("customer", sa.Text),
        sa.Column("quantity", sa.Integer),
        sa.Column("unit_price_amount", sa.Numeric),
        sa.Column("unit_price_currency", sa.CHAR(3)),
        sa.Column("is_back_ordered", sa.Boolean),
        sa.Column("customer_order_number", sa.Text),
        sa.Column("drop_ship_address", JSONB),
        sa.Column("cancelled_at", sa.DateTime(timezone=True)),
        sa.Column("invoiced_on", sa.Date),
        sa.Column("receipts", JSONB),
        sa.Column("sales", JSONB),
        sa.Column("is_special_bid", sa.Boolean),
        sa.Column("pass_through_percent", sa.Numeric),
    ]


_ORDERS = temporary(
    "bulk_purchase_orders",
    sa.Column("number", sa.Integer),
    sa.Column("supplier", sa.Text),
    sa.Column("supplier_id", sa.Uuid),
)
_TOLD_LINES = temporary("bulk_told_lines", *_line_columns())
_LINES = temporary(
    "bulk_purchase_lines",
    *_line_columns(),
    sa.Column("product_id", sa.Uuid),
    sa.Column("customer_id", sa.Uuid),
)
_STORED = (
    *("key", "position", "product_id", "customer_id", "quantity", "unit_price_amount"),
    *("unit_price_currency", "is_back_ordered", "customer_order_number", "drop_ship_address"),
    *("cancelled_at", "invoiced_on", "receipts", "sales", "is_special_bid"),
    "pass_through_percent",
)


async def _apply(session: AsyncSession, staged: Rows) -> Applied:
    batch = Batch(session, PurchaseOrder)
    await batch.begin(staged)
    supplier, key = vendors(), text_of(ROWS.c.document, "supplier")
    await batch.fill(
        _ORDERS,
        sa.select(ROWS.c.number, key, supplier.c.vendor_id)
        .outerjoin_from(ROWS, supplier, supplier.c.vendor_key == key)
        .where(WRITTEN),
    )
    # In two steps: of what JSON holds the planner knows nothing, of a table how many there are.
    await batch.fill(_TOLD_LINES, _told_lines())
    await batch.fill(_LINES, _found_lines())
    await batch.refuse(await _unknown(session))
    await batch.refuse(await _not_kept(session))
    told = ROWS.c.document
    await batch.write(
        sa.select(
            ROWS.c.number,
            _ORDERS.c.supplier_id,
            text_of(told, "ordered_on").cast(sa.Date).label("ordered_on"),
            text_of(told, "cancelled_at").cast(sa.DateTime(timezone=True)).label("cancelled_at"),
        ).join(_ORDERS, _ORDERS.c.number == ROWS.c.number)
    )
    await _write_lines(session)
    await _tell(session)
    return await batch.end()


def _told_lines() -> Rows:
    line = flatten(ROWS.c.document, "lines", "line")
    told = line.c.value
    customer = sa.func.coalesce(text_of(told, "drop_ship", "customer"), text_of(told, "customer"))
    return (
        sa.select(
            ROWS.c.number,
            line.c.n - 1,
            text_of(told, "key"),
            text_of(told, "product"),
            customer,
            text_of(told, "quantity").cast(sa.Integer),
            text_of(told, "unit_price", "amount").cast(sa.Numeric),
            text_of(told, "unit_price", "currency"),
            text_of(told, "is_back_ordered").cast(sa.Boolean),
            text_of(told, "customer_order_number"),
            object_of(told, "drop_ship", "address"),
            text_of(told, "cancelled_at").cast(sa.DateTime(timezone=True)),
            text_of(told, "invoiced_on").cast(sa.Date),
            object_of(told, "receipts"),
            object_of(told, "sales"),
            text_of(told, "is_special_bid").cast(sa.Boolean),
            text_of(told, "pass_through_percent").cast(sa.Numeric),
        )
        .select_from(ROWS)
        .join(line, sa.true())
        .where(WRITTEN)
    )


def _found_lines() -> Rows:
    product = products()
    return (
        sa.select(*_TOLD_LINES.c, product.c.product_id, Customer.id)
        .select_from(_TOLD_LINES)
        .outerjoin(product, product.c.product_key == _TOLD_LINES.c.product)
        .outerjoin(Customer, Customer.key == _TOLD_LINES.c.customer)
    )


async def _unknown(session: AsyncSession) -> list[Refusal]:
    """Refuse orders that name records which were never sent."""
    suppliers = await session.execute(
        sa.select(_ORDERS.c.number, _ORDERS.c.supplier).where(_ORDERS.c.supplier_id.is_(None))
    )
    no_customer = sa.and_(_LINES.c.customer.is_not(None), _LINES.c.customer_id.is_(None))
    lines = await session.execute(
        sa.select(
            *(_LINES.c.number, _LINES.c.position, _LINES.c.product, _LINES.c.customer),
            *(_LINES.c.product_id.is_(None), no_customer, _LINES.c.drop_ship_address.is_not(None)),
        )
        .where(sa.or_(_LINES.c.product_id.is_(None), no_customer))
        .order_by(_LINES.c.number, _LINES.c.position)
    )
    nowhere = by_number(suppliers.all())
    of_lines = by_number(lines.all())
    refusals: list[Refusal] = []
    for number in sorted({*nowhere, *of_lines}):
        found = References()
        found.note("vendor", [("/supplier", key) for _, key in nowhere.get(number, ())])
        missing = of_lines.get(number, ())
        found.note(
            "product", [(f"/lines/{at}/product", key) for _, at, key, _, no, _, _ in missing if no]
        )
        found.note(
            "customer",
            [
                (f"/lines/{at}/{'drop_ship/' if dropped else ''}customer", key)
                for _, at, _, key, _, no, dropped in missing
                if no
            ],
        )
        try:
            found.check()
        except UnknownReference as problem:
            refusals.append(Refusal(number, problem))
    return refusals


async def _not_kept(session: AsyncSession) -> list[Refusal]:
    """Refuse orders that remove or shrink lines below what was shipped of them."""
    held = views.shipped().subquery()
    total = sa.func.sum(held.c.quantity, type_=sa.BigInteger)
    shipped = (
        sa.select(ROWS.c.number, PurchaseLine.key, held.c.shipment_key, total.label("quantity"))
        .select_from(ROWS)
        .join(PurchaseLine, PurchaseLine.purchase_order_id == ROWS.c.id)
        .join(held, held.c.purchase_line_id == PurchaseLine.id)
        .where(ROWS.c.turn == Turn.CHANGE.value, PurchaseLine.removed_at.is_(None))
        .group_by(ROWS.c.number, PurchaseLine.key, held.c.shipment_key)
        .order_by(ROWS.c.number, PurchaseLine.key, held.c.shipment_key)
    )
    by_order = by_number((await session.execute(shipped)).all())
    numbers = sa.literal(sorted(by_order), ARRAY(sa.Integer))
    ordered = await session.execute(
        sa.select(_LINES.c.number, _LINES.c.key, _LINES.c.quantity)
        .where(_LINES.c.number == sa.any_(numbers))
        .order_by(_LINES.c.number, _LINES.c.position)
    )
    lines = by_number(ordered.all())
    refusals: list[Refusal] = []
    for number, parts in by_order.items():
        quantities = [(key, quantity) for _, key, quantity in lines[number]]
        try:
            rules.require_kept(quantities, [rules.Shipped(*part[1:]) for part in parts])
        except LineHasShipments as problem:
            refusals.append(Refusal(number, problem))
    return refusals


async def _write_lines(session: AsyncSession) -> None:
    still_there = (
        sa.select(_LINES.c.key)
        .where(_LINES.c.number == ROWS.c.number, _LINES.c.key == PurchaseLine.key)
        .exists()
    )
    await session.execute(
        sa.update(PurchaseLine)
        .where(
            PurchaseLine.purchase_order_id == ROWS.c.id,
            ROWS.c.turn == Turn.CHANGE.value,
            PurchaseLine.removed_at.is_(None),
            ~still_there,
        )
        .values(removed_at=now(session)),
        execution_options={"synchronize_session": False},
    )
    told_on = sa.func.timezone("UTC", PurchaseOrder.created_at).cast(sa.Date)
    placed_on = sa.func.coalesce(PurchaseOrder.ordered_on, told_on)
    told = (
        sa.select(NEW_ID, ROWS.c.id, placed_on, *(_LINES.c[name] for name in _STORED))
        .join(ROWS, ROWS.c.number == _LINES.c.number)
        .join(PurchaseOrder, PurchaseOrder.id == ROWS.c.id)
        .order_by(_LINES.c.number, _LINES.c.position)
    )
    own = ["id", "purchase_order_id", "placed_on"]
    upsert = insert(PurchaseLine).from_select([*own, *_STORED], told)
    new = {name: upsert.excluded[name] for name in ("placed_on", *_STORED) if name != "key"}
    await session.execute(
        upsert.on_conflict_do_update(
            index_elements=["purchase_order_id", "key"], set_={**new, "removed_at": None}
        )
    )


async def _tell(session: AsyncSession) -> None:
    """Tell of the whole batch in one event."""
    ids = await session.scalars(sa.select(ROWS.c.id).where(WRITTEN).order_by(ROWS.c.number))
    if orders := list(ids.all()):
        await publish(session, PurchaseOrdersImported(batch_id=new_id(), purchase_order_ids=orders))


PURCHASE_ORDERS = Kind("purchase order", PurchaseOrderIn, _apply, check=check)
