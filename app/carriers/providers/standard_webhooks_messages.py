"""What a message in Makegood's own words says of a parcel, and how far its weight is believed."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from app.carriers.providers import standard_webhooks_payload as payload
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

_Message = payload.ParcelScanned | payload.ParcelWeighed | payload.ParcelDelivered

_MESSAGES: Mapping[str, type[_Message]] = MappingProxyType(
    {
        "parcel.scanned": payload.ParcelScanned,
        "parcel.weighed": payload.ParcelWeighed,
        "parcel.delivered": payload.ParcelDelivered,
    }
)

_WHY_AS_SAID = MappingProxyType(
    {
        ReadingKind.BILLED: "The sender says this is what was billed by.",
        ReadingKind.CARRIER_REPORTED: "The sender passes on a carrier's word, not a scale's.",
        ReadingKind.DECLARED: "The sender says this is what was declared.",
        ReadingKind.DIMENSIONAL: "The sender says this was computed from the dimensions.",
        ReadingKind.UNKNOWN: "The sender does not know how the weight came to be.",
    }
)
WHY_MEASURED = "The sender calls it measured and names the scale."
WHY_MEASURED_BY_SCALE = "The sender names the scale and its resolution."
WHY_NO_SCALE = (
    "The sender calls it measured but names no scale, so it may repeat what was declared."
)
WHY_UNKNOWN = "The sender does not say how the weight came to be."


def read(told: dict[str, Any], received_at: datetime) -> list[TrackingReport]:
    """Read one message; one of a type that is not Makegood's tells nothing."""
    kind = told.get("type")
    if not isinstance(kind, str):
        raise Unreadable("The message does not say of what type it is.", "/type")
    if kind not in _MESSAGES:
        return []
    try:
        message = _MESSAGES[kind].model_validate(told)
    except ValidationError as error:
        raise _unreadable(error) from error
    return [_report(message, received_at)]


def _unreadable(error: ValidationError) -> Unreadable:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    pointer = "".join(f"/{part}" for part in first["loc"])
    return Unreadable("A part that is needed is missing or makes no sense.", pointer)


def _report(message: _Message, received_at: datetime) -> TrackingReport:
    told_at = values.not_ahead(message.timestamp, received_at)
    scans: tuple[ScanReport, ...] = ()
    readings: tuple[ReadingReport, ...] = ()
    proofs: tuple[ProofReport, ...] = ()
    match message:
        case payload.ParcelScanned(data=data):
            scans = (_scan(data, told_at, received_at),)
        case payload.ParcelWeighed(data=data):
            readings = (_reading(data, received_at),)
        case payload.ParcelDelivered(data=data):
            scans = (_delivered_scan(data, told_at, received_at),)
            proofs = (_proof(data, received_at),)
    return TrackingReport(
        tracking_number=message.data.tracking_number,
        carrier=message.data.carrier,
        scans=scans,
        readings=readings,
        proofs=proofs,
    )


def _scan(data: payload.ScannedData, told_at: datetime | None, received_at: datetime) -> ScanReport:
    at, note = _time(data.occurred_at, told_at, received_at, "/data/occurred_at")
    return ScanReport(
        occurred_at=at,
        status=values.status_word(data.status),
        raw_status=data.status,
        status_detail=data.status_detail,
        message=_joined(data.message, note),
        place=_place(data.place),
        is_time_told=note is None,
    )


def _delivered_scan(
    data: payload.DeliveredData, told_at: datetime | None, received_at: datetime
) -> ScanReport:
    at, note = _time(data.delivered_at, told_at, received_at, "/data/delivered_at")
    return ScanReport(
        occurred_at=at,
        status=ScanStatus.DELIVERED,
        raw_status="parcel.delivered",
        message=note,
        place=_place(data.place),
        is_time_told=note is None,
    )


def _time(
    at: datetime | None, told_at: datetime | None, received_at: datetime, pointer: str
) -> tuple[datetime, str | None]:
    """Give the time of a scan, or the message's own and the note that says so."""
    own = values.not_ahead(at, received_at)
    if own is not None:
        return own, None
    if told_at is None:
        raise Unreadable("Neither the event nor the message tells a time.", pointer)
    return told_at, values.TIME_NOT_TOLD


def _joined(*parts: str | None) -> str | None:
    return " ".join(part for part in parts if part) or None


def _place(told: payload.PlaceTold | None) -> Place | None:
    fields: dict[str, Any] = told.model_dump() if told else {}
    place = Place(**fields)
    return None if place == Place() else place


def _reading(data: payload.WeighedData, received_at: datetime) -> ReadingReport:
    scale = data.scale or payload.ScaleTold()
    resolution_g = _resolution_g(scale.resolution)
    kind, why = _kind(scale, resolution_g is not None)
    weight = data.weight
    return ReadingReport(
        kind=kind,
        why=why,
        value=weight.value,
        unit=weight.unit,
        grams=weights.grams_if_known(weight.value, weight.unit),
        resolution_g=resolution_g,
        measured_at=values.not_ahead(data.measured_at, received_at),
        place=_place(data.place),
        scale=scale.name,
    )


def _kind(scale: payload.ScaleTold, has_resolution: bool) -> tuple[ReadingKind, str]:  # noqa: FBT001
    """Say how far a weight is believed.

    `measured` is a known scale (design section 3): the sender says "measured" and names the
    scale, or, saying nothing, names the scale and its resolution. "Measured" by no scale in
    particular is a report, that may echo what was declared. Any other word stands as said.
    """
    if scale.kind is None:
        if scale.name and has_resolution:
            return ReadingKind.MEASURED, WHY_MEASURED_BY_SCALE
        return ReadingKind.UNKNOWN, WHY_UNKNOWN
    if scale.kind is not ReadingKind.MEASURED:
        return scale.kind, _WHY_AS_SAID[scale.kind]
    if scale.name:
        return ReadingKind.MEASURED, WHY_MEASURED
    return ReadingKind.CARRIER_REPORTED, WHY_NO_SCALE


def _resolution_g(told: payload.Resolution | None) -> Decimal | None:
    if told is None or told.value is None or told.unit is None:
        return None
    try:
        return weights.exact_grams(told.value, told.unit)
    except ValueError:
        return None


def _proof(data: payload.DeliveredData, received_at: datetime) -> ProofReport:
    return ProofReport(
        delivered_at=values.not_ahead(data.delivered_at, received_at),
        signed_by=data.signed_by,
        left_at=data.left_at,
        place=_place(data.place),
        photo_url=data.photo_url,
        signature_url=data.signature_url,
        document_url=data.document_url,
    )
