"""What shipments told in bulk may not be: each is refused in the words of its PUT."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.bulk import ROWS, WRITTEN, Refusal, by_number
from app.kit.records import UnknownReference
from app.orders import rules, views
from app.orders.package_bulk import CONTENTS, SERIALS, of_content
from app.orders.references import References
from app.orders.rules import Filling, LineOverfilled, Ordered, SerialRepeated


async def unknown(
    session: AsyncSession, strangers: Iterable[tuple[int, str, str, str]]
) -> list[Refusal]:
    """Refuse shipments that name what was never sent. `strangers`: parties found so already."""
    by_shipment: dict[int, References] = defaultdict(References)
    for number, noun, pointer, key in strangers:
        by_shipment[number].note(noun, [(pointer, key)])
    rows = await session.execute(
        sa.select(
            *(CONTENTS.c.number, CONTENTS.c.package, CONTENTS.c.position),
            *(CONTENTS.c.purchase_order, CONTENTS.c.line, CONTENTS.c.order_id),
        )
        .where(CONTENTS.c.line_id.is_(None))
        .order_by(
            *(CONTENTS.c.order_id.is_not(None), CONTENTS.c.number),
            *(CONTENTS.c.package, CONTENTS.c.position),
        )
    )
    for number, package, position, order, line, order_id in rows:
        at = f"/packages/{package}/contents/{position}"
        noun, missing = (
            ("purchase order", (f"{at}/purchase_order", order))
            if order_id is None
            else ("line", (f"{at}/line", line))
        )
        by_shipment[number].note(noun, [missing])
    refusals: list[Refusal] = []
    for number in sorted(by_shipment):
        try:
            by_shipment[number].check()
        except UnknownReference as problem:
            refusals.append(Refusal(number, problem))
    return refusals


async def repeated(session: AsyncSession) -> list[Refusal]:
    """Refuse shipments in which a serial stands twice for one product."""
    twice = (
        sa.select(SERIALS.c.number)
        .join(CONTENTS, of_content())
        .group_by(SERIALS.c.number, CONTENTS.c.product_id, SERIALS.c.lookup)
        .having(sa.func.count() > 1)
    )
    rows = await session.execute(
        sa.select(
            *(SERIALS.c.number, SERIALS.c.package, SERIALS.c.content, SERIALS.c.position),
            *(CONTENTS.c.product_id, SERIALS.c.serial),
        )
        .join(CONTENTS, of_content())
        .where(SERIALS.c.number.in_(twice))
        .order_by(SERIALS.c.number, SERIALS.c.package, SERIALS.c.content, SERIALS.c.position)
    )
    refusals: list[Refusal] = []
    for number, found in by_number(rows.all()).items():
        try:
            rules.require_serials_once(
                (f"/packages/{p}/contents/{c}/serials/{n}", product_id, serial)
                for _, p, c, n, product_id, serial in found
            )
        except SerialRepeated as problem:
            refusals.append(Refusal(number, problem))
    return refusals


async def overfilled(session: AsyncSession) -> list[Refusal]:
    """Refuse shipments that bring a line above its ordered quantity.

    As if each were told after the one before it in the file: who comes first is served first.
    Only lines that might come to too much are looked at one by one.
    """
    lines = await _crowded(session)
    if not lines:
        return []
    wanted = sa.literal(sorted(lines), ARRAY(sa.Uuid))
    fillings = await session.execute(
        sa.select(
            *(CONTENTS.c.number, CONTENTS.c.package, CONTENTS.c.position),
            *(CONTENTS.c.line_id, CONTENTS.c.quantity),
        )
        .where(CONTENTS.c.is_live, CONTENTS.c.line_id == sa.any_(wanted))
        .order_by(CONTENTS.c.number, CONTENTS.c.package, CONTENTS.c.position)
    )
    told = {
        number: [
            Filling(f"/packages/{p}/contents/{c}/quantity", line_id, quantity)
            for _, p, c, line_id, quantity in rows
        ]
        for number, rows in by_number(fillings.all()).items()
    }
    held = views.shipped().subquery()
    rows = await session.execute(
        sa.select(held.c.purchase_line_id, held.c.shipment_id, held.c.quantity).where(
            held.c.purchase_line_id == sa.any_(wanted)
        )
    )
    holds: dict[UUID, dict[UUID, int]] = defaultdict(lambda: defaultdict(int))
    for line_id, shipment_id, quantity in rows:
        holds[shipment_id][line_id] += quantity
    shipments = await session.execute(
        sa.select(ROWS.c.number, ROWS.c.id)
        .where(
            WRITTEN,
            sa.or_(
                ROWS.c.number == sa.any_(sa.literal(sorted(told), ARRAY(sa.Integer))),
                ROWS.c.id == sa.any_(sa.literal(sorted(holds), ARRAY(sa.Uuid))),
            ),
        )
        .order_by(ROWS.c.number)
    )
    return _one_by_one([(number, ship) for number, ship in shipments], told, holds, lines)


async def _crowded(session: AsyncSession) -> dict[UUID, Ordered]:
    """Return the lines that would be overfilled if nothing that is stored made room."""
    held, told = views.shipped().subquery(), CONTENTS
    named = (
        sa.select(
            *(told.c.line_id, told.c.product_id, told.c.purchase_order, told.c.line),
            *(told.c.ordered, sa.func.sum(told.c.quantity).label("quantity")),
        )
        .where(told.c.is_live)
        .group_by(
            *(told.c.line_id, told.c.product_id, told.c.purchase_order, told.c.line),
            told.c.ordered,
        )
        .subquery("named")
    )
    stored = (
        sa.select(sa.func.coalesce(sa.func.sum(held.c.quantity), 0))
        .where(held.c.purchase_line_id == named.c.line_id)
        .scalar_subquery()
    )
    rows = await session.execute(
        sa.select(
            *(named.c.line_id, named.c.product_id, named.c.purchase_order, named.c.line),
            named.c.ordered,
        ).where(named.c.quantity + stored > named.c.ordered)
    )
    return {row.line_id: Ordered(*row) for row in rows}


def _one_by_one(
    shipments: Sequence[tuple[int, UUID]],
    told: dict[int, list[Filling]],
    holds: dict[UUID, dict[UUID, int]],
    lines: dict[UUID, Ordered],
) -> list[Refusal]:
    totals: dict[UUID, int] = defaultdict(int)
    for held in holds.values():
        for line_id, quantity in held.items():
            totals[line_id] += quantity
    refusals: list[Refusal] = []
    for number, shipment_id in shipments:
        own, fillings = holds[shipment_id], told.get(number, [])
        elsewhere = {f.line_id: totals[f.line_id] - own[f.line_id] for f in fillings}
        try:
            rules.require_room(fillings, lines, elsewhere)
        except LineOverfilled as problem:
            refusals.append(Refusal(number, problem))
            continue
        for line_id, quantity in own.items():
            totals[line_id] -= quantity
        for filling in fillings:
            totals[filling.line_id] += filling.quantity
    return refusals
