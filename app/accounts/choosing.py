"""How a vendor's paper finds the debts it settles, and what of it is left. Pure.

What names a debt for sure (its number, the RMA, a serial, an order line) settles it whatever the
amount: less is short-paid, more is overpaid. What only points that way (an order, words of the
claim) settles only what its amount fits exactly. An amount alone settles nothing: it is proposed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.accounts.rules import By, State

_SURENESS = {by: place for place, by in enumerate(By)}
_SURE = frozenset({By.OBLIGATION, By.RMA, By.SERIAL, By.ORDER_LINE})
_SAYS = {
    By.OBLIGATION: "the debt's number",
    By.RMA: "the RMA",
    By.SERIAL: "the serial number",
    By.ORDER_LINE: "the order line",
    By.ORDER: "the order",
    By.WORDS: "the words of the claim",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A debt that a paper may be for. `outstanding` is None for a credit of no stated amount."""

    obligation_id: UUID
    number: int
    by: By
    outstanding: Decimal | None
    alternatives_id: UUID

    def told(self) -> dict[str, Any]:
        """Return it as it is kept."""
        left = None if self.outstanding is None else format(self.outstanding, "f")
        return {
            "obligation_id": str(self.obligation_id),
            "number": self.number,
            "by": self.by.value,
            "outstanding": left,
        }


@dataclass(frozen=True, slots=True)
class Share:
    """What of a paper goes to one debt. None: all of it, where no amount was stated.

    Zero: the paper is for it too, but nothing of it was left.
    """

    obligation_id: UUID
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Choice:
    """To which debts a paper goes, by what, what is left of it, and why."""

    state: State
    why: str
    by: By | None = None
    shares: tuple[Share, ...] = ()
    rest: Decimal = Decimal(0)


def choose(amount: Decimal, candidates: Sequence[Candidate]) -> Choice:
    """Return to which of these debts an amount goes. Nothing is guessed."""
    if amount <= 0:
        return Choice(State.UNMATCHED, "Its lines take off more than they give.", rest=amount)
    group = _surest(candidates)
    if not group:
        why = "No debt that is owed now fits what it refers to."
        return Choice(State.UNMATCHED, why, rest=amount)
    by = group[0].by
    chosen = _exact(amount, group, by) or (_filled(amount, group, by) if by in _SURE else None)
    if chosen is not None:
        return chosen
    if by is By.AMOUNT:
        why = "Only the amount fits a debt, and an amount alone proves nothing: a person decides."
    elif by in _SURE:
        why = f"By {_SAYS[by]} it is for several credits of no stated amount: a person decides."
    else:
        why = f"Its amount does not fit what {_SAYS[by]} points at: a person decides."
    return Choice(State.UNMATCHED, why, rest=amount)


def _surest(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates of the surest kind, the oldest first, of alternatives only one."""
    if not candidates:
        return []
    surest = min((each.by for each in candidates), key=_SURENESS.__getitem__)
    alone: dict[UUID, Candidate] = {}
    for each in sorted(candidates, key=lambda each: each.number):
        if each.by is surest:
            alone.setdefault(each.alternatives_id, each)
    return list(alone.values())


def _exact(amount: Decimal, group: Sequence[Candidate], by: By) -> Choice | None:
    """Return the debts that the amount fits to the cent."""
    if by is By.AMOUNT:
        return None
    fits = [each for each in group if each.outstanding == amount]
    # Of several alike the oldest, where they are for one and the same thing.
    one = fits[:1] if len(fits) == 1 or by in _SURE else []
    stated = [each for each in group if each.outstanding is not None]
    total = sum((each.outstanding or Decimal(0) for each in stated), Decimal(0))
    found = one or (stated if stated and total == amount else [])
    if not found:
        return None
    shares = tuple(Share(each.obligation_id, each.outstanding) for each in found)
    return Choice(State.MATCHED, f"By {_SAYS[by]}; the amount fits.", by, shares)


def _filled(amount: Decimal, group: Sequence[Candidate], by: By) -> Choice | None:
    """Give the oldest debt first, as money without a word goes."""
    stated = [each for each in group if each.outstanding is not None]
    if not stated:
        if len(group) > 1:
            return None
        why = f"By {_SAYS[by]}; how much it should be was never stated."
        return Choice(State.MATCHED, why, by, (Share(group[0].obligation_id, None),))
    left, shares = amount, list[Share]()
    for each in stated:
        given = min(left, each.outstanding or Decimal(0))
        shares.append(Share(each.obligation_id, given))
        left -= given
    if left:
        why = f"By {_SAYS[by]}; {_plain(left)} more came than was owed."
        return Choice(State.OVERPAID, why, by, tuple(shares), left)
    short = sum((each.outstanding or Decimal(0) for each in stated), Decimal(0)) - amount
    why = f"By {_SAYS[by]}; {_plain(short)} less came than was owed."
    return Choice(State.SHORT_PAID, why, by, tuple(shares))


def _plain(value: Decimal) -> str:
    return format(value, "f")
