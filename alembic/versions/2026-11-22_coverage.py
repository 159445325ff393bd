"""coverage: what vendors' warranty pages said of units."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "coverage"
down_revision = "units"


def upgrade() -> None:
    op.create_table(
        "warranty_lookups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("vendor_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column(
            "offers", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "says IN ('covered', 'not_covered', 'not_found', 'ambiguous')",
            name=op.f("ck_warranty_lookups_says"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_warranty_lookups_unit_id"),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name="fk_warranty_lookups_vendor_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_warranty_lookups"),
        sa.UniqueConstraint("key", name="uq_warranty_lookups_key"),
    )
    op.create_index(
        "ix_warranty_lookups_unit_id_seen_at", "warranty_lookups", ["unit_id", "seen_at"]
    )
    op.create_index("ix_warranty_lookups_unit_id_id", "warranty_lookups", ["unit_id", "id"])


def downgrade() -> None:
    op.drop_table("warranty_lookups")
