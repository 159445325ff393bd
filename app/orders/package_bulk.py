"""The packages of shipments told in bulk: laid out, their orders locked, written."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.bulk import NEW_ID, ROWS, WRITTEN, Batch, Rows, Turn, flatten, temporary, text_of
from app.kit.db import now
from app.orders.models import (
    Package,
    PackageContent,
    PackageSerial,
    PurchaseLine,
    PurchaseOrder,
)

_OWN = {
    "key": sa.Text(),
    "tracking_number": sa.Text(),
    "tracking_lookup": sa.Text(),
    "carrier": sa.Text(),
    "has_known_contents": sa.Boolean(),
    "tare_value": sa.Numeric(),
    "tare_unit": sa.Text(),
    "tare_g": sa.Integer(),
    "declared_value": sa.Numeric(),
    "declared_unit": sa.Text(),
    "declared_g": sa.Integer(),
}
PACKAGES = temporary(
    "bulk_packages",
    sa.Column("number", sa.Integer),
    sa.Column("position", sa.Integer),
    *(sa.Column(name, kind) for name, kind in _OWN.items()),
)


def _content_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("number", sa.Integer),
        sa.Column("package", sa.Integer),
        sa.Column("position", sa.Integer),
        sa.Column("purchase_order", sa.Text),
        sa.Column("line", sa.Text),
        sa.Column("quantity", sa.Integer),
        sa.Column("is_live", sa.Boolean),
    ]


_TOLD = temporary("bulk_told_contents", *_content_columns())
CONTENTS = temporary(
    "bulk_contents",
    *_content_columns(),
    sa.Column("order_id", sa.Uuid),
    sa.Column("line_id", sa.Uuid),
    sa.Column("product_id", sa.Uuid),
    sa.Column("ordered", sa.Integer),
)
SERIALS = temporary(
    "bulk_serials",
    sa.Column("number", sa.Integer),
    sa.Column("package", sa.Integer),
    sa.Column("content", sa.Integer),
    sa.Column("position", sa.Integer),
    sa.Column("serial", sa.Text),
    sa.Column("lookup", sa.Text),
)


def _packages() -> tuple[Any, Rows]:
    package = flatten(ROWS.c.document, "packages", "package")
    return package, sa.select().select_from(ROWS).join(package, sa.true()).where(WRITTEN)


async def fill(batch: Batch) -> None:
    """Lay out packages, contents and serials; lock the orders named, then find their lines.

    Whoever ships of an order, or changes it, waits for the one before.
    """
    package, query = _packages()
    told = package.c.value
    own = [text_of(told, name).cast(kind) for name, kind in _OWN.items()]
    await batch.fill(PACKAGES, query.add_columns(ROWS.c.number, package.c.n - 1, *own))
    await batch.fill(_TOLD, _told_contents())
    await _lock_orders(batch.session)
    await batch.fill(CONTENTS, _found_contents())
    await batch.fill(SERIALS, _serials())


def _laid_out() -> tuple[Any, Any, Rows]:
    package, query = _packages()
    content = flatten(package.c.value, "contents", "content")
    return package, content, query.join(content, sa.true())


def _told_contents() -> Rows:
    package, content, query = _laid_out()
    told = content.c.value
    return query.add_columns(
        ROWS.c.number,
        package.c.n - 1,
        content.c.n - 1,
        text_of(told, "purchase_order"),
        text_of(told, "line"),
        text_of(told, "quantity").cast(sa.Integer),
        text_of(ROWS.c.document, "cancelled_at").is_(None),
    )


async def _lock_orders(session: AsyncSession) -> None:
    held = (
        sa.select(PurchaseOrder.id)
        .where(PurchaseOrder.key.in_(sa.select(_TOLD.c.purchase_order).distinct()))
        .order_by(PurchaseOrder.id)
        .with_for_update()
        .subquery()
    )
    await session.execute(sa.select(sa.func.count()).select_from(held))


def _found_contents() -> Rows:
    # What a cancelled shipment held may have been taken off its order since.
    is_there = sa.or_(PurchaseLine.removed_at.is_(None), ~_TOLD.c.is_live)
    in_order = sa.and_(
        PurchaseLine.purchase_order_id == PurchaseOrder.id,
        PurchaseLine.key == _TOLD.c.line,
        is_there,
    )
    return (
        sa.select(
            *_TOLD.c,
            PurchaseOrder.id,
            PurchaseLine.id,
            PurchaseLine.product_id,
            PurchaseLine.quantity,
        )
        .select_from(_TOLD)
        .outerjoin(PurchaseOrder, PurchaseOrder.key == _TOLD.c.purchase_order)
        .outerjoin(PurchaseLine, in_order)
    )


def _serials() -> Rows:
    package, content, query = _laid_out()
    serial = flatten(content.c.value, "serials", "serial")
    return query.join(serial, sa.true()).add_columns(
        *(ROWS.c.number, package.c.n - 1, content.c.n - 1, serial.c.n - 1),
        *(text_of(serial.c.value, "serial"), text_of(serial.c.value, "lookup")),
    )


async def write(session: AsyncSession) -> None:
    """Bring the packages of the batch's shipments in line with what was told."""
    mine = (
        sa.select(Package.id)
        .join(ROWS, ROWS.c.id == Package.shipment_id)
        .where(ROWS.c.turn == Turn.CHANGE.value)
    )
    options = {"synchronize_session": False}
    await session.execute(
        sa.delete(PackageContent).where(PackageContent.package_id.in_(mine)),
        execution_options=options,
    )
    still_there = (
        sa.select(PACKAGES.c.key)
        .where(PACKAGES.c.number == ROWS.c.number, PACKAGES.c.key == Package.key)
        .exists()
    )
    await session.execute(
        sa.update(Package)
        .where(
            Package.shipment_id == ROWS.c.id,
            ROWS.c.turn == Turn.CHANGE.value,
            Package.removed_at.is_(None),
            ~still_there,
        )
        .values(removed_at=now(session)),
        execution_options=options,
    )
    names = ["position", *_OWN]
    told = (
        sa.select(NEW_ID, ROWS.c.id, *(PACKAGES.c[name] for name in names))
        .join(ROWS, ROWS.c.number == PACKAGES.c.number)
        .order_by(PACKAGES.c.number, PACKAGES.c.position)
    )
    upsert = insert(Package).from_select(["id", "shipment_id", *names], told)
    new = {name: upsert.excluded[name] for name in names if name != "key"}
    await session.execute(
        upsert.on_conflict_do_update(
            index_elements=["shipment_id", "key"], set_={**new, "removed_at": None}
        )
    )
    await _write_contents(session)


