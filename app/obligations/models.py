"""How debts are kept: words given and taken back, and what was done."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Identified, one_of
from app.obligations.columns import About, Grounded, Kept, Numbered, is_party
from app.obligations.rules import DUE, LIVE, Channel, GroundKind, Kind, State


def _is_one_of(states: Iterable[State]) -> sa.ColumnClause[bool]:
    told = ", ".join(repr(state.value) for state in states)
    return sa.literal_column(f"state IN ({told})", sa.Boolean())


IS_LIVE = _is_one_of(LIVE)
IS_DUE = _is_one_of(DUE)
OWED_TO_US = sa.literal_column("creditor = 'us'", sa.Boolean())
# Under which debts are counted once: their loss, else the first of alternatives, itself if alone.
KEY = sa.literal_column("coalesce(loss_id, alternatives_id)", sa.Uuid())
_IS_UNWARNED = sa.and_(IS_DUE, sa.literal_column("at_risk_told_at IS NULL", sa.Boolean()))
_IS_UNTOLD = sa.and_(IS_DUE, sa.literal_column("overdue_told_at IS NULL", sa.Boolean()))


class Obligation(Base, Numbered, Grounded, About, Kept):
    """One thing owed.

    debtor, creditor   parties: `us`, `vendor:acme`, `carrier:ups`, `customer:C-1001`; their ids
                       beside, where we keep such a record
    owed, performed    in `currency`; where that is null, in units or acts. `performed` is the sum
                       of the performances, written with each: many are added up at once
    unit_value         what one unit owed is worth at our cost
    due_at             null: no date was given, or the trigger has not come
    attend_at          when somebody should look at it: when it is due, else a stated time
    alternatives_id    the first of those of which one is enough; its own id where it stands alone.
                       Never changes: whoever changes one of them locks the row of the first
    released_for_id    the alternative that was kept, if it was released because of that alone
    broken_at          when it was marked as not kept; stays, whatever comes of it
    overdue_told_at    when the event was raised that it is overdue: once for a due time
    at_risk_at         when it is at risk not to be kept in time; null with `due_at`
    at_risk_told_at    when the event was raised that it is at risk: once for a due time
    paused_at          since when its clock stands still; it has no due time until it runs on
    owner              who among us looks after it
    rma_lookup, serial_lookup   the forms in which RMA and serial are found
    ended_at           when it was kept, released and so on, in the world
    """

    __tablename__ = "obligations"
    __table_args__ = (
        one_of("kind", Kind),
        one_of("state", State),
        one_of("ground_kind", GroundKind),
        is_party("debtor"),
        is_party("creditor"),
        sa.CheckConstraint("debtor <> creditor", name="parties"),
        sa.CheckConstraint("owed > 0", name="owed"),
        sa.CheckConstraint("performed >= 0", name="performed"),
        sa.CheckConstraint("currency IS NULL OR kind = 'pay_money'", name="currency"),
        sa.CheckConstraint(
            "(unit_value_amount IS NULL) = (unit_value_currency IS NULL)", name="unit_value"
        ),
        sa.CheckConstraint(
            "state <> 'conditional' OR (trigger_text IS NOT NULL AND due_at IS NULL)",
            name="conditional",
        ),
        sa.CheckConstraint(
            "(state = 'superseded') = (superseded_by_id IS NOT NULL)", name="superseded"
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (state IN ('conditional', 'open', 'broken'))", name="ended"
        ),
        sa.Index(None, "attend_at", "id"),
        sa.Index("ix_obligations_live", "attend_at", "id", postgresql_where=IS_LIVE),
        sa.Index(
            "ix_obligations_live_debtor", "debtor", "attend_at", "id", postgresql_where=IS_LIVE
        ),
        sa.Index(
            "ix_obligations_live_creditor", "creditor", "attend_at", "id", postgresql_where=IS_LIVE
        ),
        sa.Index("ix_obligations_live_kind", "kind", "attend_at", "id", postgresql_where=IS_LIVE),
        # By these a vendor's paper finds what it settles.
        *(
            sa.Index(
                f"ix_obligations_live_{column}",
                column,
                postgresql_where=sa.and_(
                    IS_LIVE, sa.literal_column(f"{column} IS NOT NULL", sa.Boolean())
                ),
            )
            for column in ("rma_lookup", "serial_lookup", "purchase_line_id")
        ),
        sa.CheckConstraint("paused_at IS NULL OR due_at IS NULL", name="paused"),
        # By this exposure finds what counts once together.
        sa.Index("ix_obligations_key", KEY, postgresql_where=sa.and_(IS_DUE, OWED_TO_US)),
        sa.Index("ix_obligations_unwarned", "at_risk_at", "id", postgresql_where=_IS_UNWARNED),
        sa.Index("ix_obligations_live_owner", "owner", "attend_at", "id", postgresql_where=IS_LIVE),
        # What went back of an order line.
        sa.Index(
            "ix_obligations_returned",
            "purchase_line_id",
            postgresql_where=sa.text("kind = 'return_goods' AND purchase_line_id IS NOT NULL"),
        ),
        sa.Index("ix_obligations_untold", "due_at", "id", postgresql_where=_IS_UNTOLD),
        sa.Index(None, "debtor", "attend_at", "id"),
        sa.Index(
            "ix_obligations_case_id",
            "case_id",
            "attend_at",
            "id",
            postgresql_where=sa.text("case_id IS NOT NULL"),
        ),
        sa.Index(
            "ix_obligations_loss_id",
            "loss_id",
            "attend_at",
            "id",
            postgresql_where=sa.text("loss_id IS NOT NULL"),
        ),
        sa.Index(None, "alternatives_id"),
    )

    kind: Mapped[str]
    state: Mapped[str]
    debtor: Mapped[str]
    debtor_id: Mapped[UUID | None]
    creditor: Mapped[str]
    creditor_id: Mapped[UUID | None]
    description: Mapped[str | None]
    owed: Mapped[Decimal]
    performed: Mapped[Decimal]
    currency: Mapped[str | None] = mapped_column(sa.CHAR(3))
    unit_value_amount: Mapped[Decimal | None]
    unit_value_currency: Mapped[str | None] = mapped_column(sa.CHAR(3))
    due_at: Mapped[datetime | None]
    attend_at: Mapped[datetime]
    trigger_text: Mapped[str | None]
    triggered_at: Mapped[datetime | None]
    alternatives_id: Mapped[UUID] = mapped_column(sa.ForeignKey("obligations.id"))
    superseded_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("obligations.id"))
    released_for_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("obligations.id"))
    broken_at: Mapped[datetime | None]
    overdue_told_at: Mapped[datetime | None]
    at_risk_at: Mapped[datetime | None]
    at_risk_told_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    owner: Mapped[str | None]
    contested_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    loss_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("losses.id"), sort_order=25)
    rma_lookup: Mapped[str | None] = mapped_column(sort_order=28)
    serial_lookup: Mapped[str | None] = mapped_column(sort_order=29)


class Said:
    """A person's word: who, when, on which channel, in what words, and what shows it."""

    by_name: Mapped[str | None]
    by_role: Mapped[str | None]
    said_at: Mapped[datetime]
    channel: Mapped[str]
    words: Mapped[str]
    file_ids: Mapped[list[UUID]] = mapped_column(ARRAY(sa.Uuid))


