"""price_protection: notices of lower prices, what they reach, and what orders must tell of it."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "price_protection"
down_revision = "coverage"

_HOLDS = "state <> 'withdrawn'"


def _json() -> sa.types.TypeEngine[Any]:
    return postgresql.JSONB(none_as_null=True, astext_type=sa.Text())


def _tell_orders_more() -> None:
    for column in (
        sa.Column("placed_on", sa.Date()),
        sa.Column("invoiced_on", sa.Date()),
        sa.Column("receipts", _json()),
        sa.Column("sales", _json()),
        sa.Column("is_special_bid", sa.Boolean()),
        sa.Column("pass_through_percent", sa.Numeric()),
    ):
        op.add_column("purchase_lines", column)
    op.execute(
        "UPDATE purchase_lines l SET placed_on = "
        "coalesce(o.ordered_on, (o.created_at AT TIME ZONE 'UTC')::date) "
        "FROM purchase_orders o WHERE o.id = l.purchase_order_id"
    )
    op.create_index(
        op.f("ix_purchase_lines_product_id_placed_on"),
        "purchase_lines",
        ["product_id", "placed_on"],
    )
    op.create_index(
        op.f("ix_purchase_lines_product_id_invoiced_on"),
        "purchase_lines",
        ["product_id", "invoiced_on"],
        postgresql_where=sa.text("invoiced_on IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_shipments_shipped_at"),
        "shipments",
        ["shipped_at"],
        postgresql_where=sa.text("shipped_at IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_parcels_delivered_at"),
        "parcels",
        ["delivered_at"],
        postgresql_where=sa.text("delivered_at IS NOT NULL"),
    )
    op.create_index(
        "ix_obligations_returned",
        "obligations",
        ["purchase_line_id"],
        postgresql_where=sa.text("kind = 'return_goods' AND purchase_line_id IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_products_product_line_id"),
        "products",
        ["product_line", "id"],
        postgresql_where=sa.text("product_line IS NOT NULL"),
    )


def _notices() -> None:
    op.create_table(
        "price_notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False, start=1001), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Uuid(), nullable=False),
        sa.Column("vendor_number", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("announced_on", sa.Date(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("reported", _json(), nullable=True),
        sa.Column("answer_id", sa.Uuid(), nullable=True),
        sa.Column("content_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_note", sa.Text(), nullable=True),
        sa.Column("vendor_said", _json(), nullable=True),
        sa.Column("compute_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("computed_version", sa.Integer(), nullable=True),
        sa.Column("terms", _json(), nullable=False),
        sa.Column("totals", _json(), nullable=False),
        sa.Column("product_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("listed_from", sa.Date(), nullable=True),
        sa.Column("digest", sa.Numeric(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "origin IN ('announced', 'x12_845', 'reported', 'detected')",
            name=op.f("ck_price_notices_origin"),
        ),
        sa.CheckConstraint(
            "state IN ('unconfirmed', 'confirmed', 'withdrawn')",
            name=op.f("ck_price_notices_state"),
        ),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["obligations.id"], name=op.f("fk_price_notices_answer_id")
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_price_notices_vendor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_notices")),
        sa.UniqueConstraint("number", name=op.f("uq_price_notices_number")),
    )
    op.create_index(
        "uq_price_notices_vendor_number",
        "price_notices",
        ["vendor_id", "vendor_number"],
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn' AND vendor_number IS NOT NULL"),
    )
    op.create_index(
        "uq_price_notices_content",
        "price_notices",
        ["vendor_id", "content_sha256"],
        unique=True,
        postgresql_where=sa.text(_HOLDS),
    )
    op.create_index(op.f("ix_price_notices_vendor_id_id"), "price_notices", ["vendor_id", "id"])
    op.create_index(op.f("ix_price_notices_state_id"), "price_notices", ["state", "id"])
    op.create_index(
        "ix_price_notices_days",
        "price_notices",
        ["effective_on", "id"],
        postgresql_where=sa.text(_HOLDS),
    )
    op.create_index(
        "ix_price_notices_products",
        "price_notices",
        ["product_ids"],
        postgresql_using="gin",
        postgresql_where=sa.text(_HOLDS),
    )
    op.create_index(
        op.f("ix_price_notices_compute_due_at_id"),
        "price_notices",
        ["compute_due_at", "id"],
        postgresql_where=sa.text("compute_due_at IS NOT NULL"),
    )
    op.create_table(
        "price_notice_lines",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("product_line", sa.Text(), nullable=True),
        sa.Column("old_price", sa.Numeric(), nullable=True),
        sa.Column("new_price", sa.Numeric(), nullable=False),
        sa.CheckConstraint(
            "(product_id IS NULL) <> (product_line IS NULL)",
            name=op.f("ck_price_notice_lines_named"),
        ),
        sa.CheckConstraint(
            "new_price >= 0 AND new_price < old_price", name=op.f("ck_price_notice_lines_fell")
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["price_notices.id"], name=op.f("fk_price_notice_lines_notice_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_price_notice_lines_product_id")
        ),
        sa.PrimaryKeyConstraint("notice_id", "position", name=op.f("pk_price_notice_lines")),
    )


def _marks() -> None:
    op.create_index(
        op.f("ix_price_notice_lines_product_line_notice_id"),
        "price_notice_lines",
        ["product_line", "notice_id"],
        postgresql_where=sa.text("product_line IS NOT NULL"),
    )
    op.create_table(
        "price_notice_marks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["price_notices.id"], name=op.f("fk_price_notice_marks_notice_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_notice_marks")),
    )
    op.create_index(op.f("ix_price_notice_marks_notice_id"), "price_notice_marks", ["notice_id"])


def _exposure() -> None:
    op.create_table(
        "price_exposure",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("purchase_line_id", sa.Uuid(), nullable=False),
        sa.Column("first_unit", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("terms_no", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("eligibility", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("bought_on", sa.Date(), nullable=True),
        sa.Column("unit_price", sa.Numeric(), nullable=False),
        sa.Column("protected_from", sa.Numeric(), nullable=True),
        sa.Column("unit_credit", sa.Numeric(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("capped", sa.Numeric(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kept_share", sa.Numeric(), nullable=True),
        sa.CheckConstraint(
            "place IN ('on_hand', 'in_transit', 'drop_shipped', 'sold', 'unshipped', "
            "'returned', 'lost')",
            name=op.f("ck_price_exposure_place"),
        ),
        sa.CheckConstraint(
            "eligibility IN ('eligible', 'unknown', 'left_out')",
            name=op.f("ck_price_exposure_eligibility"),
        ),
        sa.PrimaryKeyConstraint(
            "notice_id", "purchase_line_id", "first_unit", name=op.f("pk_price_exposure")
        ),
    )
    op.create_index(
        "ix_price_exposure_eligibility",
        "price_exposure",
        ["notice_id", "eligibility", "purchase_line_id", "first_unit"],
    )
    op.create_index(
        op.f("ix_price_exposure_purchase_line_id"), "price_exposure", ["purchase_line_id"]
    )
    op.create_index(
        "ix_price_exposure_refused",
        "price_exposure",
        ["notice_id", "purchase_line_id"],
        postgresql_where=sa.text("refused_at IS NOT NULL"),
    )


def upgrade() -> None:
    _tell_orders_more()
    _notices()
    _marks()
    _exposure()


def downgrade() -> None:
    op.drop_table("price_exposure")
    op.drop_table("price_notice_marks")
    op.drop_table("price_notice_lines")
    op.drop_table("price_notices")
    op.drop_index("ix_products_product_line_id", "products")
    op.drop_index("ix_obligations_returned", "obligations")
    op.drop_index("ix_parcels_delivered_at", "parcels")
    op.drop_index("ix_shipments_shipped_at", "shipments")
    op.drop_index("ix_purchase_lines_product_id_invoiced_on", "purchase_lines")
    op.drop_index("ix_purchase_lines_product_id_placed_on", "purchase_lines")
    for column in (
        *("pass_through_percent", "is_special_bid", "sales", "receipts", "invoiced_on"),
        "placed_on",
    ):
        op.drop_column("purchase_lines", column)
