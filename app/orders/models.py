"""How customers, purchase orders, shipments and vendor documents are kept.

Lines and packages are never deleted: rooms above point at them. One that a PUT leaves out gets
`removed_at`, is shown no more, and comes back under its old id if it is told again.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Identified
from app.kit.records import ErpRecord
from app.orders.rules import DocumentKind, PartyKind

_DOCUMENTS = ", ".join(f"'{kind.value}'" for kind in DocumentKind)
_KINDS = ", ".join(f"'{kind.value}'" for kind in PartyKind)


class Customer(Base, ErpRecord):
    """Somebody we sold to."""

    __tablename__ = "customers"
    __table_args__ = (sa.Index("ix_customers_email", sa.text("lower(email)"), "id"),)

    name: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    address: Mapped[dict[str, Any] | None]


class PurchaseOrder(Base, ErpRecord):
    """What we ordered from a supplier."""

    __tablename__ = "purchase_orders"
    __table_args__ = (sa.Index(None, "supplier_id", "id"),)

    supplier_id: Mapped[UUID] = mapped_column(sa.ForeignKey("vendors.id"))
    ordered_on: Mapped[date | None]
    cancelled_at: Mapped[datetime | None]


class PurchaseLine(Base, Identified):
    """One product on a purchase order. It is drop-shipped where it has an address.

    placed_on          the order's day, or else the day the order was first told: by it and the
                       product lines are found
    receipts, sales    what of it came to our stock and went from it, as told: days and quantities;
                       null: nobody told
    """

    __tablename__ = "purchase_lines"
    __table_args__ = (
        sa.UniqueConstraint("purchase_order_id", "key"),
        sa.Index(None, "product_id", "purchase_order_id"),
        sa.Index(None, "product_id", "placed_on"),
        sa.Index(
            None, "product_id", "invoiced_on", postgresql_where=sa.text("invoiced_on IS NOT NULL")
        ),
        sa.Index(None, "customer_id", "purchase_order_id"),
        sa.Index(None, "customer_order_number", "purchase_order_id"),
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.CheckConstraint(
            "drop_ship_address IS NULL OR customer_id IS NOT NULL", name="drop_ship_customer"
        ),
    )

    purchase_order_id: Mapped[UUID] = mapped_column(sa.ForeignKey("purchase_orders.id"))
    key: Mapped[str]
    position: Mapped[int]
    product_id: Mapped[UUID] = mapped_column(sa.ForeignKey("products.id"))
    quantity: Mapped[int]
    unit_price_amount: Mapped[Decimal]
    unit_price_currency: Mapped[str] = mapped_column(sa.CHAR(3))
    is_back_ordered: Mapped[bool]
    customer_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("customers.id"))
    customer_order_number: Mapped[str | None]
    drop_ship_address: Mapped[dict[str, Any] | None]
    cancelled_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    placed_on: Mapped[date | None]
    invoiced_on: Mapped[date | None]
    receipts: Mapped[list[Any] | None]
    sales: Mapped[list[Any] | None]
    is_special_bid: Mapped[bool | None]
    pass_through_percent: Mapped[Decimal | None]


class Shipment(Base, ErpRecord):
    """What left somebody's dock together."""

    __tablename__ = "shipments"
    __table_args__ = (
        sa.CheckConstraint(f"shipper_kind IN ({_KINDS})", name="shipper_kind"),
        sa.CheckConstraint(f"account_kind IN ({_KINDS})", name="account_kind"),
        sa.Index(None, "shipped_at", postgresql_where=sa.text("shipped_at IS NOT NULL")),
    )

    shipped_at: Mapped[datetime | None]
    shipper_kind: Mapped[str | None]
    shipper_vendor_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("vendors.id"))
    shipper_customer_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("customers.id"))
    account_kind: Mapped[str | None]
    account_vendor_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("vendors.id"))
    account_customer_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("customers.id"))
    ship_to: Mapped[dict[str, Any] | None]
    cancelled_at: Mapped[datetime | None]


