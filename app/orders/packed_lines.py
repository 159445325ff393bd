"""The purchase lines that a shipment's packages name: found, locked, and not filled too far."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from app.orders import rules, views
from app.orders.models import PurchaseLine, PurchaseOrder
from app.orders.references import References
from app.orders.rules import Filling, Ordered
from app.orders.shipment_schemas import ContentIn, PackageIn


@dataclass(frozen=True, slots=True)
class PackedLines:
    """The lines that contents name, by the keys of order and line."""

    contents: Sequence[tuple[str, ContentIn]]
    by_key: Mapping[tuple[str, str], Ordered]

    def line_of(self, content: ContentIn) -> Ordered:
        """Return the line that a content names."""
        return self.by_key[content.purchase_order, content.line]

    def fillings(self) -> list[Filling]:
        """Return what goes into each package."""
        return [
            Filling(f"{pointer}/quantity", self.line_of(content).line_id, content.quantity)
            for pointer, content in self.contents
        ]

    def serials(self) -> Iterator[tuple[str, UUID, str]]:
        """Yield each serial with its pointer and its product."""
        for pointer, content in self.contents:
            product_id = self.line_of(content).product_id
            for index, serial in enumerate(content.serials):
                yield f"{pointer}/serials/{index}", product_id, serial


async def lock(
    session: AsyncSession,
    packages: Sequence[PackageIn],
    found: References,
    *,
    with_removed: bool,
) -> PackedLines:
    """Find the lines that packages hold and lock their orders, always in the same sequence.

    Whoever ships of an order, or changes it, waits for the one before. Orders and lines that
    are unknown are noted in `found`; a removed line is unknown, unless asked for.
    """
    contents = [
        (f"/packages/{p}/contents/{c}", content)
        for p, package in enumerate(packages)
        for c, content in enumerate(package.contents or ())
    ]
    if not contents:
        return PackedLines(contents, {})
    order_ids = await _lock_orders(session, {content.purchase_order for _, content in contents})
    lines = await _lines(
        session,
        {
            (order_ids[content.purchase_order], content.line)
            for _, content in contents
            if content.purchase_order in order_ids
        },
        with_removed=with_removed,
    )
    found.note(
        "purchase order",
        (
            (f"{pointer}/purchase_order", content.purchase_order)
            for pointer, content in contents
            if content.purchase_order not in order_ids
        ),
    )
    found.note(
        "line",
        (
            (f"{pointer}/line", content.line)
            for pointer, content in contents
            if content.purchase_order in order_ids
            and (content.purchase_order, content.line) not in lines
        ),
    )
    return PackedLines(contents, lines)


async def _lock_orders(session: AsyncSession, keys: set[str]) -> dict[str, UUID]:
    wanted = sa.literal(sorted(keys), ARRAY(sa.Text))
    rows = await session.execute(
        sa.select(PurchaseOrder.key, PurchaseOrder.id)
        .where(PurchaseOrder.key == sa.any_(wanted))
        .order_by(PurchaseOrder.id)
        .with_for_update()
    )
    return dict(rows.all())


async def _lines(
    session: AsyncSession, named: set[tuple[UUID, str]], *, with_removed: bool
) -> dict[tuple[str, str], Ordered]:
    pairs = sorted(named)
    wanted = (
        sa.func.unnest(
            sa.literal([order_id for order_id, _ in pairs], ARRAY(sa.Uuid)),
            sa.literal([key for _, key in pairs], ARRAY(sa.Text)),
        )
        .table_valued("order_id", "line_key")
        .render_derived(name="wanted")
    )
    query = (
        sa.select(
            PurchaseLine.id,
            PurchaseLine.product_id,
            PurchaseOrder.key,
            PurchaseLine.key,
            PurchaseLine.quantity,
        )
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
        .join(
            wanted,
            sa.and_(
                PurchaseLine.purchase_order_id == wanted.c.order_id,
                PurchaseLine.key == wanted.c.line_key,
            ),
        )
    )
    if not with_removed:
        query = query.where(PurchaseLine.removed_at.is_(None))
    lines = [Ordered(*row) for row in (await session.execute(query))]
    return {(line.order_key, line.line_key): line for line in lines}


async def require_room(session: AsyncSession, shipment_id: UUID, lines: PackedLines) -> None:
    """Refuse what would bring a line above its ordered quantity. Raises LineOverfilled.

    The lines' orders must be locked, so that the other shipments stand still.
    """
    fillings = lines.fillings()
    line_ids = sorted({filling.line_id for filling in fillings})
    held = views.shipped().subquery()
    rows = await session.execute(
        sa.select(held.c.purchase_line_id, sa.func.sum(held.c.quantity))
        .where(
            held.c.purchase_line_id == sa.any_(sa.literal(line_ids, ARRAY(sa.Uuid))),
            held.c.shipment_id != shipment_id,
        )
        .group_by(held.c.purchase_line_id)
    )
    by_id = {line.line_id: line for line in lines.by_key.values()}
    rules.require_room(fillings, by_id, {line_id: int(total) for line_id, total in rows})
