"""Time as somebody's working hours have it: pure arithmetic over one calendar.

Hours are those of the wall clock in the calendar's zone. Where that clock is set back an hour
that is open twice counts twice; where it is set forward what it leaps over counts for nothing.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

MINUTES_OF_A_DAY = 24 * 60
_FIRST_YEAR, _LAST_YEAR = 1900, 9998
# Beyond these the tables of holidays are guesses.
_HOLIDAYS_FROM, _HOLIDAYS_UNTIL = 1950, 2150
_LOOK = timedelta(days=1)
_FARTHEST_YEARS = 200  # what ends later never does
_SECOND = timedelta(seconds=1)
NEVER = datetime.max.replace(tzinfo=UTC)

Hours = tuple[tuple[int, int], ...]
"""When it is open on a day: from and until, in minutes since midnight by the wall clock."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """When somebody works.

    zone          an IANA name: `America/New_York`
    week          the hours of Monday to Sunday
    holidays_of   country and subdivision whose public holidays are kept; None: none are
    closed        days of their own on which they do not work
    special       days with hours of their own, whatever the week, holidays and `closed` say
    """

    zone: str
    week: tuple[Hours, ...]
    holidays_of: tuple[str, str | None] | None = None
    closed: frozenset[date] = frozenset()
    special: tuple[tuple[date, Hours], ...] = ()
    _special: dict[date, Hours] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_special", dict(self.special))

    def hours_on(self, day: date) -> Hours:
        """Return when it is open on a day of its own."""
        if day in self._special:
            return self._special[day]
        if day in self.closed or self._is_holiday(day):
            return ()
        return self.week[day.weekday()]

    def _is_holiday(self, day: date) -> bool:
        return self.holidays_of is not None and day in _holidays(*self.holidays_of, day.year)

    def day(self, moment: datetime) -> date:
        """Return the day that it is there at an instant."""
        if moment.year > _LAST_YEAR:
            return moment.date()
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def midnight_after(self, day: date) -> datetime:
        """Return the instant at which a day has ended there."""
        if day >= date(_LAST_YEAR, 12, 31):
            return NEVER
        local = datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(self.zone))
        return local.astimezone(UTC)


WEEKDAYS: Hours = ((0, MINUTES_OF_A_DAY),)
UNKNOWN = Calendar("UTC", (WEEKDAYS,) * 5 + ((),) * 2)
"""What is counted by where nobody's calendar is known: Monday to Friday, in UTC."""


def knows_holidays(country: str, subdivision: str | None = None) -> bool:
    """Whether the holidays of a country, or of a part of it, are known."""
    try:
        holidays.country_holidays(country, subdiv=subdivision)
    except (NotImplementedError, KeyError, ValueError):
        return False
    return True


def subdivisions(country: str) -> list[str]:
    """Return the parts of a country whose own holidays are known."""
    return sorted(holidays.list_supported_countries(include_aliases=False).get(country, []))


@lru_cache(maxsize=4096)
def _holidays(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    if not _HOLIDAYS_FROM <= year <= _HOLIDAYS_UNTIL:
        return frozenset()
    found = holidays.country_holidays(country, subdiv=subdivision, years=year)
    return frozenset(day for day in found if day.year == year)


@lru_cache(maxsize=4096)
def _open_days(calendar: Calendar, year: int) -> tuple[int, ...]:
    first, after = date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()
    days = ((each, date.fromordinal(each)) for each in range(first, after))
    return tuple(each for each, day in days if calendar.hours_on(day))


def is_business_day(calendar: Calendar, day: date) -> bool:
    """Whether they work at all on a day."""
    return bool(calendar.hours_on(day))


def works_within_a_year(calendar: Calendar, day: date) -> bool:
    """Whether there is a working hour in the year that begins with `day`."""
    return any(
        after - before > timedelta(0)
        for before, after in _between(calendar, _midnight(day), _midnight(day, days=365))
    )


def _midnight(day: date, days: int = 0) -> datetime:
    return datetime.combine(day + timedelta(days=days), time.min, UTC)


def add_business_days(
    calendar: Calendar, start: date, days: int, *, counts_start: bool = False
) -> date:
    """Return the last of `days` business days after `start`, which counts itself if told so."""
    left = days - int(counts_start and is_business_day(calendar, start))
    if left <= 0:
        return start
    after = start.toordinal()
    for year in range(start.year, min(start.year + _FARTHEST_YEARS, _LAST_YEAR)):
        found = _open_days(calendar, year)
        passed = bisect_right(found, after)
        if len(found) - passed >= left:
            return date.fromordinal(found[passed + left - 1])
        left -= len(found) - passed
    return date.max


def is_open_at(calendar: Calendar, moment: datetime) -> bool:
    """Whether they work at an instant. The last instant of their hours is not one of them."""
    local = moment.astimezone(ZoneInfo(calendar.zone))
    passed = local.hour * 60 + local.minute
    return any(opens <= passed < closes for opens, closes in calendar.hours_on(local.date()))


def business_time(calendar: Calendar, since: datetime, until: datetime) -> timedelta:
    """Return how much of the time between two instants is working time."""
    spans = _between(calendar, since, until)
    return sum((after - before for before, after in spans), timedelta(0))


def add_business_time(calendar: Calendar, since: datetime, span: timedelta) -> datetime:
    """Return the first instant by which `span` of working time has passed."""
    if span <= timedelta(0):
        return since
    left = span
    farthest = min(since.year + _FARTHEST_YEARS, _LAST_YEAR)
    for before, after in _between(calendar, since, datetime(farthest, 1, 1, tzinfo=UTC)):
        if after - before >= left:
            return before + left
        left -= after - before
    return NEVER


def _between(
    calendar: Calendar, since: datetime, until: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Return their working hours between two instants, in the order of time."""
    for first, last, offset in _offsets_between(calendar.zone, since, until):
        # While the offset stands, the wall clock runs as time does.
        day, until_day = (first + offset).date(), (last + offset).date()
        while day <= until_day:
            midnight = _midnight(day) - offset
            for opens, closes in calendar.hours_on(day):
                before = max(midnight + timedelta(minutes=opens), first)
                after = min(midnight + timedelta(minutes=closes), last)
                if before < after:
                    yield before, after
            day += timedelta(days=1)


def _offsets_between(
    zone: str, since: datetime, until: datetime
) -> Iterator[tuple[datetime, datetime, timedelta]]:
    for year in range(max(since.year, _FIRST_YEAR), min(until.year, _LAST_YEAR - 1) + 1):
        for first, last, offset in _offsets(zone, year):
            if first < until and last > since:
                yield max(first, since), min(last, until), offset


@lru_cache(maxsize=4096)
def _offsets(zone: str, year: int) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """Return the stretches of a year of UTC during which a zone keeps one offset."""
    local, end = ZoneInfo(zone), datetime(year + 1, 1, 1, tzinfo=UTC)
    begun = seen = datetime(year, 1, 1, tzinfo=UTC)
    found: list[tuple[datetime, datetime, timedelta]] = []
    while seen < end:
        ahead = min(seen + _LOOK, end)
        if _offset(local, ahead) != _offset(local, seen):
            change = _change(local, seen, ahead)
            if change < end:
                found.append((begun, change, _offset(local, seen)))
                begun = change
        seen = ahead
    found.append((begun, end, _offset(local, begun)))
    return tuple(found)


def _change(local: ZoneInfo, before: datetime, after: datetime) -> datetime:
    kept = _offset(local, before)
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if _offset(local, middle) == kept:
            before = middle
        else:
            after = middle
    return after


def _offset(local: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(local).utcoffset() or timedelta(0)
