"""How claims are filed, answered and read."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from app.kit.fields import Amount, ErpKey, Flag, In, Instant, Out, ShortText, Text, Words
from app.kit.refusing import refuse
from app.kit.weight_fields import PlainDecimal
from app.obligations.rules import Channel
from app.price_protection.claims.rules import MOST_CLAIMS, ClaimState

_ID = "01980000-0000-7000-8000-000000000000"


def _at_most_hundred(value: Decimal) -> Decimal:
    if value > 100:  # noqa: PLR2004 (a percentage)
        msg = "must be at most 100"
        raise ValueError(msg)
    return value


Share = Annotated[Amount, AfterValidator(_at_most_hundred)]


class PriceFilingIn(In):
    """Claims that go to one supplier in one filing."""

    claim_ids: Annotated[
        list[UUID],
        Field(min_length=1, max_length=MOST_CLAIMS, json_schema_extra={"uniqueItems": True}),
    ] = Field(examples=[[_ID]])
    filed_at: Instant | None = Field(
        None, description="When it went out; null: now.", examples=["2026-03-04T10:00:00Z"]
    )
    by_name: ShortText = Field(description="Who files it.", examples=["Ana Ruiz"])
    note: Text | None = Field(None, examples=["Uploaded in the partner portal."])
    although_late: Flag = Field(
        default=False, description="File although the last day to file has passed."
    )
    although_serials_missing: Flag = Field(
        default=False, description="File although serials that the terms ask for are not known."
    )

    @model_validator(mode="after")
    def _once(self) -> Self:
        if len(set(self.claim_ids)) != len(self.claim_ids):
            msg = "name each claim once"
            raise ValueError(msg)
        return self


class SupplierSaidIn(In):
    """What the vendor said, when, and how."""

    said_at: Instant = Field(examples=["2026-03-06T15:00:00Z"])
    by_name: ShortText | None = Field(
        None, description="Who of the vendor's.", examples=["M. Okafor"]
    )
    channel: Channel = Field(examples=["email"])
    words: Words = Field(examples=["We received your claim, our number is PP-77120."])
    vendor_reference: ShortText | None = Field(
        None,
        description="The vendor's own number of the claim. Its credit memo is found by ours: that "
        "of the filing.",
        examples=["PP-77120"],
    )


class ClaimLineAnswerIn(In):
    """What the vendor says of one line of the claim."""

    purchase_line_id: UUID = Field(examples=[_ID])
    first_unit: Annotated[int, Field(ge=1, le=1_000_000_000, strict=True)] | None = Field(
        None, description="Of one part of the order line; null: of all its parts.", examples=[None]
    )
    is_approved: Flag = Field(examples=[False])
    approved_amount: Amount | None = Field(
        None, description="Where less is approved than was claimed.", examples=[None]
    )
    reason: Text | None = Field(None, examples=["Bought before the window begins."])

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.approved_amount is not None and not self.is_approved:
            msg = "what is not approved has no approved_amount"
            raise ValueError(msg)
        if self.approved_amount is not None and self.first_unit is None:
            msg = "say in first_unit of which part of the order line the amount is"
            raise ValueError(msg)
        return self


class ClaimAnswerIn(SupplierSaidIn):
    """The vendor's answer, line by line."""

    lines: Annotated[list[ClaimLineAnswerIn], Field(max_length=5000)] = Field(
        default_factory=list[ClaimLineAnswerIn], examples=[[]]
    )
    others_are_approved: Flag | None = Field(
        None,
        description="What it says of all lines that are not named here and were not answered "
        "before; null: nothing yet.",
        examples=[True],
    )
    begins_anew: Flag = Field(
        default=False,
        description="It has thought again: what it answered before does not count any more. Say "
        "in others_are_approved what holds for the lines that are not named.",
        examples=[False],
    )

    @model_validator(mode="after")
    def _once(self) -> Self:
        seen: dict[UUID, set[int | None]] = {}
        for index, line in enumerate(self.lines):
            parts = seen.setdefault(line.purchase_line_id, set())
            if parts and (None in {line.first_unit, *parts} or line.first_unit in parts):
                refuse((("lines", index), "these units have an answer here already; answer once"))
            parts.add(line.first_unit)
        return self

    @model_validator(mode="after")
    def _says_all_anew(self) -> Self:
        if self.begins_anew and self.others_are_approved is None:
            refuse(("others_are_approved", "say what holds for the lines that are not named"))
        return self

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.lines and self.others_are_approved is None:
            msg = "name the lines it is of, or say in others_are_approved what holds for all"
            raise ValueError(msg)
        return self


