"""What happens to discrepancies."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.events import Event


class DiscrepancyEvent(Event):
    """Something that happened to a discrepancy."""

    discrepancy_id: UUID
    number: str
    case_id: UUID
    version: int

    def subject(self) -> str:
        """Return the discrepancy."""
        return f"discrepancies/{self.discrepancy_id}"


class DiscrepancyOpened(DiscrepancyEvent):
    """What arrived differs from what was shipped."""

    TYPE: ClassVar[str] = "discrepancies.opened"

    kind: str
    shipment_id: UUID
    loss_ids: list[UUID]


class DiscrepancyWeighed(DiscrepancyEvent):
    """The weights say something else than they said before, or something for the first time."""

    TYPE: ClassVar[str] = "discrepancies.weighed"

    verdict_id: UUID
    shipped: str
    at_last_weighing: str
    missing: dict[str, int] | None
    sentence: str


class DiscrepancyRightsReckoned(DiscrepancyEvent):
    """By when our rights end, or who may file with the carrier, is known or known otherwise."""

    TYPE: ClassVar[str] = "discrepancies.rights_reckoned"

    deadline_ids: list[UUID]
    filing_obligation_id: UUID | None


class DiscrepancyDenied(DiscrepancyEvent):
    """The vendor refused, on this ground."""

    TYPE: ClassVar[str] = "discrepancies.denied"

    denial_id: UUID
    vendor_id: UUID
    by_name: str | None
    by_role: str | None
    said_at: datetime
    channel: str
    words: str
    ground: str
    retracts: UUID | None


class DenialJudged(DiscrepancyEvent):
    """Whether the ground of a denial holds, by what is known now."""

    TYPE: ClassVar[str] = "discrepancies.judged"

    denial_id: UUID
    judgement_id: UUID
    ground: str
    applicable: str
    why: str


class SettlementRecorded(DiscrepancyEvent):
    """Something was made good, accepted as refused, or written off."""

    TYPE: ClassVar[str] = "discrepancies.settlement_recorded"

    settlement_id: UUID
    settlement: str
    quantity: int | None
    amount: str | None
    currency: str | None
    obligation_id: UUID | None
    released_ids: list[UUID]


class DiscrepancySettled(DiscrepancyEvent):
    """Nothing more is asked of anybody for it."""

    TYPE: ClassVar[str] = "discrepancies.settled"

    settlement: str
    settled_at: datetime
