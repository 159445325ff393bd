"""What can be owed and on what ground, the states of a debt and of a right, and the sums. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from app.kit.problems import Malformed, Problem
from app.kit.states import Flow
from app.parcels.rules import carrier_slug


class PartyKind(StrEnum):
    """Who somebody is to us."""

    US = "us"
    VENDOR = "vendor"
    CARRIER = "carrier"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who owes or is owed: a vendor or customer by the ERP's key, a carrier by its slug.

    Written `us`, `vendor:acme`, `carrier:ups`, `customer:C-1001`. The ERP's keys never change, so
    the text stands for the party for ever.
    """

    kind: PartyKind
    key: str | None = None

    def __str__(self) -> str:
        return self.kind.value if self.key is None else f"{self.kind.value}:{self.key}"

    @classmethod
    def of(cls, kind: PartyKind, key: str | None) -> "Party":
        """Return the party; a carrier goes under one slug, however it is called."""
        return cls(kind, (carrier_slug(key) or key) if kind is PartyKind.CARRIER else key)

    @classmethod
    def parse(cls, text: str) -> "Party":
        """Return the party that `str` wrote."""
        kind, _, key = text.partition(":")
        return cls.of(PartyKind(kind), key or None)


US = Party(PartyKind.US)


class Kind(StrEnum):
    """What is owed. Goods count in units, money in a currency, everything else in acts."""

    DELIVER_GOODS = "deliver_goods"
    RETURN_GOODS = "return_goods"
    REPAIR_GOODS = "repair_goods"
    PAY_MONEY = "pay_money"
    ANSWER = "answer"
    AUTHORIZE = "authorize"
    FILE_CLAIM = "file_claim"
    PROVIDE_DOCUMENT = "provide_document"
    VISIT = "visit"
    OTHER = "other"


# What makes a loss good. An answer does not.
RESTORING = frozenset({Kind.DELIVER_GOODS, Kind.REPAIR_GOODS, Kind.PAY_MONEY})


class GroundKind(StrEnum):
    """Why it is owed."""

    PROMISE = "promise"
    TERM = "term"
    TARIFF = "tariff"
    POLICY = "policy"
    LAW = "law"


class Channel(StrEnum):
    """How a person said it."""

    PHONE = "phone"
    VOICE_MAIL = "voice_mail"
    EMAIL = "email"
    CHAT = "chat"
    PORTAL = "portal"
    LETTER = "letter"
    FAX = "fax"
    IN_PERSON = "in_person"


class State(StrEnum):
    """How far a debt has come. *Overdue* is none of them: it is computed when it is read."""

    CONDITIONAL = "conditional"
    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    KEPT_LATE = "kept_late"
    SUPERSEDED = "superseded"
    RELEASED = "released"
    VOID = "void"


_GONE = {State.SUPERSEDED, State.RELEASED, State.VOID}

STATES = Flow(
    State,
    {
        State.CONDITIONAL: {State.OPEN} | _GONE,
        # Late without a mark of `broken` is late all the same.
        State.OPEN: {State.KEPT, State.BROKEN, State.KEPT_LATE} | _GONE,
        # Kept, where word of a timely performance came only after it was called broken.
        State.BROKEN: {State.KEPT, State.KEPT_LATE} | _GONE,
        State.KEPT: set(),
        State.KEPT_LATE: set(),
        State.SUPERSEDED: set(),
        State.RELEASED: set(),
        State.VOID: set(),
    },
)
# Still owed, or may yet come to be.
LIVE = (State.CONDITIONAL, State.OPEN, State.BROKEN)
DUE = (State.OPEN, State.BROKEN)


class DeadlineKind(StrEnum):
    """What must be done in time, or the right to it ends."""

    REPORT = "report"
    FILE = "file"
    RETURN = "return"
    SHIP = "ship"
    APPEAL = "appeal"
    ACCEPT = "accept"
    OTHER = "other"


class DeadlineState(StrEnum):
    """What became of a right of ours. That its day has passed is computed when it is read."""

    OPEN = "open"
    USED = "used"
    LAPSED = "lapsed"
    WAIVED = "waived"


DEADLINES = Flow(
    DeadlineState,
    {
        DeadlineState.OPEN: {DeadlineState.USED, DeadlineState.LAPSED, DeadlineState.WAIVED},
        DeadlineState.USED: set(),
        # Used, where word of a timely use came only after it was called lapsed.
        DeadlineState.LAPSED: {DeadlineState.USED},
        DeadlineState.WAIVED: set(),
    },
)


_CLOCK_SKEW = timedelta(minutes=5)
# How long a debt may wait for its trigger until somebody looks whether it has come.
CONDITION_SEEN_AFTER = timedelta(days=30)


class OwedToOneself(Problem):
    """Nobody owes himself: debtor and creditor are the same."""

    status = 409


class NotTheCreditor(Problem):
    """Only the creditor releases a debt, never the debtor; `creditor` says who that is."""

    status = 409


class OtherMeasure(Problem):
    """It is owed in another measure: units, or money; `owed` says what is owed."""

    status = 409


