"""Weights as scales and carriers write them, turned into whole grams without an error of ours."""

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from types import MappingProxyType

# The avoirdupois pound is 0.45359237 kg exactly (international agreement of 1959), the ounce a
# sixteenth of it. Shortened factors (2.205 lb/kg) err by 5 g at 30 kg: as much as what is missing.
_GRAMS_IN = MappingProxyType(
    {
        "mg": Decimal("0.001"),
        "g": Decimal(1),
        "kg": Decimal(1000),
        "oz": Decimal("28.349523125"),
        "lb": Decimal("453.59237"),
    }
)

_SPELLINGS = MappingProxyType(
    {
        "mg": "mg",
        "mgs": "mg",
        "milligram": "mg",
        "milligrams": "mg",
        "g": "g",
        "gr": "g",
        "grm": "g",
        "gm": "g",
        "gms": "g",
        "gram": "g",
        "grams": "g",
        "gramme": "g",
        "grammes": "g",
        "kg": "kg",
        "kgs": "kg",
        "kgm": "kg",
        "kilo": "kg",
        "kilos": "kg",
        "kilogram": "kg",
        "kilograms": "kg",
        "kilogramme": "kg",
        "kilogrammes": "kg",
        "oz": "oz",
        "ozs": "oz",
        "onz": "oz",
        "ounce": "oz",
        "ounces": "oz",
        "lb": "lb",
        "lbs": "lb",
        "lbr": "lb",
        "pound": "lb",
        "pounds": "lb",
    }
)

MAX_GRAMS = 100_000_000
"""A hundred tonnes. Nothing that is called a parcel weighs more; the number fits four bytes."""

_MAX_DIGITS = 30
_MAX_PLACES = 24
# Wide enough that a product is never rounded: 30 digits of a value, 11 of a factor.
_EXACT = Context(prec=60)
_TEXT = re.compile(r"\s*([0-9]{1,12}(?:\.[0-9]{1,12})?|\.[0-9]{1,12})\s*([A-Za-z]{0,12})\.?\s*")


def unit_of(text: str | None) -> str | None:
    """One of mg, g, kg, oz, lb for a unit in anybody's spelling ("LBS", "Ounces"); None if none."""
    if text is None:
        return None
    return _SPELLINGS.get(text.strip().rstrip(".").lower())


def is_weight(value: Decimal) -> bool:
    """Whether a number can be a weight at all: finite, not negative, of a length one can write."""
    if not value.is_finite() or value.is_signed():
        return False
    _, digits, exponent = value.as_tuple()
    # `exponent` is an int for every finite number; the check is for the type alone.
    short = isinstance(exponent, int) and -_MAX_PLACES <= exponent <= _MAX_DIGITS
    return short and len(digits) <= _MAX_DIGITS and value <= MAX_GRAMS * 1000


def exact_grams(value: Decimal, unit: str) -> Decimal:
    """A weight in grams, not rounded. ValueError for what `grams` refuses."""
    name = unit_of(unit)
    if name is None:
        raise ValueError("The unit of weight is not one of mg, g, kg, oz, lb.")
    if not is_weight(value):
        raise ValueError("The number is not a weight.")
    result = _EXACT.multiply(value, _GRAMS_IN[name])
    if result > MAX_GRAMS:
        raise ValueError("The weight is above a hundred tonnes.")
    return result


def grams(value: Decimal, unit: str) -> int:
    """A weight in whole grams, rounded once, half to even.

    ValueError for an unknown unit, NaN, infinity, a negative number, one of absurd length, and
    more than `MAX_GRAMS`.
    """
    return int(exact_grams(value, unit).to_integral_value(rounding=ROUND_HALF_EVEN))


def grams_if_known(value: Decimal, unit: str | None) -> int | None:
    """Whole grams where value and unit allow it, otherwise None: a reading is kept regardless."""
    if unit is None:
        return None
    try:
        return grams(value, unit)
    except ValueError:
        return None


def parse(text: str) -> tuple[Decimal, str | None] | None:
    """Number and unit, as written, of a text like "49.20LBS" or "1.5"; None if it is no weight.

    A comma is refused: "1,500 kg" is a ton and a half to one sender and three pounds to another.
    """
    found = _TEXT.fullmatch(text)
    if found is None:
        return None
    try:
        value = Decimal(found[1])
    except InvalidOperation:  # pragma: no cover - the pattern lets only digits through
        return None
    return value, found[2] or None
