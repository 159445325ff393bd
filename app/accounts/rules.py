"""What a vendor's paper is for, whose debts it settles, and what of that is refused. Pure."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
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