class CurrencyMismatch(Problem):
    """It is owed, or was lost, in another currency; `currency` says in which."""

    status = 409


class RecordedTwice(Problem):
    """The very same performance is recorded already; `performance_id` names it."""

    status = 409


class NotYetDue(Problem):
    """It is not broken before it is due; `due_at` says when that is."""

    status = 409


class NoPromise(Problem):
    """Nobody gave his word for it, so there is none to take back; `ground` says why it is owed."""

    status = 409


class UnfitSuccessor(Problem):
    """The other obligation cannot take its place; `detail` says why."""

    status = 409


class UnfitAlternative(Problem):
    """It cannot be an alternative to the other obligation; `detail` says why."""

    status = 409


class OtherLoss(Problem):
    """The obligation pursues another loss; `loss_id` names it."""

    status = 409


class MakesNothingGood(Problem):
    """Keeping it makes no loss good: it is our own debt, or neither goods nor stated money."""

    status = 409


class AboveTheLoss(Problem):
    """More than what is left of the loss; `remaining` says how much that is.

    Where it has really come, send it again with `above_cap`: what is above becomes our debt.
    """

    status = 409


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


def outstanding(owed: Decimal, performed: Decimal) -> Decimal:
    """Return what is left of a debt: never less than nothing."""
    return max(owed - performed, Decimal(0))


def completed_at(
    owed: Decimal, performances: Iterable[tuple[datetime, Decimal]]
) -> datetime | None:
    """Return when a debt was performed in full, in whatever order it was told; None if it is not.

    `performances`: when, and how much.
    """
    total = Decimal(0)
    for moment, value in sorted(performances, key=lambda each: each[0]):
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


def is_overdue(state: State, due_at: datetime | None, moment: datetime) -> bool:
    """Whether a debt should have been kept by now."""
    return state in DUE and due_at is not None and due_at < moment


def require_parties(debtor: Party, creditor: Party) -> None:
    """Refuse a debt to oneself. Raises OwedToOneself."""
    if debtor == creditor:
        raise OwedToOneself(f"{debtor} cannot owe itself.")


def require_release_by(by: Party, creditor: Party) -> None:
    """Refuse a release by anybody but the creditor. Raises NotTheCreditor."""
    if by != creditor:
        raise NotTheCreditor(
            f"{by} is not owed this; {creditor} is, and only the creditor can release it.",
            creditor=str(creditor),
        )


def require_currency(given: str | None, wanted: str | None) -> None:
    """Refuse money in another currency than it is counted in. Raises CurrencyMismatch."""
    if given is not None and wanted is not None and given != wanted:
        raise CurrencyMismatch(
            f"It is counted in {wanted}, not in {given}; nothing is converted.", currency=wanted
        )


def require_alternative(state: State, *, is_between_the_same: bool) -> None:
    """Refuse an alternative to what is owed no more, or by others. Raises UnfitAlternative."""
    if not is_between_the_same:
        raise UnfitAlternative("The other obligation has another debtor or creditor.")
    if state not in LIVE:
        raise UnfitAlternative(f"The other obligation is {state.value}: it has ended.")


def require_successor(state: State, *, is_itself: bool, has_same_creditor: bool) -> None:
    """Refuse what cannot take another's place. Raises UnfitSuccessor."""
    if is_itself:
        raise UnfitSuccessor("An obligation cannot take its own place.")
    if not has_same_creditor:
        raise UnfitSuccessor("The other obligation is owed to somebody else.")
    if state in _GONE:
        raise UnfitSuccessor(f"The other obligation is {state.value}: it is owed no more.")


def require_due(due_at: datetime | None, moment: datetime) -> None:
    """Refuse to call broken what is not yet due. Raises NotYetDue."""
    if due_at is not None and moment <= due_at:
        raise NotYetDue(f"It is due at {due_at.isoformat()}.", due_at=due_at.isoformat())


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


def makes_good(kind: Kind, debtor: str, currency: str | None) -> bool:
    """Whether keeping a debt makes a loss good. What we ourselves give recovers nothing."""
    is_stated = kind is not Kind.PAY_MONEY or currency is not None
    return debtor != str(US) and kind in RESTORING and is_stated


def require_counted(left: Decimal | int | None, *, in_money: bool) -> Decimal:
    """Return what is left of a loss in this measure. Raises OtherMeasure where nobody told it."""
    if left is None:
        told = "what it is worth" if in_money else "how many units were lost"
        raise OtherMeasure(f"Nobody told of this loss {told}.", owed=None, currency=None)
    return Decimal(left)


def require_settling(named: object, wanted: object, *, makes_good: bool) -> None:
    """Refuse what makes this loss not good. Raises OtherLoss, MakesNothingGood."""
    if named is not None and named != wanted:
        raise OtherLoss("The obligation pursues another loss.", loss_id=str(named))
    if not makes_good:
        raise MakesNothingGood(
            "Keeping this obligation makes no loss good: only what others deliver, repair or pay "
            "in a stated amount does."
        )
