"""How much is owed, what is left of it, and when it was kept. Pure.

A debt has one measure: units or acts, or money of one currency. Nothing is converted.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from app.kit.problems import Problem
from app.obligations.rules import DUE, US, Kind, State

# What makes a loss good. An answer does not.
_RESTORING = frozenset({Kind.DELIVER_GOODS, Kind.REPAIR_GOODS, Kind.PAY_MONEY})


class OtherMeasure(Problem):
    """It is owed in another measure: units, or money; `owed` says what is owed."""

    status = 409


class CurrencyMismatch(Problem):
    """It is owed, or was lost, in another currency; `currency` says in which."""

    status = 409


class AboveTheLoss(Problem):
    """More than what is left of the loss; `remaining` says how much that is.

    Where it has really come, send it again with `above_cap`: what is above becomes our debt.
    """

    status = 409


def outstanding(owed: Decimal, performed: Decimal) -> Decimal:
    """Return what is left of a debt: never less than nothing."""
    return max(owed - performed, Decimal(0))


def completed_at(
    owed: Decimal, performances: Iterable[tuple[datetime, Decimal]]
) -> datetime | None:
    """Return when a debt was performed in full, in whatever order it was told; None if it is not.

    `performances`: when, and how much; what was corrected stands there twice, and comes to nothing.
    """
    done: dict[datetime, Decimal] = defaultdict(Decimal)
    for moment, value in performances:
        done[moment] += value
    total = Decimal(0)
    for moment, value in sorted(done.items()):
        total += value
        if total >= owed:
            return moment
    return None


def kept_as(state: State, due_at: datetime | None, done_at: datetime) -> State:
    """Return how a debt that was performed in full at `done_at` was kept.

    Without a due time it is kept, unless somebody has called it broken before.
    """
    if due_at is not None:
        return State.KEPT if done_at <= due_at else State.KEPT_LATE
    return State.KEPT_LATE if state is State.BROKEN else State.KEPT


def stands_as(*, is_waiting: bool, was_broken: bool) -> State:
    """Return what a debt is once it is kept or released no longer: what it was before."""
    if is_waiting:
        return State.CONDITIONAL
    return State.BROKEN if was_broken else State.OPEN


def is_overdue(state: State, due_at: datetime | None, moment: datetime) -> bool:
    """Whether a debt should have been kept by now."""
    return state in DUE and due_at is not None and due_at < moment


def makes_good(kind: Kind, debtor: str, currency: str | None) -> bool:
    """Whether keeping a debt makes a loss good. What we ourselves give recovers nothing."""
    is_stated = kind is not Kind.PAY_MONEY or currency is not None
    return debtor != str(US) and kind in _RESTORING and is_stated


def require_currency(given: str | None, wanted: str | None) -> None:
    """Refuse money in another currency than it is counted in. Raises CurrencyMismatch."""
    if given is not None and wanted is not None and given != wanted:
        raise CurrencyMismatch(
            f"It is counted in {wanted}, not in {given}; nothing is converted.", currency=wanted
        )


def require_measure(*, has_amount: bool, owed: str, currency: str | None) -> None:
    """Refuse units where money is owed, and the reverse. Raises OtherMeasure."""
    if currency is not None and not has_amount:
        raise OtherMeasure(
            f"{owed} {currency} is owed; say the amount.", owed=owed, currency=currency
        )
    if currency is None and has_amount:
        raise OtherMeasure(
            f"Units or acts are owed ({owed}), no stated amount; say the quantity.",
            owed=owed,
            currency=None,
        )


def require_counted(left: Decimal | int | None, *, in_money: bool) -> Decimal:
    """Return what is left of a loss in this measure. Raises OtherMeasure where nobody told it."""
    if left is None:
        told = "what it is worth" if in_money else "how many units were lost"
        raise OtherMeasure(f"Nobody told of this loss {told}.", owed=None, currency=None)
    return Decimal(left)


def plain(value: Decimal) -> str:
    """Return a number as events write it."""
    return format(value, "f")
