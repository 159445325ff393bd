"""How charges for what was not returned are told and read."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.kit.card_fields import Said
from app.kit.fields import In, Instant, Out, ShortText
from app.kit.money_fields import MoneyOut
from app.obligations.rules import State as DebtState
from app.replacements.rules.states import ReturnCharge


class DisputeChargeIn(In):
    """We contest what is charged."""

    by_name: ShortText = Field(examples=["Ana Ruiz"])
    words: Said = Field(
        examples=["Signed for at your dock on 9 March; the serial number is on the receipt."]
    )
    at: Instant | None = Field(None, description="Null: now.", examples=[None])


class AcceptChargeIn(In):
    """We pay what is charged: the unit goes back no more."""

    by_name: ShortText = Field(examples=["Ana Ruiz"])
    words: Said | None = Field(None, examples=["It was thrown away on site."])
    at: Instant | None = Field(None, description="Null: now.", examples=[None])


class DecidedOut(Out):
    """What a person decided about it."""

    what: str = Field(description="disputed or accepted.")
    by_name: str
    words: str | None
    at: datetime


class ReplacementChargeOut(Out):
    """A vendor's paper that charges for a unit that was not returned."""

    id: UUID
    document: str = Field(description="The ERP's key of the paper.")
    number: str = Field(description="As the vendor prints it.")
    issued_on: date
    amount: MoneyOut
    named_by: str = Field(description="By what it names the replacement: rma, serial, number.")
    state: ReturnCharge
    is_contradicted: bool = Field(description="By the proof of the return, as it stands now.")
    why: str
    above_terms: MoneyOut | None = Field(
        description="How much it is above what the terms let be charged, as far as that is known."
    )
    decided: DecidedOut | None
    disputed_at: datetime | None
    accepted_at: datetime | None
    reversed_at: datetime | None
    refund_id: UUID | None = Field(description="What the vendor owes back, in the ledger.")
    refund_state: DebtState | None
    payment_id: UUID | None = Field(description="What we owe for it, where we accepted it.")
