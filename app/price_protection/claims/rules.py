"""What a claim goes through, how much of a credit is the customer's. Pure."""

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

from app.kit.problems import Problem
from app.kit.states import Flow

FIRST_NUMBER = 1001
MOST_CLAIMS = 100
MOST_PRINTED = 5000
_NUMBER = re.compile(r"(?:PC[\s-]*)?([0-9]{1,18})", re.IGNORECASE | re.ASCII)


class ClaimState(StrEnum):
    """How far a claim is. `denied` is what the vendor says, until we accept it."""

    COMPUTED = "computed"
    SUBMITTED = "submitted"
    ACKNOWLEDGED = "acknowledged"
    APPROVED = "approved"
    PARTIALLY_APPROVED = "partially_approved"
    DENIED = "denied"
    CREDITED = "credited"
    PASSED_THROUGH = "passed_through"
    CLOSED = "closed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


_S = ClaimState
_ANSWERS = {_S.APPROVED, _S.PARTIALLY_APPROVED, _S.DENIED}
# A vendor may credit without another word, answer twice, and be brought to think again.
_FILED = _ANSWERS | {_S.CREDITED, _S.WITHDRAWN}
_UNPAID = {_S.SUBMITTED, _S.ACKNOWLEDGED} | _ANSWERS
CLAIMS = Flow(
    ClaimState,
    {
        _S.COMPUTED: {_S.SUBMITTED, _S.EXPIRED, _S.WITHDRAWN},
        _S.SUBMITTED: {_S.ACKNOWLEDGED} | _FILED,
        _S.ACKNOWLEDGED: _FILED,
        _S.APPROVED: _FILED,
        _S.PARTIALLY_APPROVED: _FILED,
        _S.DENIED: _FILED | {_S.CLOSED},
        # What was credited may turn out not to have been.
        _S.CREDITED: {_S.PASSED_THROUGH} | _UNPAID,
        _S.PASSED_THROUGH: {_S.CLOSED} | _UNPAID,
        _S.CLOSED: set(),
        # A vendor may let it pass that we were late; and the day may have been told wrong.
        _S.EXPIRED: {_S.SUBMITTED, _S.COMPUTED, _S.CLOSED, _S.WITHDRAWN},
        # A withdrawn notice takes it along; computed again, it is a claim again.
        _S.WITHDRAWN: {_S.COMPUTED},
    },
)
FILED = (_S.SUBMITTED, _S.ACKNOWLEDGED, _S.APPROVED, _S.PARTIALLY_APPROVED, _S.DENIED)
UNFILED = (_S.COMPUTED, _S.EXPIRED)


class NoticeNotConfirmed(Problem):
    """The notice was only seen or heard of. Confirm it, then file the claim."""

    status = 409


class ExposureNotComputed(Problem):
    """What the notice reaches is being computed (see `Retry-After`), or its day is to come."""

    status = 409


class NothingToClaim(Problem):
    """By the terms that are known no unit of this claim earns anything now."""

    status = 409


class OneSupplierOneFiling(Problem):
    """A filing goes to one supplier, in one currency; `errors` points at the claims that differ."""

    status = 409


class FiledTooLate(Problem):
    """The last day to file has passed; with `although_late` it is filed all the same."""

    status = 409


class SerialsMissing(Problem):
    """The terms ask for serial numbers and not all are known; `units` says how many are missing."""

    status = 409


class NotInClaim(Problem):
    """The answer names units that the claim does not hold; `errors` points at each."""

    status = 409


class MoreThanClaimed(Problem):
    """More is approved than was claimed; `errors` points at each."""

    status = 409


class TooLongToPrint(Problem):
    """The filing has more lines than anybody would read on paper; fetch it as CSV or X12."""

    status = 409


class NothingRefused(Problem):
    """There is nothing to accept: nothing of the claim was refused, and nothing is still owed."""

    status = 409


class PassedOnAlready(Problem):
    """What the customers are due of this claim has been decided, and is on its way to them."""

    status = 409


class PriceClaimStillOwed(Problem):
    """Something of the claim is still open: what it is says `open`."""

    status = 409


def spoken_number(number: int) -> str:
    """Return a claim's number as people say it."""
    return f"PC-{number}"


def filing_number(number: int) -> str:
    """Return a filing's number, as the vendor is to repeat it on its credit memo."""
    return f"PPF-{number}"


def read_number(text: str) -> int | None:
    """Return the number that people wrote: `PC-1042`, `pc 1042`, `1042`. None if it is none."""
    found = _NUMBER.fullmatch(text.strip())
    return int(found[1]) if found else None


def answered(claimed: Decimal, approved: Decimal, unanswered: int) -> ClaimState | None:
    """Return what a vendor's answers to the lines come to; None while some are unanswered."""
    if unanswered:
        return None
    if approved >= claimed:
        return _S.APPROVED
    return _S.PARTIALLY_APPROVED if approved else _S.DENIED


PERCENT_FROM: Mapping[str, str] = {
    "decided": "A person's decision",
    "contract": "The contract, as told with the order line",
    "policy": "Our policy",
}
