"""Ids: UUIDv7, so that they sort by the time they were made."""

from datetime import UTC, datetime
from uuid import UUID

from uuid_utils.compat import uuid7

_VERSION_7 = 7


def new_id() -> UUID:
    """Return a new time-ordered id."""
    return uuid7()


def id_at(moment: datetime) -> UUID:
    """Return the smallest UUIDv7 of the millisecond `moment`: a bound for ranges of ids."""
    millis = int(moment.timestamp() * 1000)
    return UUID(int=(millis << 80) | (_VERSION_7 << 76) | (0b10 << 62))


def made_at(identity: UUID) -> datetime:
    """Return the instant that a time-ordered id carries, to the millisecond."""
    return datetime.fromtimestamp((identity.int >> 80) / 1000, UTC)
