"""A parcel's identity and state: whose number it is, which life of it, and how far it has come."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from app.kit.tracking import normalize_tracking_number
from app.parcels.addresses import fingerprint as ship_to_fingerprint
from app.parcels.delivery_place import PlaceKind, PlaceVerdict, place_of_delivery
from app.parcels.reports import ScanReport, ScanStatus, TrackingReport

__all__ = [
    "RECYCLED_AFTER",
    "Candidate",
    "ParcelState",
    "PlaceKind",
    "PlaceVerdict",
    "carrier_slug",
    "choose_for_shipment",
    "choose_parcel",
    "normalize_tracking_number",
    "place_of_delivery",
    "ship_to_fingerprint",
    "span_of",
    "status_of",
]

RECYCLED_AFTER = timedelta(days=90)
"""The default of the setting: events further apart belong to two parcels of one number."""

# What EasyPost, ShipEngine, Shippo, Karrio and AfterShip call the same company, without blanks.
_CARRIERS = MappingProxyType(
    {
        "ups": "ups",
        "upsdap": "ups",
        "upsground": "ups",
        "upssurepost": "ups",
        "upsiparcel": "ups",
        "unitedparcelservice": "ups",
        "usps": "usps",
        "uspsreturns": "usps",
        "uspsship": "usps",
        "stampscom": "usps",
        "endicia": "usps",
        "unitedstatespostalservice": "usps",
        "uspostalservice": "usps",
        "fdx": "fedex",
        "federalexpress": "fedex",
        "dhlexpress": "dhl_express",
        "dhlexpressdefault": "dhl_express",
        "mydhl": "dhl_express",
        "dhlecommerce": "dhl_ecommerce",
        "dhlecs": "dhl_ecommerce",
        "dhlecommerceasia": "dhl_ecommerce",
        "dhlglobalmail": "dhl_ecommerce",
        "dhlparcelde": "dhl_parcel_de",
        "dhlpaket": "dhl_parcel_de",
        "dhlgermany": "dhl_parcel_de",
        "canadapost": "canada_post",
        "royalmail": "royal_mail",
        "australiapost": "australia_post",
        "auspost": "australia_post",
        "ontrac": "ontrac",
        "ontracv3": "ontrac",
        "lasership": "ontrac",
        "lasershipv2": "ontrac",
    }
)
# FedEx has a name per service and sells no other brand that begins so.
_CARRIER_PREFIXES = MappingProxyType({"fedex": "fedex"})
_COMPANIES = frozenset({"ups", "usps"})
_LONGEST_SLUG = 64


def carrier_slug(name: str | None) -> str | None:
    """One name for a carrier, whatever a provider calls it; a plain slug if it is not known.

    None stays None, as does a name without a letter or digit.
    """
    plain = re.sub(r"[\W_]+", "_", (name or "").casefold()).strip("_")
    key = plain.replace("_", "")
    prefixed = (slug for start, slug in _CARRIER_PREFIXES.items() if key.startswith(start))
    # "UPS 2nd Day Air", "USPS Priority Mail": the company, then its service.
    company = plain.partition("_")[0] if plain.partition("_")[0] in _COMPANIES else None
    return _CARRIERS.get(key) or next(prefixed, None) or company or plain[:_LONGEST_SLUG] or None


@dataclass(frozen=True, slots=True)
class ParcelState:
    """How far a parcel has come. `status` is a `ScanStatus` or a sender's own word."""

    status: str
    status_at: datetime | None
    delivered_at: datetime | None


# The stage of a status: a higher one is not undone by a lower, however late that comes. Within one
# stage the latest event counts. A failed attempt is a step on the way, not an end.
_UNKNOWN, _ANNOUNCED, _ON_THE_WAY, _DELIVERED, _RETURNED = range(5)
_STAGES: Mapping[str, int] = MappingProxyType(
    {
        ScanStatus.UNKNOWN: _UNKNOWN,
        ScanStatus.PRE_TRANSIT: _ANNOUNCED,
        ScanStatus.DELIVERED: _DELIVERED,
        ScanStatus.RETURN_TO_SENDER: _RETURNED,
    }
)
# Of two events at one instant the one further along is shown; a sender's own word comes first
# of all, being the one least known.
_ORDER = (
    ScanStatus.ERROR,
    ScanStatus.IN_TRANSIT,
    ScanStatus.FAILURE,
    ScanStatus.OUT_FOR_DELIVERY,
    ScanStatus.AVAILABLE_FOR_PICKUP,
    ScanStatus.CANCELLED,
)


