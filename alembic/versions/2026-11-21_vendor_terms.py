"""vendor terms: terms of vendors, tariffs of carriers, who applied which template."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "vendor_terms"
down_revision = "cases"


def upgrade() -> None:
    op.create_table(
        "carrier_tariffs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=True),
        sa.Column("area", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("terms", postgresql.JSONB(none_as_null=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "area IN ('domestic', 'international')", name=op.f("ck_carrier_tariffs_area")
        ),
        sa.CheckConstraint(
            "kind IN ('damage_or_missing_contents', 'non_delivery')",
            name=op.f("ck_carrier_tariffs_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_tariffs")),
        sa.UniqueConstraint("key", name=op.f("uq_carrier_tariffs_key")),
        sa.UniqueConstraint(
            *("carrier", "kind", "service", "area", "valid_from"),
            name=op.f("uq_carrier_tariffs_carrier_kind_service_area_valid_from"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "term_template_uses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("record_key", sa.Text(), nullable=False),
        sa.Column("record_version", sa.Integer(), nullable=False),
        sa.Column("terms", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("replaced", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "target IN ('vendor', 'carrier')", name=op.f("ck_term_template_uses_target")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term_template_uses")),
    )
    op.create_index(
        op.f("ix_term_template_uses_template_id"),
        "term_template_uses",
        ["template", "id"],
        unique=False,
    )
    op.create_table(
        "vendor_terms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("vendor_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("product_line", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("terms", postgresql.JSONB(none_as_null=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role IN ('manufacturer', 'distributor', 'service')",
            name=op.f("ck_vendor_terms_role"),
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_vendor_terms_vendor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_terms")),
        sa.UniqueConstraint("key", name=op.f("uq_vendor_terms_key")),
        sa.UniqueConstraint(
            *("vendor_id", "role", "product_line", "valid_from"),
            name=op.f("uq_vendor_terms_vendor_id_role_product_line_valid_from"),
            postgresql_nulls_not_distinct=True,
        ),
    )


def downgrade() -> None:
    op.drop_table("vendor_terms")
    op.drop_index(op.f("ix_term_template_uses_template_id"), table_name="term_template_uses")
    op.drop_table("term_template_uses")
    op.drop_table("carrier_tariffs")
