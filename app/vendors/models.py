"""How vendors, their terms and carriers' tariffs are kept."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Identified
from app.kit.records import ErpRecord
from app.vendors.rules import Area, Role
from app.vendors.terms import Target, TariffKind


def _words(kind: type[StrEnum], column: str) -> sa.CheckConstraint:
    """Return the constraint that a column holds one of these words."""
    words = ", ".join(f"'{member.value}'" for member in kind)
    return sa.CheckConstraint(f"{column} IN ({words})", name=column)


class Vendor(Base, ErpRecord):
    """A company we buy from, that makes what we sell, or that services it."""

    __tablename__ = "vendors"

    name: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    our_account_number: Mapped[str | None]


class VendorTermsRecord(Base, ErpRecord):
    """A vendor's terms in one role, for one product line or all, from a day on.

    `terms` is a `VendorTerms` as JSON, without what is unset.
    """

    __tablename__ = "vendor_terms"
    __table_args__ = (
        sa.UniqueConstraint(
            *("vendor_id", "role", "product_line", "valid_from"), postgresql_nulls_not_distinct=True
        ),
        _words(Role, "role"),
    )

    vendor_id: Mapped[UUID] = mapped_column(sa.ForeignKey("vendors.id"))
    role: Mapped[str]
    product_line: Mapped[str | None]
    valid_from: Mapped[date]
    terms: Mapped[dict[str, Any]]


class CarrierTariff(Base, ErpRecord):
    """A carrier's tariff for one kind of loss, from a day on: of one service and area, or of all.

    `terms` is a `Tariff` as JSON, without what is unset.
    """

    __tablename__ = "carrier_tariffs"
    __table_args__ = (
        sa.UniqueConstraint(
            *("carrier", "kind", "service", "area", "valid_from"),
            postgresql_nulls_not_distinct=True,
        ),
        _words(TariffKind, "kind"),
        _words(Area, "area"),
    )

    carrier: Mapped[str]
    service: Mapped[str | None]
    area: Mapped[str | None]
    kind: Mapped[str]
    valid_from: Mapped[date]
    terms: Mapped[dict[str, Any]]


class BusinessCalendar(Base, ErpRecord):
    """When somebody works. `calendar` is a `Week` as JSON, without what is unset."""

    __tablename__ = "business_calendars"

    calendar: Mapped[dict[str, Any]]


class CalendarParty(Base):
    """Whose calendar it is: `us`, `vendor:acme`, `carrier:ups`. Each has one at the most."""

    __tablename__ = "calendar_parties"

    party: Mapped[str] = mapped_column(primary_key=True)
    calendar_id: Mapped[UUID] = mapped_column(sa.ForeignKey("business_calendars.id"), index=True)


class TemplateUse(Base, Identified):
    """That somebody applied a template to a record: which, to which terms of it, who and when."""

    __tablename__ = "term_template_uses"
    __table_args__ = (sa.Index(None, "template", "id"), _words(Target, "target"))

    template: Mapped[str]
    target: Mapped[str]
    record_key: Mapped[str]
    record_version: Mapped[int]
    terms: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    replaced: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    note: Mapped[str | None]
    applied_at: Mapped[datetime]
    applied_by: Mapped[str]
