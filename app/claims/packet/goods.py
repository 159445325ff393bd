"""What the vendor calls what is claimed: our own keys mean nothing to its clerks."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.claims.standing import Standing
from app.products import views
from app.products.rules import PartNumberKind


@dataclass(frozen=True, slots=True)
class Goods:
    """A product: its name, and the number it goes under at this vendor's; None: not told."""

    name: str
    part: str | None


async def goods_of(session: AsyncSession, standing: Standing) -> dict[str, Goods]:
    """Return what is claimed by our keys: the door's own number first, then the maker's."""
    told, number = views.products(), views.part_numbers().subquery("numbered")
    is_doors = number.c.vendor_id == standing.claim.vendor_id
    counts = sa.or_(is_doors, number.c.kind == PartNumberKind.MANUFACTURER.value)
    rows = await session.execute(
        sa.select(told.c.product_key, told.c.name, number.c.number)
        .outerjoin(number, sa.and_(number.c.product_id == told.c.product_id, counts))
        .where(told.c.product_key.in_({line.product_key for line in standing.lines}))
        .order_by(told.c.product_key, is_doors.is_(True).desc(), number.c.number)
    )
    found: dict[str, Goods] = {}
    for key, name, part in rows:
        found.setdefault(key, Goods(name, part))
    return found
