"""How vendors are kept."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base
from app.kit.records import ErpRecord


class Vendor(Base, ErpRecord):
    """A company we buy from, that makes what we sell, or that services it."""

    __tablename__ = "vendors"

    name: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    our_account_number: Mapped[str | None]
