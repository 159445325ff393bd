"""imports: vendors' documents are a kind of their own."""

from alembic import op

revision = "import_documents"
down_revision = "accounts"

_BEFORE = "'vendors', 'products', 'customers', 'purchase_orders', 'shipments'"


def upgrade() -> None:
    _allow(f"{_BEFORE}, 'vendor_documents'")


def downgrade() -> None:
    op.execute("DELETE FROM imports WHERE kind = 'vendor_documents'")
    _allow(_BEFORE)


def _allow(kinds: str) -> None:
    name = op.f("ck_imports_kind")
    op.drop_constraint(name, "imports", type_="check")
    op.create_check_constraint(name, "imports", f"kind IN ({kinds})")
