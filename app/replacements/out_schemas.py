"""How replacements are read."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from app.claims.rules.axes import ReturnLeg
from app.claims.rules.findings import FoundOutcome
from app.kit.fields import Out
from app.kit.money_fields import MoneyOut
from app.obligations.rules import Channel
from app.obligations.rules import State as DebtState
from app.replacements.charging.schemas import ReplacementChargeOut
from app.replacements.rules import Arrival, ReplacementFileKind, ShipTo, SwapOutcome
from app.replacements.rules.folding import SwapFact
from app.replacements.rules.states import Outbound, ReturnCharge, SwapState
from app.replacements.rules.weighing import WeightSays
from app.vendors.rules import Role


class NumberedOut(Out):
    """A case, a claim or a replacement by id and number."""

    id: UUID
    number: str


class SwapDoorOut(Out):
    """At whose door it is asked for."""

    vendor: str
    role: Role
    product_line: str | None


class SwapUnitOut(Out):
    """A unit, as far as it is known."""

    product: str | None
    serial: str | None
    unit: str | None = Field(description="The ERP's key of it.")


class ReturnByOut(Out):
    """By when the unit goes back."""

    on: date | None = Field(description="The last day, that counts; null: nobody has said.")
    due_at: datetime | None = Field(description="Its last instant, in the vendor's own time.")
    by_terms: date | None
    stated: date | None = Field(description="What the vendor states: it wins.")
    charged_after: date | None = Field(description="The last day before it is charged, by terms.")
    why: str
    is_late: bool


class AtRiskOut(Out):
    """What is charged if it does not go back."""

    amount: MoneyOut | None
    why: str | None


class ReplacementOut(Out):
    """A replacement in a list."""

    id: UUID
    number: str = Field(description="To say over the phone.", examples=["AR-1001"])
    version: int = Field(description="Rises with each change; the ETag.")
    claim_id: UUID
    line: int
    follows_id: UUID | None
    case: NumberedOut
    door: SwapDoorOut
    state: SwapState
    outbound: Outbound
    return_leg: ReturnLeg
    charge: ReturnCharge
    is_open: bool
    outcome: SwapOutcome | None
    ship_to: ShipTo
    rma: str | None
    goes_back: SwapUnitOut
    came: SwapUnitOut | None
    arrival: Arrival | None
    return_by: date | None
    our_reference: str | None
    requested_at: datetime
    closed_at: datetime | None
    created_at: datetime
    updated_at: datetime


class SwapSecurityOut(Out):
    """What the vendor has in hand until the unit is back."""

    purchase_order: str | None
    card_reference: str | None
    deposit: MoneyOut | None
    credit_approval: str | None
    billed: MoneyOut | None


class SwapEntitlementOut(Out):
    """Whether a replacement comes first, by what was known when it was asked for."""

    answer: str = Field(description="yes, no or unknown.")
    why: str
    rule: str | None
    source: str | None


class SwapFactOut(Out):
    """One thing that was said or done."""

    id: UUID
    fact: SwapFact
    at: datetime
    is_ours: bool
    counts: bool
    by_name: str | None
    channel: Channel | None
    words: str | None
    told: dict[str, Any]
    recorded_at: datetime
    recorded_by: str


class SwapParcelOut(Out):
    """A parcel with the replacement, or with what goes back."""

    id: UUID
    is_return: bool
    tracking_number: str
    carrier: str | None
    sent_at: datetime
    parcel_id: UUID | None
    delivered_at: datetime | None
    came_back_at: datetime | None
    lost_at: datetime | None


class SwapFileOut(Out):
    """A photo or a document."""

    id: UUID
    file_id: UUID
    what: ReplacementFileKind
    note: str | None
    added_at: datetime
    added_by: str


class SwapDueOut(Out):
    """What the ledger was told of it."""

    purpose: str
    obligation_id: UUID
    number: int
    debtor: str
    state: DebtState
    due_at: datetime | None


class HolderOut(Out):
    """Who has what goes back."""

    kind: str
    key: str | None


class BearerOut(Out):
    """Whose loss it is if what goes back is lost on its way."""

    bearer: str = Field(description="us, vendor or unknown.")
    why: str


class ScanOut(Out):
    """One event of the parcel that went back."""

    at: datetime
    status: str
    text: str | None
    place: str | None


class ReturnProofOut(Out):
    """What shows that the unit went back."""

    tracking_number: str | None
    sent_at: datetime | None
    delivered_at: datetime | None = Field(description="By its carrier: our being late ends there.")
    signed_by: str | None
    received_at: datetime | None = Field(description="By the vendor's own word: the risk ends.")
    serials: list[str] = Field(description="As the vendor read them.")
    outcome: FoundOutcome | None
    weight: WeightSays
    weight_why: str
    scans: list[ScanOut]


class ReplacementWhole(ReplacementOut):
    """A replacement, and all that was heard of it."""

    return_due: ReturnByOut
    at_risk: AtRiskOut
    security: SwapSecurityOut
    entitlement: SwapEntitlementOut
    warnings: list[str]
    holder: HolderOut = Field(description="Who has what goes back.")
    lost_on_its_way: BearerOut
    late_clock_stopped_at: datetime | None
    risk_ended_at: datetime | None
    facts: list[SwapFactOut] = Field(description="By when they happened.")
    parcels: list[SwapParcelOut]
    charges: list[ReplacementChargeOut]
    files: list[SwapFileOut]
    dues: list[SwapDueOut] = Field(description="What the ledger was told, the oldest first.")
