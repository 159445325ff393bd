"""How discrepancies are told and read."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.discrepancies.denials.denial_schemas import DenialOut
from app.discrepancies.endings.settling_schemas import SettlementOut
from app.discrepancies.line_schemas import LineNameIn, LineNameOut
from app.discrepancies.rules import Kind, Settlement, State
from app.discrepancies.weights.question_rules import MAX_LINES
from app.discrepancies.weights.verdict_schemas import StoredVerdictOut
from app.kit.fields import ErpKey, In, Instant, Out, Quantity, Words
from app.kit.money_fields import MoneyOut, SomeMoney
from app.kit.refusing import Fault, refuse_any
from app.obligations.rules import DeadlineState, PartyKind
from app.parcels.rules import PlaceKind

_CASE = "01980c1e-7e5a-7000-8000-000000000001"


class DifferingLineIn(In):
    """How much of an order line differs."""

    order: LineNameIn
    quantity: Quantity = Field(
        description="Units: no more than the shipment holds of the line, unless too many came.",
        examples=[1],
    )
    unit_value: SomeMoney | None = Field(
        None,
        description="What one unit is worth at our cost. Null: the unit price of the line.",
        examples=[None],
    )
    received: Words | None = Field(
        None, description="For a wrong item: what came instead.", examples=[None]
    )


class DiscrepancyIn(In):
    """What arrived differs from what was shipped."""

    case_id: UUID = Field(examples=[_CASE])
    kind: Kind = Field(examples=["short_shipment"])
    shipment: ErpKey = Field(description="The shipment's key.", examples=["S-1"])
    lines: Annotated[list[DifferingLineIn], Field(min_length=1, max_length=MAX_LINES)]
    reported_at: Instant | None = Field(
        None,
        description="When the customer said so. Null: when the case was reported.",
        examples=["2026-03-02T09:00:00Z"],
    )
    vendor_told_at: Instant | None = Field(
        None, description="When the vendor was told of it; null: not yet.", examples=[None]
    )
    note: Words | None = Field(None, examples=["One of two in the box; the box was closed."])

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        first: dict[LineNameIn, int] = {}
        is_other = self.kind is not Kind.WRONG_ITEM
        faults: list[Fault] = []
        for at, line in enumerate(self.lines):
            is_again = first.setdefault(line.order, at) != at
            once = "`lines` must name each order line once"
            alone = "`received` is for a wrong_item; leave it out"
            faults += [
                (is_again, ("lines", at, "order"), once),
                (is_other and bool(line.received), ("lines", at, "received"), alone),
            ]
        refuse_any(faults)
        return self


class CaseNameOut(Out):
    """The case it was opened on."""

    id: UUID
    number: str = Field(examples=["C-1042"])


class PartyOut(Out):
    """Us, a vendor, a carrier or a customer."""

    kind: PartyKind
    key: str | None


class LineLossOut(Out):
    """What was lost of a line, in the ledger, and what is left of it."""

    id: UUID
    number: int
    remaining_quantity: int | None
    remaining_value: MoneyOut | None
    restored_at: datetime | None


class DifferingLineOut(Out):
    """How much of an order line differs."""

    order: LineNameOut
    key: str = Field(description="What the line goes by in verdicts.", examples=["PO/2026/117/10"])
    product: str
    quantity: int
    unit_value: MoneyOut | None
    received: str | None
    loss: LineLossOut | None = Field(description="Null where too much came.")
    debt_id: UUID | None = Field(
        description="Where too much came: our obligation to give it back, in the ledger."
    )


class ParcelSeenOut(Out):
    """A parcel that holds, or may hold, what differs. GET /v1/parcels/{id} has its story."""

    id: UUID
    tracking_number: str | None
    status: str
    delivered_at: datetime | None
    left_at: PlaceKind = Field(description="Where it was left, against where it was addressed to.")
    left_at_why: str


class RightOut(Out):
    """A right of ours and its end, as it was reckoned last."""

    right: str = Field(examples=["report_shortage"])
    is_final: bool = Field(
        description="After it nothing is heard any more; before it, lateness costs less."
    )
    toward: PartyOut
    window: str | None = Field(examples=["48 hours from delivery"])
    last_on: date | None
    last_at: datetime | None = Field(description="Null: unknown, and `why` says why.")
    last_safe_on: date | None
    has_passed: bool | None = Field(description="Computed now; null where the end is unknown.")
    not_before_on: date | None = Field(description="Until when the carrier hears no claim yet.")
    source: str | None
    why: str
    deadline_id: UUID | None = Field(
        description="In the ledger; null where the end is unknown, or the right is not ours to use."
    )
    state: DeadlineState | None = Field(description="Of the deadline in the ledger.")


class FilingOut(Out):
    """Who may file with the carrier."""

    carrier: str
    is_ours: bool | None = Field(description="Null: nobody knows.")
    vendor_owes: bool
    last_on: date | None
    has_passed: bool | None
    why: str
    obligation_id: UUID | None = Field(description="The vendor's duty to file, in the ledger.")


class DiscrepancyOut(Out):
    """A discrepancy in a list."""

    id: UUID
    number: str = Field(description="To say over the phone.", examples=["D-1042"])
    version: int = Field(description="Rises with each change; the ETag.")
    case: CaseNameOut
    kind: Kind
    state: State
    settlement: Settlement | None = Field(description="How the step that ended it did so.")
    settled_at: datetime | None
    shipment: str
    supplier: str = Field(description="At whose door it is claimed: the vendor's key.")
    reported_at: datetime
    vendor_told_at: datetime | None
    note: str | None
    created_at: datetime
    updated_at: datetime


class DiscrepancyWhole(DiscrepancyOut):
    """A discrepancy and all that is known of it."""

    is_early: bool = Field(description="The shipment is still on the way; computed now.")
    early_note: str | None = Field(description="Why it is early, and when it is so no more.")
    lines: list[DifferingLineOut]
    parcels: list[ParcelSeenOut]
    verdict: StoredVerdictOut | None = Field(description="The newest.")
    verdict_note: str | None = Field(description="Why there is none.")
    denials: list[DenialOut] = Field(description="In the order they were recorded.")
    deadlines: list[RightOut]
    filing: FilingOut | None = Field(description="Null: no carrier's tariff is on record for it.")
    settlements: list[SettlementOut] = Field(description="In the order they were recorded.")
    next_steps: list[str]
