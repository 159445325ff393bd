"""How parcels are kept: the parcel, what was said of it, and which packages it carries."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Identified


class Parcel(Base, Identified):
    """A carrier's package, in one life of its number: carriers give numbers again.

    `number` is normalised; it is null for a package that was shipped without one. The state
    columns are derived from the scans and can be computed again at any time.
    """

    __tablename__ = "parcels"
    __table_args__ = (
        sa.Index(None, "number"),
        sa.Index(None, "status", "id"),
        sa.Index(None, "delivered_at", postgresql_where=sa.text("delivered_at IS NOT NULL")),
    )

    number: Mapped[str | None]
    tracking_number: Mapped[str | None]
    carrier: Mapped[str | None]
    shipped_at: Mapped[datetime | None]
    ship_to: Mapped[dict[str, Any] | None]
    ship_to_fingerprint: Mapped[str | None]
    first_seen_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    is_return: Mapped[bool | None]
    status: Mapped[str]
    status_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class ParcelPackage(Base):
    """Which package, as the ERP told it, a parcel carries. One parcel may carry several."""

    __tablename__ = "parcel_packages"

    package_id: Mapped[UUID] = mapped_column(primary_key=True)
    parcel_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parcels.id"), index=True)
    shipment_id: Mapped[UUID] = mapped_column(index=True)


class Said:
    """Something somebody said of a parcel, with the delivery it came in.

    The same thing said again has the same fingerprint. No foreign key leads to the delivery:
    its raw bytes are dropped before what they said is.
    """

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    parcel_id: Mapped[UUID] = mapped_column(sa.ForeignKey("parcels.id"), sort_order=-9)
    fingerprint: Mapped[bytes] = mapped_column(sort_order=-8)
    delivery_id: Mapped[UUID | None]
    received_at: Mapped[datetime]
    place: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class Scan(Base, Said):
    """One event of a parcel. A later copy fills blanks and never blanks a value."""

    __tablename__ = "scans"
    __table_args__ = (sa.UniqueConstraint("parcel_id", "fingerprint"),)

    occurred_at: Mapped[datetime]
    status: Mapped[str]
    raw_status: Mapped[str | None]
    status_detail: Mapped[str | None]
    message: Mapped[str | None]
    carrier_code: Mapped[str | None]
    completed_by_delivery_id: Mapped[UUID | None]


class Reading(Base, Said):
    """One weight of a parcel, as received and in whole grams."""

    __tablename__ = "weight_readings"
    __table_args__ = (sa.UniqueConstraint("parcel_id", "fingerprint"),)

    kind: Mapped[str]
    why: Mapped[str]
    value: Mapped[Decimal] = mapped_column(sa.Numeric)
    unit: Mapped[str | None]
    grams: Mapped[int | None] = mapped_column(sa.BigInteger)
    resolution_g: Mapped[Decimal | None] = mapped_column(sa.Numeric)
    measured_at: Mapped[datetime | None]
    scale: Mapped[str | None]
    weighed_by: Mapped[str | None]
    note: Mapped[str | None]
    photo_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("files.id"))


class Proof(Base, Said):
    """A proof of delivery, or the part of one that one delivery brought."""

    __tablename__ = "proofs_of_delivery"
    __table_args__ = (sa.UniqueConstraint("parcel_id", "fingerprint"),)

    delivered_at: Mapped[datetime | None]
    signed_by: Mapped[str | None]
    left_at: Mapped[str | None]
    photo_url: Mapped[str | None]
    signature_url: Mapped[str | None]
    document_url: Mapped[str | None]
