"""What a price seen is, and when two of them are the same price. Pure."""

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache

from babel.numbers import get_currency_precision

from app.kit.problems import Malformed

MOST_PRICES = 200_000
MOST_TOLD = 500
_CLOCK_SKEW = timedelta(minutes=5)
_SHARE = Decimal("0.01")


class PriceKind(StrEnum):
    """What a price is. Only a fall of the base price is a price drop."""

    BASE = "base"
    LIST = "list"
    PROMOTION = "promotion"
    SPECIAL_BID = "special_bid"


@cache
def _unit(currency: str) -> Decimal:
    """Return the smallest amount that is paid in a currency."""
    return Decimal(1).scaleb(-get_currency_precision(currency))


def noise(amount: Decimal, currency: str) -> Decimal:
    """Return by how much a price may differ and still be the same, rounded otherwise.

    One unit of what can be paid, as rounding up and rounding down lie that far apart; but less
    than a hundredth of the price: for what costs cents, a cent is no noise.
    """
    return min(_unit(currency), amount * _SHARE)


def require_seen(seen_at: datetime, moment: datetime) -> None:
    """Refuse prices that nobody can have seen yet. Raises Malformed."""
    if seen_at > moment + _CLOCK_SKEW:
        raise Malformed(
            "seen_at lies in the future; it says when the prices were seen.",
            errors=[{"pointer": "/seen_at", "detail": "must not lie in the future"}],
        )
