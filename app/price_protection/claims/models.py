"""How claims for price protection are kept."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Identified
from app.price_protection.claims.rules import FIRST_NUMBER, ClaimState

_STATES = ", ".join(f"'{state.value}'" for state in ClaimState)


class PriceFiling(Base, Identified):
    """What was sent to a supplier in one go: one claim, or several small ones."""

    __tablename__ = "price_filings"
    __table_args__ = (sa.Index(None, "supplier_id", "id"),)

    number: Mapped[int] = mapped_column(
        sa.BigInteger, sa.Identity(start=FIRST_NUMBER), unique=True, sort_order=-9
    )
    supplier_id: Mapped[UUID] = mapped_column(sa.ForeignKey("vendors.id"))
    currency: Mapped[str] = mapped_column(sa.CHAR(3))
    amount: Mapped[Decimal]
    filed_at: Mapped[datetime]
    filed_by: Mapped[str]
    note: Mapped[str | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class PriceClaim(Base, Identified):
    """What one supplier is to credit for one notice. Whoever changes it locks the notice, then it.

    What shows later is a claim of its own beside what was filed; of those not filed there is one.

    computed_*         what the notice's exposure comes to that is not filed; once it is filed:
                       what of it the exposure still reaches
    amount, units      as it was filed: the sum of its rounded lines
    deadline_id        our right to file, in the ledger
    obligation_id      the credit that is owed to us, in the ledger
    approved_amount    what the vendor's answers come to; null: none yet
    credited_amount    what has come, as the ledger has it; _before: by a debt that another replaced
    undecided_units    units of customers of whom nobody said what share of the credit is theirs
    """

    __tablename__ = "price_claims"
    __table_args__ = (
        sa.CheckConstraint(f"state IN ({_STATES})", name="state"),
        sa.Index(
            "uq_price_claims_unfiled",
            "notice_id",
            "supplier_id",
            unique=True,
            postgresql_where=sa.text("filing_id IS NULL"),
        ),
        sa.Index(None, "notice_id", "id"),
        sa.Index(None, "supplier_id", "id"),
        sa.Index(None, "state", "id"),
        sa.Index(None, "filing_id", "id"),
        sa.Index(None, "obligation_id"),
        sa.Index(None, "deadline_id"),
    )

    number: Mapped[int] = mapped_column(
        sa.BigInteger, sa.Identity(start=FIRST_NUMBER), unique=True, sort_order=-9
    )
    version: Mapped[int]
    notice_id: Mapped[UUID] = mapped_column(sa.ForeignKey("price_notices.id"))
    supplier_id: Mapped[UUID] = mapped_column(sa.ForeignKey("vendors.id"))
    currency: Mapped[str] = mapped_column(sa.CHAR(3))
    state: Mapped[str]
    computed_amount: Mapped[Decimal]
    computed_units: Mapped[int]
    computed_at: Mapped[datetime]
    file_by_on: Mapped[date | None]
    needs_serials: Mapped[bool]
    deadline_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("deadlines.id"))
    filing_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("price_filings.id"))
    amount: Mapped[Decimal | None]
    units: Mapped[int | None]
    obligation_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("obligations.id"))
    vendor_reference: Mapped[str | None]
    acknowledged_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    approved_amount: Mapped[Decimal | None]
    credited_before: Mapped[Decimal]
    credited_amount: Mapped[Decimal]
    credited_at: Mapped[datetime | None]
    undecided_units: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class PriceClaimLine(Base):
    """Some units of an order line, as they were filed, what the vendor says, and who gets it.

    approved_amount    null: no answer yet
    kept_amount        what of it came, or is still owed, where we let the rest of the claim go
    share_percent, share_from   what part of the credit is the customer's, and who says so
    """

    __tablename__ = "price_claim_lines"
    __table_args__ = (
        sa.CheckConstraint("approved_amount BETWEEN 0 AND amount", name="approved_amount"),
        sa.Index(None, "purchase_line_id"),
        sa.Index(None, "share_id"),
    )

    claim_id: Mapped[UUID] = mapped_column(sa.ForeignKey("price_claims.id"), primary_key=True)
    purchase_line_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("purchase_lines.id"), primary_key=True
    )
    first_unit: Mapped[int] = mapped_column(primary_key=True)
    quantity: Mapped[int]
    position: Mapped[int]
    place: Mapped[str]
    bought_on: Mapped[date | None]
    unit_price: Mapped[Decimal]
    unit_credit: Mapped[Decimal]
    amount: Mapped[Decimal]
    approved_amount: Mapped[Decimal | None]
    kept_amount: Mapped[Decimal | None]
    refusal: Mapped[str | None]
    share_percent: Mapped[Decimal | None]
    share_from: Mapped[str | None]
    share_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("price_shares.id"))


class PriceShare(Base, Identified):
    """What one customer is due of a credit, and the debt of ours that it is in the ledger.

    ended_at           when it was passed on, or was no longer owed
    """

    __tablename__ = "price_shares"
    __table_args__ = (sa.Index(None, "claim_id", "id"), sa.Index(None, "obligation_id"))

    claim_id: Mapped[UUID] = mapped_column(sa.ForeignKey("price_claims.id"))
    customer_id: Mapped[UUID] = mapped_column(sa.ForeignKey("customers.id"))
    units: Mapped[int] = mapped_column(sa.BigInteger)
    amount: Mapped[Decimal]
    said: Mapped[str]
    obligation_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("obligations.id"))
    ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
