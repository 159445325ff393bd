"""obligations: debts, words given and taken back, what was done, losses, deadlines."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "obligations"
down_revision = "parcels_carriers"


def upgrade() -> None:
    op.create_table(
        "losses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False, start=1001), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=True),
        sa.Column("value_amount", sa.Numeric(), nullable=True),
        sa.Column("value_currency", sa.CHAR(length=3), nullable=True),
        sa.Column("borne_by", sa.Text(), nullable=False),
        sa.Column("restored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("purchase_line_id", sa.Uuid(), nullable=True),
        sa.Column("shipment_key", sa.Text(), nullable=True),
        sa.Column("product_key", sa.Text(), nullable=True),
        sa.Column("parcel_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "borne_by ~ '^(us$|(vendor|carrier|customer):.)'", name=op.f("ck_losses_borne_by")
        ),
        sa.CheckConstraint(
            "(value_amount IS NULL) = (value_currency IS NULL)", name=op.f("ck_losses_value")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_losses_quantity")),
        sa.CheckConstraint(
            "quantity IS NOT NULL OR value_amount IS NOT NULL", name=op.f("ck_losses_measured")
        ),
        sa.CheckConstraint("value_amount > 0", name=op.f("ck_losses_value_amount")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_losses")),
        sa.UniqueConstraint("number", name=op.f("uq_losses_number")),
    )
    op.create_index(
        "ix_losses_case_id",
        "losses",
        ["case_id", "id"],
        unique=False,
        postgresql_where=sa.text("case_id IS NOT NULL"),
    )
    op.create_index(
        "ix_losses_purchase_line_id",
        "losses",
        ["purchase_line_id"],
        unique=False,
        postgresql_where=sa.text("purchase_line_id IS NOT NULL"),
    )
    op.create_table(
        "deadlines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False, start=1001), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("toward", sa.Text(), nullable=False),
        sa.Column("toward_id", sa.Uuid(), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("last_safe_on", sa.Date(), nullable=True),
        sa.Column("last_safe_source", sa.Text(), nullable=True),
        sa.Column("attend_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_note", sa.Text(), nullable=True),
        sa.Column("ground_kind", sa.Text(), nullable=False),
        sa.Column("ground_text", sa.Text(), nullable=False),
        sa.Column("ground_reference", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("purchase_line_id", sa.Uuid(), nullable=True),
        sa.Column("shipment_key", sa.Text(), nullable=True),
        sa.Column("product_key", sa.Text(), nullable=True),
        sa.Column("parcel_id", sa.Uuid(), nullable=True),
        sa.Column("loss_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (state = 'open')", name=op.f("ck_deadlines_ended")
        ),
        sa.CheckConstraint(
            "ground_kind IN ('promise', 'term', 'tariff', 'policy', 'law')",
            name=op.f("ck_deadlines_ground_kind"),
        ),
        sa.CheckConstraint(
            "kind IN ('report', 'file', 'return', 'ship', 'appeal', 'accept', 'other')",
            name=op.f("ck_deadlines_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'used', 'lapsed', 'waived')", name=op.f("ck_deadlines_state")
        ),
        sa.CheckConstraint(
            "toward ~ '^(us$|(vendor|carrier|customer):.)'", name=op.f("ck_deadlines_toward")
        ),
        sa.ForeignKeyConstraint(["loss_id"], ["losses.id"], name=op.f("fk_deadlines_loss_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadlines")),
        sa.UniqueConstraint("number", name=op.f("uq_deadlines_number")),
    )
    op.create_index(
        op.f("ix_deadlines_attend_at_id"), "deadlines", ["attend_at", "id"], unique=False
    )
    op.create_index(
        "ix_deadlines_case_id",
        "deadlines",
        ["case_id", "attend_at", "id"],
        unique=False,
        postgresql_where=sa.text("case_id IS NOT NULL"),
    )
    op.create_index(
        "ix_deadlines_loss_id",
        "deadlines",
        ["loss_id"],
        unique=False,
        postgresql_where=sa.text("loss_id IS NOT NULL"),
    )
    op.create_index(
        "ix_deadlines_open",
        "deadlines",
        ["attend_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_deadlines_open_toward",
        "deadlines",
        ["toward", "attend_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_deadlines_open_last_at",
        "deadlines",
        ["last_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "obligations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False, start=1001), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("debtor", sa.Text(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=True),
        sa.Column("creditor", sa.Text(), nullable=False),
        sa.Column("creditor_id", sa.Uuid(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("owed", sa.Numeric(), nullable=False),
        sa.Column("performed", sa.Numeric(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=True),
        sa.Column("unit_value_amount", sa.Numeric(), nullable=True),
        sa.Column("unit_value_currency", sa.CHAR(length=3), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attend_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trigger_text", sa.Text(), nullable=True),
        sa.Column("triggered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("alternatives_id", sa.Uuid(), nullable=False),
        sa.Column("superseded_by_id", sa.Uuid(), nullable=True),
        sa.Column("released_for_id", sa.Uuid(), nullable=True),
        sa.Column("broken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ground_kind", sa.Text(), nullable=False),
        sa.Column("ground_text", sa.Text(), nullable=False),
        sa.Column("ground_reference", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("purchase_line_id", sa.Uuid(), nullable=True),
        sa.Column("shipment_key", sa.Text(), nullable=True),
        sa.Column("product_key", sa.Text(), nullable=True),
        sa.Column("parcel_id", sa.Uuid(), nullable=True),
        sa.Column("loss_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (state IN ('conditional', 'open', 'broken'))",
            name=op.f("ck_obligations_ended"),
        ),
        sa.CheckConstraint(
            "(state = 'superseded') = (superseded_by_id IS NOT NULL)",
            name=op.f("ck_obligations_superseded"),
        ),
        sa.CheckConstraint(
            "creditor ~ '^(us$|(vendor|carrier|customer):.)'", name=op.f("ck_obligations_creditor")
        ),
        sa.CheckConstraint(
            "currency IS NULL OR kind = 'pay_money'", name=op.f("ck_obligations_currency")
        ),
        sa.CheckConstraint(
            "debtor ~ '^(us$|(vendor|carrier|customer):.)'", name=op.f("ck_obligations_debtor")
        ),
        sa.CheckConstraint(
            "ground_kind IN ('promise', 'term', 'tariff', 'policy', 'law')",
            name=op.f("ck_obligations_ground_kind"),
        ),
        sa.CheckConstraint(
            "kind IN ('deliver_goods', 'return_goods', 'repair_goods', 'pay_money', 'answer', "
            "'authorize', 'file_claim', 'provide_document', 'visit', 'other')",
            name=op.f("ck_obligations_kind"),
        ),
        sa.CheckConstraint(
            "state <> 'conditional' OR (trigger_text IS NOT NULL AND due_at IS NULL)",
            name=op.f("ck_obligations_conditional"),
        ),
        sa.CheckConstraint(
            "state IN ('conditional', 'open', 'kept', 'broken', "
            "'kept_late', 'superseded', 'released', 'void')",
            name=op.f("ck_obligations_state"),
        ),
        sa.CheckConstraint(
            "(unit_value_amount IS NULL) = (unit_value_currency IS NULL)",
            name=op.f("ck_obligations_unit_value"),
        ),
        sa.CheckConstraint("debtor <> creditor", name=op.f("ck_obligations_parties")),
        sa.CheckConstraint("owed > 0", name=op.f("ck_obligations_owed")),
        sa.CheckConstraint("performed >= 0", name=op.f("ck_obligations_performed")),
        sa.ForeignKeyConstraint(
            ["alternatives_id"], ["obligations.id"], name=op.f("fk_obligations_alternatives_id")
        ),
        sa.ForeignKeyConstraint(["loss_id"], ["losses.id"], name=op.f("fk_obligations_loss_id")),
        sa.ForeignKeyConstraint(
            ["released_for_id"], ["obligations.id"], name=op.f("fk_obligations_released_for_id")
        ),
        sa.ForeignKeyConstraint(
            ["superseded_by_id"], ["obligations.id"], name=op.f("fk_obligations_superseded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligations")),
        sa.UniqueConstraint("number", name=op.f("uq_obligations_number")),
    )
    op.create_index(
        op.f("ix_obligations_alternatives_id"), "obligations", ["alternatives_id"], unique=False
    )
    op.create_index(
        op.f("ix_obligations_attend_at_id"), "obligations", ["attend_at", "id"], unique=False
    )
    op.create_index(
        "ix_obligations_case_id",
        "obligations",
        ["case_id", "attend_at", "id"],
        unique=False,
        postgresql_where=sa.text("case_id IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_obligations_debtor_attend_at_id"),
        "obligations",
        ["debtor", "attend_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_obligations_live",
        "obligations",
        ["attend_at", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('conditional', 'open', 'broken')"),
    )
    op.create_index(
        "ix_obligations_live_creditor",
        "obligations",
        ["creditor", "attend_at", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('conditional', 'open', 'broken')"),
    )
    op.create_index(
        "ix_obligations_live_debtor",
        "obligations",
        ["debtor", "attend_at", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('conditional', 'open', 'broken')"),
    )
    op.create_index(
        "ix_obligations_live_kind",
        "obligations",
        ["kind", "attend_at", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('conditional', 'open', 'broken')"),
    )
    op.create_index(
        "ix_obligations_loss_id",
        "obligations",
        ["loss_id", "attend_at", "id"],
        unique=False,
        postgresql_where=sa.text("loss_id IS NOT NULL"),
    )
    op.create_index(
        "ix_obligations_untold",
        "obligations",
        ["due_at", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('open', 'broken') AND overdue_told_at IS NULL"),
    )
    op.create_table(
        "performances",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("performed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("file_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(by_name IS NULL) = (corrects_id IS NULL)", name=op.f("ck_performances_by_name")
        ),
        sa.CheckConstraint(
            "corrects_id IS NULL OR note IS NOT NULL", name=op.f("ck_performances_note")
        ),
        sa.CheckConstraint(
            "value <> 0 AND (value > 0) = (corrects_id IS NULL)",
            name=op.f("ck_performances_value"),
        ),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["performances.id"], name=op.f("fk_performances_corrects_id")
        ),
        sa.ForeignKeyConstraint(
            ["obligation_id"], ["obligations.id"], name=op.f("fk_performances_obligation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_performances")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_performances_corrects_id")),
    )
    op.create_index(
        op.f("ix_performances_obligation_id_id"),
        "performances",
        ["obligation_id", "id"],
        unique=False,
    )
    op.create_index(
        "ix_performances_reference",
        "performances",
        ["reference"],
        unique=False,
        postgresql_where=sa.text("reference IS NOT NULL"),
    )
    op.create_table(
        "promises",
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("due_words", sa.Text(), nullable=True),
        sa.Column("due_rule", sa.Text(), nullable=False),
        sa.Column("due_text", sa.Text(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=True),
        sa.Column("by_role", sa.Text(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("file_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.CheckConstraint(
            "channel IN ('phone', 'voice_mail', 'email', 'chat', "
            "'portal', 'letter', 'fax', 'in_person')",
            name=op.f("ck_promises_channel"),
        ),
        sa.ForeignKeyConstraint(
            ["obligation_id"], ["obligations.id"], name=op.f("fk_promises_obligation_id")
        ),
        sa.PrimaryKeyConstraint("obligation_id", name=op.f("pk_promises")),
    )
    op.create_table(
        "retractions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=True),
        sa.Column("by_role", sa.Text(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("file_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.CheckConstraint(
            "channel IN ('phone', 'voice_mail', 'email', 'chat', "
            "'portal', 'letter', 'fax', 'in_person')",
            name=op.f("ck_retractions_channel"),
        ),
        sa.ForeignKeyConstraint(
            ["obligation_id"], ["obligations.id"], name=op.f("fk_retractions_obligation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retractions")),
    )
    op.create_index(
        op.f("ix_retractions_obligation_id"), "retractions", ["obligation_id"], unique=False
    )
    op.create_table(
        "allocations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("loss_id", sa.Uuid(), nullable=False),
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("performance_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=True),
        sa.Column("amount", sa.Numeric(), nullable=True),
        sa.Column("above_cap", sa.Numeric(), nullable=False),
        sa.Column("debt_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(above_cap <> 0) = (debt_id IS NOT NULL)", name=op.f("ck_allocations_debt")
        ),
        sa.CheckConstraint(
            "(quantity IS NULL) <> (amount IS NULL)", name=op.f("ck_allocations_measured")
        ),
        sa.CheckConstraint(
            "coalesce(quantity, amount) * above_cap >= 0", name=op.f("ck_allocations_value")
        ),
        sa.ForeignKeyConstraint(
            ["debt_id"], ["obligations.id"], name=op.f("fk_allocations_debt_id")
        ),
        sa.ForeignKeyConstraint(["loss_id"], ["losses.id"], name=op.f("fk_allocations_loss_id")),
        sa.ForeignKeyConstraint(
            ["obligation_id"], ["obligations.id"], name=op.f("fk_allocations_obligation_id")
        ),
        sa.ForeignKeyConstraint(
            ["performance_id"], ["performances.id"], name=op.f("fk_allocations_performance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocations")),
    )
    op.create_index(
        op.f("ix_allocations_loss_id_id"), "allocations", ["loss_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_allocations_obligation_id"), "allocations", ["obligation_id"], unique=False
    )
    op.create_index(
        op.f("ix_allocations_performance_id"), "allocations", ["performance_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_allocations_performance_id"), table_name="allocations")
    op.drop_index(op.f("ix_allocations_obligation_id"), table_name="allocations")
    op.drop_index(op.f("ix_allocations_loss_id_id"), table_name="allocations")
    op.drop_table("allocations")
    op.drop_index(op.f("ix_retractions_obligation_id"), table_name="retractions")
    op.drop_table("retractions")
    op.drop_table("promises")
    op.drop_index(
        "ix_performances_reference",
        table_name="performances",
        postgresql_where=sa.text("reference IS NOT NULL"),
    )
    op.drop_index(op.f("ix_performances_obligation_id_id"), table_name="performances")
    op.drop_table("performances")
    op.drop_index(
        "ix_obligations_untold",
        table_name="obligations",
        postgresql_where=sa.text("state IN ('open', 'broken') AND overdue_told_at IS NULL"),
    )
    op.drop_index(
        "ix_obligations_loss_id",
        table_name="obligations",
        postgresql_where=sa.text("loss_id IS NOT NULL"),
    )
    op.drop_index(
        "ix_obligations_live_kind",
        table_name="obligations",
        postgresql_where=sa.text("state IN ('conditional', 'open', 'broken')"),
    )
    op.drop_index(
        "ix_obligations_live_debtor",
        table_name="obligations",
        postgresql_where=sa.text("state IN ('conditional', 'open', 'broken')"),
    )
    op.drop_index(
        "ix_obligations_live_creditor",
        table_name="obligations",
        postgresql_where=sa.text("state IN ('conditional', 'open', 'broken')"),
    )
    op.drop_index(
        "ix_obligations_live",
        table_name="obligations",
        postgresql_where=sa.text("state IN ('conditional', 'open', 'broken')"),
    )
    op.drop_index(op.f("ix_obligations_debtor_attend_at_id"), table_name="obligations")
    op.drop_index(
        "ix_obligations_case_id",
        table_name="obligations",
        postgresql_where=sa.text("case_id IS NOT NULL"),
    )
    op.drop_index(op.f("ix_obligations_attend_at_id"), table_name="obligations")
    op.drop_index(op.f("ix_obligations_alternatives_id"), table_name="obligations")
    op.drop_table("obligations")
    op.drop_index(
        "ix_deadlines_open_last_at",
        table_name="deadlines",
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index(
        "ix_deadlines_open_toward",
        table_name="deadlines",
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index(
        "ix_deadlines_open", table_name="deadlines", postgresql_where=sa.text("state = 'open'")
    )
    op.drop_index(
        "ix_deadlines_loss_id",
        table_name="deadlines",
        postgresql_where=sa.text("loss_id IS NOT NULL"),
    )
    op.drop_index(
        "ix_deadlines_case_id",
        table_name="deadlines",
        postgresql_where=sa.text("case_id IS NOT NULL"),
    )
    op.drop_index(op.f("ix_deadlines_attend_at_id"), table_name="deadlines")
    op.drop_table("deadlines")
    op.drop_index(
        "ix_losses_purchase_line_id",
        table_name="losses",
        postgresql_where=sa.text("purchase_line_id IS NOT NULL"),
    )
    op.drop_index(
        "ix_losses_case_id", table_name="losses", postgresql_where=sa.text("case_id IS NOT NULL")
    )
    op.drop_table("losses")
