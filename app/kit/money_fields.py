"""Money in bodies: what is given must be some, what we tell is written plainly."""

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator

from app.kit.fields import Money, Out
from app.kit.weight_fields import PlainDecimal


def _more_than_nothing(money: Money) -> Money:
    if money.amount <= 0:
        msg = "must be more than zero"
        raise ValueError(msg)
    return money


SomeMoney = Annotated[Money, AfterValidator(_more_than_nothing)]


class MoneyOut(Out):
    """An amount and its currency."""

    amount: PlainDecimal
    currency: str


def money_of(amount: Decimal | None, currency: str | None) -> MoneyOut | None:
    """Return an amount and its currency, as columns hold them; None if either is not known."""
    if amount is None or currency is None:
        return None
    return MoneyOut(amount=amount, currency=currency)
