"""How cases are kept: the customer's problem, what she got, its files, notes and ties."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.cases.rules import (
    FIRST_NUMBER,
    Bearer,
    CloseReason,
    FileKind,
    Kind,
    Outcome,
    Recovery,
    Remedy,
    State,
)
from app.kit.db import Base, Identified
from app.obligations.rules import Channel


def _one_of(column: str, values: type[StrEnum]) -> sa.CheckConstraint:
    return sa.CheckConstraint(sa.column(column).in_([each.value for each in values]), name=column)


class Case(Base, Identified):
    """A customer's problem, from report to made whole.

    waiting_since      since when she waits in this round: first the report, later a reopening
    waited_before_s    what she waited in the rounds before it, in seconds
    made_whole_at      when this round's wait ended because she got what she was owed
    closed_at          when nothing more was to be done for her
    recovery           of what it cost us; its own axis, and it outlives the customer's side
    """

    __tablename__ = "cases"
    __table_args__ = (
        _one_of("kind", Kind),
        _one_of("channel", Channel),
        _one_of("state", State),
        _one_of("recovery", Recovery),
        _one_of("close_reason", CloseReason),
        _one_of("recovery_outcome", Outcome),
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.CheckConstraint("waited_before_s >= 0", name="waited_before_s"),
        sa.CheckConstraint("state <> 'open' OR made_whole_at IS NULL", name="waiting"),
        sa.CheckConstraint("state <> 'made_whole' OR made_whole_at IS NOT NULL", name="made_whole"),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed"),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (close_reason IS NULL)", name="close_reason_told"
        ),
        sa.CheckConstraint(
            "(recovery = 'done') = (recovery_closed_at IS NOT NULL)", name="recovery_closed"
        ),
        sa.Index(None, "state", "id"),
        sa.Index(None, "kind", "id"),
        sa.Index(None, "customer_id", "id"),
        sa.Index(
            "ix_cases_purchase_line_id",
            "purchase_line_id",
            postgresql_where=sa.text("purchase_line_id IS NOT NULL"),
        ),
        sa.Index(
            "ix_cases_shipment_id",
            "shipment_id",
            postgresql_where=sa.text("shipment_id IS NOT NULL"),
        ),
        sa.Index("ix_cases_recovery_open", "id", postgresql_where=sa.text("recovery = 'open'")),
        sa.Index(
            "ix_cases_needed_by",
            "needed_by",
            "id",
            postgresql_where=sa.text("needed_by IS NOT NULL"),
        ),
        sa.Index(
            "ix_cases_open_needed_by",
            "needed_by",
            "id",
            postgresql_where=sa.text("state = 'open' AND needed_by IS NOT NULL"),
        ),
    )

    number: Mapped[int] = mapped_column(
        sa.BigInteger, sa.Identity(start=FIRST_NUMBER), unique=True, sort_order=-9
    )
    version: Mapped[int]
    state: Mapped[str]
    recovery: Mapped[str]
    kind: Mapped[str]
    customer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("customers.id"))
    report: Mapped[str]
    channel: Mapped[str | None]
    reported_at: Mapped[datetime]
    purchase_line_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("purchase_lines.id"))
    quantity: Mapped[int | None]
    shipment_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("shipments.id"))
    needed_by: Mapped[date | None]
    waiting_since: Mapped[datetime]
    waited_before_s: Mapped[int] = mapped_column(sa.BigInteger)
    made_whole_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[str | None]
    close_note: Mapped[str | None]
    recovery_outcome: Mapped[str | None]
    recovery_closed_at: Mapped[datetime | None]
    recovery_note: Mapped[str | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class MakeWhole(Base, Identified):
    """What the customer got, once for each round of her case. Undone where the case was reopened.

    quantity, amount   units of a replacement or a repair, money of a refund or a credit
    bearer             at whose expense it should be in the end; until they pay it is ours
    """

    __tablename__ = "make_wholes"
    __table_args__ = (
        sa.Index(None, "case_id", "id"),
        # The last word when two make one case whole at once.
        sa.Index(
            "uq_make_wholes_standing",
            "case_id",
            unique=True,
            postgresql_where=sa.text("undone_at IS NULL"),
        ),
        _one_of("remedy", Remedy),
        _one_of("bearer", Bearer),
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.CheckConstraint("amount > 0", name="amount"),
        sa.CheckConstraint("(amount IS NULL) = (currency IS NULL)", name="currency"),
        sa.CheckConstraint(
            "(quantity IS NOT NULL) = (remedy IN ('replacement', 'repair'))", name="units"
        ),
        sa.CheckConstraint("(amount IS NOT NULL) = (remedy IN ('refund', 'credit'))", name="money"),
        sa.CheckConstraint("(bearer = 'us') = (bearer_key IS NULL)", name="bearer_key"),
    )

    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cases.id"))
    remedy: Mapped[str]
    quantity: Mapped[int | None]
    amount: Mapped[Decimal | None]
    currency: Mapped[str | None] = mapped_column(sa.CHAR(3))
    at: Mapped[datetime]
    reference: Mapped[str | None]
    note: Mapped[str | None]
    bearer: Mapped[str]
    bearer_key: Mapped[str | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    undone_at: Mapped[datetime | None]


class CaseFile(Base, Identified):
    """A file that belongs to a case."""

    __tablename__ = "case_files"
    __table_args__ = (sa.UniqueConstraint("case_id", "file_id"), _one_of("what", FileKind))

    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cases.id"))
    file_id: Mapped[UUID] = mapped_column(sa.ForeignKey("files.id"))
    what: Mapped[str]
    note: Mapped[str | None]
    added_at: Mapped[datetime]
    added_by: Mapped[str]


class CaseNote(Base, Identified):
    """Something written down about a case. Never changed."""

    __tablename__ = "case_notes"
    __table_args__ = (sa.Index(None, "case_id", "id"),)

    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cases.id"))
    text: Mapped[str]
    added_at: Mapped[datetime]
    added_by: Mapped[str]


class CaseSubject(Base):
    """A subject of events that belongs to a case, tied by a room above: `noun/id`."""

    __tablename__ = "case_subjects"

    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cases.id"), primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
