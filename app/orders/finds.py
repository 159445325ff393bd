"""The queries by which an ERP finds what it knows something of. Each rests on an index."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.kit.tracking import normalize_tracking_number
from app.orders import rules
from app.orders.models import (
    Customer,
    Package,
    PackageContent,
    PackageSerial,
    PurchaseLine,
    PurchaseOrder,
    Shipment,
    VendorDocument,
    VendorDocumentLine,
)
from app.orders.rules import DocumentKind
from app.products.views import products


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """What a purchase order is found by; all that is given must hold, of one and the same line."""

    supplier: str | None = None
    customer: str | None = None
    customer_order_number: str | None = None
    product: str | None = None
    serial: str | None = None
    tracking_number: str | None = None


@dataclass(frozen=True, slots=True)
class ShipmentFilter:
    """What a shipment is found by; all that is given must hold, of one and the same package."""

    purchase_order: str | None = None
    customer: str | None = None
    serial: str | None = None
    tracking_number: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """What a vendor's document is found by; what it refers to, by one and the same line."""

    vendor: str | None = None
    kind: DocumentKind | None = None
    number: str | None = None
    rma: str | None = None
    purchase_order: str | None = None
    serial: str | None = None
    obligation: int | None = None


def select_customers(*, after: UUID | None = None, email: str | None = None) -> sa.Select[Customer]:
    """Return the query of customers after an id."""
    query = sa.select(Customer).order_by(Customer.id)
    if after is not None:
        query = query.where(Customer.id > after)
    if email is not None:
        query = query.where(sa.func.lower(Customer.email) == sa.func.lower(email))
    return query


def select_purchase_orders(
    wanted: OrderFilter, *, supplier_id: UUID | None = None, after: UUID | None = None
) -> sa.Select[PurchaseOrder]:
    """Return the query of purchase orders after an id; `supplier_id` is `wanted.supplier`'s."""
    query = sa.select(PurchaseOrder).order_by(PurchaseOrder.id)
    if after is not None:
        query = query.where(PurchaseOrder.id > after)
    if supplier_id is not None:
        query = query.where(PurchaseOrder.supplier_id == supplier_id)
    conditions = _line_conditions(wanted)
    if conditions:
        lines = sa.select(PurchaseLine.purchase_order_id).where(
            PurchaseLine.removed_at.is_(None), *conditions
        )
        query = query.where(PurchaseOrder.id.in_(lines))
    return query


def _line_conditions(wanted: OrderFilter) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.customer is not None:
        found.append(PurchaseLine.customer_id == _customer_id(wanted.customer))
    if wanted.customer_order_number is not None:
        found.append(PurchaseLine.customer_order_number == wanted.customer_order_number)
    if wanted.product is not None:
        told = products()
        product = sa.select(told.c.product_id).where(told.c.product_key == wanted.product)
        found.append(PurchaseLine.product_id == product.scalar_subquery())
    packed = _packed(wanted.serial, wanted.tracking_number)
    if packed is not None:
        found.append(PurchaseLine.id.in_(packed))
    return found


def _packed(serial: str | None, tracking_number: str | None) -> sa.Select[UUID] | None:
    """Return the lines in packages of this number that hold this serial."""
    if serial is None and tracking_number is None:
        return None
    lines = sa.select(PackageContent.purchase_line_id)
    if tracking_number is not None:
        lines = lines.join(Package, Package.id == PackageContent.package_id).where(
            _carries(tracking_number)
        )
    if serial is not None:
        lines = lines.join(PackageSerial, _of_content()).where(_is_serial(serial))
    return lines


def select_shipments(wanted: ShipmentFilter, *, after: UUID | None = None) -> sa.Select[Shipment]:
    """Return the query of shipments after an id."""
    query = sa.select(Shipment).order_by(Shipment.id)
    if after is not None:
        query = query.where(Shipment.id > after)
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.tracking_number is not None:
        conditions.append(_carries(wanted.tracking_number))
    holding = _holding(wanted)
    if holding is not None:
        conditions.append(Package.id.in_(holding))
    if conditions:
        packages = sa.select(Package.shipment_id).where(Package.removed_at.is_(None), *conditions)
        query = query.where(Shipment.id.in_(packages))
    return query


def _holding(wanted: ShipmentFilter) -> sa.Select[Any] | None:
    """Return the packages that hold something of this order, for this customer, this serial."""
    if wanted.serial is None and wanted.purchase_order is None and wanted.customer is None:
        return None
    packages = sa.select(PackageContent.package_id)
    if wanted.serial is not None:
        packages = packages.join(PackageSerial, _of_content()).where(_is_serial(wanted.serial))
    if wanted.purchase_order is not None or wanted.customer is not None:
        packages = packages.join(PurchaseLine, PurchaseLine.id == PackageContent.purchase_line_id)
    if wanted.purchase_order is not None:
        order = sa.select(PurchaseOrder.id).where(PurchaseOrder.key == wanted.purchase_order)
        packages = packages.where(PurchaseLine.purchase_order_id == order.scalar_subquery())
    if wanted.customer is not None:
        packages = packages.where(PurchaseLine.customer_id == _customer_id(wanted.customer))
    return packages


def select_documents(
    wanted: DocumentFilter, *, vendor_id: UUID | None = None, after: UUID | None = None
) -> sa.Select[VendorDocument]:
    """Return the query of vendors' documents after an id; `vendor_id` is `wanted.vendor`'s."""
    query = sa.select(VendorDocument).order_by(VendorDocument.id)
    if after is not None:
        query = query.where(VendorDocument.id > after)
    if vendor_id is not None:
        query = query.where(VendorDocument.vendor_id == vendor_id)
    if wanted.kind is not None:
        query = query.where(VendorDocument.kind == wanted.kind.value)
    if wanted.number is not None:
        query = query.where(VendorDocument.number == wanted.number)
    conditions = _referring(wanted)
    if conditions:
        lines = sa.select(VendorDocumentLine.document_id).where(*conditions)
        query = query.where(VendorDocument.id.in_(lines))
    return query


def _referring(wanted: DocumentFilter) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    line = VendorDocumentLine
    if wanted.rma is not None:
        found.append(line.rma_lookup == rules.rma_lookup(wanted.rma))
    if wanted.purchase_order is not None:
        found.append(line.purchase_order_key == wanted.purchase_order)
    if wanted.serial is not None:
        found.append(line.serial_lookups.contains([rules.serial_lookup(wanted.serial)]))
    if wanted.obligation is not None:
        found.append(line.obligation_number == wanted.obligation)
    return found


def _customer_id(key: str) -> sa.ScalarSelect[UUID]:
    return sa.select(Customer.id).where(Customer.key == key).scalar_subquery()


def _carries(tracking_number: str) -> sa.ColumnElement[bool]:
    return Package.tracking_lookup == normalize_tracking_number(tracking_number)


def _of_content() -> sa.ColumnElement[bool]:
    return sa.and_(
        PackageSerial.package_id == PackageContent.package_id,
        PackageSerial.purchase_line_id == PackageContent.purchase_line_id,
    )


def _is_serial(serial: str) -> sa.ColumnElement[bool]:
    return PackageSerial.lookup == rules.serial_lookup(serial)
