"""What a case can be, the steps of its two axes, and the customer's clock. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from enum import StrEnum

from app.kit.problems import Problem
from app.kit.states import Flow

FIRST_NUMBER = 1001
MAX_FILES = 200
_NUMBER = re.compile(r"(?:C[\s-]*)?([0-9]{1,18})", re.IGNORECASE | re.ASCII)
# How far the clock of a caller may run before ours.
_CLOCK_SKEW = timedelta(minutes=5)


class Kind(StrEnum):
    """What is wrong."""

    SHORT_SHIPMENT = "short_shipment"
    NON_DELIVERY = "non_delivery"
    WRONG_ITEM = "wrong_item"
    OVER_SHIPMENT = "over_shipment"
    DAMAGE = "damage"
    DOA = "doa"
    WARRANTY = "warranty"
    SERVICE = "service"
    PRICE = "price"
    OTHER = "other"


class State(StrEnum):
    """How far it is with the customer."""

    OPEN = "open"
    MADE_WHOLE = "made_whole"
    CLOSED = "closed"


STATES = Flow(
    State,
    {
        State.OPEN: {State.MADE_WHOLE, State.CLOSED},
        # Open again: the replacement was lost too.
        State.MADE_WHOLE: {State.OPEN, State.CLOSED},
        State.CLOSED: {State.OPEN},
    },
)
UNSETTLED = (State.OPEN,)


class Recovery(StrEnum):
    """How far it is with whoever owes it to us. Never a matter of the customer's clock."""

    NONE = "none"
    OPEN = "open"
    DONE = "done"


RECOVERIES = Flow(
    Recovery,
    {
        Recovery.NONE: {Recovery.OPEN},
        Recovery.OPEN: {Recovery.DONE},
        Recovery.DONE: {Recovery.OPEN},
    },
    column="recovery",
)


class Remedy(StrEnum):
    """What the customer gets."""

    REPLACEMENT = "replacement"
    REPAIR = "repair"
    REFUND = "refund"
    CREDIT = "credit"
    NOTHING_OWED = "nothing_owed"


IN_UNITS = frozenset({Remedy.REPLACEMENT, Remedy.REPAIR})
IN_MONEY = frozenset({Remedy.REFUND, Remedy.CREDIT})


class Bearer(StrEnum):
    """At whose expense it should be in the end. Until they pay it is ours."""

    US = "us"
    VENDOR = "vendor"
    CARRIER = "carrier"


class CloseReason(StrEnum):
    """Why nothing more is to be done for the customer."""

    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"
    NOT_OURS = "not_ours"
    DUPLICATE = "duplicate"
    OTHER = "other"


class Outcome(StrEnum):
    """What came of the recovery."""

    RECOVERED = "recovered"
    PARTLY_RECOVERED = "partly_recovered"
    WRITTEN_OFF = "written_off"
    NOT_PURSUED = "not_pursued"


class FileKind(StrEnum):
    """What a file of a case is."""

    PHOTO = "photo"
    INVOICE = "invoice"
    LETTER = "letter"
    OTHER = "other"


class MoreThanReported(Problem):
    """The customer would get more units than the case is about; `reported` says how many."""

    status = 409


class ImpossibleTime(Problem):
    """It cannot have been then: it lies in the future, or before what it must follow."""

    status = 409


class CaseIsClosed(Problem):
    """The case is closed. Reopen it first."""

    status = 409


class NotEditable(Problem):
    """This can no longer be changed in the state the case is in; `errors` points at each."""

    status = 409


class NotMadeWhole(Problem):
    """The case cannot be closed as resolved before the customer was made whole."""

    status = 409


class FileTiedTwice(Problem):
    """The file belongs to the case already."""

    status = 409


class TooManyFiles(Problem):
    """The case has as many files as a case can have; `most` says how many."""

    status = 409


class StillOwed(Problem):
    """The recovery is not over: debts of this case to us are live; `obligations` lists them.

    See them kept, release them, or close it as `written_off` or `not_pursued`.
    """

    status = 409


class StillLost(Problem):
    """Not all that was lost in this case was made good; `losses` lists what was not.

    Settle it, or close the recovery as `partly_recovered`, `written_off` or `not_pursued`.
    """

    status = 409


