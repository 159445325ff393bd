"""How entitlements are read."""

from datetime import date, datetime

from pydantic import Field

from app.coverage.remedies import Help
from app.coverage.rules import Answer, RestsOn, Weight
from app.kit.fields import Out
from app.vendors.rules import Role
from app.vendors.terms import Anchor, ChargeBasis, ChargeModel, Condition, Security, When


class UnitCandidateOut(Out):
    """A unit that a serial number can mean."""

    unit: str
    serial: str
    product: str
    manufacturer: str | None
    customer: str | None
    href: str = Field(description="Where its entitlements are.")


class UnitCandidatesOut(Out):
    """The units that a serial number can mean."""

    candidates: list[UnitCandidateOut]


class KnownOut(Out):
    """When something was, by one source."""

    when: When
    source: str
    weight: Weight


class DateOut(Out):
    """When something was: `used` is the best founded; the others stand beside it."""

    anchor: Anchor
    used: KnownOut
    others: list[KnownOut]
    disagree: bool = Field(description="They name different days.")


class FindingOut(Out):
    """What one source says."""

    basis: RestsOn
    vendor: str
    role: Role | None
    answer: Answer
    begins_on: date | None = Field(description="From when it is counted.")
    ends_on: date | None = Field(description="Its last day; null: unknown.")
    last_at: datetime | None = Field(description="The last instant of it.")
    rule: str | None = Field(description="The term, or the offer, in words.")
    source: str | None = Field(description="Where it is written, or where it was looked up.")
    terms: str | None = Field(description="The record of terms: its key.")
    terms_version: int | None
    lookup: str | None = Field(description="The look-up: its key.")
    seen_on: date | None
    weight: Weight
    is_used: bool
    why: str


class DoorOut(Out):
    """A door: whose it is, and whether it is open for this."""

    vendor: str
    role: Role
    answer: Answer
    closes_on: date | None = Field(description="Its last day; null: unknown.")
    next: str | None = Field(description="Whose the next door is that is not closed: the key.")
    disagree: bool = Field(description="Its sources contradict one another.")
    findings: list[FindingOut] = Field(description="All that sources say, side by side.")


class OwedByOut(Out):
    """Who owes it."""

    vendor: str
    role: Role


class NextDoorOut(Out):
    """The door behind the one that is used."""

    vendor: str
    role: Role
    answer: Answer
    from_: date | None = Field(
        serialization_alias="from", description="The day after the one before it closes."
    )
    closes_on: date | None


class EntitlementOut(Out):
    """Whether it is entitled to this. Unknown is never yes."""

    answer: Answer
    why: str
    ends_on: date | None = Field(description="Its last day, at the door whose word the answer is.")
    rule: str | None
    source: str | None
    owed_by: OwedByOut | None
    door: OwedByOut | None = Field(description="Where to ask now; null: no door is open.")
    next_door: NextDoorOut | None = Field(description="Where to ask when that one is closed.")
    disagree: bool = Field(description="The sources of that door contradict one another.")
    doors: list[DoorOut] = Field(description="All of them, in the order in which they are tried.")


class SwapOut(Out):
    """On what terms a replacement comes first, by the terms of the door that is used."""

    condition: Condition | None = Field(description="Of what is sent at this age.")
    needs_contract: bool | None
    ships_within: str | None
    return_by: str | None
    charged_after: str | None
    charge_model: ChargeModel | None
    charge_basis: ChargeBasis | None
    security: Security | None = Field(description="What the vendor wants before it ships.")
    must_match: bool | None
    default_ends_service: bool | None


class AdvanceReplacementOut(EntitlementOut):
    """Whether a replacement comes first, and on what terms."""

    terms: SwapOut | None = Field(description="Null: nothing is known of them.")


class StepOut(Out):
    """A step on the way to help."""

    what: str
    by: date | None = Field(description="Its last day, by the terms; null: no term says.")
    rule: str | None
    source: str | None


class RemedyOut(Out):
    """By when something helps, by the terms and in the calendar of its vendor."""

    remedy: Help
    answer: Answer = Field(description="Whether we are entitled to it.")
    vendor: str
    role: Role
    helps_by: date | None = Field(description="By then it has helped; null: no term says.")
    not_before_on: date | None = Field(description="As far as the steps that are known lead.")
    in_time: Answer | None = Field(description="For `needed_by`; null: no day was named.")
    return_by: date | None = Field(
        description="By when the defective unit must be back, if it helps on that day."
    )
    steps: list[StepOut]
    notes: list[str]
    why: str


class EntitlementsOut(Out):
    """What a unit is entitled to on a day."""

    unit: str
    serial: str
    product: str
    product_line: str | None
    manufacturer: str | None
    supplier: str | None
    on: date
    needed_by: date | None
    terms_on: date = Field(description="The day whose terms count.")
    terms_on_why: str
    replaces: list[str] = Field(description="The units it stands in for, the first one first.")
    dates: list[DateOut]
    warranty: EntitlementOut
    doa: EntitlementOut
    advance_replacement: AdvanceReplacementOut
    contract: FindingOut | None = Field(
        description="What a vendor's page says of a service contract; null: none was looked at."
    )
    remedies: list[RemedyOut] = Field(description="What can help, the soonest first.")
    best: Help | None = Field(
        description="The soonest that we are entitled to and that is in time; null: none surely."
    )
    warnings: list[str]
    note: str
