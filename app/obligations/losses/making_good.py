"""How much of a loss is made good, by units, by money or by both. Pure.

A loss of two units worth 258.00 is made good by two units, by 258.00, or by one unit and 129.00:
what counts is the share. Shares are exact fractions, so that no cent appears or vanishes.
"""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction

_CENT = Decimal("0.01")
_FINEST = 10_000


@dataclass(frozen=True, slots=True)
class Lost:
    """What was lost, and what of it was made good so far."""

    quantity: int | None
    value: Decimal | None
    quantity_done: int = 0
    value_done: Decimal = Decimal(0)

    def _left(self) -> Fraction:
        done = Fraction(0)
        if self.quantity:
            done += Fraction(self.quantity_done, self.quantity)
        if self.value:
            done += Fraction(self.value_done) / Fraction(self.value)
        return max(1 - done, Fraction(0))

    def remaining_quantity(self) -> int | None:
        """Return how many whole units are left; None where no quantity was told."""
        return None if self.quantity is None else int(self._left() * self.quantity)

    def remaining_value(self) -> Decimal | None:
        """Return how much money is left; None where no value was told.

        A third of a hundred is no amount: such a rest is rounded up to the cent, though never so
        far that more money comes than was lost.
        """
        if self.value is None:
            return None
        left = self._left() * Fraction(self.value)
        if _FINEST % left.denominator == 0:
            return Decimal(left.numerator) / Decimal(left.denominator)
        exact = Decimal(left.numerator) / Decimal(left.denominator)
        return min(exact.quantize(_CENT, ROUND_CEILING), self.value - self.value_done)

    def is_restored(self) -> bool:
        """Whether nothing is left."""
        return not self.remaining_quantity() and not self.remaining_value()


@dataclass(frozen=True, slots=True)
class Split:
    """What of something given makes the loss good, and what came above it."""

    counted: Decimal
    above: Decimal


def split(given: Decimal, remaining: Decimal) -> Split:
    """Return how something given is divided at the cap."""
    counted = min(given, remaining)
    return Split(counted, given - counted)
