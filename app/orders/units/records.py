"""What is done with units as the ERP tells them: record, get, find, lock, page."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit import records
from app.kit.db import now
from app.kit.problems import NotFound
from app.kit.records import Conditions, Outcome, Put
from app.orders import references
from app.orders.models import PurchaseLine, PurchaseOrder
from app.orders.references import References
from app.orders.rules import serial_lookup
from app.orders.units import custody, replacing, returning, rules
from app.orders.units.events import UnitRecorded
from app.orders.units.finds import UnitFilter, select_spoken, select_units
from app.orders.units.models import Unit
from app.orders.units.rules import Right, spoken_rma
from app.orders.units.schemas import UnitIn, UnitLineIn
from app.products import service as products

NOUN = "unit"
_MOST_FOUND = 200
_HAPPENED = ("invoiced_on", "shipped_on", "sold_on", "delivered_on", "installed_on")
_DAYS = (*_HAPPENED, "registered_on", "in_set_up_until")


async def record(
    session: AsyncSession, *, key: str, document: UnitIn, conditions: Conditions
) -> Put[Unit]:
    """Store a unit as the ERP tells it, and what it says happened to it.

    Raises StaleRecord, VersionMismatch, UnknownReference, SerialTaken, UnitWentBack,
    UnitStandsFast, CannotReplace, ImpossibleMove, Malformed.
    """
    happened = (*_HAPPENED, "registered_on")
    days = ((f"/{name}", getattr(document, name)) for name in happened)
    rules.require_past(days, now(session).date())

    async def fill(unit: Unit) -> None:
        await _tell(session, unit, document)
        await _happen(session, unit, document)

    result = await records.put(
        session, Unit, key=key, document=document, conditions=conditions, fill=fill
    )
    if result.outcome is not Outcome.UNCHANGED:
        unit = result.record
        event = UnitRecorded(
            unit_id=unit.id,
            unit=key,
            version=unit.version,
            serial=unit.serial,
            product=document.product,
            is_cancelled=unit.cancelled_at is not None,
        )
        await publish(session, event)
    return result


async def _tell(session: AsyncSession, unit: Unit, document: UnitIn) -> None:
    found = References()
    named = await found.take(products.resolve(session, {"/product": document.product}))
    customer = {} if document.customer is None else {"/customer": document.customer}
    customers = await found.take(references.customers(session, customer))
    line_id = await _line_id(session, document.order_line, found)
    found.check()
    product_id = named[document.product]
    await _require_lasting(session, unit, product_id, document)
    if document.cancelled_at is None:
        await _require_alone(session, unit, product_id, document.serial)
    unit.serial = document.serial
    unit.serial_lookup = serial_lookup(document.serial)
    unit.serial_plain = rules.plain_serial(document.serial)
    unit.product_id = product_id
    unit.purchase_line_id = line_id
    unit.customer_id = customers[document.customer] if document.customer else None
    unit.cancelled_at = document.cancelled_at
    for name in _DAYS:
        setattr(unit, name, getattr(document, name))
    session.add(unit)
    await session.flush()


async def _line_id(
    session: AsyncSession, named: UnitLineIn | None, found: References
) -> UUID | None:
    if named is None:
        return None
    rows = await session.execute(
        sa.select(PurchaseLine.key, PurchaseLine.id)
        .select_from(PurchaseOrder)
        .outerjoin(
            PurchaseLine,
            sa.and_(
                PurchaseLine.purchase_order_id == PurchaseOrder.id,
                PurchaseLine.key == named.line,
                PurchaseLine.removed_at.is_(None),
            ),
        )
        .where(PurchaseOrder.key == named.purchase_order)
    )
    row = rows.first()
    if row is None:
        found.note("purchase order", [("/order_line/purchase_order", named.purchase_order)])
        return None
    if row.id is None:
        found.note("line", [("/order_line/line", named.line)])
    return row.id


async def _require_lasting(
    session: AsyncSession, unit: Unit, product_id: UUID, document: UnitIn
) -> None:
    """Refuse to make another unit of one that has a past."""
    if unit.id is None:
        return
    before: dict[str, Any] = {
        "serial": unit.serial_lookup,
        "product": unit.product_id,
        "cancelled_at": None,
    }
    after: dict[str, Any] = {"serial": serial_lookup(document.serial), "product": product_id}
    if document.cancelled_at is not None and unit.cancelled_at is None:
        after["cancelled_at"] = document.cancelled_at
    if all(before[name] == value for name, value in after.items()):
        return
    rules.require_same(before, after, why=await _past(session, unit))


async def _past(session: AsyncSession, unit: Unit) -> str | None:
    row = await returning.last_return(session, unit)
    if row is not None:
        return f"went back in {spoken_rma(row.rma)}"
    for link in await replacing.links(session, [unit.id]):
        if not link.is_told:
            return "stands in for another" if link.new_unit_id == unit.id else "was replaced"
    return None


async def _require_alone(session: AsyncSession, unit: Unit, product_id: UUID, serial: str) -> None:
    # Of two that are told at once the second must see the first.
    lookup = serial_lookup(serial)
    name = sa.func.hashtextextended(f"unit {product_id} {lookup}", 0)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(name)))
    other = await session.scalar(
        sa.select(Unit).where(
            Unit.product_id == product_id,
            Unit.serial_lookup == lookup,
            Unit.cancelled_at.is_(None),
            Unit.key != unit.key,
        )
    )
    if other is not None:
        await returning.require_here(session, other)
        raise rules.taken(serial=serial, unit=other.key)


async def _happen(session: AsyncSession, unit: Unit, document: UnitIn) -> None:
    """Keep what the ERP says happened to the unit, beside what is on record already."""
    for right in Right:
        held = getattr(document, right.value)
        if held is not None and unit.cancelled_at is None:
            told = {"right": right, "to": held.hand(), "since": held.since, "why": held.why}
            await custody.move(session, unit, **told, pointer=f"/{right.value}")
    if document.went_back is not None:
        back = document.went_back
        await returning.went_back(session, unit, rma=back.rma, at=back.at, pointer="/went_back/at")
    old = await _old(session, document)
    await replacing.untold(session, unit, but_of=old.id if old else None)
    if document.replaces is not None and old is not None:
        link = document.replaces
        await replacing.replaced(session, old, unit, at=link.at, rma=link.rma, is_told=True)


async def _old(session: AsyncSession, document: UnitIn) -> Unit | None:
    if document.replaces is None:
        return None
    key = document.replaces.unit
    old = await session.scalar(sa.select(Unit).where(Unit.key == key))
    if old is None:
        raise records.unknown(NOUN, [("/replaces/unit", key)])
    return old


async def get(session: AsyncSession, key: str) -> Unit:
    """Return the unit under the ERP's key. Raises NotFound."""
    return await records.get(session, Unit, key, noun=NOUN)