async def _write_contents(session: AsyncSession) -> None:
    stored = (
        sa.select(PACKAGES.c.number, PACKAGES.c.position, Package.id.label("package_id"))
        .select_from(PACKAGES)
        .join(ROWS, ROWS.c.number == PACKAGES.c.number)
        .join(Package, sa.and_(Package.shipment_id == ROWS.c.id, Package.key == PACKAGES.c.key))
        .subquery("stored")
    )
    in_package = sa.and_(
        stored.c.number == CONTENTS.c.number, stored.c.position == CONTENTS.c.package
    )
    contents = sa.select(
        *(stored.c.package_id, CONTENTS.c.line_id, CONTENTS.c.position, CONTENTS.c.quantity)
    ).join_from(CONTENTS, stored, in_package)
    own = ["package_id", "purchase_line_id", "position", "quantity"]
    await session.execute(insert(PackageContent).from_select(own, contents))
    serials = (
        sa.select(
            *(stored.c.package_id, CONTENTS.c.line_id, SERIALS.c.position),
            *(SERIALS.c.serial, SERIALS.c.lookup),
        )
        .select_from(SERIALS)
        .join(CONTENTS, of_content())
        .join(stored, in_package)
    )
    own = ["package_id", "purchase_line_id", "position", "serial", "lookup"]
    await session.execute(insert(PackageSerial).from_select(own, serials))


def of_content() -> sa.ColumnElement[bool]:
    """Return the condition that a serial is of a content."""
    return sa.and_(
        SERIALS.c.number == CONTENTS.c.number,
        SERIALS.c.package == CONTENTS.c.package,
        SERIALS.c.content == CONTENTS.c.position,
    )
