"""Which serial numbers the units of claims have, as far as shipments and returns told them."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.orders import views as orders
from app.price_protection.claims.models import PriceClaimLine
from app.price_protection.exposure.facts import credits_return


def select_serials(
    line_ids: sa.Select[UUID] | Collection[UUID], returned_by: date
) -> sa.Select[*tuple[Any, ...]]:
    """Return the serials of order lines: purchase_line_id, and two arrays.

    serials      of all its units
    left         of those which the supplier had not credited, by that day, as sent back
    """
    packed, told = orders.packed_serials().subquery("packed"), orders.purchase_lines().subquery()
    paper = orders.vendor_document_lines().subquery("papers")
    serial = packed.c.serial_lookup
    went_back = (
        sa.select(paper.c.document_id)
        .where(
            credits_return(paper, told),
            paper.c.issued_on <= returned_by,
            serial == sa.any_(paper.c.serial_lookups),
        )
        .exists()
    )
    each = sa.func.array_agg(sa.distinct(serial))
    return (
        sa.select(
            packed.c.purchase_line_id,
            each.label("serials"),
            sa.func.coalesce(each.filter(~went_back), sa.literal_column("'{}'")).label("left"),
        )
        .join(told, told.c.purchase_line_id == packed.c.purchase_line_id)
        .where(packed.c.purchase_line_id.in_(line_ids))
        .group_by(packed.c.purchase_line_id)
    )


async def count_missing(session: AsyncSession, claim_ids: Sequence[UUID], on: date) -> int:
    """Return of how many claimed units no serial number is known."""
    line = PriceClaimLine
    of_claims = sa.select(line.purchase_line_id).where(line.claim_id.in_(claim_ids))
    known = select_serials(of_claims, on).subquery("known")
    units = (
        sa.select(line.purchase_line_id, sa.func.sum(line.quantity).label("units"))
        .where(line.claim_id.in_(claim_ids))
        .group_by(line.purchase_line_id)
        .subquery("units")
    )
    have = sa.func.coalesce(sa.func.cardinality(known.c.left), 0)
    missing = sa.func.greatest(units.c.units - have, 0)
    total = await session.scalar(
        sa.select(sa.func.sum(missing)).outerjoin_from(
            units, known, known.c.purchase_line_id == units.c.purchase_line_id
        )
    )
    return int(total or 0)


async def serials_of(
    session: AsyncSession, claim_id: UUID, line_ids: Collection[UUID], filed_at: datetime
) -> dict[tuple[UUID, int], list[str]]:
    """Return the serials of what a claim holds, by order line and first unit.

    What went back before it was filed is not of it. Where more are known all the same than it
    holds units, nobody knows which they are, and all of them are told.
    """
    line = PriceClaimLine
    rows = await session.execute(select_serials(line_ids, filed_at.date()))
    known = {row.purchase_line_id: row for row in rows}
    parts = await session.execute(
        sa.select(line.purchase_line_id, line.first_unit, line.quantity)
        .where(line.claim_id == claim_id, line.purchase_line_id.in_(known))
        .order_by(line.purchase_line_id, line.first_unit)
    )
    of_line: dict[UUID, list[tuple[int, int]]] = {}
    for line_id, first_unit, quantity in parts:
        of_line.setdefault(line_id, []).append((first_unit, quantity))
    found: dict[tuple[UUID, int], list[str]] = {}
    for line_id, units in of_line.items():
        claimed = sum(quantity for _, quantity in units)
        told = known[line_id]
        serials = sorted(told.serials if len(told.serials) <= claimed else told.left)
        is_certain, begin = len(serials) <= claimed, 0
        for first_unit, quantity in units:
            own = serials[begin : begin + quantity] if is_certain else serials
            found[line_id, first_unit] = own
            begin += quantity
    return found
