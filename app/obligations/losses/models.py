"""How losses, what made them good, and deadlines are kept."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Identified, one_of
from app.obligations.columns import About, Grounded, Kept, Numbered, is_party
from app.obligations.rules import DeadlineKind, DeadlineState, GroundKind, LossKind

IS_OPEN = sa.literal_column("state = 'open'", sa.Boolean())


class Loss(Base, Numbered, About, Kept):
    """One thing lost once, which several claims may pursue. Whoever settles it locks its row.

    kind                 whether it is gone, or is there and failed
    quantity, value      what was lost: units, what they are worth, or both
    borne_by             at whose cost it is for now (a party)
    restored_at          when all of it had been made good
    """

    __tablename__ = "losses"
    __table_args__ = (
        one_of("kind", LossKind),
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.CheckConstraint("value_amount > 0", name="value_amount"),
        sa.CheckConstraint("(value_amount IS NULL) = (value_currency IS NULL)", name="value"),
        sa.CheckConstraint("quantity IS NOT NULL OR value_amount IS NOT NULL", name="measured"),
        is_party("borne_by"),
        sa.Index(
            "ix_losses_case_id", "case_id", "id", postgresql_where=sa.text("case_id IS NOT NULL")
        ),
        sa.Index(
            "ix_losses_purchase_line_id",
            "purchase_line_id",
            postgresql_where=sa.text("purchase_line_id IS NOT NULL"),
        ),
    )

    description: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default=LossKind.GONE.value)
    quantity: Mapped[int | None]
    value_amount: Mapped[Decimal | None]
    value_currency: Mapped[str | None] = mapped_column(sa.CHAR(3))
    borne_by: Mapped[str]
    restored_at: Mapped[datetime | None]


class Allocation(Base, Identified):
    """What of a performance makes a loss good: units, or money in the loss's currency.

    above_cap          what came above the loss, in the same measure
    debt_id            the obligation of ours that this became
    """

    __tablename__ = "allocations"
    __table_args__ = (
        sa.Index(None, "loss_id", "id"),
        sa.Index(None, "performance_id"),
        sa.CheckConstraint("(quantity IS NULL) <> (amount IS NULL)", name="measured"),
        sa.CheckConstraint("coalesce(quantity, amount) * above_cap >= 0", name="value"),
        sa.CheckConstraint("(above_cap <> 0) = (debt_id IS NOT NULL)", name="debt"),
    )

    loss_id: Mapped[UUID] = mapped_column(sa.ForeignKey("losses.id"))
    obligation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("obligations.id"), index=True)
    performance_id: Mapped[UUID] = mapped_column(sa.ForeignKey("performances.id"))
    quantity: Mapped[int | None]
    amount: Mapped[Decimal | None]
    above_cap: Mapped[Decimal]
    debt_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("obligations.id"))
    created_at: Mapped[datetime]


class Deadline(Base, Numbered, Grounded, About, Kept):
    """A right of ours that ends on a day. Not a debt: in the worklist, never in exposure.

    toward             against whom the right is (a party); its id beside
    last_at            when it ends; `last_on` where a day was named
    last_safe_on       until when it is safe to use it, and by what source
    computed_on        by what term it would end else, where the other side named the day itself
    attend_at          when somebody should look at it: its last safe instant
    ended_at           when it was used, waived or lapsed, in the world
    """

    __tablename__ = "deadlines"
    __table_args__ = (
        one_of("kind", DeadlineKind),
        one_of("state", DeadlineState),
        one_of("ground_kind", GroundKind),
        is_party("toward"),
        sa.CheckConstraint("(ended_at IS NULL) = (state = 'open')", name="ended"),
        sa.CheckConstraint("(computed_on IS NULL) = (computed_source IS NULL)", name="computed"),
        sa.Index(None, "attend_at", "id"),
        sa.Index("ix_deadlines_open", "attend_at", "id", postgresql_where=IS_OPEN),
        sa.Index("ix_deadlines_open_last_at", "last_at", "id", postgresql_where=IS_OPEN),
        sa.Index("ix_deadlines_open_toward", "toward", "attend_at", "id", postgresql_where=IS_OPEN),
        sa.Index(
            "ix_deadlines_case_id",
            "case_id",
            "attend_at",
            "id",
            postgresql_where=sa.text("case_id IS NOT NULL"),
        ),
        sa.Index(
            "ix_deadlines_loss_id", "loss_id", postgresql_where=sa.text("loss_id IS NOT NULL")
        ),
    )

    kind: Mapped[str]
    state: Mapped[str]
    description: Mapped[str]
    toward: Mapped[str]
    toward_id: Mapped[UUID | None]
    last_at: Mapped[datetime]
    last_on: Mapped[date | None]
    last_safe_on: Mapped[date | None]
    last_safe_source: Mapped[str | None]
    computed_on: Mapped[date | None]
    computed_source: Mapped[str | None]
    attend_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_note: Mapped[str | None]
    loss_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("losses.id"), sort_order=25)