class Promise(Base, Said):
    """The word an obligation rests on. The due time keeps its words and the rule that read them."""

    __tablename__ = "promises"
    __table_args__ = (one_of("channel", Channel),)

    obligation_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("obligations.id"), primary_key=True, sort_order=-10
    )
    due_words: Mapped[str | None]
    due_rule: Mapped[str]
    due_text: Mapped[str]


class Retraction(Base, Identified, Said):
    """A promise taken back: a fact. The debt stays."""

    __tablename__ = "retractions"
    __table_args__ = (one_of("channel", Channel),)

    obligation_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("obligations.id"), index=True, sort_order=-9
    )
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class Performance(Base, Identified):
    """Something done towards a debt, in the debt's own measure. Never changed, never deleted.

    A correction is a row too: it takes back the whole value of the one it corrects, at the same
    instant, and says who says so (`by_name`) and why (`note`). No row is corrected twice.
    """

    __tablename__ = "performances"
    __table_args__ = (
        sa.Index(None, "obligation_id", "id"),
        sa.Index(
            "ix_performances_reference",
            "reference",
            postgresql_where=sa.text("reference IS NOT NULL"),
        ),
        sa.CheckConstraint("value <> 0 AND (value > 0) = (corrects_id IS NULL)", name="value"),
        sa.CheckConstraint("(by_name IS NULL) = (corrects_id IS NULL)", name="by_name"),
        sa.CheckConstraint("corrects_id IS NULL OR note IS NOT NULL", name="note"),
    )

    obligation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("obligations.id"))
    value: Mapped[Decimal]
    performed_at: Mapped[datetime]
    reference: Mapped[str | None]
    note: Mapped[str | None]
    file_ids: Mapped[list[UUID]] = mapped_column(ARRAY(sa.Uuid))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    corrects_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("performances.id"), unique=True)
    by_name: Mapped[str | None]
