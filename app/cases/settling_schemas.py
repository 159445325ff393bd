"""How the end of a case is told and read: what she got, why it was closed, what was recovered."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator

from app.cases.rules import IN_MONEY, IN_UNITS, Bearer, CloseReason, Outcome, Remedy
from app.kit.fields import ErpKey, In, Instant, Out, Quantity, ShortText, Words
from app.kit.money_fields import MoneyOut, SomeMoney
from app.kit.party_fields import NamedIn
from app.kit.refusing import refuse, refuse_any


class ExpenseIn(NamedIn):
    """Who should bear the expense in the end."""

    kind: Bearer = Field(examples=["vendor"])
    key: ErpKey | None = Field(
        None,
        description="The vendor's key, the carrier's name; null for us.",
        examples=["bigdist"],
    )


class ExpenseOut(Out):
    """Who should bear the expense in the end."""

    kind: Bearer
    key: str | None


class MakeWholeIn(In):
    """What the customer gets.

    A replacement or a repair in units, a refund or a credit in money; where nothing is owed,
    neither, and a note that says why.
    """

    remedy: Remedy = Field(examples=["replacement"])
    quantity: Quantity | None = Field(None, examples=[1])
    amount: SomeMoney | None = Field(None, examples=[None])
    at: Instant | None = Field(
        None,
        description="When the customer got it: the clock stops there. Without it, now.",
        examples=["2026-03-02T15:30:00Z"],
    )
    reference: ShortText | None = Field(
        None, description="Of our own order, credit note or payment.", examples=["SO-2026-0991"]
    )
    note: Words | None = Field(None, examples=["Sent from our stock, overnight."])
    expense_of: ExpenseIn = Field(
        ExpenseIn(kind=Bearer.US),
        description="At whose expense it should be in the end. It is ours first, always: naming "
        "a vendor or a carrier opens the recovery and makes nobody wait.",
        examples=[{"kind": "vendor", "key": "bigdist"}],
    )

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        remedy = self.remedy
        name = remedy.value
        in_units, in_money = remedy in IN_UNITS, remedy in IN_MONEY
        is_owed = remedy is not Remedy.NOTHING_OWED
        refuse_any(
            [
                (
                    in_units and self.quantity is None,
                    "quantity",
                    f"say in `quantity` how many units the {name} is",
                ),
                (
                    not in_units and self.quantity is not None,
                    "quantity",
                    f"leave `quantity` out: a {name} is not counted in units",
                ),
                (
                    in_money and self.amount is None,
                    "amount",
                    f"say in `amount` how much the {name} is",
                ),
                (
                    not in_money and self.amount is not None,
                    "amount",
                    f"leave `amount` out: a {name} is no sum of money",
                ),
                (not is_owed and self.note is None, "note", "say in `note` why nothing is owed"),
                (
                    not is_owed and self.expense_of.kind is not Bearer.US,
                    "expense_of",
                    "leave `expense_of` out: nothing was spent",
                ),
            ]
        )
        return self


class CloseIn(In):
    """Why nothing more is to be done for the customer."""

    reason: CloseReason = Field(
        description="`resolved` only once the customer was made whole.", examples=["withdrawn"]
    )
    note: Words | None = Field(None, examples=["Found it behind the door."])

    @model_validator(mode="after")
    def _explained(self) -> Self:
        if self.reason is CloseReason.OTHER and self.note is None:
            refuse(("note", "say in `note` what the other reason is"))
        return self


class ReopenIn(In):
    """Why it is not over."""

    note: Words = Field(examples=["The replacement never arrived either."])
    waiting_since: Instant | None = Field(
        None,
        description="Since when the customer waits again: not before the clock had stopped. "
        "Without it, now.",
        examples=["2026-03-09T10:00:00Z"],
    )


class CloseRecoveryIn(In):
    """What came of the recovery."""

    outcome: Outcome = Field(examples=["recovered"])
    at: Instant | None = Field(None, description="Without it, now.", examples=[None])
    note: Words | None = Field(None, examples=["Credit memo CM-5512."])


class MakeWholeOut(Out):
    """What the customer got."""

    id: UUID
    remedy: Remedy
    quantity: int | None
    amount: MoneyOut | None
    at: datetime
    reference: str | None
    note: str | None
    paid_by: Bearer = Field(description="Always `us`: the customer never waits for a recovery.")
    expense_of: ExpenseOut = Field(description="At whose expense it should be in the end.")
    recorded_at: datetime
    recorded_by: str
