"""How claims are told and read."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.claims.rules import ClaimFileKind, Kind, WantedRemedy
from app.claims.rules.axes import Authorization, ReturnLeg, SettlementState
from app.claims.rules.folding import Fact
from app.kit.card_fields import Reference, Said
from app.kit.fields import ErpKey, Flag, In, Instant, Out, Quantity, ShortText
from app.kit.money_fields import MoneyOut, SomeMoney
from app.obligations.rules import Channel
from app.obligations.rules import State as DebtState
from app.vendors.rules import Role

MAX_LINES = 200
MAX_FILES_AT_ONCE = 50


Position = Annotated[
    int, Field(ge=1, le=MAX_LINES, strict=True, description="Of the claim: they count from 1.")
]


class OrderNameIn(In):
    """A line of a purchase order, as the ERP names both."""

    purchase_order: ErpKey = Field(description="Its key.", examples=["PO/2026/117"])
    line: ErpKey = Field(description="The key of the line on that order.", examples=["10"])


class OrderNameOut(Out):
    """A line of a purchase order."""

    purchase_order: str
    line: str


class ClaimDoorIn(In):
    """At whose door it is claimed: a vendor, in the part whose terms count."""

    vendor: ErpKey = Field(description="The vendor's key.", examples=["bigdist"])
    role: Role
    product_line: ShortText | None = Field(
        None, description="Whose terms count, where the vendor has several.", examples=[None]
    )


class ClaimDoorOut(Out):
    """At whose door it is claimed."""

    vendor: str
    role: Role
    product_line: str | None


class ClaimLineIn(In):
    """One unit by its serial number, or units without one by their order line."""

    order: OrderNameIn | None = Field(None, description="Null where the serial number tells it.")
    product: ErpKey | None = Field(
        None,
        description="Its key; needed where neither the order nor the serial number tells it.",
        examples=["R900-24"],
    )
    unit: ErpKey | None = Field(
        None, description="The ERP's key of the unit, where it keeps one.", examples=[None]
    )
    serial: ShortText | None = Field(None, examples=["FTX1234A5BC"])
    quantity: Quantity = Field(1, description="One, where a serial number is named.", examples=[1])
    unit_value: SomeMoney | None = Field(
        None, description="What one is worth; null: what was paid for it.", examples=[None]
    )
    loss_id: UUID | None = Field(
        None,
        description="Where another claim pursues the same loss already: that loss.",
        examples=[None],
    )

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.order is None and self.serial is None and self.unit is None:
            msg = "name the order line, the serial number or the unit"
            raise ValueError(msg)
        if (self.serial or self.unit) is not None and self.quantity != 1:
            msg = "a unit is one: leave `quantity` at 1"
            raise ValueError(msg)
        return self


class ClaimFileIn(In):
    """A photo or a document."""

    file_id: UUID = Field(
        description="Of a file kept with POST /v1/files.",
        examples=["01980c1e-7e5a-7000-8000-000000000001"],
    )
    what: ClaimFileKind = Field(examples=["photo"])
    note: Said | None = Field(None, examples=["The label with the serial number."])


class ClaimIn(In):
    """What is claimed, on a case. It is a draft until it is submitted."""

    case_id: UUID = Field(examples=["01980c1e-7e5a-7000-8000-000000000002"])
    kind: Kind = Field(examples=["doa"])
    door: ClaimDoorIn | None = Field(
        None, description="Null: whom it was bought from, in the part whose terms are on record."
    )
    asks_for: WantedRemedy = Field(examples=["replacement"])
    symptom: Said = Field(
        description="What is wrong with it.", examples=["No light, no fan: it does not switch on."]
    )
    tried: Said | None = Field(
        None, description="What was tried.", examples=["Two sockets, another power cord."]
    )
    found_at: Instant | None = Field(
        None, description="When it failed; null: when it was reported.", examples=[None]
    )
    is_box_opened: Flag | None = Field(None, description="Null: unknown.", examples=[True])
    our_reference: Reference | None = Field(
        None, description="What the vendor should quote.", examples=["RMA-REQ-117"]
    )
    lines: Annotated[list[ClaimLineIn], Field(min_length=1, max_length=MAX_LINES)] = Field(
        examples=[[{"serial": "FTX1234A5BC", "product": "R900-24"}]]
    )
    files: Annotated[list[ClaimFileIn], Field(max_length=MAX_FILES_AT_ONCE, examples=[[]])] = Field(
        default_factory=list[ClaimFileIn]
    )


class ClaimCaseOut(Out):
    """A case by id and number."""

    id: UUID
    number: str


class X12Out(Out):
    """What ANSI X12 calls it, where it has a word."""

    disposition: str | None = Field(description="Element 1292, returns disposition.")
    reason: str | None = Field(description="Element 1293, why it is returned.")
    response: str | None = Field(description="Element 1294, the vendor's reason.")


class VendorStatusOut(Out):
    """The vendor's own word for how it stands."""

    text: str
    seen_at: datetime


