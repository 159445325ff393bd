"""What happens to cases."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from app.events import Event


class CaseEvent(Event):
    """Something that happened to a case."""

    case_id: UUID
    number: str
    version: int

    def subject(self) -> str:
        """Return the case."""
        return f"cases/{self.case_id}"


class CaseOpened(CaseEvent):
    """A customer reported a problem."""

    TYPE: ClassVar[str] = "cases.opened"

    kind: str
    customer: str
    report: str
    reported_at: datetime
    purchase_line_id: UUID | None
    quantity: int | None
    shipment_id: UUID | None
    needed_by: date | None


class CaseChanged(CaseEvent):
    """What is known of a case was corrected; `changed` names the fields."""

    TYPE: ClassVar[str] = "cases.changed"

    changed: list[str]


class CaseMadeWhole(CaseEvent):
    """The customer got what she was owed. What it cost is ours until `expense_of` pays it."""

    TYPE: ClassVar[str] = "cases.made_whole"

    make_whole_id: UUID
    remedy: str
    quantity: int | None
    amount: str | None
    currency: str | None
    at: datetime
    reference: str | None
    expense_of: str
    recovery: str
    customer_waited_s: int


class CaseRecoveryClosed(CaseEvent):
    """Nothing more is asked of the vendor or the carrier."""

    TYPE: ClassVar[str] = "cases.recovery_closed"

    outcome: str
    closed_at: datetime
    note: str | None


class CaseClosed(CaseEvent):
    """Nothing more is to be done for the customer. A recovery goes on."""

    TYPE: ClassVar[str] = "cases.closed"

    reason: str
    note: str | None
    recovery: str
    customer_waited_s: int


class CaseReopened(CaseEvent):
    """The customer waits again."""

    TYPE: ClassVar[str] = "cases.reopened"

    was: str
    waiting_since: datetime
    note: str


class CaseFileAdded(CaseEvent):
    """A file was tied to a case."""

    TYPE: ClassVar[str] = "cases.file_added"

    case_file_id: UUID
    file_id: UUID
    what: str
    note: str | None


class CaseNoteAdded(CaseEvent):
    """Something was written down about a case."""

    TYPE: ClassVar[str] = "cases.note_added"

    note_id: UUID
    text: str
