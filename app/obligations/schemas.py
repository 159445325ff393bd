"""How debts and promises are told and read."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from app.kit.fields import (
    ErpKey,
    Flag,
    In,
    Instant,
    Money,
    Out,
    Quantity,
    ShortText,
    Text,
)
from app.kit.weight_fields import PlainDecimal
from app.obligations.rules import Channel, GroundKind, Kind, PartyKind, State

MAX_FILES = 50


def _more_than_nothing(money: Money) -> Money:
    if money.amount <= 0:
        msg = "must be more than zero"
        raise ValueError(msg)
    return money


def _not_blank(text: str) -> str:
    if not text.strip():
        msg = "must not be blank"
        raise ValueError(msg)
    return text


SomeMoney = Annotated[Money, AfterValidator(_more_than_nothing)]
Words = Annotated[
    Text,
    AfterValidator(_not_blank),
    Field(json_schema_extra={"minLength": 1, "pattern": r"\S"}),
]
Files = Annotated[
    list[UUID],
    Field(max_length=MAX_FILES, description="Of files kept with POST /v1/files.", examples=[[]]),
]


class PartyIn(In):
    """Us, a vendor, a carrier or a customer."""

    kind: PartyKind = Field(examples=["vendor"])
    key: ErpKey | None = Field(
        None,
        description="The vendor's or customer's key, the carrier's slug; null for us.",
        examples=["bigdist"],
    )

    @model_validator(mode="after")
    def _named(self) -> Self:
        if (self.key is None) == (self.kind is PartyKind.US):
            return self
        msg = (
            f"say in `key` which {self.kind.value}"
            if self.key is None
            else "leave `key` out: we have none"
        )
        raise ValueError(msg)


class PartyOut(Out):
    """Us, a vendor, a carrier or a customer."""

    kind: PartyKind
    key: str | None


class MoneyOut(Out):
    """An amount and its currency."""

    amount: PlainDecimal
    currency: str


class GroundIn(In):
    """Why it is owed, other than by somebody's word: that is a promise."""

    kind: GroundKind = Field(examples=["term"])
    text: Words = Field(examples=["Shortages are reshipped within 7 days of notice."])
    reference: ShortText | None = Field(None, examples=["Terms of sale 2026, section 4.2"])


class GroundOut(Out):
    """Why it is owed."""

    kind: GroundKind
    text: str
    reference: str | None


class AboutIn(In):
    """What it is of, as far as it is known."""

    case_id: UUID | None = Field(None, examples=[None])
    purchase_line_id: UUID | None = Field(
        None, description="As GET /v1/purchase-orders shows it.", examples=[None]
    )
    shipment: ErpKey | None = Field(None, description="Its key.", examples=[None])
    product: ErpKey | None = Field(None, description="Its key.", examples=[None])
    parcel_id: UUID | None = Field(None, examples=[None])


class AboutOut(Out):
    """What it is of, as far as it is known."""

    case_id: UUID | None
    purchase_line_id: UUID | None
    shipment: str | None
    product: str | None
    parcel_id: UUID | None


class SaidIn(In):
    """A person's word: at least by name or by role."""

    by_name: ShortText | None = Field(None, examples=["Kim Reyes"])
    by_role: ShortText | None = Field(None, examples=["agent"])
    said_at: Instant = Field(examples=["2026-03-02T09:00:00Z"])
    channel: Channel = Field(examples=["phone"])
    words: Words = Field(
        description="As they were said.",
        examples=["We will send the second one first thing Wednesday."],
    )
    file_ids: Files = Field(default_factory=list[UUID])

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if self.by_name is None and self.by_role is None:
            msg = "say who said it, in `by_name` or `by_role`"
            raise ValueError(msg)
        return self


class PromiseIn(SaidIn):
    """The word a debt rests on."""

    due_words: ShortText | None = Field(
        None,
        description="Only the words that name the time. They become `due_at` by a rule that the "
        "answer states; what no rule reads is kept and never guessed.",
        examples=["first thing Wednesday"],
    )


class SaidOut(Out):
    """A person's word."""

    by_name: str | None
    by_role: str | None
    said_at: datetime
    channel: Channel
    words: str
    file_ids: list[UUID]


class PromiseOut(SaidOut):
    """The word a debt rests on."""

    due_words: str | None
    due_rule: str = Field(description="The rule that read the words.")
    due_text: str = Field(description="The rule in words, or why there is no due time.")


class RetractionOut(SaidOut):
    """A promise taken back. It is still owed."""

    id: UUID
    recorded_at: datetime


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
        faults = [
            ((self.promise is None) == (self.ground is None), "give either promise or ground"),
            (
                self.ground is not None and self.ground.kind is GroundKind.PROMISE,
                "a promise is told in `promise`, with who said it and when",
            ),
            (self.quantity is not None and self.amount is not None, "give quantity or amount"),
            (self.amount is not None and self.kind is not Kind.PAY_MONEY, "only money has amount"),
            (
                self.trigger is not None and self.due_at is not None,
                "a conditional debt has no due_at before its trigger has come",
            ),
        ]
        for is_wrong, message in faults:
            if is_wrong:
                raise ValueError(message)
        return self


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
            msg = "give quantity or amount"
            raise ValueError(msg)
        return self


class SettlementIn(PerformanceIn):
    """A performance that makes a loss good."""

    obligation_id: UUID = Field(
        description="The debt that is performed by it.",
        examples=["01980000-0000-7000-8000-000000000000"],
    )


class ReleaseIn(In):
    """The creditor lets the debtor off."""

    by: PartyIn = Field(description="Who releases: the creditor.", examples=[{"kind": "us"}])
    by_name: ShortText | None = Field(None, examples=["Ana Ruiz"])
    released_at: Instant | None = Field(
        None, description="Null: now.", examples=["2026-03-05T10:00:00Z"]
    )
    words: Words = Field(examples=["Not worth the pursuit."])


class SupersedeIn(In):
    """Another obligation takes its place."""

    by_obligation_id: UUID = Field(examples=["01980000-0000-7000-8000-000000000000"])
    note: Text | None = Field(None, examples=["Monday became Wednesday."])


class VoidIn(In):
    """It was never owed."""

    reason: Words = Field(examples=["Recorded on the wrong order."])


class BreakIn(In):
    """It was not kept."""

    note: Text | None = Field(None, examples=["Nobody came."])


class TriggerIn(In):
    """What it waited for has come."""

    triggered_at: Instant = Field(examples=["2026-03-04T08:30:00Z"])
    due_at: Instant | None = Field(None, examples=["2026-03-11T23:59:59Z"])
    note: Text | None = Field(None, examples=["The defective unit was received."])


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


class PerformanceOut(Out):
    """Something done towards a debt."""

    id: UUID
    value: PlainDecimal = Field(description="In the measure of what is owed.")
    performed_at: datetime
    reference: str | None
    note: str | None
    file_ids: list[UUID]
    recorded_at: datetime
    recorded_by: str


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
    history: list[HappenedOut] = Field(
        description="The newest 200 events, oldest first; all are in GET /v1/events."
    )


def plain(value: Decimal) -> str:
    """Return a number as events write it."""
    return format(value, "f")
