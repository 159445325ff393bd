"""units: what has a serial number, whose it is, what stands in for what, and which went back."""

import sqlalchemy as sa
from alembic import op

revision = "units"
down_revision = "retiming"


def upgrade() -> None:
    op.add_column("products", sa.Column("product_line", sa.Text(), nullable=True))
    _units()
    _moves()
    _replacements()
    _returns()


def _units() -> None:
    op.create_table(
        "units",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("serial_lookup", sa.Text(), nullable=False),
        sa.Column("serial_plain", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("purchase_line_id", sa.Uuid(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        *(
            sa.Column(name, sa.Date(), nullable=True)
            for name in (
                *("invoiced_on", "shipped_on", "sold_on", "delivered_on", "installed_on"),
                *("registered_on", "in_set_up_until"),
            )
        ),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_units_product_id"),
        sa.ForeignKeyConstraint(
            ["purchase_line_id"], ["purchase_lines.id"], name="fk_units_purchase_line_id"
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_units_customer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_units"),
        sa.UniqueConstraint("key", name="uq_units_key"),
    )
    op.create_index(
        "uq_units_serial",
        "units",
        ["product_id", "serial_lookup"],
        unique=True,
        postgresql_where=sa.text("cancelled_at IS NULL"),
    )
    for column in ("serial_plain", "product_id"):
        op.create_index(f"ix_units_{column}_id", "units", [column, "id"])
    for column in ("customer_id", "purchase_line_id"):
        op.create_index(
            f"ix_units_{column}",
            "units",
            [column, "id"],
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )


def _moves() -> None:
    op.create_table(
        "unit_moves",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("right_kind", sa.Text(), nullable=False),
        sa.Column("hand_kind", sa.Text(), nullable=False),
        sa.Column("hand_key", sa.Text(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "right_kind IN ('owner', 'holder', 'risk_bearer')",
            name=op.f("ck_unit_moves_right_kind"),
        ),
        sa.CheckConstraint(
            "hand_kind IN ('us', 'customer', 'lessor', 'vendor', 'carrier', 'other')",
            name=op.f("ck_unit_moves_hand_kind"),
        ),
        sa.CheckConstraint(
            "(hand_kind = 'us') = (hand_key IS NULL)", name=op.f("ck_unit_moves_hand_key")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_unit_moves_unit_id"),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["unit_moves.id"], name="fk_unit_moves_corrects_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_unit_moves"),
        sa.UniqueConstraint("corrects_id", name="uq_unit_moves_corrects_id"),
    )
    op.create_index(
        "ix_unit_moves_unit_id_right_kind_since", "unit_moves", ["unit_id", "right_kind", "since"]
    )
    op.create_index("ix_unit_moves_unit_id_id", "unit_moves", ["unit_id", "id"])


def _replacements() -> None:
    op.create_table(
        "unit_replacements",
        sa.Column("new_unit_id", sa.Uuid(), nullable=False),
        sa.Column("old_unit_id", sa.Uuid(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rma", sa.Text(), nullable=True),
        sa.Column("is_told", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "new_unit_id <> old_unit_id", name=op.f("ck_unit_replacements_two_units")
        ),
        sa.ForeignKeyConstraint(
            ["new_unit_id"], ["units.id"], name="fk_unit_replacements_new_unit_id"
        ),
        sa.ForeignKeyConstraint(
            ["old_unit_id"], ["units.id"], name="fk_unit_replacements_old_unit_id"
        ),
        sa.PrimaryKeyConstraint("new_unit_id", name="pk_unit_replacements"),
        sa.UniqueConstraint("old_unit_id", name="uq_unit_replacements_old_unit_id"),
    )


def _returns() -> None:
    op.create_table(
        "unit_returns",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("rma", sa.Text(), nullable=False),
        sa.Column("rma_lookup", sa.Text(), nullable=False),
        sa.Column("went_back_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("came_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "came_back_at >= went_back_at", name=op.f("ck_unit_returns_came_back_at")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_unit_returns_unit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_unit_returns"),
    )
    op.create_index(
        "uq_unit_returns_gone",
        "unit_returns",
        ["unit_id"],
        unique=True,
        postgresql_where=sa.text("came_back_at IS NULL"),
    )
    op.create_index("ix_unit_returns_unit_id_id", "unit_returns", ["unit_id", "id"])
    op.create_index("ix_unit_returns_rma_lookup_unit_id", "unit_returns", ["rma_lookup", "unit_id"])


def downgrade() -> None:
    for table in ("unit_returns", "unit_replacements", "unit_moves", "units"):
        op.drop_table(table)
    op.drop_column("products", "product_line")
