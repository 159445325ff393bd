"""By when the unit that failed goes back: by the terms' anchor, or as the vendor states. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.vendors.terms import AdvanceReplacement, Anchor, Counting, Window, anchor_words

_LONGEST_BACK = 60


@dataclass(frozen=True, slots=True)
class ReturnBy:
    """By when it goes back.

    by_terms, stated   the last day by the terms, and the one that the vendor names, which wins
    on, due_at         the day that counts, and its last instant in the vendor's own time
    since              when the debt began: when what it is counted from happened
    charged_after      the last day before it is charged, by the terms; None: from the day after
    """

    by_terms: date | None
    stated: date | None
    on: date | None
    due_at: datetime | None
    since: datetime | None
    charged_after: date | None
    anchor: Anchor
    source: str
    why: str


def return_by(
    offered: AdvanceReplacement | None,
    dates: Mapping[Anchor, datetime],
    *,
    stated: date | None,
    stated_at: datetime | None,
    by: Counting,
) -> ReturnBy:
    """Return by when it goes back, as far as anybody has said."""
    window = offered.return_by if offered else None
    grace = offered.charged_after if offered else None
    anchor = window.anchor if window else Anchor.REPLACEMENT_DELIVERY
    began = dates.get(anchor)
    by_terms = _last(window, dates, by)
    on = stated or by_terms
    return ReturnBy(
        by_terms=by_terms,
        stated=stated,
        on=on,
        due_at=by.end_of(on) if on else None,
        since=began or (stated_at if stated else None),
        charged_after=_last(grace, dates, by),
        anchor=anchor,
        source="stated" if stated else "terms" if by_terms else "unknown",
        why=_why(window, began, by_terms, stated, by),
    )


def _last(window: Window | None, dates: Mapping[Anchor, datetime], by: Counting) -> date | None:
    began = dates.get(window.anchor) if window else None
    return window.last_on(began, by) if window and began else None


def _why(
    window: Window | None,
    began: datetime | None,
    by_terms: date | None,
    stated: date | None,
    by: Counting,
) -> str:
    if window is None:
        told = "No term says by when it goes back."
    elif by_terms is None or began is None:
        told = f"It goes back within {window.text()}, which has not come yet."
    else:
        told = (
            f"It goes back within {window.text()}, which was on {by.day(began)}: by {by_terms};"
            f" {by.text()}."
        )
    if stated is None:
        return told
    return f"The vendor states {stated}, and that wins. {told}"


def anchor_text(anchor: Anchor) -> str:
    """Return what the return waits for, as people say it."""
    words = anchor_words(anchor)
    return f"{words[0].upper()}{words[1:]}."


def days_before(last_on: date, days: int, by: Counting) -> date:
    """Return the day that lies so many working days before the last; the last one itself for 0."""
    day, left = last_on, days
    for _ in range(days * 7 + _LONGEST_BACK):
        if not left:
            break
        day -= timedelta(days=1)
        left -= int(by.is_business_day(day))
    return day


def working_days_left(today: date, last_on: date, by: Counting) -> int:
    """Return how many working days are left, today's among them, before the last one."""
    days = min((last_on - today).days, _LONGEST_BACK * 7)
    return sum(by.is_business_day(today + timedelta(days=n)) for n in range(days))


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder: so many working days before, from this instant on."""

    days: int
    at: datetime


def reminders(last_on: date, days: Sequence[int], by: Counting) -> list[Reminder]:
    """Return when it is to be reminded of, the first first: from the beginning of each day."""
    instant = timedelta(microseconds=1)
    found = [
        Reminder(each, by.end_of(days_before(last_on, each, by) - timedelta(days=1)) + instant)
        for each in days
    ]
    return sorted(found, key=lambda each: (each.at, -each.days))
