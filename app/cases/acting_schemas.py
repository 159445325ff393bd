"""How the order of actions of a case is read."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.kit.fields import Out
from app.obligations.rules import DeadlineKind


class ActionOut(Out):
    """Something to be done in time, or the right to it ends."""

    deadline_id: UUID
    kind: DeadlineKind
    description: str
    toward: str = Field(examples=["vendor:bigdist"])
    last_at: datetime
    last_safe_on: date | None
    last_safe_source: str | None
    after: list[UUID] = Field(description="Deadlines to be used before this one.")
    because: list[str] = Field(description="Why in this order, and who else is told.")
    blocked: str | None = Field(description="Why it must not be done as things stand.")


class LastSafeDay(Out):
    """The first day after which something of the case may be lost."""

    on: date
    deadline_id: UUID
    description: str
    source: str


class ActionsOut(Out):
    """What is to be done in a case: what comes first stands first."""

    last_safe_day: LastSafeDay | None = Field(description="Null: no right of ours is running.")
    items: list[ActionOut]
