"""When things happened to units, and who says so: the ERP, papers, packages, carriers' scans."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from app.coverage.rules import Dates, Known, Weight, in_order
from app.orders import views
from app.orders.rules import DocumentKind
from app.parcels import service as parcels
from app.parcels.views import carried
from app.vendors.terms import Anchor

_TOLD: Mapping[Anchor, str] = {
    Anchor.INVOICE: "invoiced_on",
    Anchor.SHIPMENT: "shipped_on",
    Anchor.DELIVERY: "delivered_on",
    Anchor.END_USER_SALE: "sold_on",
    Anchor.INSTALLATION: "installed_on",
    Anchor.REGISTRATION: "registered_on",
}
_MOST = 500
Found = dict[Anchor, list[Known]]
Row: TypeAlias = Any


async def dates_of(session: AsyncSession, units: Sequence[Any]) -> dict[UUID, Dates]:
    """Return all that is said of when things happened to these units, by unit.

    What a paper that names the serial, or a carrier's scan of its package, says is proven; what
    the ERP says of the unit is told.
    """
    found: dict[UUID, Found] = {unit.id: _told(unit) for unit in units}
    of_serial = await _packed(session, units)
    stories = await _stories(session, [row.parcel_id for row in of_serial if row.parcel_id])
    invoices = await _invoices(session, units)
    for unit in units:
        for row in of_serial:
            if _is_of(row, unit):
                _add_package(found[unit.id], row, stories)
        for row in invoices:
            _add_invoice(found[unit.id], row, unit)
    return {identity: _ordered(dates) for identity, dates in found.items()}


def _told(unit: Any) -> Found:
    dates: Found = defaultdict(list)
    for anchor, name in _TOLD.items():
        day = getattr(unit, name)
        if day is not None:
            dates[anchor].append(Known(day, f"told with the unit {unit.key}", Weight.TOLD))
    return dates


def _ordered(dates: Found) -> Dates:
    return {anchor: in_order(told) for anchor, told in dates.items()}


def _is_of(row: Row, unit: Any) -> bool:
    return row.serial_lookup == unit.serial_lookup and row.product_id == unit.product_id


async def _packed(session: AsyncSession, units: Iterable[Any]) -> Sequence[Row]:
    lookups = sorted({unit.serial_lookup for unit in units})
    return (await session.execute(select_packed(lookups))).all()


def select_packed(lookups: Sequence[str]) -> sa.Select[*tuple[Any, ...]]:
    """Return the query of the packages that hold these serials, and of their parcels."""
    serial, package = views.packed_serials().subquery(), views.packages().subquery()
    line, parcel = views.purchase_lines().subquery(), carried().subquery()
    return (
        sa.select(
            serial.c.serial_lookup,
            line.c.product_id,
            package.c.shipment_key,
            package.c.package_key,
            package.c.shipped_at,
            parcel.c.parcel_id,
        )
        .join(package, package.c.package_id == serial.c.package_id)
        .join(line, line.c.purchase_line_id == serial.c.purchase_line_id)
        .outerjoin(parcel, parcel.c.package_id == serial.c.package_id)
        .where(serial.c.serial_lookup.in_(lookups), package.c.is_live)
        .limit(_MOST)
    )


async def _stories(
    session: AsyncSession, parcel_ids: Collection[UUID]
) -> Mapping[UUID, Mapping[str, Any]]:
    return await parcels.tell_all(session, sorted(set(parcel_ids))) if parcel_ids else {}


def _add_package(dates: Found, row: Row, stories: Mapping[UUID, Mapping[str, Any]]) -> None:
    where = f"package {row.package_key} of shipment {row.shipment_key}"
    if row.shipped_at is not None:
        known = Known(row.shipped_at, f"{where}, which holds the serial", Weight.PROVEN)
        dates[Anchor.SHIPMENT].append(known)
    story = stories.get(row.parcel_id) if row.parcel_id else None
    if story is not None and story["delivered_at"] is not None:
        source = f"the carrier's delivery of {where}"
        dates[Anchor.DELIVERY].append(Known(story["delivered_at"], source, Weight.PROVEN))


async def _invoices(session: AsyncSession, units: Sequence[Any]) -> Sequence[Row]:
    line_ids = [unit.purchase_line_id for unit in units if unit.purchase_line_id is not None]
    lookups = sorted({unit.serial_lookup for unit in units})
    rows = [*(await session.execute(select_invoices_of_serials(lookups)))]
    if line_ids:
        rows += [*(await session.execute(select_invoices_of_lines(line_ids)))]
    return rows


def select_invoices_of_serials(lookups: Sequence[str]) -> sa.Select[*tuple[Any, ...]]:
    """Return the query of the lines of vendors' invoices that name these serial numbers."""
    paper = views.vendor_document_lines().subquery()
    named = paper.c.serial_lookups.overlap(sa.literal(lookups, ARRAY(sa.Text)))
    columns = (*_said(paper), sa.null().cast(sa.Uuid).label("purchase_line_id"))
    return sa.select(*columns).where(_counts(paper), named).limit(_MOST)


def select_invoices_of_lines(line_ids: Sequence[UUID]) -> sa.Select[*tuple[Any, ...]]:
    """Return the query of the lines of vendors' invoices that name these lines of our orders."""
    paper, line = views.vendor_document_lines().subquery(), views.purchase_lines().subquery()
    same = sa.and_(
        line.c.purchase_order_key == paper.c.purchase_order_key,
        line.c.line_key == paper.c.purchase_line_key,
    )
    columns = (*_said(paper), line.c.purchase_line_id)
    of_lines = line.c.purchase_line_id.in_(line_ids)
    return sa.select(*columns).join(line, same).where(_counts(paper), of_lines).limit(_MOST)


def _said(paper: sa.Subquery) -> tuple[sa.ColumnElement[Any], ...]:
    return paper.c.number, paper.c.issued_on, paper.c.serial_lookups


def _counts(paper: sa.Subquery) -> sa.ColumnElement[bool]:
    return sa.and_(paper.c.kind == DocumentKind.INVOICE.value, paper.c.cancelled_at.is_(None))


def _add_invoice(dates: Found, row: Row, unit: Any) -> None:
    if unit.serial_lookup in row.serial_lookups:
        source = f"the invoice {row.number}, which names the serial"
        dates[Anchor.INVOICE].append(Known(row.issued_on, source, Weight.PROVEN))
    elif (
        row.purchase_line_id is not None
        and row.purchase_line_id == unit.purchase_line_id
        # One that names serials is not of this unit.
        and not row.serial_lookups
    ):
        source = f"the invoice {row.number} of its line"
        dates[Anchor.INVOICE].append(Known(row.issued_on, source, Weight.TOLD))
