"""Fields of the documented payload: what is needed is refused if odd, what is optional is dropped.

An odd latitude must not cost the scan it came with, so an optional field that makes no sense
becomes null; the two that a message is nothing without (number and weight) make it unreadable.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator

from app.carriers.providers import values
from app.kit import weights
from app.parcels.reports import ReadingKind

_KINDS = frozenset(ReadingKind)


def _within(limit: int, value: Any) -> Decimal | None:
    found = values.decimal(value)
    if found is None or not -limit <= found <= limit:
        return None
    return round(found, 6)  # a tenth of a metre


def _kind(value: Any) -> str | None:
    word = (values.text(value) or "").lower()
    return word if word in _KINDS else None


def _positive(value: Any) -> Decimal | None:
    found = values.decimal(value)
    return found if found is not None and found > 0 and weights.is_weight(found) else None


def _needed_weight(value: Any) -> Decimal:
    found = _positive(value)
    if found is None:
        raise ValueError("Not a weight above 0.")
    return found


def _needed_number(value: Any) -> str:
    found = values.tracking_number_or_none(value)
    if found is None:
        raise ValueError("Not a tracking number.")
    return found


Number = Annotated[str, BeforeValidator(_needed_number)]
Weight = Annotated[Decimal, BeforeValidator(_needed_weight)]

Word = Annotated[str | None, BeforeValidator(values.text_of(values.WORD))]
Line = Annotated[str | None, BeforeValidator(values.text_of(values.LINE))]
Message = Annotated[str | None, BeforeValidator(values.text_of(values.MESSAGE))]
Link = Annotated[str | None, BeforeValidator(values.url)]
When = Annotated[datetime | None, BeforeValidator(values.when)]
Step = Annotated[Decimal | None, BeforeValidator(_positive)]
Kind = Annotated[ReadingKind | None, BeforeValidator(_kind)]
Latitude = Annotated[Decimal | None, BeforeValidator(lambda value: _within(90, value))]
Longitude = Annotated[Decimal | None, BeforeValidator(lambda value: _within(180, value))]

OR_NULL = BeforeValidator(lambda value: value if isinstance(value, dict) else None)
"""For an optional object: anything else in its place is null."""
