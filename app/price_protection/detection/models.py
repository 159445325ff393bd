"""Which falls in price were seen, and the notices they are in."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base


class DetectedFall(Base):
    """A base price that was seen to fall, at the first sight of the new one.

    is_confirmed       it was seen a second time, or fell on from there
    gone_at            it rose again before that: a slip
    """

    __tablename__ = "detected_falls"
    __table_args__ = (sa.Index(None, "notice_id"),)

    vendor_id: Mapped[UUID] = mapped_column(sa.ForeignKey("vendors.id"), primary_key=True)
    product_id: Mapped[UUID] = mapped_column(sa.ForeignKey("products.id"), primary_key=True)
    currency: Mapped[str] = mapped_column(sa.CHAR(3), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(primary_key=True)
    old_amount: Mapped[Decimal]
    new_amount: Mapped[Decimal]
    notice_id: Mapped[UUID] = mapped_column(sa.ForeignKey("price_notices.id"))
    is_confirmed: Mapped[bool]
    gone_at: Mapped[datetime | None]
