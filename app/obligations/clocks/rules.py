"""The clock of a debt: when it is at risk, for what it may stand still, how it runs on. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from app.kit.business_time import Calendar, add_business_time, business_time
from app.kit.problems import Problem
from app.obligations.rules import Kind, PartyKind, State
from app.settings import AtRisk, AtRiskByKind


class PauseReason(StrEnum):
    """For whom is waited while a clock stands still."""

    WAITING_FOR_US = "waiting_for_us"
    WAITING_FOR_CUSTOMER = "waiting_for_customer"
    WAITING_FOR_VENDOR = "waiting_for_vendor"
    WAITING_FOR_CARRIER = "waiting_for_carrier"


class DueChange(StrEnum):
    """Why a debt is due, or a right ends, at another time."""

    PAUSED = "paused"
    RESUMED = "resumed"
    CALENDAR_CHANGED = "calendar_changed"
    TERMS_CHANGED = "terms_changed"
    FACTS_CHANGED = "facts_changed"


class ReasonNotAllowed(Problem):
    """This does not stop the clock of whose debt it is; `allowed` says what does.

    Waiting for a vendor or a carrier never does: the customer's clock does not wait for theirs.
    """

    status = 409


class NotRunning(Problem):
    """There is no clock to stop: no due time, one that has passed, or it stands already."""

    status = 409


class NotPaused(Problem):
    """Its clock is not paused."""

    status = 409


# What needs the customer's own hand: nobody can deliver to a closed door.
_AT_THE_CUSTOMERS = frozenset({Kind.DELIVER_GOODS, Kind.REPAIR_GOODS, Kind.VISIT})


def allowed_reasons(debtor: PartyKind, kind: Kind) -> frozenset[PauseReason]:
    """Return what may stop the clock of a debt of this kind: never a wait for oneself."""
    if debtor is PartyKind.US:
        return frozenset({PauseReason.WAITING_FOR_CUSTOMER})
    if debtor is PartyKind.CUSTOMER or kind not in _AT_THE_CUSTOMERS:
        return frozenset({PauseReason.WAITING_FOR_US})
    return frozenset({PauseReason.WAITING_FOR_US, PauseReason.WAITING_FOR_CUSTOMER})


def require_reason(reason: PauseReason, debtor: PartyKind, kind: Kind) -> None:
    """Refuse what does not stop this clock. Raises ReasonNotAllowed."""
    allowed = sorted(allowed_reasons(debtor, kind))
    if reason not in allowed:
        raise ReasonNotAllowed(
            f"{reason.value} does not stop the clock of what {_WHOSE[debtor]} to do here"
            f" ({kind.value}); {' or '.join(allowed)} does.",
            allowed=allowed,
            errors=[{"pointer": "/reason", "detail": f"must be {' or '.join(allowed)}"}],
        )


_WHOSE = {
    PartyKind.US: "we have",
    PartyKind.VENDOR: "a vendor has",
    PartyKind.CARRIER: "a carrier has",
    PartyKind.CUSTOMER: "a customer has",
}


def require_running(
    state: State, due_at: datetime | None, paused_at: datetime | None, moment: datetime
) -> datetime:
    """Return when a debt is due whose clock can be stopped at `moment`. Raises NotRunning."""
    if paused_at is not None:
        raise NotRunning("It is paused already; resume it first.")
    if state is not State.OPEN or due_at is None:
        raise NotRunning(f"It is {state.value} and has no due time that runs.")
    if due_at <= moment:
        raise NotRunning("Its time was up by then.", due_at=due_at.isoformat())
    return due_at


def at_risk_at(since: datetime, due_at: datetime | None, threshold: AtRisk) -> datetime | None:
    """Return when a debt is at risk; None where it has no due time or no threshold."""
    if due_at is None or due_at <= since:
        return None
    found: list[datetime] = []
    if threshold.share is not None:
        found.append(since + (due_at - since) * threshold.share)
    if threshold.left_hours is not None:
        found.append(max(since, due_at - timedelta(hours=threshold.left_hours)))
    return min(found, default=None)


def threshold_of(kind: Kind, told: AtRiskByKind) -> AtRisk:
    """Return the threshold that debts of a kind go by."""
    return getattr(told, kind.value) or told.default


def runs_on_until(
    calendar: Calendar | None, *, due_at: datetime, paused_at: datetime, resumed_at: datetime
) -> datetime:
    """Return when a debt is due that was paused and runs on: what was left of its time is left.

    Counted in the debtor's working time where its calendar is known and any was left; else by
    the clock.
    """
    if calendar is not None:
        left = business_time(calendar, paused_at, due_at)
        if left > timedelta(0):
            return add_business_time(calendar, resumed_at, left)
    return resumed_at + (due_at - paused_at)
