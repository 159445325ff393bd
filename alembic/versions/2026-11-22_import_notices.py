"""imports: notices of lower prices are a kind of their own."""

from alembic import op

revision = "import_notices"
down_revision = "claims"

_BEFORE = "'vendors', 'products', 'customers', 'purchase_orders', 'shipments', 'vendor_documents'"


def upgrade() -> None:
    _allow(f"{_BEFORE}, 'price_notices'")


def downgrade() -> None:
    op.execute("DELETE FROM imports WHERE kind = 'price_notices'")
    _allow(_BEFORE)


def _allow(kinds: str) -> None:
    name = op.f("ck_imports_kind")
    op.drop_constraint(name, "imports", type_="check")
    op.create_check_constraint(name, "imports", f"kind IN ({kinds})")
