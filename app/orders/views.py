"""What rooms above join customers, lines, shipments, packages and vendor documents with."""

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

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
from app.products.views import products


@cache
def customers() -> sa.Select[*tuple[Any, ...]]:
    """Return all customers: customer_id, customer_key (unique, indexed), name."""
    return sa.select(
        Customer.id.label("customer_id"), Customer.key.label("customer_key"), Customer.name
    )


@cache
def purchase_lines() -> sa.Select[*tuple[Any, ...]]:
    """Return all lines that were ever told of.

    purchase_line_id
    purchase_order_id, purchase_order_key, line_key
    product_id
    quantity          as ordered
    customer_id       for whom it is, drop-shipped or not; null: for our own stock
    unit_price_amount, unit_price_currency   at our cost
    supplier_id, ordered_on   of the order
    is_drop_shipped   true: it has an address of its own
    placed_on         the order's day, or else the day it was first told; indexed by product
    invoiced_on       the day of the supplier's invoice; indexed by product
    receipts, sales   what came to our stock and went from it: [{"on", "quantity"}], null: not told
    is_special_bid    null: not told
    pass_through_percent   what of a price protection credit is the customer's; null: not told
    cancelled_at      of the line, or else of its order
    is_removed        true: the order, as it was last told, has no such line any more
    """
    return sa.select(
        PurchaseLine.id.label("purchase_line_id"),
        PurchaseLine.purchase_order_id,
        PurchaseOrder.key.label("purchase_order_key"),
        PurchaseLine.key.label("line_key"),
        PurchaseLine.product_id,
        PurchaseLine.quantity,
        PurchaseLine.customer_id,
        PurchaseLine.unit_price_amount,
        PurchaseLine.unit_price_currency,
        PurchaseOrder.supplier_id,
        PurchaseOrder.ordered_on,
        PurchaseLine.drop_ship_address.is_not(None).label("is_drop_shipped"),
        PurchaseLine.placed_on,
        PurchaseLine.invoiced_on,
        PurchaseLine.receipts,
        PurchaseLine.sales,
        PurchaseLine.is_special_bid,
        PurchaseLine.pass_through_percent,
        sa.func.coalesce(PurchaseLine.cancelled_at, PurchaseOrder.cancelled_at).label(
            "cancelled_at"
        ),
        PurchaseLine.removed_at.is_not(None).label("is_removed"),
    ).join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)


@cache
def shipments() -> sa.Select[*tuple[Any, ...]]:
    """Return all shipments.

    shipment_id, shipment_key (indexed)
    shipped_at, cancelled_at, ship_to (an address as JSON)
    shipper_kind, shipper_vendor_id   the shipper of record: `us`, `vendor`, `customer`, or null
    account_kind, account_vendor_id   whose account with the carrier it was, likewise
    """
    return sa.select(
        Shipment.id.label("shipment_id"),
        Shipment.key.label("shipment_key"),
        Shipment.shipped_at,
        Shipment.cancelled_at,
        Shipment.ship_to,
        Shipment.shipper_kind,
        Shipment.shipper_vendor_id,
        Shipment.account_kind,
        Shipment.account_vendor_id,
    )


@cache
def packages() -> sa.Select[*tuple[Any, ...]]:
    """Return all packages that were ever told of.

    package_id        the same for as long as the shipment has a package of that key, and again
                      when one comes back
    shipment_id, shipment_key, package_key
    position          its place in the shipment
    tracking_number   as told; null if none
    tracking_lookup   the same without blanks and dashes, upper case; indexed
    carrier           as told
    shipped_at, ship_to (an address as JSON)   of the shipment
    has_known_contents   false: nobody told what is in it
    tare_value, tare_unit, tare_g   of the packaging: as told, and in whole grams
    declared_value, declared_unit, declared_g   what the shipper declared, likewise
    is_live           false: the shipment was cancelled, or the package is no longer in it
    """
    return sa.select(
        Package.id.label("package_id"),
        Package.shipment_id,
        Shipment.key.label("shipment_key"),
        Package.key.label("package_key"),
        Package.position,
        Package.tracking_number,
        Package.tracking_lookup,
        Package.carrier,
        Shipment.shipped_at,
        Shipment.ship_to,
        Package.has_known_contents,
        Package.tare_value,
        Package.tare_unit,
        Package.tare_g,
        Package.declared_value,
        Package.declared_unit,
        Package.declared_g,
        is_live().label("is_live"),
    ).join(Shipment, Shipment.id == Package.shipment_id)


