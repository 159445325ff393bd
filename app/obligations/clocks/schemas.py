"""How the clock of a debt is stopped and run on, and how its history is read."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.kit.fields import In, Instant, Out, ShortText, Text
from app.obligations.clocks.rules import DueChange, PauseReason


class PauseIn(In):
    """For whom is waited."""

    reason: PauseReason = Field(
        description="Which reasons are allowed depends on the debtor and on what is owed.",
        examples=["waiting_for_customer"],
    )
    paused_at: Instant | None = Field(
        None, description="Null: now.", examples=["2026-03-03T10:00:00Z"]
    )
    note: Text | None = Field(None, examples=["She sends the serial number tomorrow."])


class ResumeIn(In):
    """Nobody is waited for any more."""

    resumed_at: Instant | None = Field(
        None, description="Null: now.", examples=["2026-03-04T10:00:00Z"]
    )


class OwnerIn(In):
    """Who among us looks after it."""

    owner: ShortText | None = Field(description="Null: nobody.", examples=["ana.ruiz"])


class PauseOut(Out):
    """A stretch in which its clock stood still."""

    id: UUID
    reason: PauseReason
    note: str | None
    paused_at: datetime
    was_due_at: datetime
    resumed_at: datetime | None = Field(description="Null: it still stands.")
    recorded_by: str


class DueChangeOut(Out):
    """A due time that became another."""

    was_due_at: datetime | None
    due_at: datetime | None
    cause: DueChange
    why: str
    calendar_key: str | None = Field(description="The calendar that it was counted by.")
    calendar_version: int | None
    changed_at: datetime
    changed_by: str


class DeadlineChangeOut(Out):
    """A last day that became another."""

    was_last_at: datetime
    was_last_on: date | None
    last_at: datetime
    last_on: date | None
    cause: DueChange
    why: str
    changed_at: datetime
    changed_by: str
