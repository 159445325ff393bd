"""How it is kept what vendors' papers were matched to."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.rules import By, State
from app.kit.db import Base, Identified

IS_CURRENT = sa.literal_column("ended_at IS NULL", sa.Boolean())
# What a new debt may still be found for: nobody has decided that nothing fits.
IS_SOUGHT = sa.literal_column(
    "ended_at IS NULL AND state = 'unmatched' AND by_name IS NULL", sa.Boolean()
)


def _one_of(column: str, values: type[StrEnum]) -> sa.CheckConstraint:
    return sa.CheckConstraint(sa.column(column).in_([each.value for each in values]), name=column)


class DocumentMatch(Base, Identified):
    """What the lines of a paper that are for one thing were found to settle.

    Never changed once written: what is decided otherwise is a row of its own, which replaces it.
    Who writes one holds the account with the vendor.

    fingerprint        of what the paper says in these lines: said again, it stays as it is
    keys               all that a debt can be found by, each with what it is: `rma:8123`
    rest               what of the amount belongs to no debt that is known
    trouble            why it stands though the paper says otherwise by now
    by_name, reason    who decided it, where a person did
    ended_at           when it was replaced, or the paper said so no longer
    """

    __tablename__ = "document_matches"
    __table_args__ = (
        _one_of("state", State),
        _one_of("by", By),
        sa.CheckConstraint("(by_name IS NULL) = (reason IS NULL)", name="by_name"),
        sa.Index("ix_document_matches_state", "state", "id", postgresql_where=IS_CURRENT),
        sa.Index(
            "ix_document_matches_vendor", "vendor_key", "state", "id", postgresql_where=IS_CURRENT
        ),
        sa.Index(None, "document_id", "id"),
        sa.Index(None, "document_key", "id"),
        sa.Index(None, "vendor_key", "number"),
        sa.Index(
            "ix_document_matches_sought", "keys", postgresql_using="gin", postgresql_where=IS_SOUGHT
        ),
    )

    document_id: Mapped[UUID]
    document_key: Mapped[str]
    vendor_key: Mapped[str]
    kind: Mapped[str]
    number: Mapped[str]
    issued_on: Mapped[date]
    lines: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    fingerprint: Mapped[bytes]
    keys: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    amount: Mapped[Decimal]
    currency: Mapped[str] = mapped_column(sa.CHAR(3))
    state: Mapped[str]
    by: Mapped[str | None]
    why: Mapped[str]
    rest: Mapped[Decimal]
    candidates: Mapped[list[Any]]
    replaces_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("document_matches.id"), unique=True
    )
    trouble: Mapped[str | None]
    by_name: Mapped[str | None]
    reason: Mapped[str | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    ended_at: Mapped[datetime | None]


class MatchPart(Base):
    """A debt that a match settles. Soft references: the ledger is another room's.

    amount             null: all of the paper, towards a credit of no stated amount
    performance_id     null: the paper was for it too, but nothing of it was left
    above_loss         what of the amount came above what was lost
    ended_at           since when it counts no more here
    """

    __tablename__ = "document_match_parts"
    __table_args__ = (
        sa.Index(None, "obligation_id", "match_id"),
        sa.Index(
            "ix_document_match_parts_standing",
            "performance_id",
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    match_id: Mapped[UUID] = mapped_column(sa.ForeignKey("document_matches.id"), primary_key=True)
    obligation_id: Mapped[UUID] = mapped_column(primary_key=True)
    performance_id: Mapped[UUID | None]
    amount: Mapped[Decimal | None]
    above_loss: Mapped[Decimal]
    ended_at: Mapped[datetime | None]
