"""How products are kept."""

from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base
from app.kit.records import ErpRecord
from app.products.rules import PartNumberKind, WeightSource


def words(kind: type[StrEnum], column: str) -> sa.CheckConstraint:
    """Return the constraint that a column holds one of these words."""
    words = ", ".join(f"'{member.value}'" for member in kind)
    return sa.CheckConstraint(f"{column} IN ({words})", name=column)


class Product(Base, ErpRecord):
    """Something we sell, with what one unit of it weighs and by how much units differ.

    Grams are exact, not whole: a thousand screws of 0.4 g weigh 400 g.
    """

    __tablename__ = "products"
    __table_args__ = (
        sa.Index(None, "manufacturer_id", "id"),
        sa.Index(None, "product_line", "id", postgresql_where=sa.text("product_line IS NOT NULL")),
        words(WeightSource, "weight_source"),
    )

    name: Mapped[str]
    manufacturer_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("vendors.id"))
    product_line: Mapped[str | None]
    weight_value: Mapped[Decimal | None]
    weight_unit: Mapped[str | None]
    weight_g: Mapped[Decimal | None]
    spread_value: Mapped[Decimal | None]
    spread_unit: Mapped[str | None]
    spread_g: Mapped[Decimal | None]
    weight_source: Mapped[str | None]


class PartNumber(Base):
    """A number a product goes under, with somebody."""

    __tablename__ = "part_numbers"
    __table_args__ = (sa.Index(None, "lookup", "product_id"), words(PartNumberKind, "kind"))

    product_id: Mapped[UUID] = mapped_column(sa.ForeignKey("products.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    vendor_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("vendors.id"))
    number: Mapped[str]
    lookup: Mapped[str]
