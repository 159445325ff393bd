"""Single values out of other people's JSON: cleaned, bounded, and None where they make no sense."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from app.carriers.providers.base import Unreadable
from app.kit import weights
from app.parcels.reports import ScanStatus

WORD = 100
LINE = 300
MESSAGE = 1000
URL = 2000
_MAX_TRACKING_NUMBER = 100
_MAX_KEY = 200
_MAX_INT_DIGITS = 30

# PostgreSQL's text refuses both, and a delivery must not fail for one bad character.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

_EARLIEST_YEAR = 2000
_LATEST_YEAR = 9998
# A carrier's local time without an offset may run most of a day ahead; a typing error runs years
# ahead, and would hold the parcel's status for as long.
_AHEAD = timedelta(days=7)

# Not `in ScanStatus`: on Python 3.11 that raises for a text that is no member.
_STATUS_WORDS = frozenset(ScanStatus)

TIME_NOT_TOLD = "[No time was told; this is the time of the message.]"


def load_object(body: bytes) -> dict[str, Any]:
    """Give the JSON object of a body with every number exact; Unreadable if it is none.

    Bytes that are no UTF-8 become U+FFFD: one city in Latin-1 must not cost a scan. NaN and
    Infinity, and numbers nobody can mean, become null.
    """
    try:
        found = json.loads(
            body.decode("utf-8-sig", errors="replace"),
            parse_float=_decimal_or_none,
            parse_int=_int_or_none,
            parse_constant=_null,
        )
    except (ValueError, RecursionError) as error:
        raise Unreadable("The body is not JSON.") from error
    if not isinstance(found, dict):
        raise Unreadable("The body is JSON, but not an object.")
    return found


def _decimal_or_none(digits: str) -> Decimal | None:
    try:
        return Decimal(digits)
    except InvalidOperation:
        return None


def _int_or_none(digits: str) -> int | None:
    return int(digits) if len(digits) <= _MAX_INT_DIGITS else None


def _null(_constant: str) -> None:
    return None


def mapping(value: Any) -> dict[str, Any]:
    """Give a JSON object, or an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """Give a JSON array, or an empty one in place of anything else."""
    return value if isinstance(value, list) else []


def text(value: Any, limit: int = WORD) -> str | None:
    """Give a text that can be stored, stripped and at most `limit` characters; None if blank."""
    if not isinstance(value, str):
        return None
    # Cut first: a huge text should not be scanned in full.
    return _UNSTORABLE.sub("\ufffd", value.strip()[:limit]).strip() or None


def text_of(limit: int) -> Callable[[Any], str | None]:
    """Give `text` with its limit set."""
    return lambda value: text(value, limit)


def url(value: Any) -> str | None:
    """Give a web address, whole or not at all: a shortened one leads elsewhere."""
    found = text(value, URL + 1)
    if found is None or len(found) > URL or not found.lower().startswith(("https://", "http://")):
        return None
    return found


def tracking_number_or_none(value: Any) -> str | None:
    """Give the tracking number as the sender wrote it; None if it can be none.

    Never cut: a shortened number is another parcel's.
    """
    found = text(value, _MAX_TRACKING_NUMBER + 1)
    if found is None or len(found) > _MAX_TRACKING_NUMBER:
        return None
    return found if any(letter.isalnum() for letter in found) else None


def tracking_number(value: Any, pointer: str) -> str:
    """Give the tracking number as the sender wrote it; Unreadable if it can be none."""
    found = tracking_number_or_none(value)
    if found is None:
        raise Unreadable("The message should name a tracking number, but does not.", pointer)
    return found


def event_id(value: Any) -> str | None:
    """Give an id fit to recognise a repeated delivery by; None if it is absurd."""
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_KEY or _UNSTORABLE.search(value):
        return None
    return value


def status_word(raw: str | None) -> str:
    """Give our word for a status where it has an equal, otherwise the sender's own."""
    if raw is None:
        return ScanStatus.UNKNOWN
    word = re.sub(r"[\s-]+", "_", raw.lower())
    return word if word in _STATUS_WORDS else raw


def when(value: Any) -> datetime | None:
    """Give an ISO 8601 instant in UTC, which is also assumed where no offset is told."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.strip())
        if not _EARLIEST_YEAR <= found.year <= _LATEST_YEAR:
            return None
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def not_ahead(at: datetime | None, received_at: datetime) -> datetime | None:
    """Give the instant unless it lies so far ahead of its telling that it must be an error."""
    return None if at is None or at > received_at + _AHEAD else at


def decimal(value: Any) -> Decimal | None:
    """Give a finite number from a JSON number or a text that holds one; a boolean is none."""
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        return None
    try:
        found = Decimal(value.strip()[:WORD]) if isinstance(value, str) else Decimal(value)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def weight(value: Any) -> tuple[Decimal, str | None] | None:
    """Give a positive weight and the unit its own text names ("49.20LBS"); None for 0 or none."""
    found = weights.parse(value) if isinstance(value, str) else None
    if found is None and (number := decimal(value)) is not None:
        found = number, None
    if found is None or not weights.is_weight(found[0]) or found[0] == 0:
        return None
    return found
