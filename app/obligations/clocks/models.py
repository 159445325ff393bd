"""How the clocks of debts are kept: when they stood still, and every due time there was."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Identified, one_of
from app.obligations.clocks.rules import DueChange, PauseReason


class Pause(Base, Identified):
    """A stretch in which a debt's clock stood still. Never deleted.

    was_due_at      when it was due until then
    resumed_at      null: it still stands
    """

    __tablename__ = "obligation_pauses"
    __table_args__ = (
        one_of("reason", PauseReason),
        sa.CheckConstraint("resumed_at >= paused_at", name="order"),
        sa.Index(
            "uq_obligation_pauses_standing",
            "obligation_id",
            unique=True,
            postgresql_where=sa.text("resumed_at IS NULL"),
        ),
    )

    obligation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("obligations.id"), index=True)
    reason: Mapped[str]
    note: Mapped[str | None]
    paused_at: Mapped[datetime]
    was_due_at: Mapped[datetime]
    resumed_at: Mapped[datetime | None]
    recorded_by: Mapped[str]


class DueTimeChange(Base, Identified):
    """A due time that became another: what it was, what it is, and why. Never changed."""

    __tablename__ = "due_time_changes"
    __table_args__ = (one_of("cause", DueChange),)

    obligation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("obligations.id"), index=True)
    was_due_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    cause: Mapped[str]
    why: Mapped[str]
    calendar_key: Mapped[str | None]
    calendar_version: Mapped[int | None]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]


class DeadlineChange(Base, Identified):
    """A last day that became another: what it was, what it is, and why. Never changed."""

    __tablename__ = "deadline_changes"
    __table_args__ = (one_of("cause", DueChange),)

    deadline_id: Mapped[UUID] = mapped_column(sa.ForeignKey("deadlines.id"), index=True)
    was_last_at: Mapped[datetime]
    was_last_on: Mapped[date | None]
    last_at: Mapped[datetime]
    last_on: Mapped[date | None]
    cause: Mapped[str]
    why: Mapped[str]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]