class Package(Base, Identified):
    """One package of a shipment. Without `has_known_contents` nobody told what is in it."""

    __tablename__ = "packages"
    __table_args__ = (
        sa.UniqueConstraint("shipment_id", "key"),
        sa.Index(
            "ix_packages_tracking_lookup",
            "tracking_lookup",
            "shipment_id",
            postgresql_where=sa.text("tracking_lookup IS NOT NULL"),
        ),
    )

    shipment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("shipments.id"))
    key: Mapped[str]
    position: Mapped[int]
    tracking_number: Mapped[str | None]
    tracking_lookup: Mapped[str | None]
    carrier: Mapped[str | None]
    has_known_contents: Mapped[bool]
    tare_value: Mapped[Decimal | None]
    tare_unit: Mapped[str | None]
    tare_g: Mapped[int | None]
    declared_value: Mapped[Decimal | None]
    declared_unit: Mapped[str | None]
    declared_g: Mapped[int | None]
    removed_at: Mapped[datetime | None]


class PackageContent(Base):
    """How much of a purchase line a package holds."""

    __tablename__ = "package_contents"
    __table_args__ = (
        sa.Index(None, "purchase_line_id"),
        sa.CheckConstraint("quantity > 0", name="quantity"),
    )

    package_id: Mapped[UUID] = mapped_column(sa.ForeignKey("packages.id"), primary_key=True)
    purchase_line_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("purchase_lines.id"), primary_key=True
    )
    position: Mapped[int]
    quantity: Mapped[int]


class PackageSerial(Base):
    """The serial number of one unit in a package."""

    __tablename__ = "package_serials"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["package_id", "purchase_line_id"],
            ["package_contents.package_id", "package_contents.purchase_line_id"],
            ondelete="CASCADE",
        ),
        sa.Index(None, "lookup"),
    )

    package_id: Mapped[UUID] = mapped_column(primary_key=True)
    purchase_line_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    serial: Mapped[str]
    lookup: Mapped[str]


class VendorDocument(Base, ErpRecord):
    """A vendor's paper, as the ERP booked it. `told` is what it refers to, as JSON."""

    __tablename__ = "vendor_documents"
    __table_args__ = (
        sa.CheckConstraint(f"kind IN ({_DOCUMENTS})", name="kind"),
        sa.Index(None, "vendor_id", "id"),
        sa.Index(None, "number", "id"),
    )

    kind: Mapped[str]
    vendor_id: Mapped[UUID] = mapped_column(sa.ForeignKey("vendors.id"))
    number: Mapped[str]
    issued_on: Mapped[date]
    currency: Mapped[str] = mapped_column(sa.CHAR(3))
    told: Mapped[dict[str, Any]]
    cancelled_at: Mapped[datetime | None]


class VendorDocumentLine(Base):
    """A line of a vendor's paper: replaced with it, under the same key.

    `told` is what the line itself refers to; null: what the paper does. The columns beneath hold
    what it refers to in the end, in the forms it is found by.
    """

    __tablename__ = "vendor_document_lines"
    __table_args__ = (
        sa.Index(None, "rma_lookup", postgresql_where=sa.text("rma_lookup IS NOT NULL")),
        sa.Index(
            None, "purchase_order_key", postgresql_where=sa.text("purchase_order_key IS NOT NULL")
        ),
        sa.Index(
            None, "obligation_number", postgresql_where=sa.text("obligation_number IS NOT NULL")
        ),
        sa.Index(None, "serial_lookups", postgresql_using="gin"),
    )

    document_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("vendor_documents.id"), primary_key=True
    )
    key: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    description: Mapped[str | None]
    product_key: Mapped[str | None]
    quantity: Mapped[int | None]
    amount: Mapped[Decimal]
    told: Mapped[dict[str, Any] | None]
    rma_lookup: Mapped[str | None]
    purchase_order_key: Mapped[str | None]
    purchase_line_key: Mapped[str | None]
    serial_lookups: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    obligation_number: Mapped[int | None] = mapped_column(sa.BigInteger)
    claim: Mapped[str | None]
