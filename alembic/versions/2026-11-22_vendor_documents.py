"""vendor documents: what vendors have written, and by what debts are found that it settles."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "vendor_documents"
down_revision = "discrepancies"

_GROUNDED = ("losses", "deadlines", "obligations")
_FOUND_BY = ("rma_lookup", "serial_lookup", "purchase_line_id")
_LIVE = "state IN ('conditional', 'open', 'broken')"


def upgrade() -> None:
    for table in _GROUNDED:
        op.add_column(table, sa.Column("rma", sa.Text(), nullable=True))
        op.add_column(table, sa.Column("serial", sa.Text(), nullable=True))
    op.add_column("obligations", sa.Column("rma_lookup", sa.Text(), nullable=True))
    op.add_column("obligations", sa.Column("serial_lookup", sa.Text(), nullable=True))
    for column in _FOUND_BY:
        op.create_index(
            f"ix_obligations_live_{column}",
            "obligations",
            [column],
            unique=False,
            postgresql_where=sa.text(f"{_LIVE} AND {column} IS NOT NULL"),
        )
    op.add_column("deadlines", sa.Column("computed_on", sa.Date(), nullable=True))
    op.add_column("deadlines", sa.Column("computed_source", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_deadlines_computed"),
        "deadlines",
        "(computed_on IS NULL) = (computed_source IS NULL)",
    )
    op.create_table(
        "vendor_documents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("vendor_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column(
            "told", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('invoice', 'credit_memo', 'debit', 'non_return_charge')",
            name=op.f("ck_vendor_documents_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_vendor_documents_vendor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_documents")),
        sa.UniqueConstraint("key", name=op.f("uq_vendor_documents_key")),
    )
    op.create_index(
        op.f("ix_vendor_documents_vendor_id_id"), "vendor_documents", ["vendor_id", "id"]
    )
    op.create_index(op.f("ix_vendor_documents_number_id"), "vendor_documents", ["number", "id"])
    op.create_table(
        "vendor_document_lines",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("product_key", sa.Text(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=True),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column(
            "told", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("rma_lookup", sa.Text(), nullable=True),
        sa.Column("purchase_order_key", sa.Text(), nullable=True),
        sa.Column("purchase_line_key", sa.Text(), nullable=True),
        sa.Column("serial_lookups", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("obligation_number", sa.BigInteger(), nullable=True),
        sa.Column("claim", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["vendor_documents.id"],
            name=op.f("fk_vendor_document_lines_document_id"),
        ),
        sa.PrimaryKeyConstraint("document_id", "key", name=op.f("pk_vendor_document_lines")),
    )
    for column in ("rma_lookup", "purchase_order_key", "obligation_number"):
        op.create_index(
            op.f(f"ix_vendor_document_lines_{column}"),
            "vendor_document_lines",
            [column],
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )
    op.create_index(
        op.f("ix_vendor_document_lines_serial_lookups"),
        "vendor_document_lines",
        ["serial_lookups"],
        postgresql_using="gin",
    )


def downgrade() -> None:
    op.drop_table("vendor_document_lines")
    op.drop_table("vendor_documents")
    op.drop_constraint(op.f("ck_deadlines_computed"), "deadlines")
    op.drop_column("deadlines", "computed_source")
    op.drop_column("deadlines", "computed_on")
    for column in _FOUND_BY:
        op.drop_index(f"ix_obligations_live_{column}", table_name="obligations")
    op.drop_column("obligations", "serial_lookup")
    op.drop_column("obligations", "rma_lookup")
    for table in _GROUNDED:
        op.drop_column(table, "serial")
        op.drop_column(table, "rma")
