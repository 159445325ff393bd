"""catalog and orders: products, customers, purchase orders, shipments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "catalog_orders"
down_revision = "ground"


def upgrade() -> None:
    op.create_table(
        "customers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column(
            "address", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("key", name=op.f("uq_customers_key")),
    )
    op.create_index(
        "ix_customers_email", "customers", [sa.text("lower(email)"), "id"], unique=False
    )
    op.create_table(
        "products",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("manufacturer_id", sa.Uuid(), nullable=True),
        sa.Column("weight_value", sa.Numeric(), nullable=True),
        sa.Column("weight_unit", sa.Text(), nullable=True),
        sa.Column("weight_g", sa.Numeric(), nullable=True),
        sa.Column("spread_value", sa.Numeric(), nullable=True),
        sa.Column("spread_unit", sa.Text(), nullable=True),
        sa.Column("spread_g", sa.Numeric(), nullable=True),
        sa.Column("weight_source", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "weight_source IN ('catalog', 'measured')", name=op.f("ck_products_weight_source")
        ),
        sa.ForeignKeyConstraint(
            ["manufacturer_id"], ["vendors.id"], name=op.f("fk_products_manufacturer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("key", name=op.f("uq_products_key")),
    )
    op.create_index(
        op.f("ix_products_manufacturer_id_id"), "products", ["manufacturer_id", "id"], unique=False
    )
    op.create_table(
        "purchase_orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["vendors.id"], name=op.f("fk_purchase_orders_supplier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_orders")),
        sa.UniqueConstraint("key", name=op.f("uq_purchase_orders_key")),
    )
    op.create_index(
        op.f("ix_purchase_orders_supplier_id_id"),
        "purchase_orders",
        ["supplier_id", "id"],
        unique=False,
    )
    op.create_table(
        "shipments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shipper_kind", sa.Text(), nullable=True),
        sa.Column("shipper_vendor_id", sa.Uuid(), nullable=True),
        sa.Column("shipper_customer_id", sa.Uuid(), nullable=True),
        sa.Column("account_kind", sa.Text(), nullable=True),
        sa.Column("account_vendor_id", sa.Uuid(), nullable=True),
        sa.Column("account_customer_id", sa.Uuid(), nullable=True),
        sa.Column(
            "ship_to", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "account_kind IN ('us', 'vendor', 'customer')", name=op.f("ck_shipments_account_kind")
        ),
        sa.CheckConstraint(
            "shipper_kind IN ('us', 'vendor', 'customer')", name=op.f("ck_shipments_shipper_kind")
        ),
        sa.ForeignKeyConstraint(
            ["account_customer_id"], ["customers.id"], name=op.f("fk_shipments_account_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["account_vendor_id"], ["vendors.id"], name=op.f("fk_shipments_account_vendor_id")
        ),
        sa.ForeignKeyConstraint(
            ["shipper_customer_id"], ["customers.id"], name=op.f("fk_shipments_shipper_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["shipper_vendor_id"], ["vendors.id"], name=op.f("fk_shipments_shipper_vendor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipments")),
        sa.UniqueConstraint("key", name=op.f("uq_shipments_key")),
    )
    op.create_table(
        "packages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shipment_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("tracking_number", sa.Text(), nullable=True),
        sa.Column("tracking_lookup", sa.Text(), nullable=True),
        sa.Column("carrier", sa.Text(), nullable=True),
        sa.Column("has_known_contents", sa.Boolean(), nullable=False),
        sa.Column("tare_value", sa.Numeric(), nullable=True),
        sa.Column("tare_unit", sa.Text(), nullable=True),
        sa.Column("tare_g", sa.Integer(), nullable=True),
        sa.Column("declared_value", sa.Numeric(), nullable=True),
        sa.Column("declared_unit", sa.Text(), nullable=True),
        sa.Column("declared_g", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipments.id"], name=op.f("fk_packages_shipment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packages")),
        sa.UniqueConstraint("shipment_id", "key", name=op.f("uq_packages_shipment_id_key")),
    )
    op.create_index(
        "ix_packages_tracking_lookup",
        "packages",
        ["tracking_lookup", "shipment_id"],
        unique=False,
        postgresql_where=sa.text("tracking_lookup IS NOT NULL"),
    )
    op.create_table(
        "part_numbers",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("vendor_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("lookup", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('manufacturer', 'distributor', 'upc', 'ean', 'ours')",
            name=op.f("ck_part_numbers_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_part_numbers_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_part_numbers_vendor_id")
        ),
        sa.PrimaryKeyConstraint("product_id", "position", name=op.f("pk_part_numbers")),
    )
    op.create_index(
        op.f("ix_part_numbers_lookup_product_id"),
        "part_numbers",
        ["lookup", "product_id"],
        unique=False,
    )
    op.create_table(
        "purchase_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purchase_order_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price_amount", sa.Numeric(), nullable=False),
        sa.Column("unit_price_currency", sa.CHAR(length=3), nullable=False),
        sa.Column("is_back_ordered", sa.Boolean(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("customer_order_number", sa.Text(), nullable=True),
        sa.Column(
            "drop_ship_address",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
        ),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "drop_ship_address IS NULL OR customer_id IS NOT NULL",
            name=op.f("ck_purchase_lines_drop_ship_customer"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_purchase_lines_quantity")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_purchase_lines_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_purchase_lines_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["purchase_order_id"],
            ["purchase_orders.id"],
            name=op.f("fk_purchase_lines_purchase_order_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_lines")),
        sa.UniqueConstraint(
            "purchase_order_id", "key", name=op.f("uq_purchase_lines_purchase_order_id_key")
        ),
    )
    op.create_index(
        op.f("ix_purchase_lines_customer_id_purchase_order_id"),
        "purchase_lines",
        ["customer_id", "purchase_order_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_purchase_lines_customer_order_number_purchase_order_id"),
        "purchase_lines",
        ["customer_order_number", "purchase_order_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_purchase_lines_product_id_purchase_order_id"),
        "purchase_lines",
        ["product_id", "purchase_order_id"],
        unique=False,
    )
    op.create_table(
        "package_contents",
        sa.Column("package_id", sa.Uuid(), nullable=False),
        sa.Column("purchase_line_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_package_contents_quantity")),
        sa.ForeignKeyConstraint(
            ["package_id"], ["packages.id"], name=op.f("fk_package_contents_package_id")
        ),
        sa.ForeignKeyConstraint(
            ["purchase_line_id"],
            ["purchase_lines.id"],
            name=op.f("fk_package_contents_purchase_line_id"),
        ),
        sa.PrimaryKeyConstraint("package_id", "purchase_line_id", name=op.f("pk_package_contents")),
    )
    op.create_index(
        op.f("ix_package_contents_purchase_line_id"),
        "package_contents",
        ["purchase_line_id"],
        unique=False,
    )
    op.create_table(
        "package_serials",
        sa.Column("package_id", sa.Uuid(), nullable=False),
        sa.Column("purchase_line_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("lookup", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["package_id", "purchase_line_id"],
            ["package_contents.package_id", "package_contents.purchase_line_id"],
            name=op.f("fk_package_serials_package_id_purchase_line_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "package_id", "purchase_line_id", "position", name=op.f("pk_package_serials")
        ),
    )
    op.create_index(op.f("ix_package_serials_lookup"), "package_serials", ["lookup"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_package_serials_lookup"), table_name="package_serials")
    op.drop_table("package_serials")
    op.drop_index(op.f("ix_package_contents_purchase_line_id"), table_name="package_contents")
    op.drop_table("package_contents")
    op.drop_index(
        op.f("ix_purchase_lines_product_id_purchase_order_id"), table_name="purchase_lines"
    )
    op.drop_index(
        op.f("ix_purchase_lines_customer_order_number_purchase_order_id"),
        table_name="purchase_lines",
    )
    op.drop_index(
        op.f("ix_purchase_lines_customer_id_purchase_order_id"), table_name="purchase_lines"
    )
    op.drop_table("purchase_lines")
    op.drop_index(op.f("ix_part_numbers_lookup_product_id"), table_name="part_numbers")
    op.drop_table("part_numbers")
    op.drop_index(
        "ix_packages_tracking_lookup",
        table_name="packages",
        postgresql_where=sa.text("tracking_lookup IS NOT NULL"),
    )
    op.drop_table("packages")
    op.drop_table("shipments")
    op.drop_index(op.f("ix_purchase_orders_supplier_id_id"), table_name="purchase_orders")
    op.drop_table("purchase_orders")
    op.drop_index(op.f("ix_products_manufacturer_id_id"), table_name="products")
    op.drop_table("products")
    op.drop_index("ix_customers_email", table_name="customers")
    op.drop_table("customers")
