"""Instants that people tell: none lies in the future, or before what it must follow. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from app.kit.problems import Problem

_CLOCK_SKEW = timedelta(minutes=5)


class ImpossibleMoment(Problem):
    """It cannot have been then: in the future, or before what it must follow."""

    status = 409


def require_possible(
    moments: Mapping[str, datetime | None],
    *,
    now: datetime,
    since: datetime | None = None,
    since_what: str = "it was asked for",
) -> None:
    """Refuse instants, by their pointers, in the future or before `since`.

    Five minutes ahead may be another clock. Raises ImpossibleMoment.
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
    if errors:
        raise ImpossibleMoment("It cannot have been then.", errors=errors)
