"""Whether a charge for a unit that was not returned is contradicted by the proof. Pure."""

from dataclasses import dataclass
from datetime import date, datetime

from app.replacements.rules.weighing import WeightSays
from app.vendors.terms import Counting


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows that the unit went back.

    sent_at, delivered_at, received_at   by whom it was sent, its carrier's scan, the vendor's word
    tracking     the parcel; None: none was told
    waived_at    since when the vendor wants it no more
    """

    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    received_at: datetime | None = None
    waived_at: datetime | None = None
    tracking: str | None = None
    weight: WeightSays = WeightSays.NO_SCALE_SPOKE

    @property
    def arrived_at(self) -> datetime | None:
        """Return when the vendor had it, by the first sign."""
        signs = [each for each in (self.delivered_at, self.received_at) if each is not None]
        return min(signs, default=None)


@dataclass(frozen=True, slots=True)
class ChargeJudged:
    """Whether a charge is contradicted, and in what words."""

    is_contradicted: bool
    why: str


def judge(
    issued_on: date,
    proof: Proof,
    *,
    return_by: date | None,
    charged_after: date | None,
    by: Counting,
) -> ChargeJudged:
    """Return whether the proof, or the terms themselves, contradict a charge of a day.

    A parcel that is too light for the unit proves no return by its delivery alone; the vendor's
    own word that it has the unit does.
    """
    speaks = (
        _by_vendor(issued_on, proof, by)
        or _by_carrier(issued_on, proof, by)
        or _too_early(issued_on, return_by, charged_after)
    )
    return speaks or ChargeJudged(is_contradicted=False, why=_nothing(proof, by))


def _before(moment: datetime | None, issued_on: date, by: Counting) -> date | None:
    """Return the day of something, where it was not after the charge."""
    day = by.day(moment) if moment is not None else None
    return day if day is not None and day <= issued_on else None


def _by_vendor(issued_on: date, proof: Proof, by: Counting) -> ChargeJudged | None:
    on = _before(proof.received_at, issued_on, by)
    if on is not None:
        why = f"It is charged as not returned, and the vendor itself says that it had it on {on}."
        return ChargeJudged(is_contradicted=True, why=why)
    if _before(proof.waived_at, issued_on, by) is not None:
        why = "It is charged as not returned, and the vendor had said that it wants it no more."
        return ChargeJudged(is_contradicted=True, why=why)
    return None


def _by_carrier(issued_on: date, proof: Proof, by: Counting) -> ChargeJudged | None:
    on = _before(proof.delivered_at, issued_on, by)
    if on is None:
        return None
    if proof.weight is WeightSays.TOO_LIGHT:
        why = f"A parcel was delivered on {on}, but it was too light to hold the unit."
        return ChargeJudged(is_contradicted=False, why=why)
    number = f" under {proof.tracking}" if proof.tracking else ""
    why = f"It is charged as not returned, and its carrier delivered it{number} on {on}."
    return ChargeJudged(is_contradicted=True, why=why)


def _too_early(
    issued_on: date, return_by: date | None, charged_after: date | None
) -> ChargeJudged | None:
    last = max((each for each in (return_by, charged_after) if each is not None), default=None)
    if last is None or issued_on > last:
        return None
    why = f"It was charged on {issued_on}; before {last} is over nothing may be charged."
    return ChargeJudged(is_contradicted=True, why=why)


def _nothing(proof: Proof, by: Counting) -> str:
    if proof.arrived_at is not None:
        on = by.day(proof.arrived_at)
        return f"It arrived on {on}, after it was charged: a credit can be asked for, no more."
    if proof.sent_at is not None:
        return "It was sent, but nothing shows yet that the vendor has it."
    return "Nothing shows that it went back."