def spoken_number(number: int) -> str:
    """Return a case's number as people say it."""
    return f"C-{number}"


def read_number(text: str) -> int | None:
    """Return the number that people wrote: `C-1042`, `c 1042`, `1042`. None if it is none."""
    found = _NUMBER.fullmatch(text.strip())
    return int(found[1]) if found else None


_EDITABLE: Mapping[State, AbstractSet[str]] = {
    State.OPEN: {"report", "needed_by", "kind", "quantity", "shipment"},
    # Whoever recovers it may still learn in which shipment it was.
    State.MADE_WHOLE: {"report", "needed_by", "shipment"},
    State.CLOSED: set(),
}


def require_editable(state: State, names: Iterable[str]) -> None:
    """Refuse to change what stands fast in this state. Raises NotEditable."""
    fast = [name for name in names if name not in _EDITABLE[state]]
    if fast:
        raise NotEditable(
            f"The case is {state.value}: {', '.join(fast)} can no longer be changed. "
            "Reopen it to do so.",
            now=state.value,
            errors=[
                {"pointer": f"/{name}", "detail": f"stands fast once the case is {state.value}"}
                for name in fast
            ],
        )


def require_quantity(reported: int | None, given: int | None) -> None:
    """Refuse to give more units than the case is about. Raises MoreThanReported."""
    if reported is not None and given is not None and given > reported:
        raise MoreThanReported(
            f"The case is about {reported}; it cannot be made whole with {given}.",
            reported=reported,
            errors=[{"pointer": "/quantity", "detail": f"is more than the {reported} reported"}],
        )


def require_possible(
    moment: datetime, *, now: datetime, pointer: str, since: datetime | None = None
) -> None:
    """Refuse an instant in the future, or before `since`. Raises ImpossibleTime."""
    fault = None
    if moment > now + _CLOCK_SKEW:
        fault = f"lies in the future: it is {now.isoformat()} here"
    elif since is not None and moment < since:
        fault = f"lies before {since.isoformat()}, which came first"
    if fault:
        raise ImpossibleTime(
            f"It cannot have been at {moment.isoformat()}: that {fault}.",
            errors=[{"pointer": pointer, "detail": fault}],
        )


# Said of a recovery that is given up: what is owed in the ledger stays owed, until we release it.
_GIVEN_UP = frozenset({Outcome.WRITTEN_OFF, Outcome.NOT_PURSUED})


def gives_up(outcome: Outcome) -> bool:
    """Whether a recovery may be closed so with debts to us still live."""
    return outcome in _GIVEN_UP


def require_nothing_owed(owed: Sequence[Mapping[str, object]]) -> None:
    """Refuse to call a recovery over while it is not. Raises StillOwed."""
    if owed:
        raise StillOwed(
            f"{len(owed)} of what vendors and carriers owe us in this case is still live. See it "
            "kept, release it, or close the recovery as written_off or not_pursued.",
            obligations=list(owed),
        )


def require_restored(losses: Sequence[Mapping[str, object]]) -> None:
    """Refuse to call recovered what was not. Raises StillLost."""
    if losses:
        raise StillLost(
            f"{len(losses)} of what was lost in this case is not made good in full. Settle it, or "
            "close the recovery as partly_recovered, written_off or not_pursued.",
            losses=list(losses),
            errors=[{"pointer": "/outcome", "detail": "not all that was lost was recovered"}],
        )


def require_reason(state: State, reason: CloseReason) -> None:
    """Refuse to call resolved what was not made good. Raises NotMadeWhole."""
    if state is State.OPEN and reason is CloseReason.RESOLVED:
        raise NotMadeWhole(
            "Make the customer whole first, or say why nothing is owed.",
            now=state.value,
            errors=[{"pointer": "/reason", "detail": "she was not made whole"}],
        )


def waited(
    since: datetime, before: timedelta, stopped_at: datetime | None, now: datetime
) -> timedelta:
    """Return how long the customer has waited: before, and since then until it stopped or now."""
    return before + max((stopped_at or now) - since, timedelta(0))
