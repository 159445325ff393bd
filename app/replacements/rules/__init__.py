"""What a replacement is, how it is called, and what can come of it. Pure."""

import re
from enum import StrEnum

FIRST_NUMBER = 1001
MAX_FACTS = 500
MAX_FILES = 100
MAX_PARCELS = 50
_NUMBER = re.compile(r"(?:AR[\s-]*)?([0-9]{1,18})", re.IGNORECASE | re.ASCII)
_IN_WORDS = re.compile(r"\bAR[\s-]*([0-9]{1,18})\b", re.IGNORECASE | re.ASCII)


class ShipTo(StrEnum):
    """Whom the vendor ships to."""

    CUSTOMER = "customer"
    US = "us"


class Arrival(StrEnum):
    """What came out of the box."""

    WORKING = "working"
    DEAD = "dead"
    WRONG_MODEL = "wrong_model"


FAILED = frozenset({Arrival.DEAD, Arrival.WRONG_MODEL})


class SwapOutcome(StrEnum):
    """How a replacement ended."""

    RETURNED = "returned"
    WAIVED = "waived"
    LOST_AT_VENDORS_RISK = "lost_at_vendors_risk"
    CHARGE_ACCEPTED = "charge_accepted"
    CHARGE_REVERSED = "charge_reversed"
    CLOSED_BY_US = "closed_by_us"
    DENIED = "denied"
    CANCELLED = "cancelled"


class ReplacementFileKind(StrEnum):
    """What a file of a replacement is."""

    PROOF_OF_RETURN = "proof_of_return"
    PHOTO = "photo"
    LETTER = "letter"
    OTHER = "other"


def spoken_number(number: int) -> str:
    """Return a replacement's number as people say it."""
    return f"AR-{number}"


def read_number(text: str) -> int | None:
    """Return the number that people wrote: `AR-1001`, `ar 1001`, `1001`. None if it is none."""
    found = _NUMBER.fullmatch(text.strip())
    return int(found[1]) if found else None


def numbers_in(text: str) -> list[int]:
    """Return the numbers of replacements that a text names."""
    return [int(each) for each in _IN_WORDS.findall(text)]
