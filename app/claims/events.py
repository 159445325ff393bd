"""What happens to claims."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.events import Event


class ClaimEvent(Event):
    """Something that happened to a claim."""

    claim_id: UUID
    number: str
    case_id: UUID
    version: int

    def subject(self) -> str:
        """Return the claim."""
        return f"claims/{self.claim_id}"


class ClaimOpened(ClaimEvent):
    """A claim was drafted."""

    TYPE: ClassVar[str] = "claims.opened"

    kind: str
    vendor_id: UUID
    serials: list[str]


class ClaimChanged(ClaimEvent):
    """A draft was changed, or a photo or document was added."""

    TYPE: ClassVar[str] = "claims.changed"

    what: str


class ClaimHeard(ClaimEvent):
    """Something was said or done; `counts` says whether it changes how the claim stands."""

    TYPE: ClassVar[str] = "claims.heard"

    fact_id: UUID
    fact: str
    at: datetime
    counts: bool
    by_name: str | None
    words: str | None


class ClaimMoved(ClaimEvent):
    """It stands otherwise on at least one of its axes."""

    TYPE: ClassVar[str] = "claims.moved"

    authorization_before: str
    authorization: str
    return_leg_before: str
    return_leg: str
    settlement_before: str
    settlement: str


class ClaimRmaExpiring(ClaimEvent):
    """The vendor's consent ends soon, and nothing is on its way."""

    TYPE: ClassVar[str] = "claims.rma_expiring"

    rma: str | None
    lapses_at: datetime


class ClaimDenialJudged(ClaimEvent):
    """Whether the ground of a denial holds, by what is known now."""

    TYPE: ClassVar[str] = "claims.judged"

    denial_id: UUID
    judgement_id: UUID
    ground: str
    applicable: str
    why: str


class ClaimStatusSeen(ClaimEvent):
    """The vendor calls it something else than it did."""

    TYPE: ClassVar[str] = "claims.status_seen"

    text: str
    seen_at: datetime


class ClaimReturnSent(ClaimEvent):
    """A parcel with units was sent back."""

    TYPE: ClassVar[str] = "claims.return_sent"

    return_id: UUID
    tracking_number: str
    sent_at: datetime


class ClaimFeeDisputed(ClaimEvent):
    """We contest what the vendor charges for what it found."""

    TYPE: ClassVar[str] = "claims.fee_disputed"

    finding_id: UUID
    words: str


class ClaimFeeResolved(ClaimEvent):
    """A dispute about a fee is over."""

    TYPE: ClassVar[str] = "claims.fee_resolved"

    finding_id: UUID
    resolution: str


class ClaimSettlementRecorded(ClaimEvent):
    """Something was made good, or written off."""

    TYPE: ClassVar[str] = "claims.settlement_recorded"

    settlement_id: UUID
    settlement: str
    line: int
    quantity: int | None
    amount: str | None
    currency: str | None
    obligation_id: UUID | None
