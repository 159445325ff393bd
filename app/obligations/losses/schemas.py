"""How losses and deadlines are told and read."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator

from app.kit.fields import Day, In, Instant, Out, Quantity, ShortText, Text, Words
from app.kit.money_fields import MoneyOut, SomeMoney
from app.kit.refusing import Fault, refuse_any
from app.kit.weight_fields import PlainDecimal
from app.obligations.clocks.schemas import DeadlineChangeOut
from app.obligations.obligation_schemas import ObligationOut
from app.obligations.rules import DeadlineKind, DeadlineState, LossKind, PartyKind
from app.obligations.schemas import (
    AboutIn,
    AboutOut,
    GroundIn,
    GroundOut,
    PartyIn,
    PartyOut,
)


class LossIn(In):
    """One thing lost once, however many claims pursue it. `quantity`, `value` or both."""

    description: Words = Field(examples=["One R900-24 never arrived."])
    kind: LossKind = Field(
        LossKind.GONE,
        description="`gone`: it is not there. `failed`: it is there, and does not work.",
        examples=["gone"],
    )
    quantity: Quantity | None = Field(None, examples=[1])
    value: SomeMoney | None = Field(
        None,
        description="What all of it is worth. Without it no money can make it good.",
        examples=[{"amount": "129.00", "currency": "USD"}],
    )
    borne_by: PartyIn = Field(
        PartyIn(kind=PartyKind.US), description="At whose cost for now.", examples=[{"kind": "us"}]
    )
    about: AboutIn = Field(default_factory=lambda: AboutIn(), examples=[{}])  # noqa: PLW0108

    @model_validator(mode="after")
    def _measured(self) -> Self:
        if self.quantity is None and self.value is None:
            msg = "say how much was lost, in `quantity`, `value` or both"
            raise ValueError(msg)
        return self


class AllocationOut(Out):
    """What of a performance made the loss good; of a correction, what it took back (negative)."""

    id: UUID
    obligation_id: UUID
    performance_id: UUID
    quantity: int | None
    amount: PlainDecimal | None = Field(description="In the loss's currency.")
    above_cap: PlainDecimal = Field(description="What came above the loss, in the same measure.")
    debt_id: UUID | None = Field(description="The obligation of ours that this became.")
    created_at: datetime


class LossOut(Out):
    """A loss and what of it is left."""

    id: UUID
    number: int
    description: str
    kind: LossKind
    quantity: int | None
    value: MoneyOut | None
    borne_by: PartyOut
    remaining_quantity: int | None = Field(description="In whole units; null where none was told.")
    remaining_value: MoneyOut | None
    restored_at: datetime | None = Field(description="When all of it had been made good.")
    about: AboutOut
    allocations: list[AllocationOut] = Field(description="By the time they were recorded.")
    version: int
    created_at: datetime
    updated_at: datetime


class DeadlineIn(In):
    """A right of ours that ends. Either `last_on`, a day (UTC), or `last_at`, an instant."""

    kind: DeadlineKind = Field(examples=["report"])
    description: Words = Field(examples=["Report the shortage to Big Distribution."])
    toward: PartyIn = Field(examples=[{"kind": "vendor", "key": "bigdist"}])
    last_on: Day | None = Field(None, examples=["2026-03-06"])
    last_at: Instant | None = Field(None, examples=[None])
    last_safe_on: Day | None = Field(
        None, description="Until when it is safe to use it.", examples=["2026-03-05"]
    )
    last_safe_source: ShortText | None = Field(
        None, description="What that rests on.", examples=["5 business days, delivery day counted"]
    )
    computed_on: Day | None = Field(
        None,
        description="Where the other side named the day itself, which wins: the day that the term "
        "would make it.",
        examples=[None],
    )
    computed_source: ShortText | None = Field(
        None, description="What that rests on.", examples=[None]
    )
    ground: GroundIn = Field(
        examples=[{"kind": "term", "text": "Shortages: 5 business days from delivery."}]
    )
    about: AboutIn = Field(default_factory=lambda: AboutIn(), examples=[{}])  # noqa: PLW0108
    loss_id: UUID | None = Field(None, examples=[None])

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.last_on is None and self.last_at is None:
            msg = "give last_on or last_at"
            raise ValueError(msg)
        last = self.last_on or (self.last_at.date() if self.last_at else None)
        is_late = self.last_safe_on is not None and last is not None and self.last_safe_on > last
        refuse_any(
            [
                (None not in {self.last_on, self.last_at}, "last_at", "give last_on or last_at"),
                *_together("last_safe_on", self.last_safe_on, self.last_safe_source),
                *_together("computed_on", self.computed_on, self.computed_source),
                (is_late, "last_safe_on", "last_safe_on cannot lie after the last day"),
            ]
        )
        return self


def _together(day: str, on: date | None, source: str | None) -> list[Fault]:
    other = f"{day.removesuffix('_on')}_source"
    words = f"give {day} with {other}, or neither"
    return [
        (on is None and source is not None, day, words),
        (on is not None and source is None, other, words),
    ]


class UseIn(In):
    """The right was used."""

    used_at: Instant = Field(examples=["2026-03-05T14:00:00Z"])
    note: Text | None = Field(None, examples=["Reported in the portal, case 88123."])


class WaiveIn(In):
    """We choose not to use the right."""

    by_name: ShortText = Field(examples=["Ana Ruiz"])
    note: Words = Field(examples=["The vendor has reshipped already."])


class DeadlineOut(Out):
    """A right of ours that ends on a day, as it stands now."""

    id: UUID
    number: int
    kind: DeadlineKind
    state: DeadlineState
    description: str
    toward: PartyOut
    last_on: date | None
    last_at: datetime
    has_passed: bool = Field(description="Computed now: unused, and the last instant has passed.")
    last_safe_on: date | None
    last_safe_source: str | None
    computed_on: date | None = Field(
        description="By the term, where the other side named another day itself: that one counts."
    )
    computed_source: str | None
    attention: str = Field(description="What the worklist has it for, in words.")
    attend_at: datetime = Field(description="Its place in the worklist.")
    ground: GroundOut
    about: AboutOut
    loss_id: UUID | None
    ended_at: datetime | None
    ended_note: str | None
    version: int
    created_at: datetime
    updated_at: datetime


class DeadlineStory(DeadlineOut):
    """A right of ours, and every last day it had."""

    changes: list[DeadlineChangeOut] = Field(description="The earliest first.")


class WorkOut(Out):
    """One entry of the worklist: a debt, or a right of ours that ends."""

    attend_at: datetime = Field(description="When somebody should look at it.")
    obligation: ObligationOut | None
    deadline: DeadlineOut | None