def status_of(scans: Iterable[ScanReport]) -> ParcelState:
    """Give the state that scans tell, whatever the order and however often they came.

    By event time. Delivered is not undone by anything but a return to the sender; once on its way
    back a parcel stays so, and a later `delivered` is its arrival at the sender's: `delivered_at`
    is only ever the first delivery *before* the return. `unknown` says nothing.
    """
    told = {(scan.occurred_at, scan.status) for scan in scans}
    if not told:
        return ParcelState(ScanStatus.UNKNOWN, None, None)
    top = max(_stage(status) for _, status in told)
    at_top = [each for each in told if _stage(each[1]) == top]
    at, status = min(at_top) if top >= _DELIVERED else max(at_top, key=_later)
    returned = top == _RETURNED
    delivered = [t for t, s in told if _stage(s) == _DELIVERED and not (returned and t >= at)]
    return ParcelState(status, at, min(delivered, default=None))


def _stage(status: str) -> int:
    return _STAGES.get(status, _ON_THE_WAY)


def _later(event: tuple[datetime, str]) -> tuple[datetime, int, str]:
    at, status = event
    return at, next((i for i, word in enumerate(_ORDER) if word == status), -1), status


@dataclass(frozen=True, slots=True)
class Candidate:
    """A parcel known under a number. One known from scans alone has no `shipped_at`."""

    parcel_id: UUID
    shipped_at: datetime | None = None
    first_seen_at: datetime | None = None
    last_seen_at: datetime | None = None
    ship_to: str | None = None
    """Its `ship_to_fingerprint`, None if not told."""


def span_of(report: TrackingReport, *, otherwise: datetime) -> tuple[datetime, datetime]:
    """Give the first and the last event a report tells; `otherwise` if it tells no time."""
    told = [scan.occurred_at for scan in report.scans]
    told += [each.measured_at for each in report.readings if each.measured_at is not None]
    told += [each.delivered_at for each in report.proofs if each.delivered_at is not None]
    return min(told, default=otherwise), max(told, default=otherwise)


def choose_parcel(
    candidates: Sequence[Candidate],
    span: tuple[datetime, datetime],
    *,
    recycled_after: timedelta = RECYCLED_AFTER,
) -> Candidate | None:
    """Choose the parcel that events from the first to the second instant belong to.

    Carriers give a number again after months. A parcel's life runs from its shipping or first
    scan to its last; the message belongs to the life nearest to it, the younger if two are as
    near, provided that no more than `recycled_after` lies between. A parcel with no dates yet
    takes what no dated one does. None: it is a parcel not known so far.
    """
    near = [
        (gap, -_begin(each).timestamp(), str(each.parcel_id), each)
        for each in candidates
        if (gap := _gap(each, span, undated=recycled_after)) <= recycled_after
    ]
    # Undated ones last: their gap is only as good as the widest that is allowed.
    return min(near, key=lambda found: (_life(found[3]) is None, *found[:3]))[3] if near else None


def choose_for_shipment(
    candidates: Sequence[Candidate],
    *,
    shipped_at: datetime | None,
    ship_to: str | None,
    recycled_after: timedelta = RECYCLED_AFTER,
) -> Candidate | None:
    """Choose the parcel that a package told by the ERP is; None for a second of that number.

    It is the same parcel if the ship-to addresses agree, or one of them is not known, and the ship
    dates are at most `recycled_after` apart. A parcel known from scans alone is held against its
    first and last scan. Where either has no date, the dates do not part them. An agreeing
    address goes before an unknown one, then the nearest date, then the younger parcel.
    """
    agreeing = [
        each for each in candidates if None in {each.ship_to, ship_to} or each.ship_to == ship_to
    ]
    fitting = [
        (each.ship_to != ship_to or ship_to is None, gap, -_begin(each).timestamp(), each)
        for each in agreeing
        if (gap := _apart(each, shipped_at, undated=recycled_after)) <= recycled_after
    ]
    ordered = sorted(fitting, key=lambda found: (*found[:3], str(found[3].parcel_id)))
    return ordered[0][3] if ordered else None


def _life(parcel: Candidate) -> tuple[datetime, datetime] | None:
    dates = (parcel.shipped_at, parcel.first_seen_at, parcel.last_seen_at)
    told = [date for date in dates if date is not None]
    return (min(told), max(told)) if told else None


def _begin(parcel: Candidate) -> datetime:
    life = _life(parcel)
    return life[0] if life else datetime.max.replace(tzinfo=UTC)


def _gap(parcel: Candidate, span: tuple[datetime, datetime], *, undated: timedelta) -> timedelta:
    """Give the time between a parcel's life and a span of events; none where they overlap."""
    life = _life(parcel)
    if life is None:
        return undated
    return max(life[0] - span[1], span[0] - life[1], timedelta())


def _apart(parcel: Candidate, shipped_at: datetime | None, *, undated: timedelta) -> timedelta:
    if shipped_at is None:
        return undated
    if parcel.shipped_at is not None:
        return abs(parcel.shipped_at - shipped_at)
    return _gap(parcel, (shipped_at, shipped_at), undated=undated)