class RmaOut(Out):
    """The vendor's consent, by number."""

    number: str | None
    lapses_at: datetime | None = Field(
        description="The units must be on their way by then, in the vendor's own day."
    )
    warns_at: datetime | None = Field(description="When the worklist shows that it ends.")


class ClaimLineOut(Out):
    """One unit, or units of an order line, and what became of them."""

    line: int = Field(description="Its place in the claim, from 1.")
    order: OrderNameOut | None
    product: str
    unit: str | None
    serial: str | None
    quantity: int
    granted: int | None = Field(
        description="How much of it the vendor's last consent covers; null: it gave none."
    )
    unit_value: MoneyOut | None
    settled: SettlementState | None
    settled_quantity: int = Field(description="Units that were made good.")
    loss_id: UUID | None = Field(description="In the ledger; null while it is a draft.")


class DueOut(Out):
    """What the ledger was told of the claim."""

    purpose: str = Field(
        description="What for: answer, remedy, return and others; remedy_2 is what a later consent "
        "gives beyond one of which something was done already."
    )
    obligation_id: UUID | None
    deadline_id: UUID | None
    number: int | None
    debtor: str | None
    state: DebtState | None
    due_at: datetime | None


class FactOut(Out):
    """One thing that was said or done."""

    id: UUID
    fact: Fact
    at: datetime
    is_ours: bool
    counts: bool = Field(
        description="False: by its time it could change nothing any more, or not yet."
    )
    by_name: str | None
    channel: Channel | None
    words: str | None
    told: dict[str, Any]
    recorded_at: datetime
    recorded_by: str


class ClaimFileOut(Out):
    """A photo or a document of a claim."""

    id: UUID
    file_id: UUID
    what: ClaimFileKind
    note: str | None
    added_at: datetime
    added_by: str


class ClaimOut(Out):
    """A claim in a list."""

    id: UUID
    number: str = Field(description="To say over the phone.", examples=["RC-1042"])
    version: int = Field(description="Rises with each change; the ETag.")
    case: ClaimCaseOut
    kind: Kind
    door: ClaimDoorOut
    asks_for: WantedRemedy
    authorization: Authorization
    return_leg: ReturnLeg
    settlement: SettlementState
    is_open: bool = Field(description="It is being pursued.")
    x12: X12Out
    rma: RmaOut | None
    vendor_reference: str | None
    vendor_status: VendorStatusOut | None
    our_reference: str | None
    symptom: str
    submitted_at: datetime | None
    settled_at: datetime | None
    created_at: datetime
    updated_at: datetime


class ClaimEntitlementOut(Out):
    """Whether the unit is covered at this door, by what is known; a claim is taken all the same."""

    answer: str = Field(description="yes, no or unknown.")
    why: str
    last_on: date | None = Field(description="The last day, where it is known.")
    source: str | None
    next_door: ClaimDoorOut | None = Field(description="Where else it may be owed.")
    next_door_why: str | None


class ReturnClockOut(Out):
    """Our side of the return: whether we are late, and whose the risk is."""

    late_clock_stopped_at: datetime | None = Field(
        description="By the carrier's delivered scan, else by the vendor's own word."
    )
    risk_ended_at: datetime | None = Field(description="By the vendor's own word alone.")


class ClaimWhole(ClaimOut):
    """A claim, and all that was heard of it."""

    tried: str | None
    found_at: datetime
    is_box_opened: bool | None
    lines: list[ClaimLineOut]
    entitlement: ClaimEntitlementOut
    facts: list[FactOut] = Field(description="By when they happened.")
    files: list[ClaimFileOut]
    return_clock: ReturnClockOut
    dues: list[DueOut] = Field(description="What the ledger was told, the oldest first.")
