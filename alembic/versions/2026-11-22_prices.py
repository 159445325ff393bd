"""prices: looks at vendors' prices, and the history they make."""

import sqlalchemy as sa
from alembic import op

revision = "prices"
down_revision = "price_protection"


def upgrade() -> None:
    op.create_table(
        "price_polls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("vendor_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("seen_again", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_price_polls_vendor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_polls")),
    )
    op.create_index(
        op.f("ix_price_polls_vendor_id_id"), "price_polls", ["vendor_id", "id"], unique=False
    )
    op.create_table(
        "prices_seen",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("vendor_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("sights", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('base', 'list', 'promotion', 'special_bid')",
            name=op.f("ck_prices_seen_kind"),
        ),
        sa.CheckConstraint("first_seen_at <= last_seen_at", name=op.f("ck_prices_seen_stretch")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_prices_seen_amount")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_prices_seen_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_prices_seen_vendor_id")
        ),
        sa.PrimaryKeyConstraint(
            *("product_id", "vendor_id", "kind", "currency", "reference", "first_seen_at"),
            name=op.f("pk_prices_seen"),
        ),
    )
    op.create_table(
        "price_changes",
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["price_polls.id"], name=op.f("fk_price_changes_poll_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_price_changes_product_id")
        ),
        sa.PrimaryKeyConstraint("poll_id", "product_id", "currency", name=op.f("pk_price_changes")),
    )


def downgrade() -> None:
    op.drop_table("price_changes")
    op.drop_table("prices_seen")
    op.drop_index(op.f("ix_price_polls_vendor_id_id"), table_name="price_polls")
    op.drop_table("price_polls")
