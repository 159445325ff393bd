"""What can be claimed, how far it is on each of three axes, and what is refused. Pure."""

import re
from enum import StrEnum

FIRST_NUMBER = 1001
MAX_FACTS = 500
MAX_FILES = 100
MAX_RETURNS = 20
_NUMBER = re.compile(r"(?:RC[\s-]*)?([0-9]{1,18})", re.IGNORECASE | re.ASCII)


class Kind(StrEnum):
    """What is claimed. Its words are those by which grounds are judged."""

    WARRANTY = "warranty"
    DOA = "doa"


class WantedRemedy(StrEnum):
    """What is asked for."""

    CREDIT = "credit"
    REPLACEMENT = "replacement"
    REPAIR = "repair"


class ClaimFileKind(StrEnum):
    """What a file of a claim is."""

    PHOTO = "photo"
    INVOICE = "invoice"
    TEST_LOG = "test_log"
    LETTER = "letter"
    OTHER = "other"


def spoken_number(number: int) -> str:
    """Return a claim's number as people say it."""
    return f"RC-{number}"


def read_number(text: str) -> int | None:
    """Return the number that people wrote: `RC-1042`, `rc 1042`, `1042`. None if it is none."""
    found = _NUMBER.fullmatch(text.strip())
    return int(found[1]) if found else None
