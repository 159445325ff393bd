"""What an exposure is computed of: the notice's products and the terms of those who sold them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from app.price_protection.exposure.reach import Asked, Target
from app.price_protection.exposure.rules import (
    Fall,
    Granted,
    OfSupplier,
    digits_of,
    granted,
    nothing_known,
)
from app.price_protection.models import PriceNotice, PriceNoticeLine
from app.price_protection.rules import State
from app.products.views import products
from app.vendors import service as vendors
from app.vendors.terms import NOBODYS


@dataclass(frozen=True, slots=True)
class NamedLine:
    """A line of a notice, its product found."""

    position: int
    product_id: UUID | None
    product_line: str | None
    old_price: Decimal | None
    new_price: Decimal


async def lines_of(session: AsyncSession, notice_id: UUID) -> Sequence[PriceNoticeLine]:
    """Return the lines of a notice in their order."""
    query = sa.select(PriceNoticeLine).where(PriceNoticeLine.notice_id == notice_id)
    return (await session.scalars(query.order_by(PriceNoticeLine.position))).all()


async def ask(
    session: AsyncSession, fall: Fall, vendor_id: UUID, lines: Sequence[NamedLine]
) -> Asked:
    """Return what is asked of a fall in price by its vendor."""
    targets = await _targets(session, vendor_id, lines)
    reaches_all = any(each.any_supplier for each in targets)
    return Asked(
        fall=fall,
        vendor_id=vendor_id,
        targets=targets,
        terms=await _terms(session, fall, None if reaches_all else vendor_id),
        digits=digits_of(fall.currency),
    )


async def _targets(
    session: AsyncSession, vendor_id: UUID, lines: Sequence[NamedLine]
) -> list[Target]:
    """Return the products that lines name; a family's price is not that of one named itself."""
    told = products()
    ids = [line.product_id for line in lines if line.product_id is not None]
    families = [line.product_line for line in lines if line.product_line is not None]
    rows = await session.execute(
        sa.select(told.c.product_id, told.c.manufacturer_id, told.c.product_line).where(
            sa.or_(
                told.c.product_id == sa.any_(sa.literal(ids, ARRAY(sa.Uuid))),
                told.c.product_line == sa.any_(sa.literal(families, ARRAY(sa.Text))),
            )
        )
    )
    by_product = {line.product_id: line for line in lines if line.product_id is not None}
    by_family = {line.product_line: line for line in lines if line.product_line is not None}
    found: list[Target] = []
    for product_id, maker_id, family in rows:
        line = by_product.get(product_id) or by_family[family]
        found.append(
            Target(
                position=line.position,
                product_id=product_id,
                product_line=family,
                any_supplier=maker_id == vendor_id,
                old_price=None if line.old_price is None else str(line.old_price),
                new_price=str(line.new_price),
            )
        )
    return sorted(found, key=lambda each: (each.position, each.product_id))


async def _terms(session: AsyncSession, fall: Fall, vendor_id: UUID | None) -> list[Granted]:
    found = await vendors.selling_terms(session, on=fall.effective_on, vendor_id=vendor_id)
    keys = await vendors.keys_of(session, set(found))
    calendars = await vendors.calendars_of(session, [f"vendor:{key}" for key in keys.values()])
    of_suppliers = [
        OfSupplier(
            supplier_id=identity,
            supplier=keys[identity],
            product_line=told.product_line,
            terms_key=told.key,
            terms_version=told.version,
            terms=told.terms,
            counting=calendars.get(f"vendor:{keys[identity]}", NOBODYS),
        )
        for identity, records in sorted(found.items(), key=lambda item: keys[item[0]])
        for told in records
    ]
    return [
        nothing_known(fall),
        *(granted(no, fall, of) for no, of in enumerate(of_suppliers, start=1)),
    ]


async def earlier(session: AsyncSession, notice: PriceNotice, asked: Asked) -> list[UUID]:
    """Return the notices that come before this one and may protect some of the same units."""
    before = _place() < _place(notice)
    return await _earlier(session, asked, before)


async def protecting(session: AsyncSession, asked: Asked) -> list[UUID]:
    """Return the notices that may protect units which a fall of prices would reach."""
    before = PriceNotice.effective_on <= asked.fall.effective_on
    return await _earlier(session, asked, before)


def later(notice: PriceNotice, product_ids: Collection[UUID]) -> sa.Select[UUID]:
    """Return the query of the notices after this one, which it may protect some units of."""
    after, states = _place() > _place(notice), [State.CONFIRMED, State.UNCONFIRMED]
    return _of_products(notice.currency, product_ids, states, after)


def _place(notice: PriceNotice | None = None) -> Any:
    if notice is None:
        return sa.tuple_(PriceNotice.effective_on, PriceNotice.id)
    return sa.tuple_(sa.literal(notice.effective_on, sa.Date), sa.literal(notice.id, sa.Uuid))


def _of_products(
    currency: str,
    product_ids: Collection[UUID],
    states: Sequence[State],
    condition: sa.ColumnElement[bool],
) -> sa.Select[UUID]:
    return sa.select(PriceNotice.id).where(
        PriceNotice.currency == currency,
        PriceNotice.product_ids.overlap(sa.literal(sorted(product_ids), ARRAY(sa.Uuid))),
        PriceNotice.state.in_([state.value for state in states]),
        condition,
    )


async def _earlier(
    session: AsyncSession, asked: Asked, condition: sa.ColumnElement[bool]
) -> list[UUID]:
    ids = {each.product_id for each in asked.targets}
    query = _of_products(asked.fall.currency, ids, [State.CONFIRMED], condition)
    return list(await session.scalars(query.order_by(PriceNotice.effective_on, PriceNotice.id)))
