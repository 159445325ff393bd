"""What happens to claims for price protection."""

from typing import ClassVar
from uuid import UUID

from app.events import Event


class ClaimEvent(Event):
    """Something that happened to a claim."""

    claim_id: UUID
    number: str
    version: int
    notice_id: UUID
    supplier: str
    state: str
    currency: str
    amount: str

    def subject(self) -> str:
        """Return the claim."""
        return f"price-claims/{self.claim_id}"


class ClaimComputed(ClaimEvent):
    """What can be claimed of a supplier for a notice was computed, and is not what it was."""

    TYPE: ClassVar[str] = "price_protection.claim_computed"

    units: int
    file_by_on: str | None


class ClaimSubmitted(ClaimEvent):
    """It was filed: the supplier owes the credit."""

    TYPE: ClassVar[str] = "price_protection.claim_submitted"

    filing_id: UUID
    filing: str
    obligation_id: UUID
    by_name: str


class ClaimAcknowledged(ClaimEvent):
    """The supplier says that it has it."""

    TYPE: ClassVar[str] = "price_protection.claim_acknowledged"

    vendor_reference: str | None
    said_at: str
    by_name: str | None
    channel: str
    words: str


class ClaimAnswered(ClaimEvent):
    """The supplier approved lines of it, or refused them."""

    TYPE: ClassVar[str] = "price_protection.claim_answered"

    approved_amount: str
    vendor_reference: str | None
    said_at: str
    by_name: str | None
    channel: str
    words: str


class ClaimSettledShort(ClaimEvent):
    """We ask no more for what was refused or paid short."""

    TYPE: ClassVar[str] = "price_protection.claim_settled_short"

    let_go: str
    by_name: str
    words: str


class ClaimCredited(ClaimEvent):
    """The credit has come."""

    TYPE: ClassVar[str] = "price_protection.claim_credited"

    credited_amount: str


class ClaimReopened(ClaimEvent):
    """The credit had not come after all."""

    TYPE: ClassVar[str] = "price_protection.claim_reopened"


class ClaimPassedThrough(ClaimEvent):
    """The customers have their shares of it, where any were due."""

    TYPE: ClassVar[str] = "price_protection.claim_passed_through"


class ShareDecided(ClaimEvent):
    """A person said what the customers are due who had no contract."""

    TYPE: ClassVar[str] = "price_protection.share_decided"

    percent: str
    customer: str | None
    by_name: str
    note: str | None


class ClaimExpired(ClaimEvent):
    """The last day to file has passed unused: the money is lost, unless the supplier is kind."""

    TYPE: ClassVar[str] = "price_protection.claim_expired"


class ClaimWithdrawn(ClaimEvent):
    """There is nothing to claim any more: the notice was withdrawn, or reaches nothing."""

    TYPE: ClassVar[str] = "price_protection.claim_withdrawn"


class ClaimClosed(ClaimEvent):
    """Nothing more is to be done."""

    TYPE: ClassVar[str] = "price_protection.claim_closed"

    by_name: str
    note: str | None
