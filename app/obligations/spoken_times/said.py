"""The moment at which words were said, by the calendar of whoever said them."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from app.kit.business_time import UNKNOWN, Calendar


@dataclass(frozen=True, slots=True)
class Said:
    """When it was said. Its days are those of the calendar; UTC's, where nobody's is known."""

    at: datetime
    calendar: Calendar = UNKNOWN
    day: date = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "day", self.calendar.day(self.at))

    def on(self, day: date, clock: time) -> datetime:
        """Return the instant at which it is so late there on a day."""
        return datetime.combine(day, clock, ZoneInfo(self.calendar.zone)).astimezone(UTC)
