"""What a fall that was seen is worth saying, and what becomes of its notice. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from app.price_protection.rules import MAX_LINES, PriceLine

# Nobody grants anything for what lies longer back; a notice could not say so either.
_OLDEST = timedelta(days=1000)
SAME_FALL = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Fall:
    """A base price that fell. `later_amount`: what was seen after it; None: it still stands."""

    vendor_id: UUID
    vendor: str
    product_id: UUID
    product: str
    currency: str
    old_amount: Decimal
    new_amount: Decimal
    seen_at: datetime
    effective_on: date
    is_seen_again: bool
    later_amount: Decimal | None

    @property
    def key(self) -> tuple[UUID, UUID, str, datetime]:
        """Return what it is known by."""
        return self.vendor_id, self.product_id, self.currency, self.seen_at

    @property
    def is_confirmed(self) -> bool:
        """Whether it is sure: it was seen again, or the price fell on from there."""
        fell_on = self.later_amount is not None and self.later_amount < self.new_amount
        return self.is_seen_again or fell_on

    @property
    def is_gone(self) -> bool:
        """Whether it was a slip: seen once, and then the price stood higher again."""
        return self.later_amount is not None and not self.is_confirmed

    def line(self) -> PriceLine:
        """Return it as the line of a notice."""
        return PriceLine(self.product, None, self.old_amount, self.new_amount)


@dataclass(frozen=True, slots=True)
class Told:
    """A line of a notice that is on record."""

    notice_id: UUID
    vendor_id: UUID
    product_id: UUID
    currency: str
    effective_on: date
    new_price: Decimal


def is_told(fall: Fall, told: Iterable[Told]) -> UUID | None:
    """Return the notice on record that says the same of about the same day."""
    for each in told:
        same = (each.vendor_id, each.product_id, each.currency, each.new_price)
        if same != (fall.vendor_id, fall.product_id, fall.currency, fall.new_amount):
            continue
        if abs(each.effective_on - fall.effective_on) <= SAME_FALL:
            return each.notice_id
    return None


def worth_saying(falls: Iterable[Fall], today: date) -> list[Fall]:
    """Return the falls that are no slips, and not of years ago."""
    return [each for each in falls if not each.is_gone and each.effective_on > today - _OLDEST]


def notices(falls: Sequence[Fall]) -> Iterator[list[Fall]]:
    """Yield what goes into one notice: falls of a vendor, a currency and a day, each product once.

    Where a price fell twice on a day, the later fall is a notice of its own.
    """
    order = attrgetter("vendor", "currency", "effective_on")
    for _, group in groupby(
        sorted(falls, key=lambda each: (*order(each), each.seen_at, each.product)), order
    ):
        rounds: dict[UUID, int] = {}
        apart: dict[int, list[Fall]] = {}
        for fall in group:
            turn = rounds[fall.product_id] = rounds.get(fall.product_id, -1) + 1
            apart.setdefault(turn, []).append(fall)
        for together in apart.values():
            for begin in range(0, len(together), MAX_LINES):
                yield together[begin : begin + MAX_LINES]
