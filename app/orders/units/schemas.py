"""How units are told and read."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.kit.fields import Day, ErpKey, In, Instant, Out, ShortText, Words
from app.kit.records import RecordIn, RecordOut
from app.orders.units.rules import Hand, HandKind, Right

_SINCE = "2026-02-25T17:10:00Z"
_HOLDER = {
    "kind": "customer",
    "key": "C-1001",
    "since": _SINCE,
    "why": "Delivered to her, parcel 1Z999AA10123456784",
}
_OWNER = {
    "kind": "lessor",
    "key": "Prairie Leasing",
    "since": _SINCE,
    "why": "Lease 2026/44, section 2",
}


class HandIn(In):
    """Who has a unit."""

    kind: HandKind = Field(description="`us` is the reseller.", examples=["customer"])
    key: ErpKey | None = Field(
        None,
        description="The customer's or vendor's key; the name of a lessor, a carrier or somebody "
        "else; null for us.",
        examples=["C-1001"],
    )

    @model_validator(mode="after")
    def _named(self) -> Self:
        if (self.key is None) == (self.kind is HandKind.US):
            return self
        msg = (
            f"say in `key` which {self.kind.value}"
            if self.key is None
            else "leave `key` out: we have none"
        )
        raise ValueError(msg)

    def hand(self) -> Hand:
        """Return who it is."""
        return Hand(self.kind, self.key)


class HeldIn(HandIn):
    """Who has a unit, since when, and why."""

    since: Instant = Field(examples=[_SINCE])
    why: Words = Field(examples=["Delivered to her, parcel 1Z999AA10123456784"])


class UnitLineIn(In):
    """A line of a purchase order."""

    purchase_order: ErpKey = Field(description="Its key.", examples=["PO/2026/117"])
    line: ErpKey = Field(description="The key of the line on that order.", examples=["10"])


class WentBackIn(In):
    """That the unit went back to the vendor."""

    rma: ShortText = Field(description="The authorisation number.", examples=["RMA 8123"])
    at: Instant = Field(description="When it left for the vendor.", examples=[_SINCE])


class ReplacesIn(In):
    """For which unit this one stands in."""

    unit: ErpKey = Field(description="The key of the unit that failed.", examples=["U-1001"])
    at: Instant = Field(description="When it took its place.", examples=[_SINCE])
    rma: ShortText | None = Field(
        None, description="Under which authorisation.", examples=["RMA 8123"]
    )


class UnitIn(RecordIn):
    """A unit, whole. What is left out of its days is unknown.

    Of its owner, holder, risk bearer and return, what is left out is not spoken of: what is on
    record of them stays.
    """

    serial: ShortText = Field(
        description="As it is printed. Unique among the units of its product, not overall.",
        examples=["FOC2312X0A1"],
    )
    product: ErpKey = Field(description="The product's key.", examples=["R900-24"])
    order_line: UnitLineIn | None = Field(
        None, description="The line it was bought on; null if not known."
    )
    customer: ErpKey | None = Field(
        None, description="Who bought it from us: the customer's key.", examples=["C-1001"]
    )
    invoiced_on: Day | None = Field(
        None, description="The vendor's invoice of it.", examples=["2026-02-20"]
    )
    shipped_on: Day | None = Field(
        None, description="When the vendor shipped it.", examples=["2026-02-21"]
    )
    sold_on: Day | None = Field(
        None, description="The sale to the end user.", examples=["2026-02-20"]
    )
    delivered_on: Day | None = Field(
        None, description="Delivered to the end user.", examples=["2026-02-25"]
    )
    installed_on: Day | None = Field(None, examples=["2026-02-27"])
    registered_on: Day | None = Field(
        None, description="Registered with the manufacturer.", examples=[None]
    )
    in_set_up_until: Day | None = Field(
        None, description="Up to this day it is being set up.", examples=["2026-03-15"]
    )
    owner: HeldIn | None = Field(None, description="Whose property it is.", examples=[_OWNER])
    holder: HeldIn | None = Field(None, description="Who has it in hand.", examples=[_HOLDER])
    risk_bearer: HeldIn | None = Field(
        None, description="Whose loss it would be if it were lost.", examples=[_HOLDER]
    )
    replaces: ReplacesIn | None = Field(
        None, description="Where it stands in for another.", examples=[None]
    )
    went_back: WentBackIn | None = Field(
        None, description="Where it is at the vendor's.", examples=[None]
    )
    cancelled_at: Instant | None = Field(
        None,
        description="It was booked in error: it counts no more, and its serial is free.",
        examples=[None],
    )


class UnitLineOut(Out):
    """A line of a purchase order."""

    purchase_line_id: UUID
    purchase_order: str
    line: str


class HeldOut(Out):
    """Who has a unit, since when, and why."""

    move_id: UUID
    kind: HandKind
    key: str | None
    since: datetime
    why: str


class LinkOut(Out):
    """The unit on the other side of a replacement."""

    unit: str
    serial: str
    at: datetime
    rma: str | None


class WentBackOut(Out):
    """That it is at the vendor's."""

    rma: str
    at: datetime


class UnitOut(RecordOut):
    """A unit as it is known."""

    unit_id: UUID
    serial: str
    product: str
    manufacturer: str | None
    order_line: UnitLineOut | None
    customer: str | None
    invoiced_on: date | None
    shipped_on: date | None
    sold_on: date | None
    delivered_on: date | None
    installed_on: date | None
    registered_on: date | None
    in_set_up_until: date | None
    owner: HeldOut | None = Field(description="Null is unknown.")
    holder: HeldOut | None = Field(description="Null is unknown.")
    risk_bearer: HeldOut | None = Field(description="Null is unknown.")
    replaces: LinkOut | None = Field(description="The unit it stands in for.")
    replaced_by: LinkOut | None = Field(description="The unit that stands in for it.")
    went_back: WentBackOut | None = Field(description="Where it is at the vendor's.")
    cancelled_at: datetime | None


class UnitMoveIn(HeldIn):
    """That a unit became somebody's."""

    unit: ErpKey = Field(description="The unit's key.", examples=["U-1001"])
    right: Right = Field(description="In what way.", examples=["holder"])
    corrects: UUID | None = Field(
        None,
        description="The move that this one puts right, of the same unit and right: that one "
        "stands no longer.",
        examples=[None],
    )


class UnitMoveOut(Out):
    """That a unit became somebody's."""

    move_id: UUID
    unit: str
    right: Right
    kind: HandKind
    key: str | None
    since: datetime
    why: str
    corrects: UUID | None
    is_corrected: bool = Field(description="Another move puts it right: it stands no longer.")
    is_current: bool = Field(description="Of what stands, it is the latest.")
    recorded_at: datetime
    recorded_by: str


Serial = Annotated[
    ShortText | None,
    Field(description="However people write it: case, blanks, dashes and `S/N:` do not matter."),
]
