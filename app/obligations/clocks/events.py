"""What happens to the clocks of debts, and to who looks after them."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.obligations.events import DeadlineEvent, ObligationEvent


class ObligationAtRisk(ObligationEvent):
    """So much of its time is used, or so little is left, that it may not be kept. Raised once."""

    TYPE: ClassVar[str] = "obligations.at_risk"

    due_at: datetime
    outstanding: str
    currency: str | None


class ObligationPaused(ObligationEvent):
    """Its clock stands still, for a reason that is allowed for whose clock it is."""

    TYPE: ClassVar[str] = "obligations.paused"

    pause_id: UUID
    reason: str
    paused_at: datetime
    was_due_at: datetime


class ObligationResumed(ObligationEvent):
    """Its clock runs on: it is due as much later as was left of its time."""

    TYPE: ClassVar[str] = "obligations.resumed"

    pause_id: UUID
    resumed_at: datetime
    due_at: datetime


class ObligationRetimed(ObligationEvent):
    """It is due at another time than before: its calendar, the terms or the facts are others."""

    TYPE: ClassVar[str] = "obligations.retimed"

    was_due_at: datetime | None
    due_at: datetime | None
    why: str


class DeadlineMoved(DeadlineEvent):
    """A right of ours ends at another time than before: terms, a calendar or the facts changed."""

    TYPE: ClassVar[str] = "obligations.deadline_moved"

    was_last_at: datetime
    why: str


class ObligationAssigned(ObligationEvent):
    """Somebody among us looks after it now, or nobody does any more."""

    TYPE: ClassVar[str] = "obligations.assigned"

    was: str | None
    owner: str | None
