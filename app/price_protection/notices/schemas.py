"""How notices of lower prices are told and read."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.kit.fields import (
    Amount,
    Currency,
    Day,
    ErpKey,
    In,
    Instant,
    Out,
    ShortText,
    Words,
)
from app.kit.records import RecordIn
from app.kit.weight_fields import PlainDecimal
from app.obligations.rules import Channel
from app.price_protection.exposure.schemas import TermsOut, TotalOut
from app.price_protection.rules import MAX_LINES, Origin, PriceLine, State

_LINE = {"product": "R900-24", "old_price": "129.00", "new_price": "109.00"}


class PriceLineIn(In):
    """A product, or a family of products, and the price of one unit before and after."""

    product: ErpKey | None = Field(None, description="The product's key.", examples=["R900-24"])
    product_line: ShortText | None = Field(
        None,
        description="Or all products of this `product_line` that the notice does not name "
        "themselves.",
        examples=[None],
    )
    old_price: Amount | None = Field(
        None, description="Null: not known; the price paid counts.", examples=["129.00"]
    )
    new_price: Amount = Field(examples=["109.00"])

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.product is None) == (self.product_line is None):
            msg = "name a product or a product_line"
            raise ValueError(msg)
        return self

    def line(self) -> PriceLine:
        """Return it as the rules see it."""
        return PriceLine(self.product, self.product_line, self.old_price, self.new_price)


class FallIn(In):
    """A vendor's prices fall on a day."""

    vendor: ErpKey = Field(
        description="Whose prices fall: the supplier's key, or the maker's: then its products are "
        "reached from whomever they were bought.",
        examples=["bigdist"],
    )
    announced_on: Day | None = Field(
        None, description="The day we were told; some windows begin with it.", examples=[None]
    )
    effective_on: Day = Field(
        description="The first day of the new price, where the supplier is.",
        examples=["2026-03-01"],
    )
    currency: Currency = Field(examples=["USD"])
    lines: Annotated[list[PriceLineIn], Field(min_length=1, max_length=MAX_LINES)] = Field(
        examples=[[_LINE]]
    )


class ReportedIn(In):
    """A customer, or somebody else, heard of it."""

    by_name: ShortText = Field(examples=["Dana Whitfield"])
    customer: ErpKey | None = Field(None, description="The customer's key.", examples=[None])
    said_at: Instant = Field(examples=["2026-03-02T08:30:00Z"])
    channel: Channel = Field(examples=["phone"])
    words: Words = Field(examples=["Your price is down twenty dollars since last week."])


class NoticeIn(FallIn):
    """A notice that prices fall. Where it is `reported`, nobody of the vendor has said so yet."""

    vendor_number: ShortText | None = Field(
        None, description="The vendor's own number of the notice.", examples=["PCN-2026-031"]
    )
    note: Words | None = Field(None, examples=[None])
    reported: ReportedIn | None = Field(
        None,
        description="It is only heard of: it stays unconfirmed, and the vendor owes us an answer.",
        examples=[None],
    )


class NoticeCorrectionIn(FallIn):
    """What a notice says now, whole. Its vendor stays."""

    vendor_number: ShortText | None = Field(
        None, description="The vendor's own number of the notice.", examples=["PCN-2026-031"]
    )
    note: Words | None = Field(None, examples=["The vendor sent a corrected list."])


class NoticeRowIn(NoticeCorrectionIn, RecordIn):
    """A notice in a file of many. Its `key` is the vendor's number of it, where no other is told.

    The same number of the same vendor again corrects it.
    """


class VendorWordIn(In):
    """What somebody of the vendor said."""

    by_name: ShortText = Field(examples=["Kim Reyes"])
    said_at: Instant = Field(examples=["2026-03-02T09:00:00Z"])
    channel: Channel = Field(examples=["phone"])
    words: Words = Field(
        description="As they were said.", examples=["Yes, it is 109 dollars since Sunday."]
    )


class DecisionIn(In):
    """Somebody confirms a notice, or withdraws it."""

    by_name: ShortText = Field(description="Who of us decides.", examples=["Ana Ruiz"])
    note: Words | None = Field(None, examples=["Their price list says the same."])
    vendor_said: VendorWordIn | None = Field(
        None,
        description="The vendor's own word, where it gave one: this alone keeps the answer that it "
        "owes. Without it the vendor is released from answering.",
        examples=[None],
    )


class PriceLineOut(Out):
    """A product, or a family of products, and the price of one unit before and after."""

    product: str | None
    product_line: str | None
    old_price: PlainDecimal | None
    new_price: PlainDecimal


class ReportedOut(Out):
    """Who heard of it."""

    by_name: str
    customer: str | None
    said_at: datetime
    channel: Channel
    words: str


class VendorWordOut(Out):
    """What somebody of the vendor said."""

    by_name: str
    said_at: datetime
    channel: Channel
    words: str


class DecidedOut(Out):
    """Who confirmed or withdrew it last."""

    at: datetime
    by_name: str
    note: str | None
    vendor_said: VendorWordOut | None


class NoticeOut(Out):
    """A notice in a list."""

    id: UUID
    number: str = Field(description="To say over the phone.", examples=["PN-1042"])
    version: int = Field(description="Rises with each change; the ETag.")
    vendor: str
    vendor_number: str | None
    origin: Origin
    state: State
    announced_on: date | None
    effective_on: date
    is_effective: bool = Field(description="Its day has come; computed now.")
    currency: str
    note: str | None
    is_computed: bool = Field(
        description="The exposure is of this version and of what was known then; false: a worker "
        "will compute it."
    )
    computed_at: datetime | None
    trouble: str | None = Field(description="Why the exposure could not be computed.")
    earns: PlainDecimal = Field(description="What all eligible units earn, after caps.")
    may_earn: PlainDecimal = Field(
        description="What units would earn of which nobody knows whether they do."
    )
    created_at: datetime
    updated_at: datetime


class NoticeWhole(NoticeOut):
    """A notice, and what it comes to."""

    lines: list[PriceLineOut]
    reported: ReportedOut | None
    answer_id: UUID | None = Field(
        description="The vendor's answer whether it is so, owed to us in the ledger."
    )
    decided: DecidedOut | None
    overlaps: list[UUID] = Field(
        description="Other notices of some of the same products that hold: what one protects, the "
        "later one protects only from the first one's new price."
    )
    terms: list[TermsOut] = Field(description="By whose terms it was computed.")
    totals: list[TotalOut] = Field(description="By supplier and reason. Empty: nothing is reached.")
    says: str = Field(description="What it comes to, in a sentence.")
