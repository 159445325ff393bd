"""How it is read what is owed to us in money's worth."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from app.kit.fields import Out
from app.kit.weight_fields import PlainDecimal
from app.obligations.schemas import PartyOut


class Age(StrEnum):
    """How long it has been due."""

    NO_DATE = "no_date"
    NOT_DUE = "not_due"
    FROM_0 = "overdue_to_30_days"
    FROM_31 = "overdue_to_60_days"
    FROM_61 = "overdue_to_90_days"
    OVER_90 = "overdue_over_90_days"

    def is_overdue(self) -> bool:
        """Whether it should have come by now."""
        return self not in {Age.NO_DATE, Age.NOT_DUE}


class ExposureRow(Out):
    """What one debtor owes us in one currency, of one age."""

    debtor: PartyOut
    currency: str
    age: Age
    amount: PlainDecimal = Field(description="Money and goods, each loss counted once.")
    money: PlainDecimal
    goods_at_cost: PlainDecimal = Field(description="Goods owed, at our cost of a unit.")
    pursued_elsewhere: PlainDecimal = Field(
        description="What is claimed here too, for a loss or an alternative that is counted at a "
        "larger claim already; no part of the amount."
    )
    obligations: int = Field(description="How many debts.")


class ExposureTotal(Out):
    """What all of them owe us in one currency. Nothing is converted."""

    currency: str
    amount: PlainDecimal
    overdue: PlainDecimal
    goods_at_cost: PlainDecimal


class UnvaluedRow(Out):
    """Debts of one debtor whose worth nobody told: acts, goods without our cost."""

    debtor: PartyOut
    obligations: int


class ExposureOut(Out):
    """What is owed to us and not come yet. What waits for its trigger is not in it."""

    as_of: datetime
    items: list[ExposureRow]
    totals: list[ExposureTotal]
    unvalued: list[UnvaluedRow]
