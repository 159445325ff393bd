"""How refusals are kept, what they were judged to be worth, and what came of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.claims.rules.findings import FeeResolution, FoundOutcome
from app.kit.db import Base, Identified, one_of


class ClaimDenial(Base, Identified):
    """A vendor refused on one ground: the row beside its fact.

    ground_lookup      the ground as it is counted: case and blanks aside
    appealed_at        when we appealed against it
    reversed_at        when the vendor consented after all
    """

    __tablename__ = "claim_denials"
    __table_args__ = (
        sa.Index(None, "claim_id", "id"),
        # All that a vendor's history is counted from, and nothing else.
        sa.Index(
            "ix_claim_denials_history",
            "vendor_id",
            "ground_lookup",
            postgresql_include=["claim_kind", "appealed_at", "reversed_at"],
        ),
    )

    claim_id: Mapped[UUID] = mapped_column(sa.ForeignKey("claims.id"))
    fact_id: Mapped[UUID] = mapped_column(sa.ForeignKey("claim_facts.id"), unique=True)
    claim_kind: Mapped[str]
    vendor_id: Mapped[UUID] = mapped_column(sa.ForeignKey("vendors.id"))
    role: Mapped[str]
    ground: Mapped[str]
    ground_lookup: Mapped[str]
    by_role: Mapped[str | None]
    said_at: Mapped[datetime]
    appealed_at: Mapped[datetime | None]
    reversed_at: Mapped[datetime | None]


class ClaimJudgement(Base, Identified):
    """Whether a denial's ground held, by what was known then. Never changed; judged anew beside."""

    __tablename__ = "claim_judgements"
    __table_args__ = (sa.Index(None, "denial_id", "id"),)

    denial_id: Mapped[UUID] = mapped_column(sa.ForeignKey("claim_denials.id"))
    judged_at: Mapped[datetime]
    judged_by: Mapped[str]
    applicable: Mapped[str]
    judgement: Mapped[dict[str, Any]]
    facts: Mapped[dict[str, Any]]
    vendor_terms: Mapped[dict[str, Any] | None]


class ClaimAppeal(Base, Identified):
    """An appeal, and the judgement that it went out with."""

    __tablename__ = "claim_appeals"
    __table_args__ = (sa.Index(None, "claim_id", "id"),)

    claim_id: Mapped[UUID] = mapped_column(sa.ForeignKey("claims.id"))
    fact_id: Mapped[UUID] = mapped_column(sa.ForeignKey("claim_facts.id"), unique=True)
    denial_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("claim_denials.id"))
    judgement_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("claim_judgements.id"))
    file_ids: Mapped[list[UUID]] = mapped_column(ARRAY(sa.Uuid))


class ClaimFinding(Base, Identified):
    """What the vendor says that it found on one line when it looked at it.

    fee_id             the debt of ours that this became; null: no fee is known or asked
    disputed_at        when we contested it, by whom and in what words
    """

    __tablename__ = "claim_findings"
    __table_args__ = (
        one_of("outcome", FoundOutcome),
        one_of("resolution", FeeResolution),
        sa.CheckConstraint("(resolved_at IS NULL) = (resolution IS NULL)", name="resolution_told"),
        sa.CheckConstraint(
            "(disputed_at IS NULL) = (disputed_by IS NULL) "
            "AND (disputed_at IS NULL) = (disputed_words IS NULL)",
            name="disputed",
        ),
        sa.UniqueConstraint("fact_id", "line_id"),
        sa.Index(None, "claim_id", "id"),
    )

    claim_id: Mapped[UUID] = mapped_column(sa.ForeignKey("claims.id"))
    fact_id: Mapped[UUID] = mapped_column(sa.ForeignKey("claim_facts.id"))
    line_id: Mapped[UUID] = mapped_column(sa.ForeignKey("claim_lines.id"))
    outcome: Mapped[str]
    serial_found: Mapped[str | None]
    report_file_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("files.id"))
    note: Mapped[str | None]
    fee: Mapped[dict[str, Any] | None]
    fee_why: Mapped[str | None]
    fee_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("obligations.id"))
    disputed_at: Mapped[datetime | None]
    disputed_by: Mapped[str | None]
    disputed_words: Mapped[str | None]
    judgement: Mapped[dict[str, Any] | None]
    resolved_at: Mapped[datetime | None]
    resolution: Mapped[str | None]
    resolution_note: Mapped[str | None]
