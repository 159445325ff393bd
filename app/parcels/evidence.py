"""What was said of a parcel, as rows: when two sayings are the same, and what a copy adds."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from app.kit.ids import new_id
from app.parcels.reports import Place, ProofReport, ReadingReport, ScanReport, TrackingReport

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """When something was said to us, and in which delivery (None for what a person told us)."""

    received_at: datetime
    delivery_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """A report and where it came from."""

    report: TrackingReport
    origin: Origin


def scan_row(parcel_id: UUID, scan: ScanReport, origin: Origin) -> Row:
    """Return the row of a scan. No provider numbers its scans: the same words are the same scan."""
    moment = scan.occurred_at if scan.is_time_told else None
    identity = (moment, scan.status, scan.raw_status, scan.message, scan.carrier_code)
    return {
        **_said(parcel_id, origin, identity, scan.place),
        "occurred_at": scan.occurred_at,
        "status": scan.status,
        "raw_status": scan.raw_status,
        "status_detail": scan.status_detail,
        "message": scan.message,
        "carrier_code": scan.carrier_code,
        "completed_by_delivery_id": None,
    }


def reading_row(parcel_id: UUID, reading: ReadingReport, origin: Origin, **more: Any) -> Row:
    """Return the row of a weight reading. `more`: weighed_by, note, photo_id of a person's."""
    identity = (
        reading.kind,
        reading.value.normalize(),
        reading.unit,
        reading.measured_at,
        reading.scale,
        more.get("weighed_by"),
    )
    return {
        **_said(parcel_id, origin, identity, reading.place),
        "kind": reading.kind.value,
        "why": reading.why,
        "value": reading.value,
        "unit": reading.unit,
        "grams": reading.grams,
        "resolution_g": reading.resolution_g,
        "measured_at": reading.measured_at,
        "scale": reading.scale,
        "weighed_by": None,
        "note": None,
        "photo_id": None,
        **more,
    }


def proof_row(parcel_id: UUID, proof: ProofReport, origin: Origin) -> Row:
    """Return the row of a proof of delivery, or of the part of one that came."""
    said = asdict(proof)
    place = said.pop("place")
    identity = (*sorted(said.items()), place and sorted(place.items()))
    return {**_said(parcel_id, origin, identity, proof.place), **said}


def completed(old: Mapping[str, Any], new: Row) -> Row | None:
    """Return what a later copy of a scan adds to the row that is kept; None if nothing.

    Blanks are filled, values are never blanked or changed.
    """
    added: Row = {}
    if old["status_detail"] is None and new["status_detail"] is not None:
        added["status_detail"] = new["status_detail"]
    place = {**(new["place"] or {}), **(old["place"] or {})}
    if place != (old["place"] or {}):
        added["place"] = place
    return added or None


def place_of(place: Mapping[str, Any] | None) -> Place | None:
    """Return a place from how it is kept."""
    if place is None:
        return None
    values = dict(place)
    for axis in ("latitude", "longitude"):
        if values.get(axis) is not None:
            values[axis] = Decimal(values[axis])
    return Place(**values)


def kept_place(place: Place | None) -> Row | None:
    """Return how a place is kept: without what was not told."""
    if place is None:
        return None
    told = {name: value for name, value in asdict(place).items() if value is not None}
    return {k: str(v) if isinstance(v, Decimal) else v for k, v in told.items()} or None


def _said(parcel_id: UUID, origin: Origin, identity: tuple[Any, ...], place: Place | None) -> Row:
    return {
        "id": new_id(),
        "parcel_id": parcel_id,
        "fingerprint": _fingerprint(identity),
        "delivery_id": origin.delivery_id,
        "received_at": origin.received_at,
        "place": kept_place(place),
    }


def _fingerprint(identity: tuple[Any, ...]) -> bytes:
    told = orjson.dumps(identity, default=str, option=orjson.OPT_UTC_Z)
    return hashlib.sha256(told).digest()[:16]
