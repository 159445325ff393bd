"""What claims refuse, each problem beside its rule. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from app.kit.problems import Problem

_CLOCK_SKEW = timedelta(minutes=5)


class CaseIsClosed(Problem):
    """The case is closed. Reopen it first."""

    status = 409


class UnitClaimedTwice(Problem):
    """A unit, or as many of a line, is in another claim that is being pursued; `errors` names it.

    Settle or withdraw that one first.
    """

    status = 409


class SerialOfAnother(Problem):
    """The serial number is of a unit that somebody else bought; `errors` points at it."""

    status = 409


class ContradictsClaim(Problem):
    """It says what the claim, or the records of the ERP, contradict; `errors` points at each."""

    status = 409


class ImpossibleMoment(Problem):
    """It cannot have been then: in the future, or before what it must follow."""

    status = 409


class NotEditable(Problem):
    """Only a draft can be changed; `now` says what it is."""

    status = 409


class TooMuchHeard(Problem):
    """As much is on record as one claim can have; `most` says how much."""

    status = 409


class UnfitSettlement(Problem):
    """It cannot be settled so; `errors` says why."""

    status = 409


class NothingDenied(Problem):
    """Nobody has refused it, so there is nothing to appeal against or to accept."""

    status = 409


class NoFee(Problem):
    """This finding has no fee that could be disputed, or it was resolved already."""

    status = 409


def require_possible(
    moments: Mapping[str, datetime | None],
    *,
    now: datetime,
    since: datetime | None = None,
    since_what: str = "it was submitted",
) -> None:
    """Refuse instants in the future, or before `since`. Raises ImpossibleMoment."""
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
