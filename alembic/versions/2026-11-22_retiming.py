"""retiming: last days that moved, and causes beside calendars; by whom a shipment was carried."""

import sqlalchemy as sa
from alembic import op

revision = "retiming"
down_revision = "exposure"

_OLD = "'paused', 'resumed', 'calendar_changed'"
_ALL = f"{_OLD}, 'terms_changed', 'facts_changed'"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_due_time_changes_cause"), "due_time_changes")
    op.create_check_constraint(
        op.f("ck_due_time_changes_cause"), "due_time_changes", f"cause IN ({_ALL})"
    )
    op.create_table(
        "deadline_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deadline_id", sa.Uuid(), nullable=False),
        sa.Column("was_last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("was_last_on", sa.Date(), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.CheckConstraint(f"cause IN ({_ALL})", name=op.f("ck_deadline_changes_cause")),
        sa.ForeignKeyConstraint(
            ["deadline_id"], ["deadlines.id"], name=op.f("fk_deadline_changes_deadline_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_changes")),
    )
    op.create_index(op.f("ix_deadline_changes_deadline_id"), "deadline_changes", ["deadline_id"])
    op.add_column("discrepancies", sa.Column("carrier", sa.Text(), nullable=True))
    op.create_index(
        "ix_discrepancies_open_carrier",
        "discrepancies",
        ["carrier", "id"],
        postgresql_where=sa.text("state = 'open'"),
    )


def downgrade() -> None:
    op.drop_index("ix_discrepancies_open_carrier", table_name="discrepancies")
    op.drop_column("discrepancies", "carrier")
    op.drop_table("deadline_changes")
    op.execute("DELETE FROM due_time_changes WHERE cause IN ('terms_changed', 'facts_changed')")
    op.drop_constraint(op.f("ck_due_time_changes_cause"), "due_time_changes")
    op.create_check_constraint(
        op.f("ck_due_time_changes_cause"), "due_time_changes", f"cause IN ({_OLD})"
    )
