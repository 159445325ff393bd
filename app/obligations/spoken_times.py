"""What people say for a time, read by stated rules. What no rule reads stays unread. Pure.

No package does this: those that read dates from prose guess where they are not sure, and do not
say by what rule. Clocks run in UTC here; the calendar of the party whose clock it is comes later.
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

_WEEKDAYS = tuple(name.lower() for name in calendar.day_name)
_MONTHS = tuple(name.lower() for name in calendar.month_name)
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_VAGUE = {"a": 1, "an": 1, "a couple of": 2, "a couple": 2, "a few": 3, "few": 3}
_FRIDAY = 4
_LAST_YEAR = 9998

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


@dataclass(frozen=True, slots=True)
class Due:
    """When something is due by somebody's words: the instant or none, the rule, the rule's text."""

    due_at: datetime | None
    rule: str
    text: str


NO_DATE = Due(None, "no_date_given", "No date was given.")
NOT_TO_COME = Due(None, "not_to_come", "The words name a time before they were said.")
NOT_UNDERSTOOD = Due(
    None, "not_understood", "No rule reads these words as a time, and none was guessed."
)
WAITS = Due(None, "waits_for_trigger", "It is due only once what it waits for has come.")
_NO_TIME = Due(None, "no_time_named", "The words ask for haste and name no time.")
# How long what has no due time waits until somebody looks at it again.
LOOK_AGAIN = {_NO_TIME.rule: timedelta(days=2)}
LOOK_AGAIN_ELSE = timedelta(days=7)


def look_again_at(due: Due, said_at: datetime) -> datetime:
    """Return when somebody should look at what was promised: when it is due, else soon enough."""
    return due.due_at or said_at + LOOK_AGAIN.get(due.rule, LOOK_AGAIN_ELSE)


def read(words: str | None, said_at: datetime) -> Due:
    """Return when something is due that was promised in these words at this instant."""
    said_at = said_at.astimezone(UTC)
    plain = _plain(words or "")
    if not plain:
        return NO_DATE
    for pattern, rule in _RULES:
        if found := pattern.fullmatch(plain):
            try:
                due = rule(found, said_at)
            except (ValueError, OverflowError):
                return NOT_UNDERSTOOD  # the 31st of April, a thousand years
            return _to_come(due, said_at)
    return NOT_UNDERSTOOD


def _to_come(due: Due, said_at: datetime) -> Due:
    if due.due_at is None:
        return due
    if due.due_at < said_at:
        return NOT_TO_COME  # "this morning", said in the afternoon
    return due if due.due_at.year <= _LAST_YEAR else NOT_UNDERSTOOD


def _plain(words: str) -> str:
    text = " ".join(words.casefold().replace("\u2013", "-").strip(" .,;!\"'").split())
    text = re.sub(r"^(?:no later than|not later than|at the latest by|sometime|latest) ", "", text)
    text = re.sub(r",? (?:at the latest|latest|the latest|or so)$", "", text)
    return text.replace(",", "")


def _on(day: date, part: str = "") -> datetime:
    return datetime.combine(day, _PARTS[part][0], UTC)


def _count(words: str) -> int:
    """Return the number that is said, of a range the greater."""
    last = re.split(r" ?- ?| to | or ", words)[-1]
    if last in _NUMBERS:
        return _NUMBERS.index(last)
    return _VAGUE[last] if last in _VAGUE else int(last)


def _iso_day(found: re.Match[str], _said_at: datetime) -> Due:
    day = date.fromisoformat(found["day"])
    if found["before"]:
        return Due(_on(day - timedelta(1)), "before_date", "The end of the day before that date.")
    return Due(_on(day), "date", "The end of that day.")


def _iso_instant(found: re.Match[str], _said_at: datetime) -> Due:
    moment = datetime.fromisoformat(found[0].upper())
    return Due(moment.astimezone(UTC), "instant", "That instant.")


def _part_of(found: re.Match[str]) -> str:
    groups = found.groupdict()
    part = next((text for name, text in groups.items() if name.startswith("part") and text), "")
    return "first thing" if part.startswith("first thing") else part


def _today(found: re.Match[str], said_at: datetime) -> Due:
    part = found["part"] or ""
    return Due(_on(said_at.date(), part), "today", f"The same day, {_PARTS[part][1]}.")


def _tomorrow(found: re.Match[str], said_at: datetime) -> Due:
    days = 2 if found["after"] else 1
    part = _part_of(found)
    day = said_at.date() + timedelta(days)
    rule = "day_after_tomorrow" if found["after"] else "tomorrow"
    text = "The second day" if found["after"] else "The day"
    return Due(_on(day, part), rule, f"{text} after it was said, {_PARTS[part][1]}.")


def _next_weekday(name: str, after: date) -> date:
    return after + timedelta((_WEEKDAYS.index(name) - after.weekday() - 1) % 7 + 1)


def _monday_after(day: date) -> date:
    return _next_weekday("monday", day)


def _weekday(found: re.Match[str], said_at: datetime) -> Due:
    name, part, said_on = found["weekday"], _part_of(found), said_at.date()
    if found["next"]:
        day = _monday_after(said_on) + timedelta(_WEEKDAYS.index(name))
        rule, text = "weekday_of_next_week", f"{name.title()} of the week after"
    else:
        day = _next_weekday(name, said_on)
        rule, text = "weekday", f"The first {name.title()} after the day it was said"
    if found["before"]:
        return Due(_on(day - timedelta(1)), f"before_{rule}", f"{text}: the end of the day before.")
    return Due(_on(day, part), rule, f"{text}, {_PARTS[part][1]}.")


def _this_week(_found: re.Match[str], said_at: datetime) -> Due:
    day = said_at.date()
    friday = day + timedelta((_FRIDAY - day.weekday()) % 7)
    return Due(_on(friday), "end_of_week", "The end of Friday, that day's or the first after it.")


_WITHIN_WEEK = {
    "early": (1, "Tuesday"),
    "the beginning of": (1, "Tuesday"),
    "the middle of": (2, "Wednesday"),
    "mid": (2, "Wednesday"),
}


def _next_week(found: re.Match[str], said_at: datetime) -> Due:
    offset, name = _WITHIN_WEEK.get(found["when"] or "", (_FRIDAY, "Friday"))
    day = _monday_after(said_at.date()) + timedelta(offset)
    return Due(_on(day), "next_week", f"The end of {name} of the week after.")


def _month_end(found: re.Match[str], said_at: datetime) -> Due:
    ahead = 1 if found["next"] else 0
    last = _last_day(said_at.year + (said_at.month - 1 + ahead) // 12, (said_at.month + ahead - 1))
    whose = "the month after" if ahead else "that month"
    return Due(_on(last), "end_of_month", f"The end of the last day of {whose}.")


def _last_day(year: int, months: int) -> date:
    """Return the last day of the month that lies so many after January, within its year."""
    month = months % 12 + 1
    return date(year, month, calendar.monthrange(year, month)[1])


def _span(found: re.Match[str], said_at: datetime) -> Due:
    count, unit = _count(found["count"]), found["unit"]
    if unit == "hour":
        return Due(said_at + timedelta(hours=count), "hours", f"{count} hours after it was said.")
    if found["working"]:
        return _working_days(count, said_at)
    if unit == "month":
        return _months(count, said_at)
    days = count * (7 if unit == "week" else 1)
    day = said_at.date() + timedelta(days)
    return Due(_on(day), f"{unit}s", f"The end of the day {days} days after it was said.")


def _working_days(count: int, said_at: datetime) -> Due:
    day, left = said_at.date(), count
    while left:
        day += timedelta(1)
        left -= day.weekday() <= _FRIDAY
    text = f"The end of the working day {count} after it was said; holidays are not known here."
    return Due(_on(day), "working_days", text)


def _months(count: int, said_at: datetime) -> Due:
    months = said_at.month - 1 + count
    last = _last_day(said_at.year + months // 12, months)
    day = last.replace(day=min(said_at.day, last.day))
    return Due(_on(day), "months", f"The end of the same day {count} months on.")


def _day_of_month(found: re.Match[str], said_at: datetime) -> Due:
    number, said_on = int(found["number"]), said_at.date()
    if said_on.day < number:
        day = said_on.replace(day=number)
    else:
        first = _last_day(said_on.year, said_on.month - 1) + timedelta(1)
        day = first.replace(day=number)
    return _by_or_before(found, day, "day_of_month", "The first such day after it was said")


def _named_day(found: re.Match[str], said_at: datetime) -> Due:
    month = _month_of(found["month"])
    number, said_on = int(found["number"]), said_at.date()
    year = int(found["year"]) if found["year"] else said_on.year
    day = date(year, month, number)
    if not found["year"] and day <= said_on:
        day = date(year + 1, month, number)
    return _by_or_before(found, day, "day_and_month", "That day, the first after it was said")


def _by_or_before(found: re.Match[str], day: date, rule: str, text: str) -> Due:
    if found["before"]:
        return Due(_on(day - timedelta(1)), f"before_{rule}", f"{text}: the end of the day before.")
    return Due(_on(day), rule, f"{text}, the end of the day.")


def _month_of(word: str) -> int:
    return next(n for n, name in enumerate(_MONTHS) if n and name.startswith(word[:3]))


def _haste(_found: re.Match[str], _said_at: datetime) -> Due:
    return _NO_TIME


_PART = r"(?:first thing(?: in the morning)?|morning|afternoon|evening)"
_N = r"(?:\d{1,3}|" + "|".join(_NUMBERS[1:]) + r"|an?|a couple of|a couple|a few|few)"
_COUNT = rf"(?P<count>{_N}(?:(?: ?- ?| to | or ){_N})?)"
_DAY_NAMES = "|".join(_WEEKDAYS)
_MONTH_NAMES = "|".join(f"{name}|{name[:3]}" for name in _MONTHS[1:]) + "|sept"
_BY = r"(?:(?P<before>before )|by |on |until |till )?"
_BY_END = r"(?:(?:by |before |until |at )?(?:the )?end of )"
_NTH = r"(?P<number>[0-3]?\d)(?:st|nd|rd|th)"
_YEAR = r"(?: (?P<year>\d{4}))?"
_CLOCK = r"\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:z|[+-]\d\d:\d\d)"

_PATTERNS: tuple[tuple[str, Callable[[re.Match[str], datetime], Due]], ...] = (
    (rf"{_BY}(?P<day>\d{{4}}-\d\d-\d\d)", _iso_day),
    (rf"\d{{4}}-\d\d-\d\d[t ]{_CLOCK}", _iso_instant),
    (
        (
            rf"{_BY_END}(?:the |this )?(?:business |working )?day"
            r"|(?:by )?(?:eod|cob|close of business)"
            r"|(?:by )?(?:later )?today|tonight|this (?P<part>morning|afternoon|evening)"
        ),
        _today,
    ),
    (
        (
            rf"(?:by |until )?(?:(?P<part_a>first thing) )?(?P<after>the day after )?tomorrow"
            rf"(?: (?P<part_b>{_PART}))?"
        ),
        _tomorrow,
    ),
    (
        (
            rf"(?:(?P<part_a>first thing) )?{_BY}(?:this coming |this |coming |(?P<next>next ))?"
            rf"(?P<weekday>{_DAY_NAMES})(?: (?P<part_b>{_PART}))?"
        ),
        _weekday,
    ),
    (rf"{_BY_END}(?:the |this )?week|(?:by )?(?:end of week|eow)|(?:later )?this week", _this_week),
    (
        (
            r"(?:by |in |at )?(?:(?P<when>early|mid|the beginning of|the middle of"
            r"|(?:the )?end of|late|some ?time)[ -])?next week"
        ),
        _next_week,
    ),
    (
        rf"(?:{_BY_END}|(?:later )?)(?:(?P<next>next month)|(?:the |this )month)|eom",
        _month_end,
    ),
    (
        (
            rf"(?:(?:with)?in )?(?:the (?:next|coming) )?(?:about )?{_COUNT}[ -]"
            r"(?P<working>(?:business|working) )?(?P<unit>hour|day|week|month)s?"
            r"(?:' time| from (?:now|today))?"
        ),
        _span,
    ),
    (rf"{_BY}the {_NTH}", _day_of_month),
    (rf"{_BY}(?P<month>{_MONTH_NAMES}) (?P<number>[0-3]?\d)(?:st|nd|rd|th)?{_YEAR}", _named_day),
    (
        (
            rf"{_BY}(?:the )?(?P<number>[0-3]?\d)(?:st|nd|rd|th)?(?: of)? (?P<month>{_MONTH_NAMES})"
            rf"{_YEAR}"
        ),
        _named_day,
    ),
    (
        (
            r"asap|as soon as (?:possible|we can|i can)|right away|straight away|immediately|soon"
            r"|shortly|at once|when (?:we|i) can|urgently"
        ),
        _haste,
    ),
)
_RULES = tuple((re.compile(pattern, re.ASCII), rule) for pattern, rule in _PATTERNS)
