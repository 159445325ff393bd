"""How the ledger is kept: debts, words given and taken back, what was done, losses, deadlines."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from app.kit.db import Base, Identified
from app.obligations.rules import (
    LIVE,
    Channel,
    DeadlineKind,
    DeadlineState,
    GroundKind,
    Kind,
    State,
)

_FIRST_NUMBER = 1001
_PARTY = "^(us$|(vendor|carrier|customer):.)"


def _one_of(column: str, values: type[StrEnum]) -> sa.CheckConstraint:
    return sa.CheckConstraint(sa.column(column).in_([each.value for each in values]), name=column)


def _is_party(column: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} ~ '{_PARTY}'", name=column)


IS_LIVE = sa.literal_column(
    f"state IN ({', '.join(repr(state.value) for state in LIVE)})", sa.Boolean()
)
IS_OPEN = sa.literal_column("state = 'open'", sa.Boolean())


class Numbered(Identified):
    """A row with a number that people can say over the phone."""

    @declared_attr
    def number(self) -> Mapped[int]:
        """Return the number's column; given by the database."""
        return mapped_column(
            sa.BigInteger, sa.Identity(start=_FIRST_NUMBER), unique=True, sort_order=-9
        )


class About:
    """What it is of, as far as it is known. Soft references: no foreign key leads up or across.

    Shipments and products by the ERP's keys, which never change.
    """

    case_id: Mapped[UUID | None] = mapped_column(sort_order=20)
    purchase_line_id: Mapped[UUID | None] = mapped_column(sort_order=21)
    shipment_key: Mapped[str | None] = mapped_column(sort_order=22)
    product_key: Mapped[str | None] = mapped_column(sort_order=23)
    parcel_id: Mapped[UUID | None] = mapped_column(sort_order=24)


class Grounded:
    """Why it is so: the words of the promise, term, tariff, policy or law, and where they stand."""

    ground_kind: Mapped[str] = mapped_column(sort_order=10)
    ground_text: Mapped[str] = mapped_column(sort_order=11)
    ground_reference: Mapped[str | None] = mapped_column(sort_order=12)


class Kept:
    """When it was written down, and how often it was changed since."""

    version: Mapped[int] = mapped_column(sort_order=90)
    created_at: Mapped[datetime] = mapped_column(sort_order=91)
    updated_at: Mapped[datetime] = mapped_column(sort_order=92)


class Loss(Base, Numbered, About, Kept):
    """One thing lost once, which several claims may pursue. Whoever settles it locks its row.

    quantity, value      what was lost: units, what they are worth, or both
    borne_by             at whose cost it is for now (a party)
    restored_at          when all of it had been made good
    """

    __tablename__ = "losses"
    __table_args__ = (
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.CheckConstraint("value_amount > 0", name="value_amount"),
        sa.CheckConstraint("(value_amount IS NULL) = (value_currency IS NULL)", name="value"),
        sa.CheckConstraint("quantity IS NOT NULL OR value_amount IS NOT NULL", name="measured"),
        _is_party("borne_by"),
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
    quantity: Mapped[int | None]
    value_amount: Mapped[Decimal | None]
    value_currency: Mapped[str | None] = mapped_column(sa.CHAR(3))
    borne_by: Mapped[str]
    restored_at: Mapped[datetime | None]


class Obligation(Base, Numbered, Grounded, About, Kept):
    """One thing owed.

    debtor, creditor   parties: `us`, `vendor:acme`, `carrier:ups`, `customer:C-1001`; their ids
                       beside, where we keep such a record
    owed, performed    in `currency`; where that is null, in units or acts. `performed` is the sum
                       of the performances, written with each: exposure adds up millions of rows
    unit_value         what one unit owed is worth at our cost
    due_at             null: no date was given, or the trigger has not come
    attend_at          when somebody should look at it: when it is due, else a stated time
    alternatives_id    the first of those of which one is enough; its own id where it stands alone.
                       Never changes: whoever changes one of them locks the row of the first
    ended_at           when it was kept, released and so on, in the world
    """

    __tablename__ = "obligations"
    __table_args__ = (
        _one_of("kind", Kind),
        _one_of("state", State),
        _one_of("ground_kind", GroundKind),
        _is_party("debtor"),
        _is_party("creditor"),
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
    contested_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    loss_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("losses.id"), sort_order=25)


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
    __table_args__ = (_one_of("channel", Channel),)

    obligation_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("obligations.id"), primary_key=True, sort_order=-10
    )
    due_words: Mapped[str | None]
    due_rule: Mapped[str]
    due_text: Mapped[str]


class Retraction(Base, Identified, Said):
    """A promise taken back: a fact. The debt stays."""

    __tablename__ = "retractions"
    __table_args__ = (_one_of("channel", Channel),)

    obligation_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("obligations.id"), index=True, sort_order=-9
    )
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class Performance(Base, Identified):
    """Something done towards a debt, in the debt's own measure. Never changed, never deleted."""

    __tablename__ = "performances"
    __table_args__ = (
        sa.Index(None, "obligation_id", "id"),
        sa.Index(
            "ix_performances_reference",
            "reference",
            postgresql_where=sa.text("reference IS NOT NULL"),
        ),
        sa.CheckConstraint("value > 0", name="value"),
    )

    obligation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("obligations.id"))
    value: Mapped[Decimal]
    performed_at: Mapped[datetime]
    reference: Mapped[str | None]
    note: Mapped[str | None]
    file_ids: Mapped[list[UUID]] = mapped_column(ARRAY(sa.Uuid))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


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
        sa.CheckConstraint("coalesce(quantity, amount) >= 0", name="value"),
        sa.CheckConstraint("above_cap >= 0", name="above_cap"),
        sa.CheckConstraint("(above_cap > 0) = (debt_id IS NOT NULL)", name="debt"),
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
    attend_at          when somebody should look at it: its last safe instant
    ended_at           when it was used, waived or lapsed, in the world
    """

    __tablename__ = "deadlines"
    __table_args__ = (
        _one_of("kind", DeadlineKind),
        _one_of("state", DeadlineState),
        _one_of("ground_kind", GroundKind),
        _is_party("toward"),
        sa.CheckConstraint("(ended_at IS NULL) = (state = 'open')", name="ended"),
        sa.Index(None, "attend_at", "id"),
        sa.Index("ix_deadlines_open", "attend_at", "id", postgresql_where=IS_OPEN),
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
    attend_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_note: Mapped[str | None]
    loss_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("losses.id"), sort_order=25)
