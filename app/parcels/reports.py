"""What somebody reports of a parcel: the values that pass from a provider's words to the story.

Pure. A provider (`app.carriers.providers`) turns a delivery into `TrackingReport`s; this room
merges them. Nothing here knows who sent it or how it was signed.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class ScanStatus(StrEnum):
    """Our words for what a scan says. Words a provider uses beyond these stay as text."""

    PRE_TRANSIT = "pre_transit"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    AVAILABLE_FOR_PICKUP = "available_for_pickup"
    DELIVERED = "delivered"
    RETURN_TO_SENDER = "return_to_sender"
    FAILURE = "failure"
    CANCELLED = "cancelled"
    ERROR = "error"
    UNKNOWN = "unknown"


class ReadingKind(StrEnum):
    """How a weight came to be; what it may prove hangs on it (design section 3)."""

    MEASURED = "measured"
    CARRIER_REPORTED = "carrier_reported"
    BILLED = "billed"
    DIMENSIONAL = "dimensional"
    DECLARED = "declared"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something happened, as far as it was told. Every field may be missing."""

    text: str | None = None
    street: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ScanReport:
    """One event of a parcel, as a carrier tells it.

    `status` is one of `ScanStatus` where the provider's word has an equal there, otherwise the
    provider's own word; `raw_status` always keeps the provider's word. Without a time of its own
    a scan has that of its message, and `is_time_told` is false: told again in a later message it
    is still the same scan.
    """

    occurred_at: datetime
    status: str
    raw_status: str | None = None
    status_detail: str | None = None
    message: str | None = None
    carrier_code: str | None = None
    place: Place | None = None
    is_time_told: bool = True


@dataclass(frozen=True, slots=True)
class ReadingReport:
    """One weight of a parcel. `value` and `unit` as received; `grams` whole, None if no unit.

    `resolution_g` is the step of the scale in grams where it is known; `why` says in a sentence
    why the reading is of this `kind`.
    """

    kind: ReadingKind
    why: str
    value: Decimal
    unit: str | None = None
    grams: int | None = None
    resolution_g: Decimal | None = None
    measured_at: datetime | None = None
    place: Place | None = None
    scale: str | None = None


@dataclass(frozen=True, slots=True)
class ProofReport:
    """A proof of delivery, or the part of one that has come so far."""

    delivered_at: datetime | None = None
    signed_by: str | None = None
    left_at: str | None = None
    place: Place | None = None
    photo_url: str | None = None
    signature_url: str | None = None
    document_url: str | None = None


@dataclass(frozen=True, slots=True)
class TrackingReport:
    """All that one message says of one parcel. `carrier` is the provider's name for it."""

    tracking_number: str
    carrier: str | None = None
    is_return: bool | None = None
    scans: tuple[ScanReport, ...] = ()
    readings: tuple[ReadingReport, ...] = ()
    proofs: tuple[ProofReport, ...] = ()
