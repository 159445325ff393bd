"""Words that name a stretch of time: hours, days, a week, a month; and haste, which names none."""

import re
from datetime import datetime, timedelta

from app.obligations.spoken_times.days import FRIDAY, last_day, monday_after, on
from app.obligations.spoken_times.due import NO_TIME, Due

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_VAGUE = {"a": 1, "an": 1, "a couple of": 2, "a couple": 2, "a few": 3, "few": 3}


def span(found: re.Match[str], said_at: datetime) -> Due:
    """Read "in the next few days", "within 48 hours", "in two weeks"."""
    count, unit = _count(found["count"]), found["unit"]
    if unit == "hour":
        return Due(said_at + timedelta(hours=count), "hours", f"{count} hours after it was said.")
    if found["working"]:
        return _working_days(count, said_at)
    if unit == "month":
        return _months(count, said_at)
    days = count * (7 if unit == "week" else 1)
    day = said_at.date() + timedelta(days)
    return Due(on(day), f"{unit}s", f"The end of the day {days} days after it was said.")


def _count(words: str) -> int:
    """Return the number that is said, of a range the greater."""
    last = re.split(r" ?- ?| to | or ", words)[-1]
    if last in NUMBERS:
        return NUMBERS.index(last)
    return _VAGUE[last] if last in _VAGUE else int(last)


def _working_days(count: int, said_at: datetime) -> Due:
    day, left = said_at.date(), count
    while left:
        day += timedelta(1)
        left -= day.weekday() <= FRIDAY
    text = f"The end of the working day {count} after it was said; holidays are not known here."
    return Due(on(day), "working_days", text)


def _months(count: int, said_at: datetime) -> Due:
    months = said_at.month - 1 + count
    last = last_day(said_at.year + months // 12, months)
    day = last.replace(day=min(said_at.day, last.day))
    return Due(on(day), "months", f"The end of the same day {count} months on.")


def this_week(_found: re.Match[str], said_at: datetime) -> Due:
    """Read "by the end of the week"."""
    day = said_at.date()
    friday = day + timedelta((FRIDAY - day.weekday()) % 7)
    return Due(on(friday), "end_of_week", "The end of Friday, that day's or the first after it.")


_WITHIN_WEEK = {
    "early": (1, "Tuesday"),
    "the beginning of": (1, "Tuesday"),
    "the middle of": (2, "Wednesday"),
    "mid": (2, "Wednesday"),
}


def next_week(found: re.Match[str], said_at: datetime) -> Due:
    """Read "early next week"."""
    offset, name = _WITHIN_WEEK.get(found["when"] or "", (FRIDAY, "Friday"))
    day = monday_after(said_at.date()) + timedelta(offset)
    return Due(on(day), "next_week", f"The end of {name} of the week after.")


def month_end(found: re.Match[str], said_at: datetime) -> Due:
    """Read "by the end of the month"."""
    ahead = 1 if found["next"] else 0
    last = last_day(said_at.year + (said_at.month - 1 + ahead) // 12, (said_at.month + ahead - 1))
    whose = "the month after" if ahead else "that month"
    return Due(on(last), "end_of_month", f"The end of the last day of {whose}.")


def haste(_found: re.Match[str], _said_at: datetime) -> Due:
    """Read "ASAP": it asks for haste and names no time."""
    return NO_TIME
