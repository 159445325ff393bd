"""What scales say of a parcel that goes back: whether the unit can be in it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.parcels.reports import ReadingKind

_SPREAD_SHARE = Decimal("0.05")
_LEAST_SPREAD = Decimal(100)
# What was read off a scale. A billed or a declared weight is no scale's word.
_SCALES = frozenset({ReadingKind.MEASURED.value, ReadingKind.CARRIER_REPORTED.value})


class WeightSays(StrEnum):
    """What scales say of it."""

    CONSISTENT = "consistent"
    TOO_LIGHT = "too_light"
    NO_SCALE_SPOKE = "no_scale_spoke"
    UNIT_WEIGHT_UNKNOWN = "unit_weight_unknown"


@dataclass(frozen=True, slots=True)
class Reading:
    """One weight of the parcel in grams, and the step of the scale."""

    kind: str
    grams: int | None
    resolution_g: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Weighed:
    """What scales say, in a word and in a sentence."""

    says: WeightSays
    why: str


def weigh(
    readings: Sequence[Reading], weight_g: Decimal | None, spread_g: Decimal | None
) -> Weighed:
    """Return whether the unit can be in the parcel, by its lightest reading.

    A box is never lighter than what is in it: what packaging adds is left out, so that only what
    is lighter than the unit itself speaks against it.
    """
    told = [each for each in readings if each.kind in _SCALES and each.grams is not None]
    if not told:
        return Weighed(WeightSays.NO_SCALE_SPOKE, "No scale has read the parcel's weight.")
    least = min(told, key=lambda each: each.grams or 0)
    if weight_g is None:
        why = f"A scale read {least.grams} g; what the unit weighs is not on record."
        return Weighed(WeightSays.UNIT_WEIGHT_UNKNOWN, why)
    spread = spread_g if spread_g is not None else max(weight_g * _SPREAD_SHARE, _LEAST_SPREAD)
    floor = weight_g - 3 * spread - (least.resolution_g or Decimal(0))
    unit = f"the unit weighs {weight_g.normalize():f} g by the catalogue"
    if Decimal(least.grams or 0) < floor:
        why = f"A scale read {least.grams} g, and {unit}: it cannot have been in it."
        return Weighed(WeightSays.TOO_LIGHT, why)
    why = f"A scale read {least.grams} g, and {unit}: it can have been in it."
    return Weighed(WeightSays.CONSISTENT, why)
