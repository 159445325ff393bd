"""What EasyPost's tracker events and shipment invoices say, in Makegood's words.

Sources: EasyPost/examples@112a6d1 (fixtures), easypost-csharp `Tracker.cs` (units).
"""

import re
from datetime import datetime
from typing import Any

from app.carriers.providers import values
from app.carriers.providers.base import Unreadable
from app.kit import weights
from app.parcels.reports import (
    Place,
    ProofReport,
    ReadingKind,
    ReadingReport,
    ScanReport,
    ScanStatus,
    TrackingReport,
)

WHY_CARRIER_REPORTED = (
    "EasyPost gives one weight per parcel as measured by the carrier, but without time, place or"
    " the scale's resolution, and some carriers pass on what was declared."
)
WHY_DECLARED = "The weight claimed for the label, as EasyPost's adjustment invoice repeats it."
WHY_BILLED = (
    "What the carrier billed by, from EasyPost's adjustment invoice: it may be dimensional or"
    " rounded up, and the invoice does not state the unit."
)

# Told by the tracker as a whole, these are kept even if no single scan says so: whoever misses
# that a parcel was delivered claims for one that arrived.
_ENDS = frozenset({ScanStatus.DELIVERED, ScanStatus.RETURN_TO_SENDER, ScanStatus.CANCELLED})

# "left at 10:32" tells a time, not a place.
_LEFT = re.compile(r"\bleft\s+(?:at|with)\s+(?!\d{1,2}[:.h]\d\d)[^.;,\n[]{2,100}", re.IGNORECASE)
_TOLD_BY_STATUS = "[Told by the tracker's status alone, with the time of its last update.]"
_NOT = re.compile(r"\bnot\b", re.IGNORECASE)


def _result(event: dict[str, Any]) -> dict[str, Any]:
    result = event.get("result")
    if not isinstance(result, dict):
        raise Unreadable("The event comes without the object it is about.", "/result")
    return result


def tracker(event: dict[str, Any], received_at: datetime) -> TrackingReport:
    """Read a tracker.* event: the parcel's whole history, its weight, and who signed."""
    told = _result(event)
    number = values.tracking_number(told.get("tracking_code"), "/result/tracking_code")
    scans = _scans(told, _message_time(event, told, received_at), received_at)
    readings, proofs = _carrier_weight(told), _proofs(told, scans)
    if _says_something(told) and not (scans or readings or proofs):
        raise Unreadable("Neither a scan nor the message tells a time.", "/result/updated_at")
    is_return = told.get("is_return")
    return TrackingReport(
        tracking_number=number,
        carrier=values.text(told.get("carrier")),
        is_return=is_return if isinstance(is_return, bool) else None,
        scans=scans,
        readings=readings,
        proofs=proofs,
    )


def _says_something(tracker: dict[str, Any]) -> bool:
    status = values.status_word(values.text(tracker.get("status")))
    return status != ScanStatus.UNKNOWN or bool(values.items(tracker.get("tracking_details")))


def _message_time(
    event: dict[str, Any], tracker: dict[str, Any], received_at: datetime
) -> datetime | None:
    told = (tracker.get("updated_at"), event.get("created_at"), event.get("updated_at"))
    times = (values.not_ahead(values.when(value), received_at) for value in told)
    return next((at for at in times if at is not None), None)


def _scans(
    tracker: dict[str, Any], told_at: datetime | None, received_at: datetime
) -> tuple[ScanReport, ...]:
    details = map(values.mapping, values.items(tracker.get("tracking_details")))
    found = [_scan(each, told_at, received_at) for each in details if each]
    scans = [scan for scan in found if scan is not None]
    overall = _overall(tracker, told_at, {scan.status for scan in scans})
    if overall is not None:
        scans.append(overall)
    return tuple(scans)


def _scan(
    detail: dict[str, Any], told_at: datetime | None, received_at: datetime
) -> ScanReport | None:
    """Give one scan; without a time of its own it takes the message's, and says so."""
    raw = values.text(detail.get("status"))
    message = values.text(detail.get("message"), values.MESSAGE) or values.text(
        detail.get("description"), values.MESSAGE
    )
    at = values.not_ahead(values.when(detail.get("datetime")), received_at)
    is_time_told = at is not None
    if at is None:
        message = f"{message or ''} {values.TIME_NOT_TOLD}".strip()
        at = told_at
    if at is None:
        return None
    return ScanReport(
        occurred_at=at,
        status=values.status_word(raw),
        raw_status=raw,
        status_detail=values.text(detail.get("status_detail")),
        message=message,
        carrier_code=values.text(detail.get("carrier_code")),
        place=_place(values.mapping(detail.get("tracking_location"))),
        is_time_told=is_time_told,
    )


