"""How old debts are, what they come to without counting anything twice, what is set off. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from app.vendors.rules import Role
from app.vendors.terms import SetOff

_MONTH, _TWO_MONTHS, _THREE_MONTHS = 30, 60, 90


class Age(StrEnum):
    """For how long a debt is overdue."""

    NOT_DUE = "not_due"
    DAYS_1_30 = "days_1_30"
    DAYS_31_60 = "days_31_60"
    DAYS_61_90 = "days_61_90"
    OVER_90 = "over_90"
    UNDATED = "undated"


class Allowed(StrEnum):
    """Whether terms let us set off."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Debt:
    """What of a debt is left, and what that is worth; goods are worth our cost."""

    obligation_id: UUID
    number: int
    is_money: bool
    outstanding: Decimal
    value: Decimal | None
    currency: str | None
    due_at: datetime | None
    is_contested: bool
    alternatives_id: UUID
    loss_id: UUID | None


@dataclass(frozen=True, slots=True)
class Counted:
    """What a debt adds to the sums, and beside which other it adds less."""

    amount: Decimal
    beside: int | None = None


def overdue_days(due_at: datetime | None, moment: datetime) -> int:
    """Return for how many days, begun ones too, a debt is overdue; 0 if it is not."""
    if due_at is None or due_at >= moment:
        return 0
    return (moment - due_at).days + 1


def age(due_at: datetime | None, moment: datetime) -> Age:
    """Return for how long a debt is overdue."""
    days = overdue_days(due_at, moment)
    if due_at is None:
        return Age.UNDATED
    steps = (
        (0, Age.NOT_DUE),
        (_MONTH, Age.DAYS_1_30),
        (_TWO_MONTHS, Age.DAYS_31_60),
        (_THREE_MONTHS, Age.DAYS_61_90),
    )
    return next((each for most, each in steps if days <= most), Age.OVER_90)


def count(debts: Iterable[Debt], losses: Mapping[UUID, tuple[Decimal, str]]) -> dict[UUID, Counted]:
    """Return what each debt adds to the sums.

    Of alternatives one is enough: money counts before goods, the older before the younger. What
    pursues one loss counts together no more than was lost (`losses`: value and currency).
    """
    counted: dict[UUID, Counted] = {}
    taken: dict[UUID, int] = {}
    left = {loss_id: value for loss_id, (value, _) in losses.items()}
    first_of: dict[UUID, int] = {}
    for debt in sorted(debts, key=lambda each: (not each.is_money, each.number)):
        amount, beside = debt.value or Decimal(0), taken.get(debt.alternatives_id)
        if beside is not None:
            counted[debt.obligation_id] = Counted(Decimal(0), beside)
            continue
        if amount:
            taken[debt.alternatives_id] = debt.number
        lost = losses.get(debt.loss_id) if debt.loss_id else None
        if debt.loss_id is not None and lost is not None and lost[1] == debt.currency:
            whole, amount = amount, min(amount, left[debt.loss_id])
            left[debt.loss_id] -= amount
            beside = first_of.get(debt.loss_id) if amount < whole else None
            first_of.setdefault(debt.loss_id, debt.number)
        counted[debt.obligation_id] = Counted(amount, beside)
    return counted


def sums(
    debts: Sequence[Debt], counted: Mapping[UUID, Counted], moment: datetime
) -> dict[str, dict[Age, Decimal]]:
    """Return what is owed by currency and age."""
    found: dict[str, dict[Age, Decimal]] = defaultdict(lambda: dict.fromkeys(Age, Decimal(0)))
    for debt in debts:
        if debt.currency is not None:
            found[debt.currency][age(debt.due_at, moment)] += counted[debt.obligation_id].amount
    return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True)
class SetOffRule:
    """Whether terms let us set off, only what is undisputed, and why that is said."""

    allowed: Allowed
    why: str
    only_undisputed: bool = True


def set_off_rule(roles: Collection[Role], told: Mapping[Role, SetOff | None]) -> SetOffRule:
    """Return whether a vendor's terms let us set off. Unknown in one of its roles is unknown.

    `told`: what the terms in force say, by role; a debt does not say of which role it is.
    """
    no = sorted(role for role in roles if (term := told.get(role)) and not term.is_allowed)
    silent = sorted(role for role in roles if told.get(role) is None)
    if no:
        return SetOffRule(Allowed.NO, f"The vendor's terms as {', '.join(no)} forbid it.")
    if silent:
        why = f"No term in force says whether it is allowed by the vendor as {', '.join(silent)}."
        return SetOffRule(Allowed.UNKNOWN, why)
    kept = [term for role in roles if (term := told.get(role))]
    # Where it is unset whether disputed debts may be set off, they may not.
    undisputed = any(term.only_undisputed is not False for term in kept)
    notices = [term.after_notice.text() for term in kept if term.after_notice]
    why = "The terms of sale in force allow it."
    if undisputed:
        why += " Only what is not contested is proposed."
    if notices:
        why += f" It must be announced: {', '.join(dict.fromkeys(notices))}."
    return SetOffRule(Allowed.YES, why, undisputed)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What could be set off in one currency: against what we owe, and the rest against invoices."""

    currency: str
    due: Decimal
    owed_by_us: Decimal
    against_our_debts: Decimal
    to_deduct: Decimal
    numbers: tuple[int, ...]


def propose(
    debts: Sequence[Debt],
    counted: Mapping[UUID, Counted],
    *,
    rule: SetOffRule,
    ours: Mapping[str, Decimal],
    moment: datetime,
) -> list[Proposal]:
    """Return what may be set off: money that is due, and uncontested where terms ask for that."""
    if rule.allowed is not Allowed.YES:
        return []
    due: dict[str, list[Debt]] = defaultdict(list)
    for debt in debts:
        is_due = overdue_days(debt.due_at, moment) > 0 and counted[debt.obligation_id].amount
        may = debt.is_money and not (rule.only_undisputed and debt.is_contested)
        if is_due and may and debt.currency is not None:
            due[debt.currency].append(debt)
    found: list[Proposal] = []
    for currency, some in sorted(due.items()):
        total = sum((counted[each.obligation_id].amount for each in some), Decimal(0))
        owed = ours.get(currency, Decimal(0))
        both = min(total, owed)
        numbers = tuple(sorted(each.number for each in some))
        found.append(Proposal(currency, total, owed, both, total - both, numbers))
    return found