class ClaimAcceptIn(In):
    """We ask no more for what was refused, or paid short."""

    although_approved: Flag = Field(
        default=False, description="Nor for what was approved and has not come."
    )
    by_name: ShortText = Field(examples=["Ana Ruiz"])
    words: Words = Field(examples=["They were bought two days too early, it is so."])


class PassOnIn(In):
    """What share of the credit customers are due of whom neither contract nor policy says it."""

    percent: Share = Field(description="Of the credit; 0: none of it.", examples=["50"])
    customer: ErpKey | None = Field(
        None, description="Of this customer only; null: of all that are undecided.", examples=[None]
    )
    by_name: ShortText = Field(examples=["Ana Ruiz"])
    note: Text | None = Field(None, examples=["Half of it, as agreed with Dana on the phone."])


class ClaimCloseIn(In):
    """Nothing more is to be done."""

    by_name: ShortText = Field(examples=["Ana Ruiz"])
    note: Text | None = Field(None, examples=[None])


class OpenReturnOut(Out):
    """A return that is under way of an order line in the claim: claim first, return after."""

    obligation_id: UUID
    number: int
    purchase_line_id: UUID
    purchase_order: str
    line: str
    units: PlainDecimal
    credit_at_stake: PlainDecimal


class ClaimAdviceOut(Out):
    """What to do, by when, and what it costs not to."""

    do: str = Field(description="The next step, in words.")
    claim_by_on: date | None = Field(description="The last day to file; null: unknown.")
    days_left: int | None
    lost_by_waiting: PlainDecimal = Field(description="What is gone once that day has passed.")
    open_returns: list[OpenReturnOut] = Field(
        description="File before these go back: what was returned earns nothing, and is credited "
        "at the lower price."
    )


class ClaimOut(Out):
    """What one supplier is to credit for one notice."""

    id: UUID
    number: str
    version: int
    state: ClaimState
    notice_id: UUID
    notice: str
    is_notice_confirmed: bool
    supplier: str
    currency: str
    computed_amount: PlainDecimal = Field(
        description="What the notice's exposure comes to now that is not filed. Of a filed claim: "
        "what of it the exposure still reaches; what shows later is a claim of its own."
    )
    computed_units: int
    file_by_on: date | None = Field(description="The last day to file; null: unknown.")
    needs_serials: bool
    filing_id: UUID | None
    filing: str | None
    amount: PlainDecimal | None = Field(description="As filed: the sum of its rounded lines.")
    units: int | None
    vendor_reference: str | None
    acknowledged_at: datetime | None
    answered_at: datetime | None
    approved_amount: PlainDecimal | None
    obligation_id: UUID | None = Field(description="The credit that the supplier owes us.")
    credited_amount: PlainDecimal
    still_owed: PlainDecimal | None = Field(description="What of it has not come yet.")
    credited_at: datetime | None
    undecided_units: int = Field(
        description="Units of customers of whom nobody said what share of the credit is theirs."
    )
    created_at: datetime
    updated_at: datetime


class CreditShareOut(Out):
    """What one customer is due of the credit."""

    id: UUID
    customer: str
    units: int
    amount: PlainDecimal
    said: str = Field(description="Who says so.")
    obligation_id: UUID | None = Field(description="Our debt to the customer, in the ledger.")
    references: list[str] = Field(description="What it was passed on with: our credit memos.")
    ended_at: datetime | None


class ClaimWhole(ClaimOut):
    """A claim, what to do next, and who gets the credit."""

    credit_memos: list[str] = Field(description="What the vendor credited it with.")
    advice: ClaimAdviceOut
    shares: list[CreditShareOut] = Field(description="The first 200.")


class ClaimLineOut(Out):
    """Some units of an order line, as they were filed, and what the vendor says."""

    purchase_line_id: UUID
    purchase_order: str
    line: str
    product: str
    customer: str | None
    first_unit: int
    quantity: int
    place: str
    bought_on: date | None
    unit_price: PlainDecimal
    unit_credit: PlainDecimal
    amount: PlainDecimal
    approved_amount: PlainDecimal | None
    refusal: str | None
    share_percent: PlainDecimal | None


class PriceFilingOut(Out):
    """What was sent to a supplier in one go."""

    id: UUID
    number: str
    supplier: str
    currency: str
    amount: PlainDecimal
    claim_ids: list[UUID]
    filed_at: datetime
    filed_by: str
    note: str | None
    recorded_at: datetime


class FilingProposalOut(Out):
    """Claims to one supplier that could go in one filing."""

    supplier: str
    currency: str
    claim_ids: list[UUID] = Field(description="The most urgent first.")
    amount: PlainDecimal
    units: int
    file_by_on: date | None = Field(description="The first day on which one of them is lost.")
