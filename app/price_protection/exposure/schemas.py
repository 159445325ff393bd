"""How what a notice reaches is read."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.kit.fields import Out
from app.kit.weight_fields import PlainDecimal
from app.price_protection.exposure.rules import Eligibility, Place, Reason


class TermsOut(Out):
    """What one record of a supplier's terms says of the notice. `no` 0: of suppliers without."""

    no: int
    supplier: str | None
    product_line: str | None
    terms_key: str | None
    terms_version: int | None
    standing: str = Field(description="`granted`, `not_granted`, or `unknown`.")
    since_on: date = Field(description="The first day of purchase inside the look-back window.")
    is_window_known: bool = Field(
        description="false: `since_on` is supposed, so that something is shown."
    )
    bought_on: str = Field(description="Which day counts as that of the purchase.")
    reaches: list[str] | None
    difference: str | None
    protects_special_bids: bool | None
    takes_new_price: bool | None = Field(description="Whether unshipped units take the new price.")
    needs_serials: bool | None
    cap_amount: PlainDecimal | None
    cap_percent: PlainDecimal | None
    cap_units: int | None
    file_by_on: date | None = Field(description="The last day to file; null: unknown.")
    file_safely_by_on: date | None
    filing: str
    source: str | None
    counting: str


class TotalOut(Out):
    """What some of the exposure comes to."""

    supplier: str
    terms_no: int
    eligibility: Eligibility
    reason: Reason
    lines: int = Field(description="Order lines with such units.")
    units: int
    amount: PlainDecimal = Field(description="Of `unknown`: what they would earn.")
    capped: PlainDecimal = Field(description="What caps took from the amount.")


class ExposedOut(Out):
    """Some units of an order line, alike in all that decides, and what they earn."""

    purchase_line_id: UUID
    purchase_order: str
    line: str
    product: str
    supplier: str
    customer: str | None
    first_unit: int = Field(description="Units of a line are counted; these begin with that one.")
    quantity: int
    place: Place = Field(description="Where they were when the day of the new price began.")
    eligibility: Eligibility
    reason: Reason
    why: str
    bought_on: date | None = Field(description="The day that counts as that of the purchase.")
    unit_price: PlainDecimal = Field(description="What was paid for one.")
    protected_from: PlainDecimal | None = Field(
        description="The lower price to which an earlier notice protects them already."
    )
    unit_credit: PlainDecimal
    amount: PlainDecimal = Field(
        description="Rounded; what they earn after caps, or would earn where that is unknown."
    )
    capped: PlainDecimal
    terms_no: int = Field(description="By which of the notice's `terms`.")
    refused_at: datetime | None = Field(
        description="When we let go of what was refused, or paid short, of its order line: later "
        "falls begin at what was credited."
    )


class ExplainedOut(Out):
    """An order line, and what the notice is to each of its units."""

    purchase_line_id: UUID
    purchase_order: str
    line: str
    is_listed: bool = Field(description="It is among what the notice's exposure lists.")
    parts: list[ExposedOut] = Field(description="By what is known now.")
    says: list[str] = Field(description="The same in sentences.")
