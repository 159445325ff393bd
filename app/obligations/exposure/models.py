"""How exposure is kept added up: what each debt counts for, its sums by day, and what is stale."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base


class ExposureMark(Base):
    """What was added up for this key counts no more. Triggers write it with whatever changes it.

    key    a loss, and with it all that pursues it; else the first of alternatives, or a lone debt
    """

    __tablename__ = "exposure_marks"

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    key: Mapped[UUID]


class Counted:
    """Money's worth: of money owed, of goods at our cost, and what is counted at another debt."""

    debtor: Mapped[str]
    currency: Mapped[str | None] = mapped_column(sa.CHAR(3))
    day: Mapped[datetime | None]
    money: Mapped[Decimal] = mapped_column(sort_order=10)
    goods: Mapped[Decimal] = mapped_column(sort_order=11)
    elsewhere: Mapped[Decimal] = mapped_column(sort_order=12)


class ExposurePart(Base, Counted):
    """What one debt counted for when it was added up last; `currency` null: its worth is unknown.

    day    the beginning of the day it is due on, by UTC
    """

    __tablename__ = "exposure_parts"
    __table_args__ = (sa.Index(None, "key"), sa.Index(None, "day"))

    obligation_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    key: Mapped[UUID] = mapped_column(sort_order=-9)
    due_at: Mapped[datetime | None] = mapped_column(sort_order=5)


class ExposureSum(Base, Counted):
    """The parts of one debtor, currency and day, added up."""

    __tablename__ = "exposure_sums"
    __table_args__ = (
        sa.UniqueConstraint("debtor", "currency", "day", postgresql_nulls_not_distinct=True),
        sa.Index("ix_exposure_sums_spent", "id", postgresql_where=sa.text("obligations = 0")),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True, sort_order=-10)
    obligations: Mapped[int] = mapped_column(sa.BigInteger, sort_order=13)
