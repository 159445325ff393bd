"""What happens to debts, losses and rights of ours."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.events import Event


class ObligationEvent(Event):
    """Something that happened to an obligation."""

    obligation_id: UUID
    number: int
    kind: str
    debtor: str
    creditor: str
    case_id: UUID | None
    loss_id: UUID | None
    version: int

    def subject(self) -> str:
        """Return the obligation."""
        return f"obligations/{self.obligation_id}"


class ObligationOpened(ObligationEvent):
    """Something is owed, or will be once its trigger comes."""

    TYPE: ClassVar[str] = "obligations.opened"

    state: str
    ground: str
    owed: str
    currency: str | None
    due_at: datetime | None
    due_rule: str | None


class ObligationTriggered(ObligationEvent):
    """What a conditional debt waited for has come: it is owed now."""

    TYPE: ClassVar[str] = "obligations.triggered"

    triggered_at: datetime
    due_at: datetime | None
    note: str | None


class ObligationPerformed(ObligationEvent):
    """Something was done towards it."""

    TYPE: ClassVar[str] = "obligations.performed"

    performance_id: UUID
    value: str
    currency: str | None
    outstanding: str
    performed_at: datetime


class ObligationCorrected(ObligationEvent):
    """What was recorded as done towards it was not, or not so; `instead_id` is what was."""

    TYPE: ClassVar[str] = "obligations.corrected"

    performance_id: UUID
    correction_id: UUID
    instead_id: UUID | None
    value: str
    currency: str | None
    outstanding: str
    by_name: str
    reason: str


class ObligationReopened(ObligationEvent):
    """It is owed again: what kept it, or kept an alternative to it, turned out wrong."""

    TYPE: ClassVar[str] = "obligations.reopened"

    was: str
    state: str
    correction_id: UUID


class ObligationKept(ObligationEvent):
    """It was performed in full, in time."""

    TYPE: ClassVar[str] = "obligations.kept"

    kept_at: datetime
    due_at: datetime | None


class ObligationKeptLate(ObligationKept):
    """It was performed in full, after it was due."""

    TYPE: ClassVar[str] = "obligations.kept_late"


class ObligationBroken(ObligationEvent):
    """It was not kept when it was due. It is still owed."""

    TYPE: ClassVar[str] = "obligations.broken"

    due_at: datetime | None
    note: str | None


class ObligationOverdue(ObligationEvent):
    """Its due time has passed and it is still owed. Raised once."""

    TYPE: ClassVar[str] = "obligations.overdue"

    due_at: datetime
    outstanding: str
    currency: str | None


class ObligationReleased(ObligationEvent):
    """The creditor let the debtor off, or an alternative to it was kept (`kept_instead_id`)."""

    TYPE: ClassVar[str] = "obligations.released"

    released_at: datetime
    by: str
    by_name: str | None
    words: str | None
    kept_instead_id: UUID | None


class ObligationSuperseded(ObligationEvent):
    """Another obligation took its place."""

    TYPE: ClassVar[str] = "obligations.superseded"

    superseded_by_id: UUID
    note: str | None


class ObligationVoided(ObligationEvent):
    """It was never owed."""

    TYPE: ClassVar[str] = "obligations.voided"

    reason: str


class ObligationContested(ObligationEvent):
    """The promise it rests on was taken back. It is still owed."""

    TYPE: ClassVar[str] = "obligations.contested"

    retraction_id: UUID
    by_name: str | None
    by_role: str | None
    said_at: datetime
    channel: str
    words: str


class LossEvent(Event):
    """Something that happened to a loss."""

    loss_id: UUID
    number: int
    case_id: UUID | None
    version: int

    def subject(self) -> str:
        """Return the loss."""
        return f"losses/{self.loss_id}"


class LossOpened(LossEvent):
    """Something was lost."""

    TYPE: ClassVar[str] = "obligations.loss_opened"

    quantity: int | None
    value_amount: str | None
    value_currency: str | None


class LossSettled(LossEvent):
    """A performance made good of a loss what it could; `is_restored` says whether all is now."""

    TYPE: ClassVar[str] = "obligations.loss_settled"

    obligation_id: UUID
    performance_id: UUID
    quantity: int | None
    amount: str | None
    above_cap: str
    debt_id: UUID | None
    is_restored: bool


class LossUnsettled(LossEvent):
    """What made good of a loss what it could turned out wrong; `is_restored` is what stays true."""

    TYPE: ClassVar[str] = "obligations.loss_unsettled"

    obligation_id: UUID
    performance_id: UUID
    correction_id: UUID
    quantity: int | None
    amount: str | None
    above_cap: str
    debt_id: UUID | None
    is_restored: bool


class DeadlineEvent(Event):
    """Something that happened to a right of ours that ends on a day."""

    deadline_id: UUID
    number: int
    kind: str
    toward: str
    case_id: UUID | None
    loss_id: UUID | None
    last_at: datetime
    version: int

    def subject(self) -> str:
        """Return the deadline."""
        return f"deadlines/{self.deadline_id}"


class DeadlineOpened(DeadlineEvent):
    """A right of ours will end, or has ended before we wrote it down (`has_passed`)."""

    TYPE: ClassVar[str] = "obligations.deadline_opened"

    has_passed: bool


class DeadlineUsed(DeadlineEvent):
    """The right was used in time."""

    TYPE: ClassVar[str] = "obligations.deadline_used"

    used_at: datetime
    note: str | None


class DeadlineWaived(DeadlineEvent):
    """We chose not to use the right."""

    TYPE: ClassVar[str] = "obligations.deadline_waived"

    by_name: str
    note: str


class DeadlineLapsed(DeadlineEvent):
    """The right ended unused."""

    TYPE: ClassVar[str] = "obligations.deadline_lapsed"
