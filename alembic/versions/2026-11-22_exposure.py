"""exposure: kept added up by day; what changes it leaves a mark, by triggers."""

import sqlalchemy as sa
from alembic import op

revision = "exposure"
down_revision = "import_documents"

_DUE_TO_US = "state IN ('open', 'broken') AND creditor = 'us'"
# Nobody who changes a debt can forget the mark, and a sweep that only tells of debts leaves none.
_MARKS = (
    """
CREATE FUNCTION exposure_mark_debt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO exposure_marks (key) VALUES (coalesce(NEW.loss_id, NEW.alternatives_id));
  IF TG_OP = 'UPDATE' AND coalesce(OLD.loss_id, OLD.alternatives_id)
      IS DISTINCT FROM coalesce(NEW.loss_id, NEW.alternatives_id) THEN
    INSERT INTO exposure_marks (key) VALUES (coalesce(OLD.loss_id, OLD.alternatives_id));
  END IF;
  RETURN NULL;
END $$
""",
    """
CREATE FUNCTION exposure_mark_allocation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO exposure_marks (key) VALUES (NEW.loss_id);
  RETURN NULL;
END $$
""",
    """
CREATE FUNCTION exposure_mark_loss() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO exposure_marks (key) VALUES (NEW.id);
  RETURN NULL;
END $$
""",
    """
CREATE TRIGGER exposure_opened AFTER INSERT ON obligations FOR EACH ROW
  WHEN (NEW.creditor = 'us' AND NEW.state IN ('open', 'broken'))
  EXECUTE FUNCTION exposure_mark_debt()
""",
    """
CREATE TRIGGER exposure_changed AFTER UPDATE OF state, debtor, creditor, owed, performed, currency,
    unit_value_amount, unit_value_currency, due_at, loss_id, alternatives_id
  ON obligations FOR EACH ROW
  WHEN ((NEW.creditor = 'us' OR OLD.creditor = 'us')
    AND (NEW.state IN ('open', 'broken') OR OLD.state IN ('open', 'broken')))
  EXECUTE FUNCTION exposure_mark_debt()
""",
    """
CREATE TRIGGER exposure_made_good AFTER INSERT OR UPDATE ON allocations FOR EACH ROW
  EXECUTE FUNCTION exposure_mark_allocation()
""",
    """
CREATE TRIGGER exposure_valued AFTER UPDATE OF quantity, value_amount, value_currency ON losses
  FOR EACH ROW EXECUTE FUNCTION exposure_mark_loss()
""",
)


def upgrade() -> None:
    op.create_table(
        "exposure_marks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exposure_marks")),
    )
    op.create_table(
        "exposure_parts",
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("debtor", sa.Text(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=True),
        sa.Column("day", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("money", sa.Numeric(), nullable=False),
        sa.Column("goods", sa.Numeric(), nullable=False),
        sa.Column("elsewhere", sa.Numeric(), nullable=False),
        sa.PrimaryKeyConstraint("obligation_id", name=op.f("pk_exposure_parts")),
    )
    for column in ("key", "day"):
        op.create_index(op.f(f"ix_exposure_parts_{column}"), "exposure_parts", [column])
    op.create_table(
        "exposure_sums",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("debtor", sa.Text(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=True),
        sa.Column("day", sa.DateTime(timezone=True), nullable=True),
        sa.Column("money", sa.Numeric(), nullable=False),
        sa.Column("goods", sa.Numeric(), nullable=False),
        sa.Column("elsewhere", sa.Numeric(), nullable=False),
        sa.Column("obligations", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exposure_sums")),
        sa.UniqueConstraint(
            *("debtor", "currency", "day"),
            name=op.f("uq_exposure_sums_debtor_currency_day"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(
        "ix_exposure_sums_spent",
        "exposure_sums",
        ["id"],
        postgresql_where=sa.text("obligations = 0"),
    )
    for name in ("exposure", "shared"):
        op.drop_index(f"ix_obligations_{name}", table_name="obligations")
    op.create_index(
        "ix_obligations_key",
        "obligations",
        [sa.literal_column("coalesce(loss_id, alternatives_id)")],
        postgresql_where=sa.text(_DUE_TO_US),
    )
    for statement in _MARKS:
        op.execute(statement)
    op.execute(
        "INSERT INTO exposure_marks (key) SELECT DISTINCT coalesce(loss_id, alternatives_id) "
        "FROM obligations WHERE " + _DUE_TO_US
    )


def downgrade() -> None:
    for name, table in (
        ("opened", "obligations"),
        ("changed", "obligations"),
        ("made_good", "allocations"),
        ("valued", "losses"),
    ):
        op.execute(f"DROP TRIGGER exposure_{name} ON {table}")
    for name in ("debt", "allocation", "loss"):
        op.execute(f"DROP FUNCTION exposure_mark_{name}")
    op.drop_index("ix_obligations_key", table_name="obligations")
    op.create_index(
        "ix_obligations_exposure",
        "obligations",
        ["debtor"],
        postgresql_include=[
            *("loss_id", "alternatives_id", "id", "due_at", "owed", "performed", "currency"),
            *("unit_value_amount", "unit_value_currency"),
        ],
        postgresql_where=sa.text(_DUE_TO_US),
    )
    op.create_index(
        "ix_obligations_shared",
        "obligations",
        ["alternatives_id"],
        postgresql_where=sa.text(f"{_DUE_TO_US} AND alternatives_id <> id"),
    )
    for table in ("exposure_sums", "exposure_parts", "exposure_marks"):
        op.drop_table(table)
