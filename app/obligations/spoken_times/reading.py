"""The table of patterns, and how words are read by it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from app.kit.business_time import UNKNOWN, Calendar
from app.obligations.spoken_times.days import (
    MONTHS,
    WEEKDAYS,
    day_of_month,
    iso_day,
    iso_instant,
    named_day,
    today,
    tomorrow,
    weekday,
)
from app.obligations.spoken_times.due import NO_DATE, NOT_TO_COME, NOT_UNDERSTOOD, Due
from app.obligations.spoken_times.said import Said
from app.obligations.spoken_times.spans import (
    NUMBERS,
    haste,
    month_end,
    next_week,
    span,
    this_week,
)

_LAST_YEAR = 9998

_PART = r"(?:first thing(?: in the morning)?|morning|afternoon|evening)"
_N = r"(?:\d{1,3}|" + "|".join(NUMBERS[1:]) + r"|an?|a couple of|a couple|a few|few)"
_COUNT = rf"(?P<count>{_N}(?:(?: ?- ?| to | or ){_N})?)"
_DAY_NAMES = "|".join(WEEKDAYS)
_MONTH_NAMES = "|".join(f"{name}|{name[:3]}" for name in MONTHS[1:]) + "|sept"
_BY = r"(?:(?P<before>before )|by |on |until |till )?"
_BY_END = r"(?:(?:by |before |until |at )?(?:the )?end of )"
_NTH = r"(?P<number>[0-3]?\d)(?:st|nd|rd|th)"
_YEAR = r"(?: (?P<year>\d{4}))?"
_CLOCK = r"\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:z|[+-]\d\d:\d\d)"

_PATTERNS: tuple[tuple[str, Callable[[re.Match[str], Said], Due]], ...] = (
    (rf"{_BY}(?P<day>\d{{4}}-\d\d-\d\d)", iso_day),
    (rf"\d{{4}}-\d\d-\d\d[t ]{_CLOCK}", iso_instant),
    (
        (
            rf"{_BY_END}(?:the |this )?(?:business |working )?day"
            r"|(?:by )?(?:eod|cob|close of business)"
            r"|(?:by )?(?:later )?today|tonight|this (?P<part>morning|afternoon|evening)"
        ),
        today,
    ),
    (
        (
            rf"(?:by |until )?(?:(?P<part_a>first thing) )?(?P<after>the day after )?tomorrow"
            rf"(?: (?P<part_b>{_PART}))?"
        ),
        tomorrow,
    ),
    (
        (
            rf"(?:(?P<part_a>first thing) )?{_BY}(?:this coming |this |coming |(?P<next>next ))?"
            rf"(?P<weekday>{_DAY_NAMES})(?: (?P<part_b>{_PART}))?"
        ),
        weekday,
    ),
    (rf"{_BY_END}(?:the |this )?week|(?:by )?(?:end of week|eow)|(?:later )?this week", this_week),
    (
        (
            r"(?:by |in |at )?(?:(?P<when>early|mid|the beginning of|the middle of"
            r"|(?:the )?end of|late|some ?time)[ -])?next week"
        ),
        next_week,
    ),
    (
        rf"(?:{_BY_END}|(?:later )?)(?:(?P<next>next month)|(?:the |this )month)|eom",
        month_end,
    ),
    (
        (
            rf"(?:(?:with)?in )?(?:the (?:next|coming) )?(?:about )?{_COUNT}[ -]"
            r"(?P<working>(?:business|working) )?(?P<unit>hour|day|week|month)s?"
            r"(?:' time| from (?:now|today))?"
        ),
        span,
    ),
    (rf"{_BY}the {_NTH}", day_of_month),
    (rf"{_BY}(?P<month>{_MONTH_NAMES}) (?P<number>[0-3]?\d)(?:st|nd|rd|th)?{_YEAR}", named_day),
    (
        (
            rf"{_BY}(?:the )?(?P<number>[0-3]?\d)(?:st|nd|rd|th)?(?: of)? (?P<month>{_MONTH_NAMES})"
            rf"{_YEAR}"
        ),
        named_day,
    ),
    (
        (
            r"asap|as soon as (?:possible|we can|i can)|right away|straight away|immediately|soon"
            r"|shortly|at once|when (?:we|i) can|urgently"
        ),
        haste,
    ),
)
_RULES = tuple((re.compile(pattern, re.ASCII), rule) for pattern, rule in _PATTERNS)


def read(words: str | None, said_at: datetime, calendar: Calendar = UNKNOWN) -> Due:
    """Return when something is due that was promised in these words at this instant.

    Days, and what of them is worked, are those of the promiser's `calendar`.
    """
    said = Said(said_at.astimezone(UTC), calendar)
    plain = _plain(words or "")
    if not plain:
        return NO_DATE
    for pattern, rule in _RULES:
        if found := pattern.fullmatch(plain):
            try:
                due = rule(found, said)
            except (ValueError, OverflowError):
                return NOT_UNDERSTOOD  # the 31st of April, a thousand years
            return _placed(_to_come(due, said.at), calendar)
    return NOT_UNDERSTOOD


def _placed(due: Due, calendar: Calendar) -> Due:
    if due.due_at is None or calendar == UNKNOWN:
        return due
    return replace(due, text=f"{due.text} By the clock in {calendar.zone}.")


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