@cache
def contents() -> sa.Select[*tuple[Any, ...]]:
    """Return what packages hold.

    package_id, position (its place in the package)
    purchase_line_id, purchase_order_key, line_key
    product_id, product_key
    quantity
    serials   as told, in the order told; an empty array if none
    """
    serials = (
        sa.select(PackageSerial.serial)
        .where(
            PackageSerial.package_id == PackageContent.package_id,
            PackageSerial.purchase_line_id == PackageContent.purchase_line_id,
        )
        .order_by(PackageSerial.position)
        .correlate(PackageContent)
        .scalar_subquery()
    )
    told = products()
    return (
        sa.select(
            PackageContent.package_id,
            PackageContent.position,
            PackageContent.purchase_line_id,
            PurchaseOrder.key.label("purchase_order_key"),
            PurchaseLine.key.label("line_key"),
            PurchaseLine.product_id,
            told.c.product_key,
            PackageContent.quantity,
            sa.func.array(serials, type_=ARRAY(sa.Text)).label("serials"),
        )
        .join(PurchaseLine, PurchaseLine.id == PackageContent.purchase_line_id)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
        .join(told, told.c.product_id == PurchaseLine.product_id)
    )


@cache
def shipped() -> sa.Select[*tuple[Any, ...]]:
    """Return what live shipments hold of each line, one row for each content.

    purchase_line_id, package_id, shipment_id, shipment_key, quantity
    shipped_at (indexed), shipper_kind   of the shipment
    """
    return (
        sa.select(
            PackageContent.purchase_line_id,
            PackageContent.package_id,
            Package.shipment_id,
            Shipment.key.label("shipment_key"),
            PackageContent.quantity,
            Shipment.shipped_at,
            Shipment.shipper_kind,
        )
        .join(Package, Package.id == PackageContent.package_id)
        .join(Shipment, Shipment.id == Package.shipment_id)
        .where(is_live())
    )


def is_live() -> sa.ColumnElement[bool]:
    """Return the condition of a package that counts: not removed, of no cancelled shipment."""
    return sa.and_(Shipment.cancelled_at.is_(None), Package.removed_at.is_(None))


@cache
def vendor_document_lines() -> sa.Select[*tuple[Any, ...]]:
    """Return the lines of vendors' documents as they were last told.

    document_id, document_key, version, kind, vendor_id, number, issued_on, currency, cancelled_at
    line_key, position, description, quantity
    amount              negative: taken off
    rma_lookup, purchase_order_key, purchase_line_key, serial_lookups (an array),
    obligation_number, claim   what the line refers to, its own word before that of the document
    """
    return sa.select(
        VendorDocument.id.label("document_id"),
        VendorDocument.key.label("document_key"),
        VendorDocument.version,
        VendorDocument.kind,
        VendorDocument.vendor_id,
        VendorDocument.number,
        VendorDocument.issued_on,
        VendorDocument.currency,
        VendorDocument.cancelled_at,
        VendorDocumentLine.key.label("line_key"),
        VendorDocumentLine.position,
        VendorDocumentLine.description,
        VendorDocumentLine.quantity,
        VendorDocumentLine.amount,
        VendorDocumentLine.rma_lookup,
        VendorDocumentLine.purchase_order_key,
        VendorDocumentLine.purchase_line_key,
        VendorDocumentLine.serial_lookups,
        VendorDocumentLine.obligation_number,
        VendorDocumentLine.claim,
    ).join(VendorDocumentLine, VendorDocumentLine.document_id == VendorDocument.id)


@cache
def packed_serials() -> sa.Select[*tuple[Any, ...]]:
    """Return the serial numbers in packages.

    serial_lookup, purchase_line_id, package_id   all indexed
    """
    return sa.select(
        PackageSerial.lookup.label("serial_lookup"),
        PackageContent.purchase_line_id,
        PackageContent.package_id,
    ).join(
        PackageContent,
        sa.and_(
            PackageContent.package_id == PackageSerial.package_id,
            PackageContent.purchase_line_id == PackageSerial.purchase_line_id,
        ),
    )
