"""At whose doors a unit's entitlements can be asked for, and their terms on the day that counts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.coverage.rules import Dates, Party, days_of
from app.orders.views import purchase_lines
from app.products.views import products
from app.vendors import service as vendors
from app.vendors.rules import Role
from app.vendors.terms import NOBODYS
from app.vendors.views import vendors as told_vendors

_SELLS_AS = (Role.DISTRIBUTOR, Role.MANUFACTURER, Role.SERVICE)


@dataclass(frozen=True, slots=True)
class Goods:
    """What a unit is, who made it and who sold it to us; None: unknown."""

    product_key: str
    product_line: str | None
    manufacturer: str | None
    supplier: str | None
    terms_on: date
    terms_on_why: str
    parties: tuple[Party, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """Whose door, in which part."""

    vendor_id: UUID
    vendor: str
    role: Role


async def goods_of(
    session: AsyncSession, unit: Any, dates: Dates, on: date, others: Collection[str]
) -> Goods:
    """Return what a unit is and its doors, in the order in which they are tried.

    The distributor's while its window is open, then the manufacturer's, then those of `others`:
    vendors whose pages know the unit.
    """
    told = products()
    product = (
        await session.execute(sa.select(told).where(told.c.product_id == unit.product_id))
    ).one()
    line = await _line(session, unit.purchase_line_id)
    supplier_id = line.supplier_id if line else None
    terms_on, why = _terms_on(line.ordered_on if line else None, dates, on)
    known = await _vendors(session, {product.manufacturer_id, supplier_id}, others)
    places = _places(known, supplier_id, product.manufacturer_id)
    parties = await _parties(session, places, product.product_line, terms_on)
    return Goods(
        product_key=product.product_key,
        product_line=product.product_line,
        manufacturer=_key(known, product.manufacturer_id),
        supplier=_key(known, supplier_id),
        terms_on=terms_on,
        terms_on_why=why,
        parties=parties,
    )


async def _line(session: AsyncSession, line_id: UUID | None) -> Any:
    if line_id is None:
        return None
    told = purchase_lines().subquery()
    return (
        await session.execute(sa.select(told).where(told.c.purchase_line_id == line_id))
    ).one_or_none()


def _terms_on(ordered_on: date | None, dates: Dates, on: date) -> tuple[date, str]:
    """Return the day whose terms count: that of the order, else the first that is known."""
    if ordered_on is not None:
        return ordered_on, "the day of the order"
    days = [_day(when) for when in days_of(dates).values()]
    if days:
        return min(days), "the first day that is known of it: that of the order is not"
    return on, "the day asked for: no day of the unit is known"


def _day(when: date | datetime) -> date:
    return when.date() if isinstance(when, datetime) else when


Told = Mapping[UUID, tuple[str, list[str]]]


async def _vendors(session: AsyncSession, ids: set[UUID | None], others: Collection[str]) -> Told:
    told = told_vendors()
    rows = await session.execute(
        sa.select(told.c.vendor_id, told.c.vendor_key, told.c.roles).where(
            sa.or_(told.c.vendor_id.in_(ids - {None}), told.c.vendor_key.in_(others))
        )
    )
    return {row.vendor_id: (row.vendor_key, row.roles) for row in rows}


def _key(known: Told, vendor_id: UUID | None) -> str | None:
    return known[vendor_id][0] if vendor_id in known else None


def _places(known: Told, supplier_id: UUID | None, maker_id: UUID | None) -> list[_Place]:
    places: list[_Place] = []
    if supplier_id is not None:
        key, roles = known[supplier_id]
        sells = [role for role in _SELLS_AS if role.value in roles]
        as_maker = supplier_id == maker_id and sells[0] is not Role.DISTRIBUTOR
        if not as_maker:
            places.append(_Place(supplier_id, key, sells[0]))
    if maker_id is not None:
        places.append(_Place(maker_id, known[maker_id][0], Role.MANUFACTURER))
    named = {place.vendor_id for place in places}
    for vendor_id, (key, roles) in known.items():
        if vendor_id not in named:
            role = next(Role(each) for each in (Role.SERVICE.value, *roles) if each in roles)
            places.append(_Place(vendor_id, key, role))
    return places


async def _parties(
    session: AsyncSession, places: list[_Place], product_line: str | None, on: date
) -> tuple[Party, ...]:
    calendars = await vendors.calendars_of(session, [f"vendor:{each.vendor}" for each in places])
    parties: list[Party] = []
    for place in places:
        # Two doors as a rule, three at the most: each has its own terms.
        found = await vendors.terms_in_force(
            session,
            vendor_id=place.vendor_id,
            role=place.role,
            product_line=product_line,
            on=on,
        )
        counting = calendars.get(f"vendor:{place.vendor}", NOBODYS)
        if found is None:
            parties.append(Party(place.vendor, place.role, counting=counting))
            continue
        parties.append(
            Party(place.vendor, place.role, found.terms, found.key, found.version, counting)
        )
    return tuple(parties)
