"""replacements: what vendors ship first, what goes back for it, and what is charged else."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "replacements"
down_revision = "import_notices"


def upgrade() -> None:
    op.add_column(
        "claim_lines",
        sa.Column("is_swapped", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.create_table(
        "replacements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False, start=1001), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("line_position", sa.Integer(), nullable=False),
        sa.Column("follows_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("vendor_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("product_line", sa.Text(), nullable=True),
        sa.Column("terms_on", sa.Date(), nullable=False),
        sa.Column("wanted_key", sa.Text(), nullable=False),
        sa.Column("ship_to", sa.Text(), nullable=False),
        sa.Column(
            "security", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("our_reference", sa.Text(), nullable=True),
        sa.Column("back_key", sa.Text(), nullable=False),
        sa.Column("back_serial", sa.Text(), nullable=True),
        sa.Column("back_lookup", sa.Text(), nullable=True),
        sa.Column("back_unit_id", sa.Uuid(), nullable=True),
        sa.Column("came_key", sa.Text(), nullable=True),
        sa.Column("came_serial", sa.Text(), nullable=True),
        sa.Column("came_lookup", sa.Text(), nullable=True),
        sa.Column("came_unit_id", sa.Uuid(), nullable=True),
        sa.Column("arrival", sa.Text(), nullable=True),
        sa.Column("outbound", sa.Text(), nullable=False),
        sa.Column("return_leg", sa.Text(), nullable=False),
        sa.Column("charge", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("holds_line", sa.Boolean(), nullable=False),
        sa.Column("rma", sa.Text(), nullable=True),
        sa.Column("rma_lookup", sa.Text(), nullable=True),
        sa.Column("stated_return_by", sa.Date(), nullable=True),
        sa.Column("return_by", sa.Date(), nullable=True),
        sa.Column("return_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("charged_after", sa.Date(), nullable=True),
        sa.Column("at_risk_amount", sa.Numeric(), nullable=True),
        sa.Column("at_risk_currency", sa.CHAR(length=3), nullable=True),
        sa.Column("at_risk_why", sa.Text(), nullable=True),
        sa.Column("billed_amount", sa.Numeric(), nullable=True),
        sa.Column("billed_currency", sa.CHAR(length=3), nullable=True),
        sa.Column(
            "reminded", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("watch_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "arrival IN ('working', 'dead', 'wrong_model')", name=op.f("ck_replacements_arrival")
        ),
        sa.CheckConstraint(
            "charge IN ('none', 'charged', 'charge_disputed', 'charge_reversed', "
            "'charge_accepted')",
            name=op.f("ck_replacements_charge"),
        ),
        sa.CheckConstraint(
            "outbound IN ('requested', 'approved', 'denied', 'cancelled', 'shipped', 'delivered')",
            name=op.f("ck_replacements_outbound"),
        ),
        sa.CheckConstraint(
            "outcome IN ('returned', 'waived', 'lost_at_vendors_risk', 'charge_accepted', "
            "'charge_reversed', 'closed_by_us', 'denied', 'cancelled')",
            name=op.f("ck_replacements_outcome"),
        ),
        sa.CheckConstraint(
            "return_leg IN ('not_required', 'awaiting_return', 'in_transit', "
            "'delivered_to_vendor', 'received_by_vendor', 'inspected', 'lost_in_transit')",
            name=op.f("ck_replacements_return_leg"),
        ),
        sa.CheckConstraint(
            "role IN ('manufacturer', 'distributor', 'service')", name=op.f("ck_replacements_role")
        ),
        sa.CheckConstraint("ship_to IN ('customer', 'us')", name=op.f("ck_replacements_ship_to")),
        sa.CheckConstraint(
            "state IN ('requested', 'approved', 'shipped', 'delivered', 'return_in_transit', "
            "'return_delivered', 'return_received', 'closed', 'overdue', 'charged', "
            "'charge_disputed', 'charge_reversed', 'denied', 'cancelled')",
            name=op.f("ck_replacements_state"),
        ),
        sa.CheckConstraint(
            "(at_risk_amount IS NULL) = (at_risk_currency IS NULL)",
            name=op.f("ck_replacements_at_risk"),
        ),
        sa.CheckConstraint(
            "(billed_amount IS NULL) = (billed_currency IS NULL)",
            name=op.f("ck_replacements_billed"),
        ),
        sa.ForeignKeyConstraint(
            ["back_unit_id"], ["units.id"], name=op.f("fk_replacements_back_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["came_unit_id"], ["units.id"], name=op.f("fk_replacements_came_unit_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_replacements_case_id")),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_replacements_claim_id")),
        sa.ForeignKeyConstraint(
            ["follows_id"], ["replacements.id"], name=op.f("fk_replacements_follows_id")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["claim_lines.id"], name=op.f("fk_replacements_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_replacements_vendor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replacements")),
        sa.UniqueConstraint("follows_id", name=op.f("uq_replacements_follows_id")),
        sa.UniqueConstraint("number", name=op.f("uq_replacements_number")),
    )
    op.create_index(
        "ix_replacements_back_lookup",
        "replacements",
        ["back_lookup"],
        unique=False,
        postgresql_where=sa.text("back_lookup IS NOT NULL"),
    )
    op.create_index(
        "ix_replacements_came_lookup",
        "replacements",
        ["came_lookup"],
        unique=False,
        postgresql_where=sa.text("came_lookup IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_replacements_case_id_id"), "replacements", ["case_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_replacements_claim_id_id"), "replacements", ["claim_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_replacements_line_id_id"), "replacements", ["line_id", "id"], unique=False
    )
    op.create_index(
        "ix_replacements_open",
        "replacements",
        ["id"],
        unique=False,
        postgresql_where=sa.text("is_open"),
    )
    op.create_index(
        "ix_replacements_rma_lookup",
        "replacements",
        ["rma_lookup"],
        unique=False,
        postgresql_where=sa.text("rma_lookup IS NOT NULL"),
    )
    op.create_index(op.f("ix_replacements_state_id"), "replacements", ["state", "id"], unique=False)
    op.create_index(
        op.f("ix_replacements_vendor_id_state_id"),
        "replacements",
        ["vendor_id", "state", "id"],
        unique=False,
    )
    op.create_index(
        "ix_replacements_watch_at",
        "replacements",
        ["watch_at", "id"],
        unique=False,
        postgresql_where=sa.text("watch_at IS NOT NULL"),
    )
    op.create_table(
        "replacement_facts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("replacement_id", sa.Uuid(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_ours", sa.Boolean(), nullable=False),
        sa.Column("same", sa.LargeBinary(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column(
            "told", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('phone', 'voice_mail', 'email', 'chat', 'portal', 'letter', 'fax', "
            "'in_person')",
            name=op.f("ck_replacement_facts_channel"),
        ),
        sa.CheckConstraint(
            "fact IN ('requested', 'approved', 'denied', 'return_by', 'shipped', 'delivered', "
            "'cancelled', 'arrived', 'received', 'waived', 'closed')",
            name=op.f("ck_replacement_facts_fact"),
        ),
        sa.ForeignKeyConstraint(
            ["replacement_id"],
            ["replacements.id"],
            name=op.f("fk_replacement_facts_replacement_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replacement_facts")),
        sa.UniqueConstraint(
            "replacement_id", "same", name=op.f("uq_replacement_facts_replacement_id_same")
        ),
    )
    op.create_index(
        op.f("ix_replacement_facts_replacement_id_at_id"),
        "replacement_facts",
        ["replacement_id", "at", "id"],
        unique=False,
    )
    op.create_table(
        "replacement_parcels",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("replacement_id", sa.Uuid(), nullable=False),
        sa.Column("is_return", sa.Boolean(), nullable=False),
        sa.Column("tracking_number", sa.Text(), nullable=False),
        sa.Column("tracking_lookup", sa.Text(), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("parcel_id", sa.Uuid(), nullable=True),
        sa.Column("lost_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parcel_id"], ["parcels.id"], name=op.f("fk_replacement_parcels_parcel_id")
        ),
        sa.ForeignKeyConstraint(
            ["replacement_id"],
            ["replacements.id"],
            name=op.f("fk_replacement_parcels_replacement_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replacement_parcels")),
        sa.UniqueConstraint(
            "replacement_id",
            "is_return",
            "tracking_lookup",
            name=op.f("uq_replacement_parcels_replacement_id_is_return_tracking_lookup"),
        ),
    )
    op.create_index(
        op.f("ix_replacement_parcels_parcel_id"), "replacement_parcels", ["parcel_id"], unique=False
    )
    op.create_index(
        op.f("ix_replacement_parcels_tracking_lookup"),
        "replacement_parcels",
        ["tracking_lookup"],
        unique=False,
    )
    op.create_table(
        "replacement_charges",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("replacement_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("document_key", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("named_by", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column(
            "judged", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column(
            "by_hand", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("disputed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('none', 'charged', 'charge_disputed', 'charge_reversed', 'charge_accepted')",
            name=op.f("ck_replacement_charges_state"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["vendor_documents.id"],
            name=op.f("fk_replacement_charges_document_id"),
        ),
        sa.ForeignKeyConstraint(
            ["replacement_id"],
            ["replacements.id"],
            name=op.f("fk_replacement_charges_replacement_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replacement_charges")),
        sa.UniqueConstraint(
            "replacement_id",
            "document_id",
            name=op.f("uq_replacement_charges_replacement_id_document_id"),
        ),
    )
    op.create_index(
        op.f("ix_replacement_charges_document_id"),
        "replacement_charges",
        ["document_id"],
        unique=False,
    )
    op.create_table(
        "replacement_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("replacement_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "what IN ('proof_of_return', 'photo', 'letter', 'other')",
            name=op.f("ck_replacement_files_what"),
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["files.id"], name=op.f("fk_replacement_files_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["replacement_id"],
            ["replacements.id"],
            name=op.f("fk_replacement_files_replacement_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replacement_files")),
        sa.UniqueConstraint(
            "replacement_id", "file_id", name=op.f("uq_replacement_files_replacement_id_file_id")
        ),
    )
    op.create_table(
        "replacement_dues",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("replacement_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=True),
        sa.Column(
            "basis", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("performance_id", sa.Uuid(), nullable=True),
        sa.Column("performed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["obligation_id"], ["obligations.id"], name=op.f("fk_replacement_dues_obligation_id")
        ),
        sa.ForeignKeyConstraint(
            ["performance_id"], ["performances.id"], name=op.f("fk_replacement_dues_performance_id")
        ),
        sa.ForeignKeyConstraint(
            ["replacement_id"], ["replacements.id"], name=op.f("fk_replacement_dues_replacement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replacement_dues")),
        sa.UniqueConstraint(
            "replacement_id",
            "purpose",
            "subject",
            name=op.f("uq_replacement_dues_replacement_id_purpose_subject"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(
        op.f("ix_replacement_dues_obligation_id"),
        "replacement_dues",
        ["obligation_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("replacement_dues")
    op.drop_table("replacement_files")
    op.drop_table("replacement_charges")
    op.drop_table("replacement_parcels")
    op.drop_table("replacement_facts")
    op.drop_table("replacements")
    op.drop_column("claim_lines", "is_swapped")
