"""claims: what is asked of vendors for units that failed, what was heard, what came of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "claims"
down_revision = "price_claims"


def upgrade() -> None:
    op.create_table(
        "claims",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False, start=1001), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("vendor_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("product_line", sa.Text(), nullable=True),
        sa.Column("asks_for", sa.Text(), nullable=False),
        sa.Column("symptom", sa.Text(), nullable=False),
        sa.Column("tried", sa.Text(), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_box_opened", sa.Boolean(), nullable=True),
        sa.Column("our_reference", sa.Text(), nullable=True),
        sa.Column("authorization", sa.Text(), nullable=False),
        sa.Column("return_leg", sa.Text(), nullable=False),
        sa.Column("settlement", sa.Text(), nullable=False),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.Column("rma", sa.Text(), nullable=True),
        sa.Column("rma_lookup", sa.Text(), nullable=True),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("watch_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("warned_for", sa.DateTime(timezone=True), nullable=True),
        sa.Column("vendor_reference", sa.Text(), nullable=True),
        sa.Column("vendor_status", sa.Text(), nullable=True),
        sa.Column("vendor_status_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "asks_for IN ('credit', 'replacement', 'repair')", name=op.f("ck_claims_asks_for")
        ),
        sa.CheckConstraint("kind IN ('warranty', 'doa')", name=op.f("ck_claims_kind")),
        sa.CheckConstraint(
            "return_leg IN ('not_required', 'awaiting_return', 'in_transit', "
            "'delivered_to_vendor', 'received_by_vendor', 'inspected', 'lost_in_transit')",
            name=op.f("ck_claims_return_leg"),
        ),
        sa.CheckConstraint(
            "role IN ('manufacturer', 'distributor', 'service')", name=op.f("ck_claims_role")
        ),
        sa.CheckConstraint(
            "settlement IN ('unsettled', 'pending_credit', 'partially_settled', 'credited', "
            "'replaced', 'repaired', 'kept_with_allowance', 'written_off')",
            name=op.f("ck_claims_settlement"),
        ),
        sa.CheckConstraint(
            "\"authorization\" IN ('draft', 'submitted', 'info_requested', 'authorized', "
            "'partially_authorized', 'denied', 'appealed', 'expired', 'voided')",
            name=op.f("ck_claims_authorization"),
        ),
        sa.CheckConstraint(
            "(vendor_status IS NULL) = (vendor_status_seen_at IS NULL)",
            name=op.f("ck_claims_vendor_status"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_claims_case_id")),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendors.id"], name=op.f("fk_claims_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
        sa.UniqueConstraint("number", name=op.f("uq_claims_number")),
    )
    op.create_index(
        op.f("ix_claims_authorization_id"), "claims", ["authorization", "id"], unique=False
    )
    op.create_index(op.f("ix_claims_case_id_id"), "claims", ["case_id", "id"], unique=False)
    op.create_index(
        "ix_claims_live", "claims", ["id"], unique=False, postgresql_where=sa.text("is_live")
    )
    op.create_index(
        "ix_claims_rma_lookup",
        "claims",
        ["rma_lookup"],
        unique=False,
        postgresql_where=sa.text("rma_lookup IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_claims_vendor_id_authorization_id"),
        "claims",
        ["vendor_id", "authorization", "id"],
        unique=False,
    )
    op.create_index(
        "ix_claims_watch_at",
        "claims",
        ["watch_at", "id"],
        unique=False,
        postgresql_where=sa.text("watch_at IS NOT NULL"),
    )
    op.create_table(
        "claim_dues",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=True),
        sa.Column(
            "basis", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("obligation_id", sa.Uuid(), nullable=True),
        sa.Column("deadline_id", sa.Uuid(), nullable=True),
        sa.Column("performance_id", sa.Uuid(), nullable=True),
        sa.Column("performed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(obligation_id IS NULL) <> (deadline_id IS NULL)",
            name=op.f("ck_claim_dues_debt_or_deadline"),
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_claim_dues_claim_id")),
        sa.ForeignKeyConstraint(
            ["deadline_id"], ["deadlines.id"], name=op.f("fk_claim_dues_deadline_id")
        ),
        sa.ForeignKeyConstraint(
            ["obligation_id"], ["obligations.id"], name=op.f("fk_claim_dues_obligation_id")
        ),
        sa.ForeignKeyConstraint(
            ["performance_id"], ["performances.id"], name=op.f("fk_claim_dues_performance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_dues")),
        sa.UniqueConstraint(
            "claim_id",
            "purpose",
            "subject",
            name=op.f("uq_claim_dues_claim_id_purpose_subject"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(
        op.f("ix_claim_dues_obligation_id"), "claim_dues", ["obligation_id"], unique=False
    )
    op.create_table(
        "claim_facts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_ours", sa.Boolean(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
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
            name=op.f("ck_claim_facts_channel"),
        ),
        sa.CheckConstraint(
            "fact IN ('submitted', 'answered', 'appealed', 'info_requested', 'authorized', "
            "'partially_authorized', 'denied', 'expired', 'voided', 'sent', 'came_back', "
            "'lost', 'delivered', 'received', 'inspected')",
            name=op.f("ck_claim_facts_fact"),
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_claim_facts_claim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_facts")),
        sa.UniqueConstraint("claim_id", "same", name=op.f("uq_claim_facts_claim_id_same")),
    )
    op.create_index(
        op.f("ix_claim_facts_claim_id_at_id"), "claim_facts", ["claim_id", "at", "id"], unique=False
    )
    op.create_table(
        "claim_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "what IN ('photo', 'invoice', 'test_log', 'letter', 'other')",
            name=op.f("ck_claim_files_what"),
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_claim_files_claim_id")),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_claim_files_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_files")),
        sa.UniqueConstraint("claim_id", "file_id", name=op.f("uq_claim_files_claim_id_file_id")),
    )
    op.create_table(
        "claim_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("purchase_line_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("product_key", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=True),
        sa.Column("serial_lookup", sa.Text(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_value_amount", sa.Numeric(), nullable=True),
        sa.Column("unit_value_currency", sa.CHAR(length=3), nullable=True),
        sa.Column("granted", sa.Integer(), nullable=True),
        sa.Column("settled", sa.Text(), nullable=True),
        sa.Column("settled_quantity", sa.Integer(), nullable=False),
        sa.Column("loss_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "settled IN ('unsettled', 'pending_credit', 'partially_settled', 'credited', "
            "'replaced', 'repaired', 'kept_with_allowance', 'written_off')",
            name=op.f("ck_claim_lines_settled"),
        ),
        sa.CheckConstraint(
            "(unit_value_amount IS NULL) = (unit_value_currency IS NULL)",
            name=op.f("ck_claim_lines_unit_value"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_claim_lines_quantity")),
        sa.CheckConstraint(
            "serial_lookup IS NULL OR quantity = 1", name=op.f("ck_claim_lines_one_serial")
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_claim_lines_claim_id")),
        sa.ForeignKeyConstraint(["loss_id"], ["losses.id"], name=op.f("fk_claim_lines_loss_id")),
        sa.ForeignKeyConstraint(
            ["purchase_line_id"],
            ["purchase_lines.id"],
            name=op.f("fk_claim_lines_purchase_line_id"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_claim_lines_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_lines")),
        sa.UniqueConstraint("claim_id", "position", name=op.f("uq_claim_lines_claim_id_position")),
    )
    op.create_index(op.f("ix_claim_lines_loss_id"), "claim_lines", ["loss_id"], unique=False)
    op.create_index(
        op.f("ix_claim_lines_purchase_line_id"), "claim_lines", ["purchase_line_id"], unique=False
    )
    op.create_index(
        "ix_claim_lines_serial",
        "claim_lines",
        ["serial_lookup", "product_key"],
        unique=False,
        postgresql_where=sa.text("serial_lookup IS NOT NULL"),
    )
    op.create_table(
        "claim_returns",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
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
            ["claim_id"], ["claims.id"], name=op.f("fk_claim_returns_claim_id")
        ),
        sa.ForeignKeyConstraint(
            ["parcel_id"], ["parcels.id"], name=op.f("fk_claim_returns_parcel_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_returns")),
        sa.UniqueConstraint(
            "claim_id", "tracking_lookup", name=op.f("uq_claim_returns_claim_id_tracking_lookup")
        ),
    )
    op.create_index(
        op.f("ix_claim_returns_parcel_id"), "claim_returns", ["parcel_id"], unique=False
    )
    op.create_index(
        op.f("ix_claim_returns_tracking_lookup"), "claim_returns", ["tracking_lookup"], unique=False
    )
    op.create_table(
        "claim_denials",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("fact_id", sa.Uuid(), nullable=False),
        sa.Column("claim_kind", sa.Text(), nullable=False),
        sa.Column("vendor_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("ground_lookup", sa.Text(), nullable=False),
        sa.Column("by_role", sa.Text(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("appealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_claim_denials_claim_id")
        ),
        sa.ForeignKeyConstraint(
            ["fact_id"], ["claim_facts.id"], name=op.f("fk_claim_denials_fact_id")
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_claim_denials_vendor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_denials")),
        sa.UniqueConstraint("fact_id", name=op.f("uq_claim_denials_fact_id")),
    )
    op.create_index(
        op.f("ix_claim_denials_claim_id_id"), "claim_denials", ["claim_id", "id"], unique=False
    )
    op.create_index(
        "ix_claim_denials_history",
        "claim_denials",
        ["vendor_id", "ground_lookup"],
        unique=False,
        postgresql_include=["claim_kind", "appealed_at", "reversed_at"],
    )
    op.create_table(
        "claim_findings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("fact_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("serial_found", sa.Text(), nullable=True),
        sa.Column("report_file_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("fee", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("fee_why", sa.Text(), nullable=True),
        sa.Column("fee_id", sa.Uuid(), nullable=True),
        sa.Column("disputed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disputed_by", sa.Text(), nullable=True),
        sa.Column("disputed_words", sa.Text(), nullable=True),
        sa.Column(
            "judgement", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("resolution_note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('accepted', 'no_trouble_found', 'wrong_serial', 'incomplete', 'damaged')",
            name=op.f("ck_claim_findings_outcome"),
        ),
        sa.CheckConstraint(
            "resolution IN ('waived', 'upheld')", name=op.f("ck_claim_findings_resolution")
        ),
        sa.CheckConstraint(
            "(disputed_at IS NULL) = (disputed_by IS NULL) AND (disputed_at IS NULL) = "
            "(disputed_words IS NULL)",
            name=op.f("ck_claim_findings_disputed"),
        ),
        sa.CheckConstraint(
            "(resolved_at IS NULL) = (resolution IS NULL)",
            name=op.f("ck_claim_findings_resolution_told"),
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_claim_findings_claim_id")
        ),
        sa.ForeignKeyConstraint(
            ["fact_id"], ["claim_facts.id"], name=op.f("fk_claim_findings_fact_id")
        ),
        sa.ForeignKeyConstraint(
            ["fee_id"], ["obligations.id"], name=op.f("fk_claim_findings_fee_id")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["claim_lines.id"], name=op.f("fk_claim_findings_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["report_file_id"], ["files.id"], name=op.f("fk_claim_findings_report_file_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_findings")),
        sa.UniqueConstraint("fact_id", "line_id", name=op.f("uq_claim_findings_fact_id_line_id")),
    )
    op.create_index(
        op.f("ix_claim_findings_claim_id_id"), "claim_findings", ["claim_id", "id"], unique=False
    )
    op.create_table(
        "claim_settlements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("settlement", sa.Text(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=True),
        sa.Column("amount", sa.Numeric(), nullable=True),
        sa.Column("currency", sa.CHAR(length=3), nullable=True),
        sa.Column("obligation_id", sa.Uuid(), nullable=True),
        sa.Column("performance_id", sa.Uuid(), nullable=True),
        sa.Column("replacement_serial", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "settlement IN ('unsettled', 'pending_credit', 'partially_settled', 'credited', "
            "'replaced', 'repaired', 'kept_with_allowance', 'written_off')",
            name=op.f("ck_claim_settlements_settlement"),
        ),
        sa.CheckConstraint(
            "(amount IS NULL) = (currency IS NULL)", name=op.f("ck_claim_settlements_currency")
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_claim_settlements_claim_id")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["claim_lines.id"], name=op.f("fk_claim_settlements_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["obligation_id"], ["obligations.id"], name=op.f("fk_claim_settlements_obligation_id")
        ),
        sa.ForeignKeyConstraint(
            ["performance_id"],
            ["performances.id"],
            name=op.f("fk_claim_settlements_performance_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_settlements")),
    )
    op.create_index(
        op.f("ix_claim_settlements_claim_id_id"),
        "claim_settlements",
        ["claim_id", "id"],
        unique=False,
    )
    op.create_table(
        "claim_judgements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("denial_id", sa.Uuid(), nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("judged_by", sa.Text(), nullable=False),
        sa.Column("applicable", sa.Text(), nullable=False),
        sa.Column(
            "judgement", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column(
            "facts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column(
            "vendor_terms",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["denial_id"], ["claim_denials.id"], name=op.f("fk_claim_judgements_denial_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_judgements")),
    )
    op.create_index(
        op.f("ix_claim_judgements_denial_id_id"),
        "claim_judgements",
        ["denial_id", "id"],
        unique=False,
    )
    op.create_table(
        "claim_appeals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("fact_id", sa.Uuid(), nullable=False),
        sa.Column("denial_id", sa.Uuid(), nullable=True),
        sa.Column("judgement_id", sa.Uuid(), nullable=True),
        sa.Column("file_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_claim_appeals_claim_id")
        ),
        sa.ForeignKeyConstraint(
            ["denial_id"], ["claim_denials.id"], name=op.f("fk_claim_appeals_denial_id")
        ),
        sa.ForeignKeyConstraint(
            ["fact_id"], ["claim_facts.id"], name=op.f("fk_claim_appeals_fact_id")
        ),
        sa.ForeignKeyConstraint(
            ["judgement_id"], ["claim_judgements.id"], name=op.f("fk_claim_appeals_judgement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_appeals")),
        sa.UniqueConstraint("fact_id", name=op.f("uq_claim_appeals_fact_id")),
    )
    op.create_index(
        op.f("ix_claim_appeals_claim_id_id"), "claim_appeals", ["claim_id", "id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("claim_appeals")
    op.drop_table("claim_judgements")
    op.drop_table("claim_settlements")
    op.drop_table("claim_findings")
    op.drop_table("claim_denials")
    op.drop_table("claim_returns")
    op.drop_table("claim_lines")
    op.drop_table("claim_files")
    op.drop_table("claim_facts")
    op.drop_table("claim_dues")
    op.drop_table("claims")
