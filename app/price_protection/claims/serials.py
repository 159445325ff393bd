"""Which serial numbers the units of claims have, as far as shipments told them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.orders import views as orders
from app.price_protection.claims.models import PriceClaimLine


def select_serials(claim_ids: Sequence[UUID]) -> sa.Select[*tuple[Any, ...]]:
    """Return the serials of the order lines in claims: purchase_line_id, serials (an array)."""
    packed = orders.packed_serials().subquery("packed")
    lines = sa.select(PriceClaimLine.purchase_line_id).where(PriceClaimLine.claim_id.in_(claim_ids))
    serial = packed.c.serial_lookup
    return (
        sa.select(
            packed.c.purchase_line_id,
            sa.func.array_agg(sa.distinct(serial)).label("serials"),
        )
        .where(packed.c.purchase_line_id.in_(lines))
        .group_by(packed.c.purchase_line_id)
    )


async def count_missing(session: AsyncSession, claim_ids: Sequence[UUID]) -> int:
    """Return of how many claimed units no serial number is known."""
    known, line = select_serials(claim_ids).subquery("known"), PriceClaimLine
    units = (
        sa.select(line.purchase_line_id, sa.func.sum(line.quantity).label("units"))
        .where(line.claim_id.in_(claim_ids))
        .group_by(line.purchase_line_id)
        .subquery("units")
    )
    have = sa.func.coalesce(sa.func.cardinality(known.c.serials), 0)
    missing = sa.func.greatest(units.c.units - have, 0)
    total = await session.scalar(
        sa.select(sa.func.sum(missing)).outerjoin_from(
            units, known, known.c.purchase_line_id == units.c.purchase_line_id
        )
    )
    return int(total or 0)
