"""By whose calendar time is counted, and how an answer says so. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from app.kit.business_time import UNKNOWN, Calendar, is_business_day

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Span:
    """When something was, as far as it is known: of a bare day, any instant of it."""

    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Counting:
    """The calendar of the party whose clock it is; without a key nobody's is known."""

    calendar: Calendar = UNKNOWN
    key: str | None = None
    version: int | None = None

    def text(self) -> str:
        """Return in words how days are counted: the calendar, its version, its holidays."""
        if self.key is None:
            return "days are counted in UTC, business days Monday to Friday, without holidays"
        place = self.calendar.holidays_of
        kept = f"holidays of {'-'.join(part for part in place if part)}" if place else "no holidays"
        return (
            f"days are counted by the calendar {self.key} (version {self.version}):"
            f" {self.calendar.zone}, {kept}"
        )

    def span(self, when: date | datetime) -> Span:
        """Return the instants that `when` can mean."""
        if isinstance(when, datetime):
            return Span(when.astimezone(UTC), when.astimezone(UTC))
        return Span(self._begin_of(when), self.end_of(when))

    def day(self, when: date | datetime) -> date:
        """Return the day that it was there."""
        return self.calendar.day(when) if isinstance(when, datetime) else when

    def end_of(self, day: date) -> datetime:
        """Return the last instant of a day."""
        return self.calendar.midnight_after(day) - _INSTANT

    def last_day_before(self, moment: datetime) -> date:
        """Return the day of the last instant before one."""
        return self.calendar.day(moment - _INSTANT)

    def is_business_day(self, day: date) -> bool:
        """Whether they work on a day."""
        return is_business_day(self.calendar, day)

    def _begin_of(self, day: date) -> datetime:
        if day == date.min:
            return datetime.combine(day, time.min, UTC)
        return self.calendar.midnight_after(day - timedelta(days=1))


NOBODYS = Counting()
"""Where no calendar of the party is known."""
