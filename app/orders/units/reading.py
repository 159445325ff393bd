"""How units are shown: what the ERP told of them, and what happened to them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.records import RecordOut
from app.orders import references, views
from app.orders.units import custody, replacing, returning
from app.orders.units.models import Unit, UnitMove, UnitReplacement, UnitReturn
from app.orders.units.rules import HandKind, Right
from app.orders.units.schemas import (
    HeldOut,
    LinkOut,
    UnitLineOut,
    UnitMoveOut,
    UnitOut,
    WentBackOut,
)
from app.products.views import products
from app.vendors import service as vendors


async def show(session: AsyncSession, units: Sequence[Unit]) -> list[UnitOut]:
    """Return units as they are read, in the order given."""
    ids = [unit.id for unit in units]
    goods = await _products(session, {unit.product_id for unit in units})
    lines = await _lines(session, {unit.purchase_line_id for unit in units} - {None})
    customers = await references.customer_keys(
        session, {unit.customer_id for unit in units if unit.customer_id is not None}
    )
    held = await custody.current(session, ids)
    gone = await returning.gone(session, ids)
    before, after = await _links(session, ids)
    return [
        UnitOut(
            **RecordOut.model_validate(unit).model_dump(),
            **_days(unit),
            unit_id=unit.id,
            serial=unit.serial,
            product=goods[unit.product_id][0],
            manufacturer=goods[unit.product_id][1],
            order_line=lines.get(unit.purchase_line_id),
            customer=customers.get(unit.customer_id) if unit.customer_id else None,
            owner=_held(held[unit.id].get(Right.OWNER)),
            holder=_held(held[unit.id].get(Right.HOLDER)),
            risk_bearer=_held(held[unit.id].get(Right.RISK_BEARER)),
            replaces=before.get(unit.id),
            replaced_by=after.get(unit.id),
            went_back=_gone(gone.get(unit.id)),
        )
        for unit in units
    ]


_DAYS = (
    *("invoiced_on", "shipped_on", "sold_on", "delivered_on", "installed_on", "registered_on"),
    *("in_set_up_until", "cancelled_at"),
)


def _days(unit: Unit) -> dict[str, Any]:
    return {name: getattr(unit, name) for name in _DAYS}


async def _products(
    session: AsyncSession, ids: Collection[UUID]
) -> dict[UUID, tuple[str, str | None]]:
    told = products()
    rows = await session.execute(
        sa.select(told.c.product_id, told.c.product_key, told.c.manufacturer_id).where(
            told.c.product_id.in_(ids)
        )
    )
    found = rows.all()
    makers = await vendors.keys_of(
        session, {row.manufacturer_id for row in found if row.manufacturer_id is not None}
    )
    return {row.product_id: (row.product_key, makers.get(row.manufacturer_id)) for row in found}


async def _lines(
    session: AsyncSession, ids: Collection[UUID | None]
) -> Mapping[UUID | None, UnitLineOut]:
    told = views.purchase_lines().subquery()
    rows = await session.execute(sa.select(told).where(told.c.purchase_line_id.in_(ids)))
    return {
        row.purchase_line_id: UnitLineOut(
            purchase_line_id=row.purchase_line_id,
            purchase_order=row.purchase_order_key,
            line=row.line_key,
        )
        for row in rows
    }


async def _links(
    session: AsyncSession, ids: Sequence[UUID]
) -> tuple[dict[UUID, LinkOut], dict[UUID, LinkOut]]:
    links = await replacing.links(session, ids)
    named = {link.old_unit_id for link in links} | {link.new_unit_id for link in links}
    rows = await session.execute(
        sa.select(Unit.id, Unit.key, Unit.serial).where(Unit.id.in_(named))
    )
    names = {row.id: (row.key, row.serial) for row in rows}

    def other(link: UnitReplacement, unit_id: UUID) -> LinkOut:
        key, serial = names[unit_id]
        return LinkOut(unit=key, serial=serial, at=link.replaced_at, rma=link.rma)

    return (
        {link.new_unit_id: other(link, link.old_unit_id) for link in links},
        {link.old_unit_id: other(link, link.new_unit_id) for link in links},
    )


def _held(move: UnitMove | None) -> HeldOut | None:
    if move is None:
        return None
    return HeldOut(
        move_id=move.id,
        kind=HandKind(move.hand_kind),
        key=move.hand_key,
        since=move.since,
        why=move.why,
    )


def _gone(row: UnitReturn | None) -> WentBackOut | None:
    return None if row is None else WentBackOut(rma=row.rma, at=row.went_back_at)


async def show_moves(
    session: AsyncSession, unit: Unit, moves: Sequence[UnitMove]
) -> list[UnitMoveOut]:
    """Return moves of a unit as they are read, in the order given."""
    corrected = await custody.corrected(session, [move.id for move in moves])
    held = (await custody.current(session, [unit.id]))[unit.id]
    current = {move.id for move in held.values()}
    return [
        UnitMoveOut(
            move_id=move.id,
            unit=unit.key,
            right=Right(move.right_kind),
            kind=HandKind(move.hand_kind),
            key=move.hand_key,
            since=move.since,
            why=move.why,
            corrects=move.corrects_id,
            is_corrected=move.id in corrected,
            is_current=move.id in current,
            recorded_at=move.recorded_at,
            recorded_by=move.recorded_by,
        )
        for move in moves
    ]
