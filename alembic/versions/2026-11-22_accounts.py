"""accounts: what vendors' papers settle."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "accounts"
down_revision = "webhooks"

_CURRENT = "ended_at IS NULL"
_SOUGHT = "ended_at IS NULL AND state = 'unmatched' AND by_name IS NULL"


def upgrade() -> None:
    op.create_table(
        "document_matches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("document_key", sa.Text(), nullable=False),
        sa.Column("vendor_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("lines", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("keys", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("rest", sa.Numeric(), nullable=False),
        sa.Column(
            "candidates",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=False,
        ),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(by_name IS NULL) = (reason IS NULL)", name=op.f("ck_document_matches_by_name")
        ),
        sa.CheckConstraint(
            "by IN ('obligation', 'rma', 'serial', 'order_line', 'order', 'words', 'amount', "
            "'person')",
            name=op.f("ck_document_matches_by"),
        ),
        sa.CheckConstraint(
            "state IN ('unmatched', 'matched', 'short_paid', 'overpaid')",
            name=op.f("ck_document_matches_state"),
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["document_matches.id"], name=op.f("fk_document_matches_replaces_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_matches")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_document_matches_replaces_id")),
    )
    op.create_index(
        "ix_document_matches_state",
        "document_matches",
        ["state", "id"],
        postgresql_where=sa.text(_CURRENT),
    )
    op.create_index(
        "ix_document_matches_vendor",
        "document_matches",
        ["vendor_key", "state", "id"],
        postgresql_where=sa.text(_CURRENT),
    )
    for columns in (["document_id", "id"], ["document_key", "id"], ["vendor_key", "number"]):
        name = "_".join(columns)
        op.create_index(op.f(f"ix_document_matches_{name}"), "document_matches", columns)
    op.create_index(
        "ix_document_matches_sought",
        "document_matches",
        ["keys"],
        postgresql_using="gin",
        postgresql_where=sa.text(_SOUGHT),
    )
    op.create_table(
        "document_match_parts",
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("performance_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.Numeric(), nullable=True),
        sa.Column("above_loss", sa.Numeric(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["match_id"], ["document_matches.id"], name=op.f("fk_document_match_parts_match_id")
        ),
        sa.PrimaryKeyConstraint("match_id", "obligation_id", name=op.f("pk_document_match_parts")),
    )
    op.create_index(
        op.f("ix_document_match_parts_obligation_id_match_id"),
        "document_match_parts",
        ["obligation_id", "match_id"],
    )
    op.create_index(
        "ix_document_match_parts_standing",
        "document_match_parts",
        ["performance_id"],
        unique=True,
        postgresql_where=sa.text(_CURRENT),
    )


def downgrade() -> None:
    op.drop_table("document_match_parts")
    op.drop_table("document_matches")
