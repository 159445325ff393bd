"""Columns that debts, losses and deadlines have in common, and the checks on them."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from app.kit.db import Identified

_FIRST_NUMBER = 1001
_PARTY = "^(us$|(vendor|carrier|customer):.)"


def is_party(column: str) -> sa.CheckConstraint:
    """Return the check that a column holds a party as text."""
    return sa.CheckConstraint(f"{column} ~ '{_PARTY}'", name=column)


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

    Shipments and products by the ERP's keys, which never change; RMA and serial as they were told.
    """

    case_id: Mapped[UUID | None] = mapped_column(sort_order=20)
    purchase_line_id: Mapped[UUID | None] = mapped_column(sort_order=21)
    shipment_key: Mapped[str | None] = mapped_column(sort_order=22)
    product_key: Mapped[str | None] = mapped_column(sort_order=23)
    parcel_id: Mapped[UUID | None] = mapped_column(sort_order=24)
    rma: Mapped[str | None] = mapped_column(sort_order=26)
    serial: Mapped[str | None] = mapped_column(sort_order=27)


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
