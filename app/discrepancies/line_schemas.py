"""How order lines and money are told and read here."""

from typing import Annotated

from pydantic import AfterValidator, Field

from app.kit.fields import ErpKey, In, Money, Out
from app.kit.weight_fields import PlainDecimal


def _more_than_nothing(money: Money) -> Money:
    if money.amount <= 0:
        msg = "must be more than zero"
        raise ValueError(msg)
    return money


SomeMoney = Annotated[Money, AfterValidator(_more_than_nothing)]


class LineNameIn(In):
    """A line of a purchase order, as the ERP names both."""

    purchase_order: ErpKey = Field(description="Its key.", examples=["PO/2026/117"])
    line: ErpKey = Field(description="The key of the line on that order.", examples=["10"])


class LineNameOut(Out):
    """A line of a purchase order."""

    purchase_order: str
    line: str


class MoneyOut(Out):
    """An amount and its currency."""

    amount: PlainDecimal
    currency: str
