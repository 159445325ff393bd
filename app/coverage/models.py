"""How what vendors' warranty pages said is kept."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.coverage.rules import Says
from app.kit.db import Base
from app.kit.records import ErpRecord

_WORDS = ", ".join(f"'{each.value}'" for each in Says)


class WarrantyLookup(Base, ErpRecord):
    """What a vendor's page said of a unit. `offers` is what it named, as JSON."""

    __tablename__ = "warranty_lookups"
    __table_args__ = (
        sa.Index(None, "unit_id", "seen_at"),
        sa.Index(None, "unit_id", "id"),
        sa.CheckConstraint(f"says IN ({_WORDS})", name="says"),
    )

    unit_id: Mapped[UUID] = mapped_column(sa.ForeignKey("units.id"))
    vendor_id: Mapped[UUID] = mapped_column(sa.ForeignKey("vendors.id"))
    seen_at: Mapped[datetime]
    says: Mapped[str]
    source: Mapped[str]
    offers: Mapped[list[Any]]
