"""Whether a parcel was left where it was addressed to: the verdict, and what it cannot know."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from app.parcels.addresses import (
    Likeness,
    fingerprint,
    same_city,
    same_country,
    same_postal_code,
    same_street,
)
from app.parcels.reports import Place, ProofReport, ScanReport, ScanStatus


class PlaceKind(StrEnum):
    """Where a parcel was left, as far as anybody says."""

    AS_ADDRESSED = "as_addressed"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PlaceVerdict:
    """The verdict and a plain sentence on what it rests."""

    kind: PlaceKind
    why: str


# Words of a proof that name a place which is no addressee's door. A front door, a porch or a
# reception is not among them: nobody says whose.
_ASIDE = MappingProxyType(
    {
        "a neighbour": re.compile(r"\bneighbou?rs?\b|\bnachbar|\bvoisin", re.IGNORECASE),
        "another address": re.compile(
            r"\b(?:other|another|different|alternate|alternative|wrong)\s+"
            r"(?:delivery\s+)?(?:address|location|house)\b",
            re.IGNORECASE,
        ),
        "a locker": re.compile(r"\block(?:er|box)s?\b|\bpackstation\b", re.IGNORECASE),
        "a post office": re.compile(
            r"\bpost\s*offices?\b|\bp\.?\s?o\.?\s?box\b|\bpostfiliale\b", re.IGNORECASE
        ),
        "a pickup point": re.compile(
            r"\b(?:pick[\s-]?up|collection|access|service|relay)[\s-]?(?:points?|locations?)\b"
            r"|\bparcel\s?shop\b|\bpaketshop\b|\bpoint\s+relais\b|\bups\s+store\b",
            re.IGNORECASE,
        ),
    }
)
# Nobody is his own neighbour; a locker, though, may be what the parcel was addressed to.
_NEVER_ADDRESSED = frozenset({"a neighbour", "another address"})
_NOT = re.compile(r"\b(?:not|no|kein(?:em|er)?)\b", re.IGNORECASE)

_NO_ADDRESS = "It is not known where the parcel was addressed to."
_NOTHING = "Nobody says where the parcel was left."
_NO_DOOR = "Of the delivery only {area} is told; no one says at which door it was left."
_NO_AREA = "It was delivered, but no one says at which door, nor even in which town."
_CONTRADICTION = "One proof of delivery names the address, another names a different place."
_PROOF_UNCLEAR = (
    "The proof of delivery names a place, but not clearly enough to say whether it is the address."
)
_SAME_DOOR = "The {source} names the street and the {area} it was addressed to."
_SAME_HOUSE = (
    "The {source} names the street, number and {area} it was addressed to; it does not name"
    " every part of the address."
)


def place_of_delivery(
    ship_to: Place | None, proofs: Sequence[ProofReport], scans: Iterable[ScanReport]
) -> PlaceVerdict:
    """Judge where the parcel was left against where it was addressed to.

    A proof's words ("neighbour", "locker") come first, then a proof's place, then the place of
    delivered scans: of these only the country counts against, since city and postal code may be
    the depot's. What is not told stays unknown.
    """
    aside = _left_aside(ship_to, proofs)
    if aside is not None:
        return aside
    delivered = [scan for scan in scans if scan.status == ScanStatus.DELIVERED]
    seen = [scan.place for scan in delivered if scan.place is not None]
    proved = [proof.place for proof in proofs if proof.place is not None]
    if ship_to is None or ship_to == Place():
        return PlaceVerdict(PlaceKind.UNKNOWN, _NO_ADDRESS)
    return (
        _by_proofs(ship_to, proved)
        or _by_scans(ship_to, seen)
        or _unknown(bool(delivered) or bool(proofs), proved, seen)
    )


def _left_aside(ship_to: Place | None, proofs: Sequence[ProofReport]) -> PlaceVerdict | None:
    addressed = " ".join(filter(None, (ship_to.street, ship_to.text))) if ship_to else ""
    for left_at in sorted({proof.left_at for proof in proofs if proof.left_at}):
        if _NOT.search(left_at):
            continue
        for name, words in _ASIDE.items():
            may_be_address = name not in _NEVER_ADDRESSED and (
                ship_to is None or words.search(addressed)
            )
            if words.search(left_at) and not may_be_address:
                why = f'The proof of delivery says it was left with or at {name}: "{left_at}".'
                return PlaceVerdict(PlaceKind.ELSEWHERE, why)
    return None


def _by_proofs(ship_to: Place, places: Sequence[Place]) -> PlaceVerdict | None:
    judged = [verdict for place in places if (verdict := _by_proof(ship_to, place)) is not None]
    kinds = {verdict.kind for verdict in judged}
    if len(kinds) > 1:
        return PlaceVerdict(PlaceKind.UNKNOWN, _CONTRADICTION)
    return min(judged, key=lambda verdict: verdict.why, default=None)


def _by_proof(ship_to: Place, place: Place) -> PlaceVerdict | None:
    differs = _difference(ship_to, place)
    if differs is not None:
        why = f"The proof of delivery names another {differs} than it was addressed to."
        return PlaceVerdict(PlaceKind.ELSEWHERE, why)
    return _same_door(ship_to, place, "proof of delivery")


def _difference(ship_to: Place, place: Place) -> str | None:
    if same_country(ship_to, place) is Likeness.OTHER:
        return "country"
    if same_street(ship_to, place) is Likeness.OTHER:
        return "street or number"
    code = same_postal_code(ship_to, place)
    if code is Likeness.OTHER:
        return "postal code"
    # Under one postal code a place has several names; a city tells nothing then.
    if code is Likeness.UNCLEAR and same_city(ship_to, place) is Likeness.OTHER:
        return "city"
    return None


def _same_door(ship_to: Place, place: Place, source: str) -> PlaceVerdict | None:
    if same_street(ship_to, place) is not Likeness.SAME:
        return None
    if same_postal_code(ship_to, place) is Likeness.SAME:
        area = "postal code"
    elif same_city(ship_to, place) is Likeness.SAME:
        area = "town"
    else:
        return None
    is_whole = fingerprint(ship_to) == fingerprint(place)
    words = _SAME_DOOR if is_whole else _SAME_HOUSE
    return PlaceVerdict(PlaceKind.AS_ADDRESSED, words.format(source=source, area=area))


def _by_scans(ship_to: Place, places: Sequence[Place]) -> PlaceVerdict | None:
    if any(same_country(ship_to, place) is Likeness.OTHER for place in places):
        why = "The delivery scan lies in another country than it was addressed to."
        return PlaceVerdict(PlaceKind.ELSEWHERE, why)
    same = [_same_door(ship_to, place, "delivery scan") for place in places]
    return min(filter(None, same), key=lambda verdict: verdict.why, default=None)


def _unknown(
    is_delivered: bool,  # noqa: FBT001
    proved: Sequence[Place],
    seen: Sequence[Place],
) -> PlaceVerdict:
    if any(place.street for place in proved):
        return PlaceVerdict(PlaceKind.UNKNOWN, _PROOF_UNCLEAR)
    areas = sorted({area for place in (*seen, *proved) if (area := _area(place))})
    if areas:
        return PlaceVerdict(PlaceKind.UNKNOWN, _NO_DOOR.format(area=areas[0]))
    return PlaceVerdict(PlaceKind.UNKNOWN, _NO_AREA if is_delivered else _NOTHING)


def _area(place: Place) -> str:
    return ", ".join(filter(None, (place.city, place.region, place.postal_code))) or (
        place.text or ""
    )
