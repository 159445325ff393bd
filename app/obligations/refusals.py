"""What the ledger refuses, each problem beside its rule. Pure. Of measures: `measures`."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from app.kit.problems import Malformed, Problem
from app.obligations.rules import GONE, LIVE, Party, State

_CLOCK_SKEW = timedelta(minutes=5)


class OwedToOneself(Problem):
    """Nobody owes himself: debtor and creditor are the same."""

    status = 409


def require_parties(debtor: Party, creditor: Party) -> None:
    """Refuse a debt to oneself. Raises OwedToOneself."""
    if debtor == creditor:
        raise OwedToOneself(f"{debtor} cannot owe itself.")


class NotTheCreditor(Problem):
    """Only the creditor releases a debt, never the debtor; `creditor` says who that is."""

    status = 409


def require_release_by(by: Party, creditor: Party) -> None:
    """Refuse a release by anybody but the creditor. Raises NotTheCreditor."""
    if by != creditor:
        raise NotTheCreditor(
            f"{by} is not owed this; {creditor} is, and only the creditor can release it.",
            creditor=str(creditor),
        )


class RecordedTwice(Problem):
    """The very same performance is recorded already; `performance_id` names it."""

    status = 409


class CorrectedAlready(Problem):
    """What was done is corrected already, or is a correction itself; `correction_id` names it.

    A correction is never changed: record what is right instead.
    """

    status = 409


class PaidBackAlready(Problem):
    """What came above the loss was paid back since; `obligation_id` names that debt of ours.

    Correct what was done towards that one first.
    """

    status = 409


def require_not_paid_back(debt_id: UUID, number: int, performed: Decimal) -> None:
    """Refuse to undo what made a debt of ours that was performed since. Raises PaidBackAlready."""
    if performed:
        raise PaidBackAlready(
            f"It came above the loss, and what we owed for that (obligation {number}) was "
            "performed. Correct that first.",
            obligation_id=str(debt_id),
        )


class NotYetDue(Problem):
    """It is not broken before it is due; `due_at` says when that is."""

    status = 409


def require_due(due_at: datetime | None, moment: datetime) -> None:
    """Refuse to call broken what is not yet due. Raises NotYetDue."""
    if due_at is not None and moment <= due_at:
        raise NotYetDue(f"It is due at {due_at.isoformat()}.", due_at=due_at.isoformat())


class NoPromise(Problem):
    """Nobody gave his word for it, so there is none to take back; `ground` says why it is owed."""

    status = 409


class UnfitSuccessor(Problem):
    """The other obligation cannot take its place; `detail` says why."""

    status = 409


def require_successor(state: State, *, is_itself: bool, has_same_creditor: bool) -> None:
    """Refuse what cannot take another's place. Raises UnfitSuccessor."""
    if is_itself:
        raise UnfitSuccessor("An obligation cannot take its own place.")
    if not has_same_creditor:
        raise UnfitSuccessor("The other obligation is owed to somebody else.")
    if state in GONE:
        raise UnfitSuccessor(f"The other obligation is {state.value}: it is owed no more.")


class UnfitAlternative(Problem):
    """It cannot be an alternative to the other obligation; `detail` says why."""

    status = 409


def require_alternative(state: State, *, is_between_the_same: bool) -> None:
    """Refuse an alternative to what is owed no more, or by others. Raises UnfitAlternative."""
    if not is_between_the_same:
        raise UnfitAlternative("The other obligation has another debtor or creditor.")
    if state not in LIVE:
        raise UnfitAlternative(f"The other obligation is {state.value}: it has ended.")


def require_one_loss(named: UUID | None, of_the_other: UUID | None) -> None:
    """Refuse an alternative for another loss: of the two, one would count twice.

    Raises UnfitAlternative.
    """
    if named is not None and named != of_the_other:
        pursued = f"the loss {of_the_other}" if of_the_other else "no loss"
        raise UnfitAlternative(f"The other obligation pursues {pursued}; so does its alternative.")


class OtherLoss(Problem):
    """The obligation pursues another loss; `loss_id` names it."""

    status = 409


class MakesNothingGood(Problem):
    """Keeping it makes no loss good: it is our own debt, or neither goods nor stated money."""

    status = 409


def require_settling(named: object, wanted: object, *, makes_good: bool) -> None:
    """Refuse what makes this loss not good. Raises OtherLoss, MakesNothingGood."""
    if named is not None and named != wanted:
        raise OtherLoss("The obligation pursues another loss.", loss_id=str(named))
    if not makes_good:
        raise MakesNothingGood(
            "Keeping this obligation makes no loss good: only what others deliver, repair or pay "
            "in a stated amount does."
        )


class TooLate(Problem):
    """The right had ended by then; `last_at` says when."""

    status = 409


def require_happened(moments: Mapping[str, datetime | None], moment: datetime) -> None:
    """Refuse what is said to have happened in the future. Raises Malformed.

    `moments`: by pointer.
    """
    detail = "must not lie in the future: it says when it happened"
    errors = [
        {"pointer": pointer, "detail": detail}
        for pointer, told in moments.items()
        if told is not None and told > moment + _CLOCK_SKEW
    ]
    if errors:
        raise Malformed("What has happened cannot lie in the future.", errors=errors)
