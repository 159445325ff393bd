"""Instants and days that people tell: what they cannot be, and what they hardly mean. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from app.kit.problems import Problem

_CLOCK_SKEW = timedelta(minutes=5)
_OLDEST_YEARS = 20
_LONGEST_DAYS = 730


class ImpossibleMoment(Problem):
    """It cannot have been then: in the future, before what it must follow, or decades ago."""

    status = 409


def require_possible(
    moments: Mapping[str, datetime | None],
    *,
    now: datetime,
    since: datetime | None = None,
    since_what: str = "it was asked for",
) -> None:
    """Refuse instants, by their pointers, in the future or before `since`.

    Five minutes ahead may be another clock. Where nothing says what came first, twenty years ago is
    a year that was mistyped. Raises ImpossibleMoment.
    """
    errors: list[dict[str, str]] = []
    for pointer, told in moments.items():
        if told is None:
            continue
        if told > now + _CLOCK_SKEW:
            detail = f"lies in the future: it is {now.isoformat()} here"
            errors.append({"pointer": pointer, "detail": detail})
        elif since is not None and told < since:
            detail = f"lies before {since.isoformat()}, when {since_what}"
            errors.append({"pointer": pointer, "detail": detail})
        elif told < now - timedelta(days=365 * _OLDEST_YEARS):
            detail = f"lies more than {_OLDEST_YEARS} years back: is the year right?"
            errors.append({"pointer": pointer, "detail": detail})
    if errors:
        raise ImpossibleMoment("It cannot have been then.", errors=errors)


def strange_last_day(last_on: date, said_on: date) -> str | None:
    """Return why a last day cannot be meant that somebody named on a day; None: it can."""
    if last_on < said_on:
        return "lies before the day on which it was said"
    if last_on > said_on + timedelta(days=_LONGEST_DAYS):
        return (
            f"lies more than {_LONGEST_DAYS} days after the day on which it was said, {said_on}: "
            "is the year right?"
        )
    return None


def has_come(moment: datetime | None, now: datetime) -> bool:
    """Whether a moment has come: a carrier's clock may run before ours."""
    return moment is not None and moment <= now
