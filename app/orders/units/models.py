"""How units are kept: what the ERP tells of them, and beside it what happened to them.

What happened is never taken back by a PUT that does not speak of it.
"""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Identified, one_of
from app.kit.records import ErpRecord
from app.orders.units.rules import HandKind, Right


class Unit(Base, ErpRecord):
    """One thing with a serial number, unique among the units of its product.

    serial_lookup  upper case, no blanks: tells one unit from another
    serial_plain   letters and digits only: finds it, however people write it
    cancelled_at   booked in error: it counts no more, and its serial is free
    """

    __tablename__ = "units"
    __table_args__ = (
        sa.Index(
            "uq_units_serial",
            "product_id",
            "serial_lookup",
            unique=True,
            postgresql_where=sa.text("cancelled_at IS NULL"),
        ),
        sa.Index(None, "serial_plain", "id"),
        sa.Index(None, "product_id", "id"),
        sa.Index(
            "ix_units_customer_id",
            "customer_id",
            "id",
            postgresql_where=sa.text("customer_id IS NOT NULL"),
        ),
        sa.Index(
            "ix_units_purchase_line_id",
            "purchase_line_id",
            "id",
            postgresql_where=sa.text("purchase_line_id IS NOT NULL"),
        ),
    )

    serial: Mapped[str]
    serial_lookup: Mapped[str]
    serial_plain: Mapped[str]
    product_id: Mapped[UUID] = mapped_column(sa.ForeignKey("products.id"))
    purchase_line_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("purchase_lines.id"))
    customer_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("customers.id"))
    invoiced_on: Mapped[date | None]
    shipped_on: Mapped[date | None]
    sold_on: Mapped[date | None]
    delivered_on: Mapped[date | None]
    installed_on: Mapped[date | None]
    registered_on: Mapped[date | None]
    in_set_up_until: Mapped[date | None]
    cancelled_at: Mapped[datetime | None]


class UnitMove(Base, Identified):
    """That a unit became somebody's, in one way. Never changed: a later row says otherwise.

    since        from when; of all rows that stand, the latest counts
    corrects_id  the row that this one puts right; that one stands no longer
    """

    __tablename__ = "unit_moves"
    __table_args__ = (
        one_of("right_kind", Right),
        one_of("hand_kind", HandKind),
        sa.CheckConstraint("(hand_kind = 'us') = (hand_key IS NULL)", name="hand_key"),
        sa.Index(None, "unit_id", "right_kind", "since"),
        sa.Index(None, "unit_id", "id"),
    )

    unit_id: Mapped[UUID] = mapped_column(sa.ForeignKey("units.id"))
    right_kind: Mapped[str]
    hand_kind: Mapped[str]
    hand_key: Mapped[str | None]
    since: Mapped[datetime]
    why: Mapped[str]
    corrects_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("unit_moves.id"), unique=True)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class UnitReplacement(Base):
    """That one unit stands in for another: each for one, and one for each.

    is_told   the ERP said so with the unit, and may take it back with the unit
    """

    __tablename__ = "unit_replacements"
    __table_args__ = (sa.CheckConstraint("new_unit_id <> old_unit_id", name="two_units"),)

    new_unit_id: Mapped[UUID] = mapped_column(sa.ForeignKey("units.id"), primary_key=True)
    old_unit_id: Mapped[UUID] = mapped_column(sa.ForeignKey("units.id"), unique=True)
    replaced_at: Mapped[datetime]
    rma: Mapped[str | None]
    is_told: Mapped[bool]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class UnitReturn(Base, Identified):
    """That a unit went back to the vendor, and came back from there if it was repaired."""

    __tablename__ = "unit_returns"
    __table_args__ = (
        sa.Index(
            "uq_unit_returns_gone",
            "unit_id",
            unique=True,
            postgresql_where=sa.text("came_back_at IS NULL"),
        ),
        sa.Index(None, "unit_id", "id"),
        sa.Index(None, "rma_lookup", "unit_id"),
        sa.CheckConstraint("came_back_at >= went_back_at", name="came_back_at"),
    )

    unit_id: Mapped[UUID] = mapped_column(sa.ForeignKey("units.id"))
    rma: Mapped[str]
    rma_lookup: Mapped[str]
    went_back_at: Mapped[datetime]
    came_back_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
