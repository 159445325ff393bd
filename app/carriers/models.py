"""How sources and deliveries are kept."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.carriers.rules import DeliveryState
from app.kit.db import Base, Identified


class Source(Base, Identified):
    """A configured sender of webhooks: a provider and the secrets it signs with."""

    __tablename__ = "carrier_sources"
    __table_args__ = (sa.Index(None, "token_digest", unique=True),)

    provider: Mapped[str]
    name: Mapped[str]
    token_digest: Mapped[bytes]
    token_sealed: Mapped[bytes]
    version: Mapped[int]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class SourceSecret(Base, Identified):
    """A secret of a source, sealed. At most two at once, for rotation."""

    __tablename__ = "carrier_source_secrets"

    source_id: Mapped[UUID] = mapped_column(sa.ForeignKey("carrier_sources.id"), index=True)
    sealed: Mapped[bytes]
    hint: Mapped[str]
    created_at: Mapped[datetime]


class InboxKey(Base):
    """What was taken in, for ever: the defence against doubles and replays.

    The same key with other bytes is another row, so it is kept beside the first. Without a
    foreign key to the delivery: keys outlive bodies.
    """

    __tablename__ = "inbox_keys"
    __table_args__ = ({"postgresql_partition_by": "HASH (source_id, dedup_key)"},)

    source_id: Mapped[UUID] = mapped_column(primary_key=True)
    dedup_key: Mapped[str] = mapped_column(primary_key=True)
    body_sha256: Mapped[bytes] = mapped_column(primary_key=True)
    delivery_id: Mapped[UUID]


class Delivered:
    """The columns of a delivery, wherever it is kept."""

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-1)
    source_id: Mapped[UUID]
    provider: Mapped[str]
    dedup_key: Mapped[str]
    body_sha256: Mapped[bytes]
    received_at: Mapped[datetime]
    headers: Mapped[dict[str, Any]] = mapped_column(JSONB)
    body: Mapped[bytes] = mapped_column(deferred=True)
    size_bytes: Mapped[int]
    state: Mapped[str]
    processed_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    pointer: Mapped[str | None]
    has_evidence: Mapped[bool | None]
    attempts: Mapped[int] = mapped_column(sa.SmallInteger, server_default=sa.text("0"))


class Delivery(Base, Delivered):
    """One webhook, byte for byte. Partitioned by day: the id carries the time of receipt."""

    __tablename__ = "inbox"
    __table_args__ = (
        sa.CheckConstraint(
            sa.column("state").in_([state.value for state in DeliveryState]), name="state"
        ),
        sa.Index("ix_inbox_pending", "id", postgresql_where=sa.text("state = 'pending'")),
        sa.Index("ix_inbox_parked", "id", postgresql_where=sa.text("state = 'parked'")),
        sa.Index(None, "source_id", "id"),
        {"postgresql_partition_by": "RANGE (id)"},
    )


class KeptDelivery(Base, Delivered):
    """A delivery that carries evidence, moved out of its day when the day was dropped."""

    __tablename__ = "inbox_evidence"
    __table_args__ = (
        sa.Index("ix_inbox_evidence_parked", "id", postgresql_where=sa.text("state = 'parked'")),
        sa.Index(None, "source_id", "id"),
    )
