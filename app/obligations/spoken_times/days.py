"""Words that name a day: today, a weekday, a date. Each rule says in words what it read."""

import calendar
import re
from datetime import UTC, date, datetime, time, timedelta

from app.obligations.spoken_times.due import Due
from app.obligations.spoken_times.said import Said

WEEKDAYS = tuple(name.lower() for name in calendar.day_name)
MONTHS = tuple(name.lower() for name in calendar.month_name)
FRIDAY = 4

_START = time(9)
_NOON = time(12)
_EVENING = time(18)
_END = time(23, 59, 59)
_PARTS = {
    "first thing": (_START, "09:00"),
    "morning": (_NOON, "12:00"),
    "afternoon": (_EVENING, "18:00"),
    "evening": (_END, "the end of the day"),
    "": (_END, "the end of the day"),
}


def on(said: Said, day: date, part: str = "") -> datetime:
    """Return a part of a day as the instant it ends at: the end of the day, where none is named."""
    return said.on(day, _PARTS[part][0])


def iso_day(found: re.Match[str], said: Said) -> Due:
    """Read "by 2026-03-04"."""
    day = date.fromisoformat(found["day"])
    if found["before"]:
        return Due(
            on(said, day - timedelta(1)), "before_date", "The end of the day before that date."
        )
    return Due(on(said, day), "date", "The end of that day.")


def iso_instant(found: re.Match[str], _said: Said) -> Due:
    """Read "2026-03-04T09:00Z"."""
    moment = datetime.fromisoformat(found[0].upper())
    return Due(moment.astimezone(UTC), "instant", "That instant.")


def _part_of(found: re.Match[str]) -> str:
    """Return the part of the day that was named, wherever it stood."""
    groups = found.groupdict()
    part = next((text for name, text in groups.items() if name.startswith("part") and text), "")
    return "first thing" if part.startswith("first thing") else part


def today(found: re.Match[str], said: Said) -> Due:
    """Read "this afternoon"."""
    part = found["part"] or ""
    return Due(on(said, said.day, part), "today", f"The same day, {_PARTS[part][1]}.")


def tomorrow(found: re.Match[str], said: Said) -> Due:
    """Read "tomorrow morning"."""
    days = 2 if found["after"] else 1
    part = _part_of(found)
    day = said.day + timedelta(days)
    rule = "day_after_tomorrow" if found["after"] else "tomorrow"
    text = "The second day" if found["after"] else "The day"
    return Due(on(said, day, part), rule, f"{text} after it was said, {_PARTS[part][1]}.")


def _next_weekday(name: str, after: date) -> date:
    return after + timedelta((WEEKDAYS.index(name) - after.weekday() - 1) % 7 + 1)


def monday_after(day: date) -> date:
    """Return the first Monday after a day."""
    return _next_weekday("monday", day)


def weekday(found: re.Match[str], said: Said) -> Due:
    """Read "first thing Wednesday", "by next Friday"."""
    name, part, said_on = found["weekday"], _part_of(found), said.day
    if found["next"]:
        day = monday_after(said_on) + timedelta(WEEKDAYS.index(name))
        rule, text = "weekday_of_next_week", f"{name.title()} of the week after"
    else:
        day = _next_weekday(name, said_on)
        rule, text = "weekday", f"The first {name.title()} after the day it was said"
    if found["before"]:
        return Due(
            on(said, day - timedelta(1)), f"before_{rule}", f"{text}: the end of the day before."
        )
    return Due(on(said, day, part), rule, f"{text}, {_PARTS[part][1]}.")


def day_of_month(found: re.Match[str], said: Said) -> Due:
    """Read "by the 15th"."""
    number, said_on = int(found["number"]), said.day
    if said_on.day < number:
        day = said_on.replace(day=number)
    else:
        first = last_day(said_on.year, said_on.month - 1) + timedelta(1)
        day = first.replace(day=number)
    return _by_or_before(said, found, day, "day_of_month", "The first such day after it was said")


def named_day(found: re.Match[str], said: Said) -> Due:
    """Read "before March 3rd", "3 March 2027"."""
    month = _month_of(found["month"])
    number, said_on = int(found["number"]), said.day
    year = int(found["year"]) if found["year"] else said_on.year
    day = date(year, month, number)
    if not found["year"] and day <= said_on:
        day = date(year + 1, month, number)
    return _by_or_before(said, found, day, "day_and_month", "That day, the first after it was said")


def _by_or_before(said: Said, found: re.Match[str], day: date, rule: str, text: str) -> Due:
    if found["before"]:
        return Due(
            on(said, day - timedelta(1)), f"before_{rule}", f"{text}: the end of the day before."
        )
    return Due(on(said, day), rule, f"{text}, the end of the day.")


def _month_of(word: str) -> int:
    return next(n for n, name in enumerate(MONTHS) if n and name.startswith(word[:3]))


def last_day(year: int, months: int) -> date:
    """Return the last day of the month that lies so many after January, within its year."""
    month = months % 12 + 1
    return date(year, month, calendar.monthrange(year, month)[1])