async def named(session: AsyncSession, key: str, *, pointer: str) -> Unit:
    """Return the unit that a document names, locked. Raises UnknownReference."""
    query = sa.select(Unit).where(Unit.key == key).with_for_update(key_share=True)
    unit = await session.scalar(query.execution_options(populate_existing=True))
    if unit is None:
        raise records.unknown(NOUN, [(pointer, key)])
    return unit


async def find(session: AsyncSession, serial: str, product: str | None = None) -> list[Unit]:
    """Return the units that a serial number, as people write it, can mean: none, one or more.

    `product`: the ERP's key. Units booked in error are left out; those that went back are there.
    """
    query = select_spoken(serial, product=product)
    return list(await session.scalars(query.limit(_MOST_FOUND)))


async def by_id(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Unit]:
    """Return units by their ids."""
    rows = await session.scalars(sa.select(Unit).where(Unit.id.in_(ids)))
    return {unit.id: unit for unit in rows}


async def lock(session: AsyncSession, ids: Collection[UUID]) -> list[Unit]:
    """Lock units and return them as they stand now, in the order of their ids.

    Lock all that a transaction will touch at once. Raises NotFound.
    """
    wanted = set(ids)
    rows = await session.scalars(
        sa.select(Unit)
        .where(Unit.id.in_(wanted))
        .order_by(Unit.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    found = list(rows)
    missing = wanted - {unit.id for unit in found}
    if missing:
        raise NotFound(f"There is no unit {min(missing)}.")
    return found


async def page(
    session: AsyncSession, *, after: UUID | None, limit: int, wanted: UnitFilter
) -> Sequence[Unit]:
    """Return units in the order they were first told, after an id."""
    return (await session.scalars(select_units(wanted, after=after).limit(limit))).all()
