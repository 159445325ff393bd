"""How a debt is told and read, with its whole story."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.kit.fields import In, Instant, Out, Quantity, Text, Words
from app.kit.money_fields import MoneyOut, SomeMoney
from app.kit.refusing import refuse_any
from app.kit.weight_fields import PlainDecimal
from app.obligations.clocks.schemas import DueChangeOut, PauseOut
from app.obligations.performances.schemas import PerformanceOut
from app.obligations.promise_schemas import PromiseIn, PromiseOut, RetractionOut
from app.obligations.rules import GroundKind, Kind, PartyKind, State
from app.obligations.schemas import (
    AboutIn,
    AboutOut,
    GroundIn,
    GroundOut,
    PartyIn,
    PartyOut,
)


class ObligationIn(In):
    """One thing owed, by a promise or on another ground.

    `amount` for money; `quantity` for units of goods and for acts (an answer, a visit). With
    neither it is one act: "a credit", whose amount nobody said.
    """

    kind: Kind = Field(examples=["deliver_goods"])
    debtor: PartyIn = Field(examples=[{"kind": "vendor", "key": "bigdist"}])
    creditor: PartyIn = Field(PartyIn(kind=PartyKind.US), examples=[{"kind": "us"}])
    description: Text | None = Field(None, examples=["The second R900-24 of PO/2026/117."])
    quantity: Quantity | None = Field(None, examples=[1])
    amount: SomeMoney | None = Field(None, examples=[None])
    unit_value: SomeMoney | None = Field(
        None,
        description="What one unit owed is worth at our cost.",
        examples=[{"amount": "129.00", "currency": "USD"}],
    )
    promise: PromiseIn | None = None
    ground: GroundIn | None = Field(
        None, description="Why it is owed, where it is no promise.", examples=[None]
    )
    due_at: Instant | None = Field(
        None, description="Wins over the time that `due_words` name.", examples=[None]
    )
    trigger: Words | None = Field(
        None,
        description="It is owed only once this happens; until then it is `conditional`.",
        examples=[None],
    )
    alternative_to: UUID | None = Field(
        None,
        description="Another obligation, of which and this one either is enough.",
        examples=[None],
    )
    about: AboutIn = Field(default_factory=lambda: AboutIn(), examples=[{}])  # noqa: PLW0108
    loss_id: UUID | None = Field(
        None, description="The loss that it makes good when it is performed.", examples=[None]
    )

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        why = "give either promise or ground"
        if self.promise is None and self.ground is None:
            raise ValueError(why)
        in_money, in_units = self.amount is not None, self.quantity is not None
        refuse_any(
            [
                (self.promise is not None and self.ground is not None, "ground", why),
                (
                    self.ground is not None and self.ground.kind is GroundKind.PROMISE,
                    ("ground", "kind"),
                    "a promise is told in `promise`, with who said it and when",
                ),
                (in_money and in_units, "quantity", "give quantity or amount"),
                (in_money and self.kind is not Kind.PAY_MONEY, "amount", "only money has amount"),
                (
                    self.trigger is not None and self.due_at is not None,
                    "due_at",
                    "a conditional debt has no due_at before its trigger has come",
                ),
            ]
        )
        return self


class ObligationOut(Out):
    """One thing owed, as it stands now."""

    id: UUID
    number: int = Field(description="For people to say over the phone.")
    kind: Kind
    state: State
    debtor: PartyOut
    creditor: PartyOut
    description: str | None
    quantity: int | None = Field(description="Units or acts owed; null where money is.")
    amount: MoneyOut | None
    performed: PlainDecimal = Field(description="In the measure of what is owed.")
    outstanding: PlainDecimal
    unit_value: MoneyOut | None
    due_at: datetime | None
    is_overdue: bool = Field(description="Computed now: still owed, and the due time has passed.")
    at_risk_at: datetime | None = Field(
        description="From when on it is at risk not to be kept in time: a setting, by kind."
    )
    is_at_risk: bool = Field(description="Computed now: at risk, and not due yet.")
    paused_at: datetime | None = Field(
        description="Since when its clock stands still; it has no due time until it runs on."
    )
    owner: str | None = Field(description="Who among us looks after it.")
    attention: str = Field(description="What the worklist has it for, in words.")
    attend_at: datetime = Field(description="Its place in the worklist.")
    trigger: str | None
    triggered_at: datetime | None
    ground: GroundOut
    about: AboutOut
    loss_id: UUID | None
    contested_at: datetime | None = Field(description="When the promise was first taken back.")
    superseded_by_id: UUID | None
    ended_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class AlternativeOut(Out):
    """Another obligation, of which and this one either is enough."""

    id: UUID
    number: int
    kind: Kind
    state: State


class HappenedOut(Out):
    """One event of the log."""

    id: UUID
    type: str
    occurred_at: datetime
    caller: str
    data: dict[str, Any]


class ObligationStory(ObligationOut):
    """One thing owed, and all that is known of it."""

    promise: PromiseOut | None
    retractions: list[RetractionOut] = Field(description="By the time they were recorded.")
    performances: list[PerformanceOut] = Field(description="By the time they were recorded.")
    alternatives: list[AlternativeOut]
    pauses: list[PauseOut] = Field(description="When its clock stood still.")
    due_changes: list[DueChangeOut] = Field(
        description="What its due time was before, and why it changed; the oldest first."
    )
    history: list[HappenedOut] = Field(
        description="The newest 200 events, oldest first; all are in GET /v1/events."
    )
