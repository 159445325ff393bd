"""How a vendor's paper finds the debts it settles, and what of it is left. Pure.

What names a debt for sure (its number, the RMA, a serial, an order line) settles it whatever the
amount: less is short-paid, more is overpaid. What only points that way (an order, words of the
claim) settles only what its amount fits exactly. An amount alone settles nothing: it is proposed.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.kit.problems import Malformed, Problem
from app.obligations.rules import US, Party, PartyKind
from app.orders.rules import DocumentKind, rma_lookup, serial_lookup

_MOST_WORDS = 50
_WORD = re.compile(r"[\w][\w./#-]{2,}")


class State(StrEnum):
    """What came of a paper, or of those of its lines that are for one thing."""

    UNMATCHED = "unmatched"
    MATCHED = "matched"
    SHORT_PAID = "short_paid"
    OVERPAID = "overpaid"


class By(StrEnum):
    """By what a paper and a debt found each other, the surest first."""

    OBLIGATION = "obligation"
    RMA = "rma"
    SERIAL = "serial"
    ORDER_LINE = "order_line"
    ORDER = "order"
    WORDS = "words"
    AMOUNT = "amount"
    PERSON = "person"


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


class MatchReplaced(Problem):
    """The match is no more: another took its place, or its lines are gone.

    `match_id` names the one that stands now; null where there is none.
    """

    status = 409


class OtherAccount(Problem):
    """The debt is not what this paper can settle.

    A credit memo settles what the vendor owes us in its currency; a debit, or a charge for what
    was not returned, what we owe the vendor. An invoice settles nothing.
    """

    status = 409


class MoreThanThePaper(Problem):
    """More is given to debts than the paper comes to; `amount` says what that is."""

    status = 409


@dataclass(frozen=True, slots=True)
class Sides:
    """Who owes whom what a kind of paper settles, as the ledger writes parties."""

    debtor: str
    creditor: str


def sides_of(kind: DocumentKind, vendor: str) -> Sides | None:
    """Return whose debts a paper settles; None for an invoice, which asks and gives nothing."""
    theirs, ours = str(Party(PartyKind.VENDOR, vendor)), str(US)
    if kind is DocumentKind.INVOICE:
        return None
    if kind is DocumentKind.CREDIT_MEMO:
        return Sides(theirs, ours)
    return Sides(ours, theirs)


@dataclass(frozen=True, slots=True)
class References:
    """What lines are for, in the forms in which it is found."""

    rma: str | None = None
    order: str | None = None
    line: str | None = None
    serials: tuple[str, ...] = ()
    obligation: int | None = None
    claim: str | None = None

    def words(self) -> tuple[str, ...]:
        """Return what in the words of the claim may be a number of something."""
        told = unicodedata.normalize("NFKC", self.claim or "")
        found = (word.rstrip("./#-") for word in _WORD.findall(told))
        return tuple(dict.fromkeys(word for word in found if any(each.isdigit() for each in word)))[
            :_MOST_WORDS
        ]

    def keys(self) -> list[str]:
        """Return all that it can be found by, each with what it is."""
        found = [f"rma:{self.rma}"] if self.rma else []
        found += [f"serial:{each}" for each in self.serials]
        found += [f"order:{self.order}"] if self.order else []
        found += [f"obligation:{self.obligation}"] if self.obligation else []
        for word in self.words():
            found += [f"rma:{rma_lookup(word)}", f"serial:{serial_lookup(word)}", f"order:{word}"]
        return sorted(set(found))


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a paper."""

    key: str
    amount: Decimal
    references: References


@dataclass(frozen=True, slots=True)
class Entry:
    """The lines of a paper that are for one thing, and what they come to together.

    So a fee that is taken off on the same paper makes it short-paid, and is not overlooked.
    """

    references: References
    amount: Decimal
    lines: tuple[str, ...]


def entries(lines: Iterable[Line]) -> list[Entry]:
    """Return a paper's lines by what they are for; what comes to nothing is left out.

    Words alone part them only where nothing else says what they are for.
    """
    found: dict[References, list[Line]] = defaultdict(list)
    for line in lines:
        plain = replace(line.references, claim=None)
        found[line.references if plain == References() else plain].append(line)
    gathered = (_entry(references, group) for references, group in found.items())
    return [entry for entry in gathered if entry.amount]


def _entry(references: References, group: Sequence[Line]) -> Entry:
    claims = dict.fromkeys(line.references.claim for line in group if line.references.claim)
    return Entry(
        replace(references, claim=" ".join(claims) or None),
        sum((line.amount for line in group), Decimal(0)),
        tuple(line.key for line in group),
    )


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


def require_within(amount: Decimal, given: Decimal) -> None:
    """Refuse to give debts more than the paper comes to. Raises MoreThanThePaper."""
    if given > amount:
        raise MoreThanThePaper(
            f"{_plain(given)} is more than the {_plain(amount)} of these lines.",
            amount=_plain(amount),
        )


def require_once(ids: Sequence[UUID]) -> None:
    """Refuse to name a debt twice. Raises Malformed."""
    errors = [
        {"pointer": f"/instead/{place}/obligation_id", "detail": "names a debt a second time"}
        for place, each in enumerate(ids)
        if each in ids[:place]
    ]
    if errors:
        raise Malformed("A debt stands there twice; say the whole amount once.", errors=errors)
