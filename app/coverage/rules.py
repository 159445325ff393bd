"""What a unit can be entitled to, what an answer rests on, and what is known of dates. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from app.vendors.rules import Role
from app.vendors.terms import NOBODYS, Anchor, Counting, VendorTerms

DISCLAIMER = "By the terms and dates on record; not legal advice."


class Entitled(StrEnum):
    """To what."""

    WARRANTY = "warranty"
    DOA = "doa"
    ADVANCE_REPLACEMENT = "advance_replacement"


class Answer(StrEnum):
    """Whether. Unknown is never yes, and never no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Gives(StrEnum):
    """What an offer on a vendor's warranty page gives."""

    WARRANTY = "warranty"
    CONTRACT = "contract"
    ADVANCE_REPLACEMENT = "advance_replacement"
    OTHER = "other"


class Says(StrEnum):
    """What a vendor's warranty page says of a serial number."""

    COVERED = "covered"
    NOT_COVERED = "not_covered"
    NOT_FOUND = "not_found"
    AMBIGUOUS = "ambiguous"


class RestsOn(StrEnum):
    """What a finding rests on."""

    TERMS = "terms"
    LOOKUP = "lookup"
    REPLACED_UNIT = "replaced_unit"


class Weight(StrEnum):
    """How well a date or a finding is founded, the best first.

    proven      a paper, a carrier's scan, or the vendor's own page names it
    told        the ERP says so, and nothing else
    supposed    it is what a page says without a day, or of more than one unit
    none        it says nothing
    """

    PROVEN = "proven"
    TOLD = "told"
    SUPPOSED = "supposed"
    NONE = "none"


_ORDER = list(Weight)


def heavier(one: Weight, other: Weight) -> bool:
    """Whether one is better founded than the other."""
    return _ORDER.index(one) < _ORDER.index(other)


@dataclass(frozen=True, slots=True)
class Known:
    """When something was, who says so, and how well that is founded."""

    when: date | datetime
    source: str
    weight: Weight


Dates: TypeAlias = Mapping[Anchor, tuple[Known, ...]]
"""All that is said of when things were, the best founded first."""


def days_of(dates: Dates) -> dict[Anchor, date | datetime]:
    """Return the best founded day of each."""
    return {anchor: told[0].when for anchor, told in dates.items() if told}


def in_order(found: list[Known]) -> tuple[Known, ...]:
    """Return what is said of one date: the best founded first, of equals the earliest."""
    return tuple(sorted(found, key=lambda each: (_ORDER.index(each.weight), _written(each))))


def _written(known: Known) -> str:
    return known.when.isoformat()


@dataclass(frozen=True, slots=True)
class Party:
    """A vendor at whose door something can be asked for, and its terms on the day that counts."""

    vendor: str
    role: Role
    terms: VendorTerms = field(default_factory=VendorTerms)
    terms_key: str | None = None
    terms_version: int | None = None
    counting: Counting = NOBODYS

    @property
    def name(self) -> str:
        """Return how a sentence names it."""
        return f"{self.vendor} as {self.role.value}"


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that a vendor's page says a unit has."""

    gives: Gives
    name: str | None
    starts_on: date | None
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Lookup:
    """What a vendor's warranty page said of a serial number, and when that was seen."""

    key: str
    vendor: str
    seen_on: date
    says: Says
    source: str
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What one source says of one entitlement.

    begins_on  from when it is counted; ends_on  its last day
    rule       the term in words; source  where it is written, or who was asked
    """

    basis: RestsOn
    vendor: str
    answer: Answer
    why: str
    weight: Weight
    role: Role | None = None
    begins_on: date | None = None
    ends_on: date | None = None
    last_at: datetime | None = None
    rule: str | None = None
    source: str | None = None
    terms_key: str | None = None
    terms_version: int | None = None
    lookup_key: str | None = None
    seen_on: date | None = None

    @property
    def is_known(self) -> bool:
        """Whether it says yes or no."""
        return self.answer is not Answer.UNKNOWN


@dataclass(frozen=True, slots=True)
class DoorState:
    """Whether an entitlement can be asked for at a door; `next_vendor`: whose is the one behind."""

    party: Party
    answer: Answer
    used: Finding
    findings: tuple[Finding, ...]
    next_vendor: str | None

    @property
    def disagree(self) -> bool:
        """Whether sources of this door contradict one another."""
        known = [each for each in self.findings if each.is_known]
        return len({(each.answer, each.ends_on) for each in known}) > 1


@dataclass(frozen=True, slots=True)
class Entitlement:
    """Whether a unit is entitled to something: by whom it is owed, and at whose door to ask.

    door        where to ask; None: no door is open
    decided_by  whose word the answer is
    """

    to: Entitled
    answer: Answer
    why: str
    doors: tuple[DoorState, ...]
    door: DoorState | None
    decided_by: DoorState | None
    owed_by: Party | None

    @property
    def next_door(self) -> DoorState | None:
        """Return the next door that may open when this one is closed."""
        if self.door is None:
            return None
        behind = self.doors[self.doors.index(self.door) + 1 :]
        return next((each for each in behind if each.answer is not Answer.NO), None)


NO_DATES: Dates = MappingProxyType({})