def _overall(
    tracker: dict[str, Any], told_at: datetime | None, said: set[str]
) -> ScanReport | None:
    """Give the tracker's own status as a scan, where the scans do not say it already."""
    raw = values.text(tracker.get("status"))
    status = values.status_word(raw)
    is_news = not said or (status in _ENDS and status not in said)
    if told_at is None or status == ScanStatus.UNKNOWN or not is_news:
        return None
    return ScanReport(
        occurred_at=told_at,
        status=status,
        raw_status=raw,
        status_detail=values.text(tracker.get("status_detail")),
        message=_TOLD_BY_STATUS,
        is_time_told=False,
    )


def _place(location: dict[str, Any]) -> Place | None:
    place = Place(
        city=values.text(location.get("city"), values.LINE),
        region=values.text(location.get("state")),
        postal_code=values.text(location.get("zip")),
        country=values.text(location.get("country")),
    )
    return None if place == Place() else place


def _carrier_weight(tracker: dict[str, Any]) -> tuple[ReadingReport, ...]:
    found = values.weight(tracker.get("weight"))
    if found is None:
        return ()
    # Ounces by the documentation of the field (easypost-csharp, Tracker.cs), unless the text
    # itself says otherwise.
    value, unit = found[0], found[1] or "oz"
    return (
        ReadingReport(
            kind=ReadingKind.CARRIER_REPORTED,
            why=WHY_CARRIER_REPORTED,
            value=value,
            unit=unit,
            grams=weights.grams_if_known(value, unit),
        ),
    )


def _proofs(tracker: dict[str, Any], scans: tuple[ScanReport, ...]) -> tuple[ProofReport, ...]:
    """Give what the first delivery and the tracker's signature prove, if they are told."""
    delivered = [scan for scan in scans if scan.status == ScanStatus.DELIVERED]
    first = min(delivered, key=lambda scan: scan.occurred_at, default=None)
    message = (first.message if first else None) or ""
    # The time of an update is not the time of a delivery.
    is_timed = first and not message.endswith((values.TIME_NOT_TOLD, _TOLD_BY_STATUS))
    proof = ProofReport(
        delivered_at=first.occurred_at if first and is_timed else None,
        signed_by=values.text(tracker.get("signed_by"), values.LINE),
        left_at=_left_at(message),
        place=_as_text(first.place) if first else None,
    )
    return () if proof == ProofReport() else (proof,)


def _as_text(place: Place | None) -> Place | None:
    """Give the place of a delivered scan in words only.

    City and code may be the depot's; as fields of a proof they would claim to be the door's.
    """
    if place is None:
        return None
    told = (place.city, place.region, place.postal_code, place.country)
    return Place(text=", ".join(part for part in told if part))


def _left_at(message: str) -> str | None:
    found = _LEFT.search(message)
    if found is None or _NOT.search(message):
        return None
    return found[0].strip()


def invoice(event: dict[str, Any]) -> TrackingReport:
    """Read a shipment.invoice.* event: what was claimed for the label and what was billed by."""
    told = _result(event)
    number = values.tracking_number(told.get("tracking_code"), "/result/tracking_code")
    readings = (
        _invoiced(told.get("claimed_details"), ReadingKind.DECLARED, WHY_DECLARED),
        _invoiced(told.get("captured_details"), ReadingKind.BILLED, WHY_BILLED),
    )
    return TrackingReport(
        tracking_number=number,
        carrier=values.text(told.get("carrier")),
        readings=tuple(reading for reading in readings if reading is not None),
    )


def _invoiced(details: Any, kind: ReadingKind, why: str) -> ReadingReport | None:
    # The body is not published in full, and its unit nowhere: no unit, hence no grams.
    found = values.weight(values.mapping(details).get("weight"))
    if found is None:
        return None
    value, unit = found
    grams = weights.grams_if_known(value, unit)
    return ReadingReport(kind=kind, why=why, value=value, unit=unit, grams=grams)
