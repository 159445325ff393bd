"""price claims: falls that were seen, claims and filings of them, and the customers' shares."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "price_claims"
down_revision = "prices"


def _when(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "detected_falls",
        sa.Column("vendor_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        _when("seen_at"),
        sa.Column("old_amount", sa.Numeric(), nullable=False),
        sa.Column("new_amount", sa.Numeric(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("is_confirmed", sa.Boolean(), nullable=False),
        _when("gone_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["price_notices.id"], name=op.f("fk_detected_falls_notice_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_detected_falls_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_detected_falls_vendor_id")
        ),
        sa.PrimaryKeyConstraint(
            *("vendor_id", "product_id", "currency", "seen_at"), name=op.f("pk_detected_falls")
        ),
    )
    op.create_index(op.f("ix_detected_falls_notice_id"), "detected_falls", ["notice_id"])
    _filings()
    _claims()
    _shares()
    _lines()


def _filings() -> None:
    op.create_table(
        "price_filings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(start=1001), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        _when("filed_at"),
        sa.Column("filed_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        _when("recorded_at"),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["vendors.id"], name=op.f("fk_price_filings_supplier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_filings")),
        sa.UniqueConstraint("number", name=op.f("uq_price_filings_number")),
    )
    op.create_index(op.f("ix_price_filings_supplier_id_id"), "price_filings", ["supplier_id", "id"])


def _claims() -> None:
    op.create_table(
        "price_claims",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(start=1001), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("computed_amount", sa.Numeric(), nullable=False),
        sa.Column("computed_units", sa.Integer(), nullable=False),
        _when("computed_at"),
        sa.Column("file_by_on", sa.Date(), nullable=True),
        sa.Column("needs_serials", sa.Boolean(), nullable=False),
        sa.Column("deadline_id", sa.Uuid(), nullable=True),
        sa.Column("filing_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.Numeric(), nullable=True),
        sa.Column("units", sa.Integer(), nullable=True),
        sa.Column("obligation_id", sa.Uuid(), nullable=True),
        sa.Column("vendor_reference", sa.Text(), nullable=True),
        _when("acknowledged_at", nullable=True),
        _when("answered_at", nullable=True),
        sa.Column("approved_amount", sa.Numeric(), nullable=True),
        sa.Column("credited_before", sa.Numeric(), nullable=False),
        sa.Column("credited_amount", sa.Numeric(), nullable=False),
        _when("credited_at", nullable=True),
        sa.Column("undecided_units", sa.Integer(), nullable=False),
        _when("created_at"),
        _when("updated_at"),
        sa.CheckConstraint(
            "state IN ('computed', 'submitted', 'acknowledged', 'approved', 'partially_approved', "
            "'denied', 'credited', 'passed_through', 'closed', 'expired', 'withdrawn')",
            name=op.f("ck_price_claims_state"),
        ),
        sa.ForeignKeyConstraint(
            ["deadline_id"], ["deadlines.id"], name=op.f("fk_price_claims_deadline_id")
        ),
        sa.ForeignKeyConstraint(
            ["filing_id"], ["price_filings.id"], name=op.f("fk_price_claims_filing_id")
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["price_notices.id"], name=op.f("fk_price_claims_notice_id")
        ),
        sa.ForeignKeyConstraint(
            ["obligation_id"], ["obligations.id"], name=op.f("fk_price_claims_obligation_id")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["vendors.id"], name=op.f("fk_price_claims_supplier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_claims")),
        sa.UniqueConstraint("number", name=op.f("uq_price_claims_number")),
    )
    op.create_index(
        "uq_price_claims_unfiled",
        "price_claims",
        ["notice_id", "supplier_id"],
        unique=True,
        postgresql_where=sa.text("filing_id IS NULL"),
    )
    for columns in (
        ("notice_id", "id"),
        ("supplier_id", "id"),
        ("state", "id"),
        ("filing_id", "id"),
    ):
        op.create_index(op.f(f"ix_price_claims_{'_'.join(columns)}"), "price_claims", list(columns))
    for column in ("obligation_id", "deadline_id"):
        op.create_index(op.f(f"ix_price_claims_{column}"), "price_claims", [column])


def _shares() -> None:
    op.create_table(
        "price_shares",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("obligation_id", sa.Uuid(), nullable=True),
        _when("ended_at", nullable=True),
        _when("created_at"),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["price_claims.id"], name=op.f("fk_price_shares_claim_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_price_shares_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["obligation_id"], ["obligations.id"], name=op.f("fk_price_shares_obligation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_shares")),
    )
    op.create_index(op.f("ix_price_shares_claim_id_id"), "price_shares", ["claim_id", "id"])
    op.create_index(op.f("ix_price_shares_obligation_id"), "price_shares", ["obligation_id"])


def _lines() -> None:
    op.create_table(
        "price_claim_lines",
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("purchase_line_id", sa.Uuid(), nullable=False),
        sa.Column("first_unit", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("bought_on", sa.Date(), nullable=True),
        sa.Column("unit_price", sa.Numeric(), nullable=False),
        sa.Column("unit_credit", sa.Numeric(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("approved_amount", sa.Numeric(), nullable=True),
        sa.Column("kept_amount", sa.Numeric(), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("share_percent", sa.Numeric(), nullable=True),
        sa.Column("share_from", sa.Text(), nullable=True),
        sa.Column("share_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "approved_amount BETWEEN 0 AND amount",
            name=op.f("ck_price_claim_lines_approved_amount"),
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["price_claims.id"], name=op.f("fk_price_claim_lines_claim_id")
        ),
        sa.ForeignKeyConstraint(
            ["purchase_line_id"],
            ["purchase_lines.id"],
            name=op.f("fk_price_claim_lines_purchase_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["share_id"], ["price_shares.id"], name=op.f("fk_price_claim_lines_share_id")
        ),
        sa.PrimaryKeyConstraint(
            *("claim_id", "purchase_line_id", "first_unit"), name=op.f("pk_price_claim_lines")
        ),
    )
    for column in ("purchase_line_id", "share_id"):
        op.create_index(op.f(f"ix_price_claim_lines_{column}"), "price_claim_lines", [column])


def downgrade() -> None:
    for table in (
        *("price_claim_lines", "price_shares", "price_claims", "price_filings"),
        "detected_falls",
    ):
        op.drop_table(table)
