"""What happens to advance replacements."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from app.events import Event


class ReplacementEvent(Event):
    """Something that happened to a replacement."""

    replacement_id: UUID
    number: str
    claim_id: UUID
    case_id: UUID
    version: int

    def subject(self) -> str:
        """Return the replacement."""
        return f"replacements/{self.replacement_id}"


class ReplacementRequested(ReplacementEvent):
    """A replacement was asked for, to come before the unit goes back."""

    TYPE: ClassVar[str] = "replacements.requested"

    vendor_id: UUID
    line: int
    serial: str | None
    follows_id: UUID | None


class ReplacementHeard(ReplacementEvent):
    """Something was said or done; `counts` says whether it changes how the replacement stands."""

    TYPE: ClassVar[str] = "replacements.heard"

    fact_id: UUID
    fact: str
    at: datetime
    counts: bool
    by_name: str | None
    words: str | None


class ReplacementMoved(ReplacementEvent):
    """It stands otherwise, in the one word or on one of its axes."""

    TYPE: ClassVar[str] = "replacements.moved"

    state_before: str
    state: str
    outbound_before: str
    outbound: str
    return_leg_before: str
    return_leg: str
    charge_before: str
    charge: str


class ReplacementChanged(ReplacementEvent):
    """A photo or a document was added."""

    TYPE: ClassVar[str] = "replacements.changed"

    what: str


class ReplacementReturnSent(ReplacementEvent):
    """What goes back was sent."""

    TYPE: ClassVar[str] = "replacements.return_sent"

    parcel_id: UUID | None
    tracking_number: str
    sent_at: datetime


class ReturnByReckoned(ReplacementEvent):
    """The unit goes back by another day than before; `source` says by what: terms or stated."""

    TYPE: ClassVar[str] = "replacements.return_by_reckoned"

    was: date | None
    return_by: date | None
    due_at: datetime | None
    by_terms: date | None
    stated: date | None
    source: str
    why: str


class ReturnReminder(ReplacementEvent):
    """The unit goes back soon, and nothing is on its way; `holder` has it."""

    TYPE: ClassVar[str] = "replacements.return_reminder"

    working_days_left: int
    return_by: date
    due_at: datetime
    holder: str
    product: str
    serial: str | None
    rma: str | None
    at_risk_amount: str | None
    at_risk_currency: str | None


class ReplacementChargeEvent(ReplacementEvent):
    """Something that happened to a charge for a unit that was not returned."""

    charge_id: UUID
    document: str
    amount: str
    currency: str


class ReplacementChargeSeen(ReplacementChargeEvent):
    """The vendor charges for the unit; `is_contradicted` says whether the proof speaks against."""

    TYPE: ClassVar[str] = "replacements.charge_seen"

    issued_on: date
    is_contradicted: bool
    why: str


class ReplacementChargeDisputed(ReplacementChargeEvent):
    """The charge is contested, by the proof itself or by a person (`by_name`)."""

    TYPE: ClassVar[str] = "replacements.charge_disputed"

    by_name: str | None
    why: str


class ReplacementChargeAccepted(ReplacementChargeEvent):
    """We pay the charge: the unit goes back no more."""

    TYPE: ClassVar[str] = "replacements.charge_accepted"

    by_name: str


class ReplacementChargeReversed(ReplacementChargeEvent):
    """The vendor gave the charge back."""

    TYPE: ClassVar[str] = "replacements.charge_reversed"

    reversed_at: datetime


class ReplacementClosed(ReplacementEvent):
    """Nothing is owed any more, either way."""

    TYPE: ClassVar[str] = "replacements.closed"

    outcome: str
    closed_at: datetime
