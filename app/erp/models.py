"""How endpoints, the lines before them and what was told to them are kept."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.erp.rules import DeliveryState, Disabled
from app.kit.db import Base, Identified


def any_of(ids: Iterable[UUID]) -> sa.CollectionAggregate[bool]:
    """Return what an id is compared with to be one of these.

    An array, not a list of values: the statement is the same however many there are, so that it
    is written, parsed and prepared once.
    """
    return sa.any_(sa.cast(list(ids), ARRAY(sa.Uuid())))


class Endpoint(Base, Identified):
    """Where events are told to. Its row is the lock of all that is decided about its lines."""

    __tablename__ = "webhook_endpoints"
    __table_args__ = (
        sa.CheckConstraint(
            sa.column("disabled_reason").in_([each.value for each in Disabled]),
            name="disabled_reason",
        ),
        sa.CheckConstraint(
            "(disabled_at IS NULL) = (disabled_reason IS NULL)", name="disabled_for_a_reason"
        ),
    )

    url: Mapped[str]
    types: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    description: Mapped[str | None]
    header_names: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    headers_sealed: Mapped[bytes | None]
    include_own: Mapped[bool]
    caller: Mapped[str]  # whose endpoint it is: what that key causes does not come back
    position: Mapped[int] = mapped_column(sa.BigInteger)  # of the last event a delivery was made of
    version: Mapped[int]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    disabled_reason: Mapped[str | None]
    deleted_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]  # since when nothing arrived; null: the last one did
    alerted_at: Mapped[datetime | None]


class Secret(Base, Identified):
    """A secret that what is told to an endpoint is signed with, sealed."""

    __tablename__ = "webhook_secrets"

    endpoint_id: Mapped[UUID] = mapped_column(sa.ForeignKey("webhook_endpoints.id"), index=True)
    sealed: Mapped[bytes]
    hint: Mapped[str]
    created_at: Mapped[datetime]
    valid_until: Mapped[datetime | None]


class Line(Base):
    """What one subject's events are told in, to one endpoint, and how far that has come."""

    __tablename__ = "webhook_lines"

    endpoint_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("webhook_endpoints.id"), primary_key=True
    )
    subject: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]  # the last sequence given out
    head: Mapped[int]  # the one that holds up what follows; last + 1 when nothing does


class Delivery(Base, Identified):
    """One event told to one endpoint. It is due at `due_at`; without, it stands behind another."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        sa.CheckConstraint(
            sa.column("state").in_([state.value for state in DeliveryState]), name="state"
        ),
        sa.UniqueConstraint("event_id", "endpoint_id"),
        sa.UniqueConstraint("endpoint_id", "subject", "sequence"),
        sa.Index(None, "endpoint_id", "id"),
        sa.Index(
            "ix_webhook_deliveries_due",
            *("endpoint_id", "due_at"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        ),
        sa.Index(
            "ix_webhook_deliveries_parked",
            *("endpoint_id", "subject", "sequence"),
            postgresql_where=sa.text("state = 'parked'"),
        ),
        sa.Index(
            "ix_webhook_deliveries_open",
            *("state", "id"),
            postgresql_where=sa.text("state <> 'delivered'"),
        ),
    )

    endpoint_id: Mapped[UUID] = mapped_column(sa.ForeignKey("webhook_endpoints.id"))
    event_id: Mapped[UUID]
    type: Mapped[str]
    subject: Mapped[str]
    sequence: Mapped[int]
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(sa.SmallInteger)
    failures: Mapped[int] = mapped_column(sa.SmallInteger)  # of the schedule's own attempts
    retry_at: Mapped[datetime]  # when the schedule has it; `due_at` may be earlier
    due_at: Mapped[datetime | None]
    claim: Mapped[UUID | None]  # of the worker that tells it now
    created_at: Mapped[datetime]
    first_failed_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]


class Attempt(Base, Identified):
    """One attempt to tell it, and what came of that."""

    __tablename__ = "webhook_attempts"
    __table_args__ = (sa.Index(None, "delivery_id", "id"),)

    delivery_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("webhook_deliveries.id", ondelete="CASCADE")
    )
    at: Mapped[datetime]
    ms: Mapped[int]
    status: Mapped[int | None]
    answer: Mapped[str | None]
    error: Mapped[str | None]
