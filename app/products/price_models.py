"""How prices seen are kept: as the stretches of time through which they stood."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Identified
from app.products.models import words
from app.products.price_rules import PriceKind


class PricePoll(Base, Identified):
    """One look at a vendor's prices: when it was taken, and what became of its rows."""

    __tablename__ = "price_polls"
    __table_args__ = (sa.Index(None, "vendor_id", "id"),)

    vendor_id: Mapped[UUID] = mapped_column(sa.ForeignKey("vendors.id"))
    seen_at: Mapped[datetime]
    source: Mapped[str | None]
    received_at: Mapped[datetime]
    told: Mapped[int]
    opened: Mapped[int]
    changed: Mapped[int]
    seen_again: Mapped[int]
    known: Mapped[int]
    refused: Mapped[int]


class PriceSeen(Base):
    """A price for as long as nothing else was seen: from its first sight to its last.

    A sight between them adds nothing and is not counted. `reference`: the number of the bid or
    the promotion; "" for prices that have none.
    """

    __tablename__ = "prices_seen"
    __table_args__ = (
        words(PriceKind, "kind"),
        sa.CheckConstraint("first_seen_at <= last_seen_at", name="stretch"),
        sa.CheckConstraint("amount > 0", name="amount"),
    )

    product_id: Mapped[UUID] = mapped_column(sa.ForeignKey("products.id"), primary_key=True)
    vendor_id: Mapped[UUID] = mapped_column(sa.ForeignKey("vendors.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(sa.CHAR(3), primary_key=True)
    reference: Mapped[str] = mapped_column(primary_key=True)
    first_seen_at: Mapped[datetime] = mapped_column(primary_key=True)
    last_seen_at: Mapped[datetime]
    amount: Mapped[Decimal]
    sights: Mapped[int]


class PriceChange(Base):
    """A base price that a poll saw otherwise than before, or for the second time since.

    What listeners read a poll's falls from; of what is merely seen again there is nothing here.
    """

    __tablename__ = "price_changes"

    poll_id: Mapped[UUID] = mapped_column(sa.ForeignKey("price_polls.id"), primary_key=True)
    product_id: Mapped[UUID] = mapped_column(sa.ForeignKey("products.id"), primary_key=True)
    currency: Mapped[str] = mapped_column(sa.CHAR(3), primary_key=True)
