"""What a supplier's terms grant a claim, as its notice was computed by them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.price_protection.claims.models import PriceClaim
from app.price_protection.models import PriceNotice


@dataclass(frozen=True, slots=True)
class Granted:
    """What all records of the terms come to; of several last days the first counts.

    file_by       the last day to file, or the last instant where the supplier's day is not UTC's
    zone          where its days are counted
    """

    needs_serials: bool
    source: str | None
    file_by_on: date | None
    file_by: date | datetime | None
    safe_on: date | None
    filing: str | None
    zone: str

    def is_late(self, moment: datetime) -> bool:
        """Whether the right to file had certainly ended by then."""
        if isinstance(self.file_by, datetime):
            return moment > self.file_by
        return self.file_by is not None and moment.astimezone(UTC).date() > self.file_by

    def days_left(self, moment: datetime) -> int | None:
        """Return how many days are left to file, as the supplier counts them."""
        if self.file_by_on is None:
            return None
        return (self.file_by_on - moment.astimezone(ZoneInfo(self.zone)).date()).days


def granted(notice: PriceNotice, claim: PriceClaim) -> Granted:
    """Return what the terms of a claim's supplier grant."""
    of = str(claim.supplier_id)
    records: list[Mapping[str, Any]] = [
        each for each in notice.terms if each["supplier_id"] == of and each["standing"] == "granted"
    ]
    nothing: Mapping[str, Any] = {}
    first = min(records, key=lambda each: each["file_by_on"] or "9999", default=nothing)
    on, at, safe = (first.get(name) for name in ("file_by_on", "file_by_at", "file_safely_by_on"))
    file_by_on = date.fromisoformat(on) if on else None
    return Granted(
        needs_serials=any(each["needs_serials"] for each in records),
        source=first.get("source"),
        file_by_on=file_by_on,
        file_by=datetime.fromisoformat(at) if at else file_by_on,
        safe_on=date.fromisoformat(safe) if safe else None,
        filing=first.get("filing"),
        zone=first.get("zone", "UTC"),
    )
