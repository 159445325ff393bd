"""How notices of lower prices are kept, and what each of them reaches."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Identified
from app.price_protection.exposure.rules import Eligibility, Place
from app.price_protection.rules import FIRST_NUMBER, Origin, State


def _one_of(column: str, values: type[StrEnum]) -> sa.CheckConstraint:
    words = ", ".join(f"'{each.value}'" for each in values)
    return sa.CheckConstraint(f"{column} IN ({words})", name=column)


_HOLDS = sa.text("state <> 'withdrawn'")


class PriceNotice(Base, Identified):
    """A vendor's price fell, or is said to. Whoever changes or computes it locks its row.

    vendor_number      the vendor's own number of it
    reported           who of our customers heard of it, when and in what words
    answer_id          the vendor's answer whether it is so, owed to us in the ledger
    as_of              when what it says was true; null: nobody told it, it was seen
    decided_at, _by, _note   the last confirmation or withdrawal
    vendor_said        the vendor's own word of it, where that was given then
    compute_due_at     when its exposure must be computed (again); null: it stands
    rests_until        before then it is not computed again for what was told of orders
    terms              by whose terms the exposure was computed: a list, by `terms_no` of its lines
    totals             what the exposure comes to, by supplier, eligibility and reason
    product_ids        the products it names, families written out, as they were computed last
    listed_from        no line bought before is listed; null: it may be, by the day it moved
    digest             of all rows that were computed last
    trouble            why it could not be computed
    """

    __tablename__ = "price_notices"
    __table_args__ = (
        _one_of("origin", Origin),
        _one_of("state", State),
        sa.Index(
            "uq_price_notices_vendor_number",
            "vendor_id",
            "vendor_number",
            unique=True,
            postgresql_where=sa.text("state <> 'withdrawn' AND vendor_number IS NOT NULL"),
        ),
        sa.Index(
            "uq_price_notices_content",
            "vendor_id",
            "content_sha256",
            unique=True,
            postgresql_where=_HOLDS,
        ),
        sa.Index(None, "vendor_id", "id"),
        sa.Index(None, "state", "id"),
        sa.Index("ix_price_notices_days", "effective_on", "id", postgresql_where=_HOLDS),
        sa.Index(
            "ix_price_notices_products",
            "product_ids",
            postgresql_using="gin",
            postgresql_where=_HOLDS,
        ),
        sa.Index(
            None, "compute_due_at", "id", postgresql_where=sa.text("compute_due_at IS NOT NULL")
        ),
    )

    number: Mapped[int] = mapped_column(
        sa.BigInteger, sa.Identity(start=FIRST_NUMBER), unique=True, sort_order=-9
    )
    version: Mapped[int]
    vendor_id: Mapped[UUID] = mapped_column(sa.ForeignKey("vendors.id"))
    vendor_number: Mapped[str | None]
    origin: Mapped[str]
    state: Mapped[str]
    announced_on: Mapped[date | None]
    effective_on: Mapped[date]
    currency: Mapped[str] = mapped_column(sa.CHAR(3))
    note: Mapped[str | None]
    reported: Mapped[dict[str, Any] | None]
    answer_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("obligations.id"))
    content_sha256: Mapped[bytes]
    as_of: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    decided_note: Mapped[str | None]
    vendor_said: Mapped[dict[str, Any] | None]
    compute_due_at: Mapped[datetime | None]
    rests_until: Mapped[datetime | None]
    computed_at: Mapped[datetime | None]
    computed_version: Mapped[int | None]
    terms: Mapped[list[Any]]
    totals: Mapped[list[Any]]
    product_ids: Mapped[list[UUID]] = mapped_column(ARRAY(sa.Uuid))
    listed_from: Mapped[date | None]
    digest: Mapped[Decimal | None]
    trouble: Mapped[str | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class NoticeMark(Base):
    """Something was told that may change what a notice reaches. Gone once it is due again."""

    __tablename__ = "price_notice_marks"

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    notice_id: Mapped[UUID] = mapped_column(sa.ForeignKey("price_notices.id"), index=True)


class PriceNoticeLine(Base):
    """One product of a notice, or one family of products, and its prices."""

    __tablename__ = "price_notice_lines"
    __table_args__ = (
        sa.CheckConstraint("(product_id IS NULL) <> (product_line IS NULL)", name="named"),
        sa.CheckConstraint("new_price >= 0 AND new_price < old_price", name="fell"),
        sa.Index(
            None,
            "product_line",
            "notice_id",
            postgresql_where=sa.text("product_line IS NOT NULL"),
        ),
    )

    notice_id: Mapped[UUID] = mapped_column(sa.ForeignKey("price_notices.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("products.id"))
    product_line: Mapped[str | None]
    old_price: Mapped[Decimal | None]
    new_price: Mapped[Decimal]


class ExposedLine(Base):
    """Some units of an order line, alike in all that decides, and what they earn by a notice.

    Derived: replaced whole whenever the notice is computed, and of many rows; so no foreign key
    leads from it. Units of an order line are counted in the order in which they left us: those
    that were sold, that went back, that were lost; then those in stock, on the way, to come.

    first_unit         the first of these units, from 1; `quantity` of them follow each other
    position           the line of the notice that names the product
    terms_no           by which of the notice's `terms`
    bought_on          the day that counts as that of the purchase; null: not told
    unit_price         what was paid for one
    protected_from     the lower price that an earlier notice protects them to; null: none does
    unit_credit, amount   what one earns, and all of them, rounded, after any cap; where it is
                       unknown whether they do: what they would earn
    capped             what a cap took from the amount
    refused_at         we let go of some of it that the vendor refused, or paid short
    kept_share         which part of its credit came then; it protects no further
    """

    __tablename__ = "price_exposure"
    __table_args__ = (
        _one_of("place", Place),
        _one_of("eligibility", Eligibility),
        sa.Index(
            "ix_price_exposure_eligibility",
            *("notice_id", "eligibility", "purchase_line_id", "first_unit"),
        ),
        sa.Index(None, "purchase_line_id"),
        sa.Index(
            "ix_price_exposure_refused",
            *("notice_id", "purchase_line_id"),
            postgresql_where=sa.text("refused_at IS NOT NULL"),
        ),
    )

    notice_id: Mapped[UUID] = mapped_column(primary_key=True)
    purchase_line_id: Mapped[UUID] = mapped_column(primary_key=True)
    first_unit: Mapped[int] = mapped_column(primary_key=True)
    quantity: Mapped[int]
    position: Mapped[int]
    product_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    terms_no: Mapped[int]
    place: Mapped[str]
    eligibility: Mapped[str]
    reason: Mapped[str]
    bought_on: Mapped[date | None]
    unit_price: Mapped[Decimal]
    protected_from: Mapped[Decimal | None]
    unit_credit: Mapped[Decimal]
    amount: Mapped[Decimal]
    capped: Mapped[Decimal]
    refused_at: Mapped[datetime | None]
    kept_share: Mapped[Decimal | None]
