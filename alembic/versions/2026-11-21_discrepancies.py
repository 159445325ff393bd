"""discrepancies: what differs, verdicts, refusals and judgements, rights, settlements."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "discrepancies"
down_revision = "vendor_terms"


def upgrade() -> None:
    op.create_table(
        "discrepancies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False, start=1001), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("settlement", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shipment_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vendor_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "filing", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("filing_obligation_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'settled') = (settled_at IS NOT NULL)", name=op.f("ck_discrepancies_settled")
        ),
        sa.CheckConstraint(
            "kind IN ('short_shipment', 'non_delivery', 'wrong_item', 'over_shipment', 'damage')",
            name=op.f("ck_discrepancies_kind"),
        ),
        sa.CheckConstraint(
            "settlement IN ('reshipped', 'credited', 'denied', 'written_off', 'elsewhere')",
            name=op.f("ck_discrepancies_settlement"),
        ),
        sa.CheckConstraint("state IN ('open', 'settled')", name=op.f("ck_discrepancies_state")),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settlement IS NULL)",
            name=op.f("ck_discrepancies_settlement_told"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_discrepancies_case_id")),
        sa.ForeignKeyConstraint(
            ["filing_obligation_id"],
            ["obligations.id"],
            name=op.f("fk_discrepancies_filing_obligation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipments.id"], name=op.f("fk_discrepancies_shipment_id")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["vendors.id"], name=op.f("fk_discrepancies_supplier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discrepancies")),
        sa.UniqueConstraint("number", name=op.f("uq_discrepancies_number")),
    )
    op.create_index(
        op.f("ix_discrepancies_case_id_id"), "discrepancies", ["case_id", "id"], unique=False
    )
    op.create_index(op.f("ix_discrepancies_kind_id"), "discrepancies", ["kind", "id"], unique=False)
    op.create_index(
        op.f("ix_discrepancies_shipment_id_id"),
        "discrepancies",
        ["shipment_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_discrepancies_state_id"), "discrepancies", ["state", "id"], unique=False
    )
    op.create_table(
        "discrepancy_denials",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("discrepancy_id", sa.Uuid(), nullable=False),
        sa.Column("vendor_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=True),
        sa.Column("by_role", sa.Text(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("retracts", sa.Uuid(), nullable=True),
        sa.Column("retraction_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('phone', 'voice_mail', 'email', 'chat', 'portal', 'letter', 'fax', "
            "'in_person')",
            name=op.f("ck_discrepancy_denials_channel"),
        ),
        sa.ForeignKeyConstraint(
            ["discrepancy_id"],
            ["discrepancies.id"],
            name=op.f("fk_discrepancy_denials_discrepancy_id"),
        ),
        sa.ForeignKeyConstraint(
            ["retraction_id"], ["retractions.id"], name=op.f("fk_discrepancy_denials_retraction_id")
        ),
        sa.ForeignKeyConstraint(
            ["retracts"], ["obligations.id"], name=op.f("fk_discrepancy_denials_retracts")
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_discrepancy_denials_vendor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discrepancy_denials")),
    )
    op.create_index(
        op.f("ix_discrepancy_denials_discrepancy_id_id"),
        "discrepancy_denials",
        ["discrepancy_id", "id"],
        unique=False,
    )
    op.create_table(
        "discrepancy_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("discrepancy_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("purchase_line_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_value_amount", sa.Numeric(), nullable=True),
        sa.Column("unit_value_currency", sa.CHAR(length=3), nullable=True),
        sa.Column("received", sa.Text(), nullable=True),
        sa.Column("loss_id", sa.Uuid(), nullable=True),
        sa.Column("debt_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(unit_value_amount IS NULL) = (unit_value_currency IS NULL)",
            name=op.f("ck_discrepancy_lines_unit_value"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_discrepancy_lines_quantity")),
        sa.ForeignKeyConstraint(
            ["debt_id"], ["obligations.id"], name=op.f("fk_discrepancy_lines_debt_id")
        ),
        sa.ForeignKeyConstraint(
            ["discrepancy_id"],
            ["discrepancies.id"],
            name=op.f("fk_discrepancy_lines_discrepancy_id"),
        ),
        sa.ForeignKeyConstraint(
            ["loss_id"], ["losses.id"], name=op.f("fk_discrepancy_lines_loss_id")
        ),
        sa.ForeignKeyConstraint(
            ["purchase_line_id"],
            ["purchase_lines.id"],
            name=op.f("fk_discrepancy_lines_purchase_line_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discrepancy_lines")),
        sa.UniqueConstraint("debt_id", name=op.f("uq_discrepancy_lines_debt_id")),
        sa.UniqueConstraint(
            "discrepancy_id", "position", name=op.f("uq_discrepancy_lines_discrepancy_id_position")
        ),
        sa.UniqueConstraint(
            "discrepancy_id",
            "purchase_line_id",
            name=op.f("uq_discrepancy_lines_discrepancy_id_purchase_line_id"),
        ),
        sa.UniqueConstraint("loss_id", name=op.f("uq_discrepancy_lines_loss_id")),
    )
    op.create_table(
        "discrepancy_rights",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("discrepancy_id", sa.Uuid(), nullable=False),
        sa.Column("right_kind", sa.Text(), nullable=False),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.Column("toward", sa.Text(), nullable=False),
        sa.Column("time_window", sa.Text(), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("last_safe_on", sa.Date(), nullable=True),
        sa.Column("not_before_on", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("deadline_id", sa.Uuid(), nullable=True),
        sa.Column("reckoned_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["deadline_id"], ["deadlines.id"], name=op.f("fk_discrepancy_rights_deadline_id")
        ),
        sa.ForeignKeyConstraint(
            ["discrepancy_id"],
            ["discrepancies.id"],
            name=op.f("fk_discrepancy_rights_discrepancy_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discrepancy_rights")),
        sa.UniqueConstraint(
            "discrepancy_id",
            "right_kind",
            "is_final",
            name=op.f("uq_discrepancy_rights_discrepancy_id_right_kind_is_final"),
        ),
    )
    op.create_table(
        "discrepancy_verdicts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("discrepancy_id", sa.Uuid(), nullable=False),
        sa.Column("weighed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("weighed_by", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column(
            "question", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column(
            "answer", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column(
            "readings", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column(
            "left_out", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column(
            "notes", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("inputs", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["discrepancy_id"],
            ["discrepancies.id"],
            name=op.f("fk_discrepancy_verdicts_discrepancy_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discrepancy_verdicts")),
    )
    op.create_index(
        op.f("ix_discrepancy_verdicts_discrepancy_id_id"),
        "discrepancy_verdicts",
        ["discrepancy_id", "id"],
        unique=False,
    )
    op.create_table(
        "denial_judgements",
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
        sa.Column(
            "carrier_tariff",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["denial_id"], ["discrepancy_denials.id"], name=op.f("fk_denial_judgements_denial_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_denial_judgements")),
    )
    op.create_index(
        op.f("ix_denial_judgements_denial_id_id"),
        "denial_judgements",
        ["denial_id", "id"],
        unique=False,
    )
    op.create_table(
        "discrepancy_settlements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("discrepancy_id", sa.Uuid(), nullable=False),
        sa.Column("settlement", sa.Text(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=True),
        sa.Column("amount", sa.Numeric(), nullable=True),
        sa.Column("currency", sa.CHAR(length=3), nullable=True),
        sa.Column("obligation_id", sa.Uuid(), nullable=True),
        sa.Column("performance_id", sa.Uuid(), nullable=True),
        sa.Column("released_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "settlement IN ('reshipped', 'credited', 'denied', 'written_off', 'elsewhere')",
            name=op.f("ck_discrepancy_settlements_settlement"),
        ),
        sa.CheckConstraint(
            "(amount IS NULL) = (currency IS NULL)",
            name=op.f("ck_discrepancy_settlements_currency"),
        ),
        sa.ForeignKeyConstraint(
            ["discrepancy_id"],
            ["discrepancies.id"],
            name=op.f("fk_discrepancy_settlements_discrepancy_id"),
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["discrepancy_lines.id"], name=op.f("fk_discrepancy_settlements_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["obligation_id"],
            ["obligations.id"],
            name=op.f("fk_discrepancy_settlements_obligation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["performance_id"],
            ["performances.id"],
            name=op.f("fk_discrepancy_settlements_performance_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discrepancy_settlements")),
    )
    op.create_index(
        op.f("ix_discrepancy_settlements_discrepancy_id_id"),
        "discrepancy_settlements",
        ["discrepancy_id", "id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(
        op.f("ix_discrepancy_settlements_discrepancy_id_id"), table_name="discrepancy_settlements"
    )
    op.drop_table("discrepancy_settlements")
    op.drop_index(op.f("ix_denial_judgements_denial_id_id"), table_name="denial_judgements")
    op.drop_table("denial_judgements")
    op.drop_index(
        op.f("ix_discrepancy_verdicts_discrepancy_id_id"), table_name="discrepancy_verdicts"
    )
    op.drop_table("discrepancy_verdicts")
    op.drop_table("discrepancy_rights")
    op.drop_table("discrepancy_lines")
    op.drop_index(
        op.f("ix_discrepancy_denials_discrepancy_id_id"), table_name="discrepancy_denials"
    )
    op.drop_table("discrepancy_denials")
    op.drop_index(op.f("ix_discrepancies_state_id"), table_name="discrepancies")
    op.drop_index(op.f("ix_discrepancies_shipment_id_id"), table_name="discrepancies")
    op.drop_index(op.f("ix_discrepancies_kind_id"), table_name="discrepancies")
    op.drop_index(op.f("ix_discrepancies_case_id_id"), table_name="discrepancies")
    op.drop_table("discrepancies")
