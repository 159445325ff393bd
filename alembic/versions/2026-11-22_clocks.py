"""clocks: business calendars of parties, pauses, when debts are at risk, exposure."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "clocks"
down_revision = "vendor_documents"


def upgrade() -> None:
    op.create_table(
        "business_calendars",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("calendar", postgresql.JSONB(none_as_null=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_business_calendars")),
        sa.UniqueConstraint("key", name=op.f("uq_business_calendars_key")),
    )
    op.create_table(
        "calendar_parties",
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("calendar_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_id"],
            ["business_calendars.id"],
            name=op.f("fk_calendar_parties_calendar_id"),
        ),
        sa.PrimaryKeyConstraint("party", name=op.f("pk_calendar_parties")),
    )
    op.create_index(
        op.f("ix_calendar_parties_calendar_id"), "calendar_parties", ["calendar_id"], unique=False
    )
    op.create_index(
        op.f("ix_discrepancy_rights_toward_discrepancy_id"),
        "discrepancy_rights",
        ["toward", "discrepancy_id"],
        unique=False,
    )
    for column in ("at_risk_at", "at_risk_told_at", "paused_at"):
        op.add_column("obligations", sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    op.add_column("obligations", sa.Column("owner", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_obligations_paused"), "obligations", "paused_at IS NULL OR due_at IS NULL"
    )
    op.create_index(
        "ix_obligations_exposure",
        "obligations",
        ["debtor"],
        unique=False,
        postgresql_include=[
            *("loss_id", "alternatives_id", "id", "due_at", "owed", "performed", "currency"),
            *("unit_value_amount", "unit_value_currency"),
        ],
        postgresql_where=sa.text("state IN ('open', 'broken') AND creditor = 'us'"),
    )
    op.create_index(
        "ix_obligations_shared",
        "obligations",
        ["alternatives_id"],
        unique=False,
        postgresql_where=sa.text(
            "state IN ('open', 'broken') AND creditor = 'us' AND alternatives_id <> id"
        ),
    )
    op.create_index(
        "ix_obligations_unwarned",
        "obligations",
        ["at_risk_at", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('open', 'broken') AND at_risk_told_at IS NULL"),
    )
    op.create_index(
        "ix_obligations_live_owner",
        "obligations",
        ["owner", "attend_at", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('conditional', 'open', 'broken')"),
    )
    op.create_table(
        "obligation_pauses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("was_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resumed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('waiting_for_us', 'waiting_for_customer', 'waiting_for_vendor',"
            " 'waiting_for_carrier')",
            name=op.f("ck_obligation_pauses_reason"),
        ),
        sa.CheckConstraint("resumed_at >= paused_at", name=op.f("ck_obligation_pauses_order")),
        sa.ForeignKeyConstraint(
            ["obligation_id"],
            ["obligations.id"],
            name=op.f("fk_obligation_pauses_obligation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligation_pauses")),
    )
    op.create_index(
        op.f("ix_obligation_pauses_obligation_id"),
        "obligation_pauses",
        ["obligation_id"],
        unique=False,
    )
    op.create_index(
        "uq_obligation_pauses_standing",
        "obligation_pauses",
        ["obligation_id"],
        unique=True,
        postgresql_where=sa.text("resumed_at IS NULL"),
    )
    op.create_table(
        "due_time_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("was_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("calendar_key", sa.Text(), nullable=True),
        sa.Column("calendar_version", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "cause IN ('paused', 'resumed', 'calendar_changed')",
            name=op.f("ck_due_time_changes_cause"),
        ),
        sa.ForeignKeyConstraint(
            ["obligation_id"],
            ["obligations.id"],
            name=op.f("fk_due_time_changes_obligation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_time_changes")),
    )
    op.create_index(
        op.f("ix_due_time_changes_obligation_id"),
        "due_time_changes",
        ["obligation_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("due_time_changes")
    op.drop_table("obligation_pauses")
    for name in ("live_owner", "unwarned", "shared", "exposure"):
        op.drop_index(f"ix_obligations_{name}", table_name="obligations")
    op.drop_constraint(op.f("ck_obligations_paused"), "obligations")
    for column in ("owner", "paused_at", "at_risk_told_at", "at_risk_at"):
        op.drop_column("obligations", column)
    op.drop_index(
        op.f("ix_discrepancy_rights_toward_discrepancy_id"), table_name="discrepancy_rights"
    )
    op.drop_table("calendar_parties")
    op.drop_table("business_calendars")
