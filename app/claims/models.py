"""How claims are kept: what is claimed, what was heard, and what the ledger was told of it."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.claims.rules import FIRST_NUMBER, ClaimFileKind, Kind, WantedRemedy
from app.claims.rules.axes import Authorization, ReturnLeg, SettlementState
from app.claims.rules.folding import Fact
from app.kit.db import Base, Identified, one_of
from app.obligations.rules import Channel
from app.vendors.rules import Role


class Claim(Base, Identified):
    """A recovery asked of a vendor. Whoever changes anything of it locks its row.

    vendor_id, role    at whose door it is claimed, in the part whose terms count
    authorization, return_leg, settlement   read from what was heard, and written with each change
    is_live            it is being pursued: its units cannot be claimed again meanwhile
    vendor_status      the vendor's own word for how it stands, as it was seen last
    lapses_at          when the consent ends unless the units are on their way by then
    watch_at           when time itself next makes something of it; null: it makes nothing
    """

    __tablename__ = "claims"
    __table_args__ = (
        one_of("kind", Kind),
        one_of("role", Role),
        one_of("asks_for", WantedRemedy),
        one_of("authorization", Authorization),
        one_of("return_leg", ReturnLeg),
        one_of("settlement", SettlementState),
        sa.CheckConstraint(
            "(vendor_status IS NULL) = (vendor_status_seen_at IS NULL)", name="vendor_status"
        ),
        sa.Index(None, "case_id", "id"),
        sa.Index(None, "vendor_id", "authorization", "id"),
        sa.Index(None, "authorization", "id"),
        sa.Index("ix_claims_live", "id", postgresql_where=sa.text("is_live")),
        sa.Index(
            "ix_claims_rma_lookup", "rma_lookup", postgresql_where=sa.text("rma_lookup IS NOT NULL")
        ),
        sa.Index(
            "ix_claims_watch_at", "watch_at", "id", postgresql_where=sa.text("watch_at IS NOT NULL")
        ),
    )

    number: Mapped[int] = mapped_column(
        sa.BigInteger, sa.Identity(start=FIRST_NUMBER), unique=True, sort_order=-9
    )
    version: Mapped[int]
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cases.id"))
    kind: Mapped[str]
    vendor_id: Mapped[UUID] = mapped_column(sa.ForeignKey("vendors.id"))
    role: Mapped[str]
    product_line: Mapped[str | None]
    asks_for: Mapped[str]
    symptom: Mapped[str]
    tried: Mapped[str | None]
    found_at: Mapped[datetime]
    is_box_opened: Mapped[bool | None]
    our_reference: Mapped[str | None]
    authorization: Mapped[str]
    return_leg: Mapped[str]
    settlement: Mapped[str]
    is_live: Mapped[bool]
    rma: Mapped[str | None]
    rma_lookup: Mapped[str | None]
    lapses_at: Mapped[datetime | None]
    watch_at: Mapped[datetime | None]
    warned_for: Mapped[datetime | None]
    vendor_reference: Mapped[str | None]
    vendor_status: Mapped[str | None]
    vendor_status_seen_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ClaimLine(Base, Identified):
    """Units of one order line, or one unit by its serial number. Lines count from 1.

    unit_id            the ERP's record of the unit, where it has one
    granted            how much of it the vendor's last consent covers; null: none was given
    settled            how it ended; null: it has not
    loss_id            what was lost with it, in the ledger; null while it is a draft
    is_swapped         another comes first: what goes back of it is owed by that replacement
    """

    __tablename__ = "claim_lines"
    __table_args__ = (
        sa.UniqueConstraint("claim_id", "position"),
        one_of("settled", SettlementState),
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.CheckConstraint("serial_lookup IS NULL OR quantity = 1", name="one_serial"),
        sa.CheckConstraint(
            "(unit_value_amount IS NULL) = (unit_value_currency IS NULL)", name="unit_value"
        ),
        sa.Index(
            "ix_claim_lines_serial",
            "serial_lookup",
            "product_key",
            postgresql_where=sa.text("serial_lookup IS NOT NULL"),
        ),
        sa.Index(None, "purchase_line_id"),
        sa.Index(None, "loss_id"),
    )

    claim_id: Mapped[UUID] = mapped_column(sa.ForeignKey("claims.id"))
    position: Mapped[int]
    purchase_line_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("purchase_lines.id"))
    unit_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("units.id"))
    product_key: Mapped[str]
    serial: Mapped[str | None]
    serial_lookup: Mapped[str | None]
    quantity: Mapped[int]
    unit_value_amount: Mapped[Decimal | None]
    unit_value_currency: Mapped[str | None] = mapped_column(sa.CHAR(3))
    granted: Mapped[int | None]
    settled: Mapped[str | None]
    settled_quantity: Mapped[int]
    loss_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("losses.id"))
    is_swapped: Mapped[bool] = mapped_column(default=False, server_default=sa.false())


class ClaimFact(Base, Identified):
    """One thing that was said or done, when, and by whom. Never changed.

    at                 when it happened, not when it was heard of
    turn               how often we had spoken by then
    same               a fingerprint of what it says: told twice it is once
    told               what belongs to it: lines granted, numbers, days
    """

    __tablename__ = "claim_facts"
    __table_args__ = (
        one_of("fact", Fact),
        one_of("channel", Channel),
        sa.UniqueConstraint("claim_id", "same"),
        sa.Index(None, "claim_id", "at", "id"),
    )

    claim_id: Mapped[UUID] = mapped_column(sa.ForeignKey("claims.id"))
    fact: Mapped[str]
    at: Mapped[datetime]
    is_ours: Mapped[bool]
    turn: Mapped[int]
    same: Mapped[bytes]
    by_name: Mapped[str | None]
    channel: Mapped[str | None]
    words: Mapped[str | None]
    told: Mapped[dict[str, Any]]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class ClaimFile(Base, Identified):
    """A photo or a document of a claim."""

    __tablename__ = "claim_files"
    __table_args__ = (one_of("what", ClaimFileKind), sa.UniqueConstraint("claim_id", "file_id"))

    claim_id: Mapped[UUID] = mapped_column(sa.ForeignKey("claims.id"))
    file_id: Mapped[UUID] = mapped_column(sa.ForeignKey("files.id"))
    what: Mapped[str]
    note: Mapped[str | None]
    added_at: Mapped[datetime]
    added_by: Mapped[str]


class ClaimDue(Base, Identified):
    """What the ledger was told of a claim: a debt or a deadline, for one purpose.

    subject            of which fact, line or finding; null: of the claim
    basis              what it was reckoned from: another basis, another debt
    """

    __tablename__ = "claim_dues"
    __table_args__ = (
        sa.UniqueConstraint("claim_id", "purpose", "subject", postgresql_nulls_not_distinct=True),
        sa.CheckConstraint(
            "(obligation_id IS NULL) <> (deadline_id IS NULL)", name="debt_or_deadline"
        ),
        sa.Index(None, "obligation_id"),
    )

    claim_id: Mapped[UUID] = mapped_column(sa.ForeignKey("claims.id"))
    purpose: Mapped[str]
    subject: Mapped[UUID | None]
    basis: Mapped[dict[str, Any]]
    obligation_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("obligations.id"))
    deadline_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("deadlines.id"))
    performance_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("performances.id"))
    performed_at: Mapped[datetime | None]


class ClaimReturn(Base, Identified):
    """A parcel by which units go back, as it was told; what became of it is the carrier's word.

    parcel_id          the parcel of that number, once something is known of it
    """

    __tablename__ = "claim_returns"
    __table_args__ = (
        sa.UniqueConstraint("claim_id", "tracking_lookup"),
        sa.Index(None, "tracking_lookup"),
        sa.Index(None, "parcel_id"),
    )

    claim_id: Mapped[UUID] = mapped_column(sa.ForeignKey("claims.id"))
    tracking_number: Mapped[str]
    tracking_lookup: Mapped[str]
    carrier: Mapped[str | None]
    sent_at: Mapped[datetime]
    parcel_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("parcels.id"))
    lost_at: Mapped[datetime | None]
    note: Mapped[str | None]
    by_name: Mapped[str | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class ClaimSettlement(Base, Identified):
    """One step of a settlement: what was performed in the ledger, or released there."""

    __tablename__ = "claim_settlements"
    __table_args__ = (
        one_of("settlement", SettlementState),
        sa.Index(None, "claim_id", "id"),
        sa.CheckConstraint("(amount IS NULL) = (currency IS NULL)", name="currency"),
    )

    claim_id: Mapped[UUID] = mapped_column(sa.ForeignKey("claims.id"))
    settlement: Mapped[str]
    line_id: Mapped[UUID] = mapped_column(sa.ForeignKey("claim_lines.id"))
    quantity: Mapped[int | None]
    amount: Mapped[Decimal | None]
    currency: Mapped[str | None] = mapped_column(sa.CHAR(3))
    obligation_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("obligations.id"))
    performance_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("performances.id"))
    replacement_serial: Mapped[str | None]
    at: Mapped[datetime]
    by_name: Mapped[str]
    reference: Mapped[str | None]
    note: Mapped[str | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
