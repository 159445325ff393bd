"""EasyPost: its signature, its tracker events and its shipment invoices.

Sources: EasyPost/examples@112a6d1 (fixtures), EasyPost/easypost-python@8fcf5e4 (`util.py`).
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from app.carriers.providers import values
from app.carriers.providers.base import SignatureRefused, Unreadable
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

_SHORTEST_SECRET = 6
_LONGEST_SECRET = 500

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


class EasyPost:
    """Trackers of many carriers through EasyPost."""

    name = "easypost"
    title = "EasyPost"
    # The v2 headers are kept and not judged: what they sign is not published, and those who have
    # seen them disagree (carriers.md section 1). They must never refuse what v1 accepts.
    signature_headers = ("x-hmac-signature", "x-hmac-signature-v2", "x-timestamp", "x-path")

    def check_secret(self, secret: str) -> None:
        """Refuse what cannot be the `webhook_secret` given to EasyPost."""
        if secret != secret.strip() or not secret.isprintable():
            raise ValueError("The secret begins or ends with a blank, or holds control characters.")
        if not _SHORTEST_SECRET <= len(secret) <= _LONGEST_SECRET:
            raise ValueError(
                "The secret is the webhook_secret set on the EasyPost webhook: "
                f"{_SHORTEST_SECRET} to {_LONGEST_SECRET} characters, best 32 random ones."
            )

    def verify(
        self,
        *,
        headers: Mapping[str, str],
        body: bytes,
        secrets: Sequence[str],
        now: datetime,  # noqa: ARG002 - v1 bears no time, so a replay is known by its id alone
    ) -> None:
        """Check signature v1: HMAC-SHA256 of the raw body under the NFKD form of the secret."""
        given = headers.get("x-hmac-signature", "").strip()
        if not given:
            raise SignatureRefused("The header X-Hmac-Signature is missing or empty.")
        # As bytes: compare_digest raises on a text that is not ASCII.
        sent = given.encode("utf-8", errors="replace")
        if not any(hmac.compare_digest(sent, _signature(s, body)) for s in secrets if s):
            raise SignatureRefused("The signature fits none of the secrets of this source.")

    def dedup_key(
        self,
        *,
        headers: Mapping[str, str],  # noqa: ARG002 - the id is in the body
        body: bytes,
    ) -> str | None:
        """Give the event's `id` (evt_...)."""
        try:
            event = orjson.loads(body)
        except orjson.JSONDecodeError:
            return None
        return values.event_id(event.get("id")) if isinstance(event, dict) else None

    def read(
        self,
        *,
        headers: Mapping[str, str],  # noqa: ARG002 - all is in the body
        body: bytes,
        received_at: datetime,
    ) -> list[TrackingReport]:
        """Read tracker.* and shipment.invoice.* events; others are of no concern."""
        event = values.load_object(body)
        kind = event.get("description")
        if not isinstance(kind, str):
            raise Unreadable("The event does not say what it is.", "/description")
        if kind.startswith("tracker."):
            return _told(_tracker(event, received_at))
        if kind.startswith("shipment.invoice."):
            return _told(_invoice(event))
        return []


def _signature(secret: str, body: bytes) -> bytes:
    # NFKD as in EasyPost's own clients: the same secret typed on a Mac and on Windows may differ.
    key = unicodedata.normalize("NFKD", secret).encode("utf-8", errors="surrogatepass")
    return b"hmac-sha256-hex=" + hmac.new(key, body, hashlib.sha256).hexdigest().encode()


def _told(report: TrackingReport) -> list[TrackingReport]:
    return [report] if report.scans or report.readings or report.proofs else []


def _result(event: dict[str, Any]) -> dict[str, Any]:
    result = event.get("result")
    if not isinstance(result, dict):
        raise Unreadable("The event comes without the object it is about.", "/result")
    return result


def _tracker(event: dict[str, Any], received_at: datetime) -> TrackingReport:
    tracker = _result(event)
    number = values.tracking_number(tracker.get("tracking_code"), "/result/tracking_code")
    told_at = _message_time(event, tracker, received_at)
    scans = _scans(tracker, told_at, received_at)
    is_return = tracker.get("is_return")
    return TrackingReport(
        tracking_number=number,
        carrier=values.text(tracker.get("carrier")),
        is_return=is_return if isinstance(is_return, bool) else None,
        scans=scans,
        readings=_carrier_weight(tracker),
        proofs=_proofs(tracker, scans),
    )


def _message_time(
    event: dict[str, Any], tracker: dict[str, Any], received_at: datetime
) -> datetime | None:
    told = (tracker.get("updated_at"), event.get("created_at"), event.get("updated_at"))
    times = (values.not_ahead(values.when(value), received_at) for value in told)
    return next((at for at in times if at is not None), None)


def _scans(
    tracker: dict[str, Any], told_at: datetime | None, received_at: datetime
) -> tuple[ScanReport, ...]:
    details = [
        each for each in values.items(tracker.get("tracking_details")) if values.mapping(each)
    ]
    found = [_scan(each, told_at, received_at) for each in details]
    scans = [scan for scan in found if scan is not None]
    overall = _overall(tracker, told_at, {scan.status for scan in scans})
    if overall is not None:
        scans.append(overall)
    if details and not scans:
        raise Unreadable("Neither a scan nor the message tells a time.", "/result/tracking_details")
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
    signed_by = values.text(tracker.get("signed_by"), values.LINE)
    delivered = [scan for scan in scans if scan.status == ScanStatus.DELIVERED]
    if not delivered:
        return (ProofReport(signed_by=signed_by),) if signed_by else ()
    first = min(delivered, key=lambda scan: scan.occurred_at)
    message = first.message or ""
    is_timed = not message.endswith((values.TIME_NOT_TOLD, _TOLD_BY_STATUS))
    return (
        ProofReport(
            delivered_at=first.occurred_at if is_timed else None,
            signed_by=signed_by,
            left_at=_left_at(message),
            place=_as_text(first.place),
        ),
    )


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


def _invoice(event: dict[str, Any]) -> TrackingReport:
    invoice = _result(event)
    number = values.tracking_number(invoice.get("tracking_code"), "/result/tracking_code")
    readings = (
        _invoiced(invoice.get("claimed_details"), ReadingKind.DECLARED, WHY_DECLARED),
        _invoiced(invoice.get("captured_details"), ReadingKind.BILLED, WHY_BILLED),
    )
    return TrackingReport(
        tracking_number=number,
        carrier=values.text(invoice.get("carrier")),
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
