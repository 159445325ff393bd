"""cases: customers' problems, what they got, files, notes, ties to the event log."""

import sqlalchemy as sa
from alembic import op

revision = "cases"
down_revision = "obligations"


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False, start=1001), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("recovery", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("purchase_line_id", sa.Uuid(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=True),
        sa.Column("shipment_id", sa.Uuid(), nullable=True),
        sa.Column("needed_by", sa.Date(), nullable=True),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waited_before_s", sa.BigInteger(), nullable=False),
        sa.Column("made_whole_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.Column("close_note", sa.Text(), nullable=True),
        sa.Column("recovery_outcome", sa.Text(), nullable=True),
        sa.Column("recovery_closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recovery_note", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(recovery = 'done') = (recovery_closed_at IS NOT NULL)",
            name=op.f("ck_cases_recovery_closed"),
        ),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_cases_closed")
        ),
        sa.CheckConstraint(
            "channel IN ('phone', 'voice_mail', 'email', 'chat', 'portal', 'letter', 'fax', "
            "'in_person')",
            name=op.f("ck_cases_channel"),
        ),
        sa.CheckConstraint(
            "close_reason IN ('resolved', 'withdrawn', 'not_ours', 'duplicate', 'other')",
            name=op.f("ck_cases_close_reason"),
        ),
        sa.CheckConstraint(
            "kind IN ('short_shipment', 'non_delivery', 'wrong_item', 'over_shipment', 'damage', "
            "'doa', 'warranty', 'service', 'price', 'other')",
            name=op.f("ck_cases_kind"),
        ),
        sa.CheckConstraint("recovery IN ('none', 'open', 'done')", name=op.f("ck_cases_recovery")),
        sa.CheckConstraint(
            "recovery_outcome IN ('recovered', 'partly_recovered', 'written_off', 'not_pursued')",
            name=op.f("ck_cases_recovery_outcome"),
        ),
        sa.CheckConstraint(
            "state <> 'made_whole' OR made_whole_at IS NOT NULL", name=op.f("ck_cases_made_whole")
        ),
        sa.CheckConstraint(
            "state <> 'open' OR made_whole_at IS NULL", name=op.f("ck_cases_waiting")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'made_whole', 'closed')", name=op.f("ck_cases_state")
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (close_reason IS NULL)", name=op.f("ck_cases_close_reason_told")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_cases_quantity")),
        sa.CheckConstraint("waited_before_s >= 0", name=op.f("ck_cases_waited_before_s")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_cases_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["purchase_line_id"], ["purchase_lines.id"], name=op.f("fk_cases_purchase_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipments.id"], name=op.f("fk_cases_shipment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("number", name=op.f("uq_cases_number")),
    )
    op.create_index(op.f("ix_cases_customer_id_id"), "cases", ["customer_id", "id"], unique=False)
    op.create_index(op.f("ix_cases_kind_id"), "cases", ["kind", "id"], unique=False)
    op.create_index(
        "ix_cases_needed_by",
        "cases",
        ["needed_by", "id"],
        unique=False,
        postgresql_where=sa.text("needed_by IS NOT NULL"),
    )
    op.create_index(
        "ix_cases_open_needed_by",
        "cases",
        ["needed_by", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'open' AND needed_by IS NOT NULL"),
    )
    op.create_index(
        "ix_cases_purchase_line_id",
        "cases",
        ["purchase_line_id"],
        unique=False,
        postgresql_where=sa.text("purchase_line_id IS NOT NULL"),
    )
    op.create_index(
        "ix_cases_recovery_open",
        "cases",
        ["id"],
        unique=False,
        postgresql_where=sa.text("recovery = 'open'"),
    )
    op.create_index(
        "ix_cases_shipment_id",
        "cases",
        ["shipment_id"],
        unique=False,
        postgresql_where=sa.text("shipment_id IS NOT NULL"),
    )
    op.create_index(op.f("ix_cases_state_id"), "cases", ["state", "id"], unique=False)
    op.create_table(
        "case_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "what IN ('photo', 'invoice', 'letter', 'other')", name=op.f("ck_case_files_what")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_files_case_id")),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_case_files_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_files")),
        sa.UniqueConstraint("case_id", "file_id", name=op.f("uq_case_files_case_id_file_id")),
    )
    op.create_table(
        "case_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_notes_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_notes")),
    )
    op.create_index(op.f("ix_case_notes_case_id_id"), "case_notes", ["case_id", "id"], unique=False)
    op.create_table(
        "case_subjects",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_subjects_case_id")),
        sa.PrimaryKeyConstraint("case_id", "subject", name=op.f("pk_case_subjects")),
    )
    op.create_table(
        "make_wholes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=True),
        sa.Column("amount", sa.Numeric(), nullable=True),
        sa.Column("currency", sa.CHAR(length=3), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("bearer", sa.Text(), nullable=False),
        sa.Column("bearer_key", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(amount IS NOT NULL) = (remedy IN ('refund', 'credit'))",
            name=op.f("ck_make_wholes_money"),
        ),
        sa.CheckConstraint(
            "(bearer = 'us') = (bearer_key IS NULL)", name=op.f("ck_make_wholes_bearer_key")
        ),
        sa.CheckConstraint(
            "(quantity IS NOT NULL) = (remedy IN ('replacement', 'repair'))",
            name=op.f("ck_make_wholes_units"),
        ),
        sa.CheckConstraint(
            "bearer IN ('us', 'vendor', 'carrier')", name=op.f("ck_make_wholes_bearer")
        ),
        sa.CheckConstraint(
            "remedy IN ('replacement', 'repair', 'refund', 'credit', 'nothing_owed')",
            name=op.f("ck_make_wholes_remedy"),
        ),
        sa.CheckConstraint(
            "(amount IS NULL) = (currency IS NULL)", name=op.f("ck_make_wholes_currency")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_make_wholes_amount")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_make_wholes_quantity")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_make_wholes_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_make_wholes")),
    )
    op.create_index(
        op.f("ix_make_wholes_case_id_id"), "make_wholes", ["case_id", "id"], unique=False
    )
    op.create_index(
        "uq_make_wholes_standing",
        "make_wholes",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_make_wholes_standing",
        table_name="make_wholes",
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.drop_index(op.f("ix_make_wholes_case_id_id"), table_name="make_wholes")
    op.drop_table("make_wholes")
    op.drop_table("case_subjects")
    op.drop_index(op.f("ix_case_notes_case_id_id"), table_name="case_notes")
    op.drop_table("case_notes")
    op.drop_table("case_files")
    op.drop_index(op.f("ix_cases_state_id"), table_name="cases")
    op.drop_index(
        "ix_cases_shipment_id",
        table_name="cases",
        postgresql_where=sa.text("shipment_id IS NOT NULL"),
    )
    op.drop_index(
        "ix_cases_recovery_open", table_name="cases", postgresql_where=sa.text("recovery = 'open'")
    )
    op.drop_index(
        "ix_cases_purchase_line_id",
        table_name="cases",
        postgresql_where=sa.text("purchase_line_id IS NOT NULL"),
    )
    op.drop_index(
        "ix_cases_open_needed_by",
        table_name="cases",
        postgresql_where=sa.text("state = 'open' AND needed_by IS NOT NULL"),
    )
    op.drop_index(
        "ix_cases_needed_by", table_name="cases", postgresql_where=sa.text("needed_by IS NOT NULL")
    )
    op.drop_index(op.f("ix_cases_kind_id"), table_name="cases")
    op.drop_index(op.f("ix_cases_customer_id_id"), table_name="cases")
    op.drop_table("cases")
