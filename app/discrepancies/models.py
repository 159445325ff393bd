"""How discrepancies are kept: what differs, what was weighed, refused, settled; our deadlines."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.discrepancies.rules import FIRST_NUMBER, Kind, Settlement, State
from app.kit.db import Base, Identified
from app.obligations.rules import Channel


def _one_of(column: str, values: type[StrEnum]) -> sa.CheckConstraint:
    words = ", ".join(f"'{each.value}'" for each in values)
    return sa.CheckConstraint(f"{column} IN ({words})", name=column)


IS_OPEN = sa.literal_column("state = 'open'", sa.Boolean())


class Discrepancy(Base, Identified):
    """What arrived differs from what was shipped. Whoever changes anything of it locks its row.

    supplier_id        at whose door it is claimed: all its lines were bought from it
    vendor_told_at     when the vendor was told; null: nobody says so here
    carrier            by whom it was carried, as it was reckoned last; null: nobody knows
    filing             who may file with the carrier, as it was reckoned last
    settlement         how the step that ended it did so
    """

    __tablename__ = "discrepancies"
    __table_args__ = (
        _one_of("kind", Kind),
        _one_of("state", State),
        _one_of("settlement", Settlement),
        sa.CheckConstraint("(state = 'settled') = (settled_at IS NOT NULL)", name="settled"),
        sa.CheckConstraint("(settled_at IS NULL) = (settlement IS NULL)", name="settlement_told"),
        sa.Index(None, "case_id", "id"),
        sa.Index(None, "shipment_id", "id"),
        sa.Index(None, "kind", "id"),
        sa.Index(None, "state", "id"),
        sa.Index(
            "ix_discrepancies_open_carrier",
            "carrier",
            "id",
            postgresql_where=IS_OPEN,
        ),
    )

    number: Mapped[int] = mapped_column(
        sa.BigInteger, sa.Identity(start=FIRST_NUMBER), unique=True, sort_order=-9
    )
    version: Mapped[int]
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cases.id"))
    kind: Mapped[str]
    state: Mapped[str]
    settlement: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    shipment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("shipments.id"))
    supplier_id: Mapped[UUID] = mapped_column(sa.ForeignKey("vendors.id"))
    reported_at: Mapped[datetime]
    vendor_told_at: Mapped[datetime | None]
    note: Mapped[str | None]
    carrier: Mapped[str | None]
    filing: Mapped[dict[str, Any] | None]
    filing_obligation_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("obligations.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class DiscrepancyLine(Base, Identified):
    """How much of an order line differs.

    loss_id            what of it was lost, in the ledger; null where too much came
    debt_id            what we owe to give back where too much came
    received           what came instead, in words
    """

    __tablename__ = "discrepancy_lines"
    __table_args__ = (
        sa.UniqueConstraint("discrepancy_id", "position"),
        sa.UniqueConstraint("discrepancy_id", "purchase_line_id"),
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.CheckConstraint(
            "(unit_value_amount IS NULL) = (unit_value_currency IS NULL)", name="unit_value"
        ),
    )

    discrepancy_id: Mapped[UUID] = mapped_column(sa.ForeignKey("discrepancies.id"))
    position: Mapped[int]
    purchase_line_id: Mapped[UUID] = mapped_column(sa.ForeignKey("purchase_lines.id"))
    quantity: Mapped[int]
    unit_value_amount: Mapped[Decimal | None]
    unit_value_currency: Mapped[str | None] = mapped_column(sa.CHAR(3))
    received: Mapped[str | None]
    loss_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("losses.id"), unique=True)
    debt_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("obligations.id"), unique=True)


class DiscrepancyRight(Base, Identified):
    """A right of ours that ends on a day, as it was reckoned last; in the ledger where it has one.

    toward             against whom (a party as text)
    deadline_id        null: its day is unknown, or it is not ours to use
    """

    __tablename__ = "discrepancy_rights"
    __table_args__ = (
        sa.UniqueConstraint("discrepancy_id", "right_kind", "is_final"),
        sa.Index(None, "toward", "discrepancy_id"),
    )

    discrepancy_id: Mapped[UUID] = mapped_column(sa.ForeignKey("discrepancies.id"))
    right_kind: Mapped[str]
    is_final: Mapped[bool]
    toward: Mapped[str]
    time_window: Mapped[str | None]
    last_at: Mapped[datetime | None]
    last_on: Mapped[date | None]
    last_safe_on: Mapped[date | None]
    not_before_on: Mapped[date | None]
    source: Mapped[str | None]
    why: Mapped[str]
    deadline_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("deadlines.id"))
    reckoned_at: Mapped[datetime]


class StoredVerdict(Base, Identified):
    """What the weights said at one moment, with all that it was computed from. Never changed.

    model              the version of the model that computed it
    question, answer   whole: the same question gives the same answer by the same model
    readings           which reading of which parcel each of the question's is
    left_out           readings that were not asked, and why
    inputs             a fingerprint of the question and the model
    """

    __tablename__ = "discrepancy_verdicts"
    __table_args__ = (sa.Index(None, "discrepancy_id", "id"),)

    discrepancy_id: Mapped[UUID] = mapped_column(sa.ForeignKey("discrepancies.id"))
    weighed_at: Mapped[datetime]
    weighed_by: Mapped[str]
    model: Mapped[str]
    question: Mapped[dict[str, Any]]
    answer: Mapped[dict[str, Any]]
    readings: Mapped[list[Any]]
    left_out: Mapped[list[Any]]
    notes: Mapped[list[Any]]
    inputs: Mapped[bytes]


class Denial(Base, Identified):
    """A vendor refused: who, when, in what words, and the ground it gave. Never changed."""

    __tablename__ = "discrepancy_denials"
    __table_args__ = (_one_of("channel", Channel), sa.Index(None, "discrepancy_id", "id"))

    discrepancy_id: Mapped[UUID] = mapped_column(sa.ForeignKey("discrepancies.id"))
    vendor_id: Mapped[UUID] = mapped_column(sa.ForeignKey("vendors.id"))
    role: Mapped[str]
    by_name: Mapped[str | None]
    by_role: Mapped[str | None]
    said_at: Mapped[datetime]
    channel: Mapped[str]
    words: Mapped[str]
    ground: Mapped[str]
    retracts: Mapped[UUID | None] = mapped_column(sa.ForeignKey("obligations.id"))
    retraction_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("retractions.id"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class DenialJudgement(Base, Identified):
    """Whether a denial's ground held, by what was known then. Never changed; judged anew beside."""

    __tablename__ = "denial_judgements"
    __table_args__ = (sa.Index(None, "denial_id", "id"),)

    denial_id: Mapped[UUID] = mapped_column(sa.ForeignKey("discrepancy_denials.id"))
    judged_at: Mapped[datetime]
    judged_by: Mapped[str]
    applicable: Mapped[str]
    judgement: Mapped[dict[str, Any]]
    facts: Mapped[dict[str, Any]]
    vendor_terms: Mapped[dict[str, Any] | None]
    carrier_tariff: Mapped[dict[str, Any] | None]


class SettlementStep(Base, Identified):
    """One step of a settlement: what was performed in the ledger, or released there."""

    __tablename__ = "discrepancy_settlements"
    __table_args__ = (
        _one_of("settlement", Settlement),
        sa.Index(None, "discrepancy_id", "id"),
        sa.CheckConstraint("(amount IS NULL) = (currency IS NULL)", name="currency"),
    )

    discrepancy_id: Mapped[UUID] = mapped_column(sa.ForeignKey("discrepancies.id"))
    settlement: Mapped[str]
    line_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("discrepancy_lines.id"))
    quantity: Mapped[int | None]
    amount: Mapped[Decimal | None]
    currency: Mapped[str | None] = mapped_column(sa.CHAR(3))
    obligation_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("obligations.id"))
    performance_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("performances.id"))
    released_ids: Mapped[list[UUID]] = mapped_column(ARRAY(sa.Uuid))
    at: Mapped[datetime]
    by_name: Mapped[str]
    reference: Mapped[str | None]
    note: Mapped[str | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
