"""parcels and carriers: files, parcels and what was said of them, sources, the inbox."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.carriers.partitions import create_statement

revision = "parcels_carriers"
down_revision = "catalog_orders"


_KEY_PARTITIONS = 16
_DAYS_AHEAD = 7


def upgrade() -> None:
    _tables()
    for part in range(_KEY_PARTITIONS):
        op.execute(
            f"CREATE TABLE inbox_keys_p{part:02d} PARTITION OF inbox_keys "
            f"FOR VALUES WITH (MODULUS {_KEY_PARTITIONS}, REMAINDER {part})"
        )
    # Whatever the clocks say, a delivery finds a partition.
    op.execute("CREATE TABLE inbox_rest PARTITION OF inbox DEFAULT")
    today = datetime.now(UTC).date()  # noqa: TID251
    for ahead in range(_DAYS_AHEAD + 1):
        op.execute(create_statement(today + timedelta(days=ahead)))


def _tables() -> None:
    op.create_table(
        "carrier_sources",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("token_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_sources")),
    )
    op.create_index(
        op.f("ix_carrier_sources_token_digest"), "carrier_sources", ["token_digest"], unique=True
    )
    op.create_table(
        "files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
        sa.UniqueConstraint("sha256", name=op.f("uq_files_sha256")),
    )
    op.create_table(
        "inbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("dedup_key", sa.Text(), nullable=False),
        sa.Column("body_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("pointer", sa.Text(), nullable=True),
        sa.Column("has_evidence", sa.Boolean(), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("state IN ('pending', 'done', 'parked')", name=op.f("ck_inbox_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        postgresql_partition_by="RANGE (id)",
    )
    op.create_index(
        "ix_inbox_parked",
        "inbox",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state = 'parked'"),
    )
    op.create_index(
        "ix_inbox_pending",
        "inbox",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(op.f("ix_inbox_source_id_id"), "inbox", ["source_id", "id"], unique=False)
    op.create_table(
        "inbox_evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("dedup_key", sa.Text(), nullable=False),
        sa.Column("body_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("pointer", sa.Text(), nullable=True),
        sa.Column("has_evidence", sa.Boolean(), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_evidence")),
    )
    op.create_index(
        "ix_inbox_evidence_parked",
        "inbox_evidence",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state = 'parked'"),
    )
    op.create_index(
        op.f("ix_inbox_evidence_source_id_id"), "inbox_evidence", ["source_id", "id"], unique=False
    )
    op.create_table(
        "inbox_keys",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("dedup_key", sa.Text(), nullable=False),
        sa.Column("body_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint(
            "source_id", "dedup_key", "body_sha256", name=op.f("pk_inbox_keys")
        ),
        postgresql_partition_by="HASH (source_id, dedup_key)",
    )
    op.create_table(
        "parcels",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("tracking_number", sa.Text(), nullable=True),
        sa.Column("carrier", sa.Text(), nullable=True),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "ship_to", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("ship_to_fingerprint", sa.Text(), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_return", sa.Boolean(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcels")),
    )
    op.create_index(op.f("ix_parcels_number"), "parcels", ["number"], unique=False)
    op.create_index(op.f("ix_parcels_status_id"), "parcels", ["status", "id"], unique=False)
    op.create_table(
        "carrier_source_secrets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["carrier_sources.id"], name=op.f("fk_carrier_source_secrets_source_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_source_secrets")),
    )
    op.create_index(
        op.f("ix_carrier_source_secrets_source_id"),
        "carrier_source_secrets",
        ["source_id"],
        unique=False,
    )
    op.create_table(
        "parcel_packages",
        sa.Column("package_id", sa.Uuid(), nullable=False),
        sa.Column("parcel_id", sa.Uuid(), nullable=False),
        sa.Column("shipment_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parcel_id"], ["parcels.id"], name=op.f("fk_parcel_packages_parcel_id")
        ),
        sa.PrimaryKeyConstraint("package_id", name=op.f("pk_parcel_packages")),
    )
    op.create_index(
        op.f("ix_parcel_packages_parcel_id"), "parcel_packages", ["parcel_id"], unique=False
    )
    op.create_index(
        op.f("ix_parcel_packages_shipment_id"), "parcel_packages", ["shipment_id"], unique=False
    )
    op.create_table(
        "proofs_of_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("parcel_id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by", sa.Text(), nullable=True),
        sa.Column("left_at", sa.Text(), nullable=True),
        sa.Column("photo_url", sa.Text(), nullable=True),
        sa.Column("signature_url", sa.Text(), nullable=True),
        sa.Column("document_url", sa.Text(), nullable=True),
        sa.Column("delivery_id", sa.Uuid(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "place", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.ForeignKeyConstraint(
            ["parcel_id"], ["parcels.id"], name=op.f("fk_proofs_of_delivery_parcel_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proofs_of_delivery")),
        sa.UniqueConstraint(
            "parcel_id", "fingerprint", name=op.f("uq_proofs_of_delivery_parcel_id_fingerprint")
        ),
    )
    op.create_table(
        "scans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("parcel_id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("raw_status", sa.Text(), nullable=True),
        sa.Column("status_detail", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("carrier_code", sa.Text(), nullable=True),
        sa.Column("completed_by_delivery_id", sa.Uuid(), nullable=True),
        sa.Column("delivery_id", sa.Uuid(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "place", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcels.id"], name=op.f("fk_scans_parcel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scans")),
        sa.UniqueConstraint(
            "parcel_id", "fingerprint", name=op.f("uq_scans_parcel_id_fingerprint")
        ),
    )
    op.create_table(
        "weight_readings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("parcel_id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("grams", sa.BigInteger(), nullable=True),
        sa.Column("resolution_g", sa.Numeric(), nullable=True),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scale", sa.Text(), nullable=True),
        sa.Column("weighed_by", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("photo_id", sa.Uuid(), nullable=True),
        sa.Column("delivery_id", sa.Uuid(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "place", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.ForeignKeyConstraint(
            ["parcel_id"], ["parcels.id"], name=op.f("fk_weight_readings_parcel_id")
        ),
        sa.ForeignKeyConstraint(
            ["photo_id"], ["files.id"], name=op.f("fk_weight_readings_photo_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weight_readings")),
        sa.UniqueConstraint(
            "parcel_id", "fingerprint", name=op.f("uq_weight_readings_parcel_id_fingerprint")
        ),
    )


def downgrade() -> None:
    op.drop_table("weight_readings")
    op.drop_table("scans")
    op.drop_table("proofs_of_delivery")
    op.drop_index(op.f("ix_parcel_packages_shipment_id"), table_name="parcel_packages")
    op.drop_index(op.f("ix_parcel_packages_parcel_id"), table_name="parcel_packages")
    op.drop_table("parcel_packages")
    op.drop_index(op.f("ix_carrier_source_secrets_source_id"), table_name="carrier_source_secrets")
    op.drop_table("carrier_source_secrets")
    op.drop_index(op.f("ix_parcels_status_id"), table_name="parcels")
    op.drop_index(op.f("ix_parcels_number"), table_name="parcels")
    op.drop_table("parcels")
    op.drop_table("inbox_keys")
    op.drop_table("inbox_evidence")
    op.drop_index(op.f("ix_inbox_source_id_id"), table_name="inbox")
    op.drop_index(
        "ix_inbox_pending", table_name="inbox", postgresql_where=sa.text("state = 'pending'")
    )
    op.drop_index(
        "ix_inbox_parked", table_name="inbox", postgresql_where=sa.text("state = 'parked'")
    )
    op.drop_table("inbox")
    op.drop_table("files")
    op.drop_index(op.f("ix_carrier_sources_token_digest"), table_name="carrier_sources")
    op.drop_table("carrier_sources")
