"""How what was done towards a debt is told and read."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator

from app.kit.fields import Flag, In, Instant, Out, Quantity, ShortText, Text, Words
from app.kit.money_fields import SomeMoney
from app.kit.refusing import refuse
from app.kit.weight_fields import PlainDecimal
from app.obligations.schemas import Files


class PerformanceIn(In):
    """Something done towards a debt, in its own measure, and what shows it."""

    quantity: Quantity | None = Field(
        None, description="Units or acts; where neither is given, one.", examples=[1]
    )
    amount: SomeMoney | None = Field(None, examples=[None])
    performed_at: Instant = Field(
        description="When it was done, not when it was heard of.", examples=["2026-03-04T08:30:00Z"]
    )
    reference: ShortText | None = Field(
        None, description="A tracking number, a credit memo.", examples=["1Z999AA10123456784"]
    )
    note: Text | None = Field(None, examples=["Left at the front door, scanned by the carrier."])
    file_ids: Files = Field(default_factory=list[UUID])
    above_cap: Flag = Field(
        default=False,
        description="It has really come: what is above the loss is recorded too, and becomes our "
        "debt to whoever gave it. Otherwise that is refused (409).",
    )

    @model_validator(mode="after")
    def _one_measure(self) -> Self:
        if self.quantity is not None and self.amount is not None:
            refuse(("quantity", "give quantity or amount"))
        return self


class SettlementIn(PerformanceIn):
    """A performance that makes a loss good."""

    obligation_id: UUID = Field(
        description="The debt that is performed by it.",
        examples=["01980000-0000-7000-8000-000000000000"],
    )


class CorrectionIn(In):
    """What was recorded as done was not, or not so: who says so, why, and what is right instead."""

    by_name: ShortText = Field(examples=["Ana Ruiz"])
    reason: Words = Field(examples=["The tracking number was of another order."])
    file_ids: Files = Field(default_factory=list[UUID])
    instead: PerformanceIn | None = Field(
        None, description="What was really done; null if nothing was.", examples=[None]
    )


class PerformanceOut(Out):
    """Something done towards a debt, or a correction, which takes back what it corrects."""

    id: UUID
    value: PlainDecimal = Field(
        description="In the measure of what is owed; negative where it takes back."
    )
    performed_at: datetime
    reference: str | None
    note: str | None
    file_ids: list[UUID]
    recorded_at: datetime
    recorded_by: str
    corrects_id: UUID | None = Field(description="The performance that this takes back.")
    by_name: str | None = Field(description="Who says that it must be taken back.")
