"""Units as the ERP keeps them, found set-wise by key or by serial number."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.orders.units import views
from app.orders.units.rules import spoken_serials
from app.products.views import products
from app.vendors.terms import Anchor

_UNIT = views.units().subquery()
_DAYS = {
    Anchor.INVOICE: "invoiced_on",
    Anchor.SHIPMENT: "shipped_on",
    Anchor.END_USER_SALE: "sold_on",
    Anchor.DELIVERY: "delivered_on",
    Anchor.INSTALLATION: "installed_on",
    Anchor.REGISTRATION: "registered_on",
}


@dataclass(frozen=True, slots=True)
class UnitFound:
    """One unit, as far as a claim asks of it."""

    unit_id: UUID
    key: str
    serial: str
    plain: str
    product: str
    line_id: UUID | None
    customer_id: UUID | None
    days: Mapping[Anchor, date]


@dataclass(frozen=True, slots=True)
class UnitsFound:
    """Units by key, and by the plain forms of their serial numbers."""

    by_key: Mapping[str, UnitFound]
    by_serial: Mapping[str, Sequence[UnitFound]]

    def spoken(self, serial: str, product: str | None) -> list[UnitFound]:
        """Return the units that a serial number, as people write it, can mean."""
        found = [each for plain in spoken_serials(serial) for each in self.by_serial.get(plain, ())]
        once = {each.unit_id: each for each in found if product in {None, each.product}}
        return list(once.values())


async def find(session: AsyncSession, keys: Iterable[str], serials: Iterable[str]) -> UnitsFound:
    """Return units by these keys and serial numbers; those booked in error are left out."""
    told, product = _UNIT, products()
    plains = {plain for serial in serials for plain in spoken_serials(serial)}
    rows = await session.execute(
        sa.select(told, product.c.product_key)
        .join(product, product.c.product_id == told.c.product_id)
        .where(
            sa.or_(told.c.unit_key.in_(set(keys)), told.c.serial_plain.in_(plains)),
            told.c.cancelled_at.is_(None),
        )
    )
    found = [_unit(row) for row in rows]
    by_serial: dict[str, list[UnitFound]] = defaultdict(list)
    for each in found:
        by_serial[each.plain].append(each)
    return UnitsFound({each.key: each for each in found}, by_serial)


async def by_id(session: AsyncSession, unit_ids: Collection[UUID]) -> dict[UUID, UnitFound]:
    """Return units by id."""
    told, product = _UNIT, products()
    rows = await session.execute(
        sa.select(told, product.c.product_key)
        .join(product, product.c.product_id == told.c.product_id)
        .where(told.c.unit_id.in_(unit_ids))
    )
    return {row.unit_id: _unit(row) for row in rows}


def _unit(row: Any) -> UnitFound:
    days = {anchor: getattr(row, name) for anchor, name in _DAYS.items()}
    return UnitFound(
        row.unit_id,
        row.unit_key,
        row.serial,
        row.serial_plain,
        row.product_key,
        row.purchase_line_id,
        row.customer_id,
        {anchor: day for anchor, day in days.items() if day is not None},
    )
