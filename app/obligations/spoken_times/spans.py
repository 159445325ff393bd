"""Words that name a stretch of time: hours, days, a week, a month; and haste, which names none."""

import re
from datetime import timedelta

from app.kit.business_time import add_business_days, add_business_time
from app.obligations.spoken_times.days import FRIDAY, last_day, monday_after, on
from app.obligations.spoken_times.due import NO_TIME, Due
from app.obligations.spoken_times.said import Said

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_VAGUE = {"a": 1, "an": 1, "a couple of": 2, "a couple": 2, "a few": 3, "few": 3}


def span(found: re.Match[str], said: Said) -> Due:
    """Read "in the next few days", "within 48 hours", "in two weeks"."""
    count, unit = _count(found["count"]), found["unit"]
    if unit == "hour" and found["working"]:
        return _working_hours(count, said)
    if unit == "hour":
        return Due(said.at + timedelta(hours=count), "hours", f"{count} hours after it was said.")
    if found["working"]:
        return _working_days(count, said)
    if unit == "month":
        return _months(count, said)
    days = count * (7 if unit == "week" else 1)
    day = said.day + timedelta(days)
    return Due(on(said, day), f"{unit}s", f"The end of the day {days} days after it was said.")


def _count(words: str) -> int:
    """Return the number that is said, of a range the greater."""
    last = re.split(r" ?- ?| to | or ", words)[-1]
    if last in NUMBERS:
        return NUMBERS.index(last)
    return _VAGUE[last] if last in _VAGUE else int(last)


def _working_hours(count: int, said: Said) -> Due:
    due_at = add_business_time(said.calendar, said.at, timedelta(hours=count))
    return Due(due_at, "working_hours", f"{count} working hours after it was said{_as_far(said)}.")


def _working_days(count: int, said: Said) -> Due:
    day = add_business_days(said.calendar, said.day, count)
    text = f"The end of the working day {count} after it was said{_as_far(said)}."
    return Due(on(said, day), "working_days", text)


def _as_far(said: Said) -> str:
    return "" if said.calendar.holidays_of else "; holidays are not known here"


def _months(count: int, said: Said) -> Due:
    months = said.day.month - 1 + count
    last = last_day(said.day.year + months // 12, months)
    day = last.replace(day=min(said.day.day, last.day))
    return Due(on(said, day), "months", f"The end of the same day {count} months on.")


def this_week(_found: re.Match[str], said: Said) -> Due:
    """Read "by the end of the week"."""
    day = said.day
    friday = day + timedelta((FRIDAY - day.weekday()) % 7)
    return Due(
        on(said, friday), "end_of_week", "The end of Friday, that day's or the first after it."
    )


_WITHIN_WEEK = {
    "early": (1, "Tuesday"),
    "the beginning of": (1, "Tuesday"),
    "the middle of": (2, "Wednesday"),
    "mid": (2, "Wednesday"),
}


def next_week(found: re.Match[str], said: Said) -> Due:
    """Read "early next week"."""
    offset, name = _WITHIN_WEEK.get(found["when"] or "", (FRIDAY, "Friday"))
    day = monday_after(said.day) + timedelta(offset)
    return Due(on(said, day), "next_week", f"The end of {name} of the week after.")


def month_end(found: re.Match[str], said: Said) -> Due:
    """Read "by the end of the month"."""
    ahead, day = 1 if found["next"] else 0, said.day
    last = last_day(day.year + (day.month - 1 + ahead) // 12, day.month + ahead - 1)
    whose = "the month after" if ahead else "that month"
    return Due(on(said, last), "end_of_month", f"The end of the last day of {whose}.")


def haste(_found: re.Match[str], _said: Said) -> Due:
    """Read "ASAP": it asks for haste and names no time."""
    return NO_TIME
