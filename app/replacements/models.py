"""How replacements are kept: what was asked for, what was heard, parcels, and charges."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.claims.rules.axes import ReturnLeg
from app.kit.db import Base, Identified, one_of
from app.obligations.rules import Channel
from app.replacements.rules import (
    FIRST_NUMBER,
    Arrival,
    ReplacementFileKind,
    ShipTo,
    SwapOutcome,
)
from app.replacements.rules.folding import SwapFact
from app.replacements.rules.states import Outbound, ReturnCharge, SwapState
from app.vendors.rules import Role


def _where(text: str) -> dict[str, Any]:
    return {"postgresql_where": sa.text(text)}


class Replacement(Base, Identified):
    """An advance replacement of one unit. Whoever changes anything of it locks its claim, then it.

    line_id            of the claim's line, one unit
    follows_id         the replacement whose unit came dead, or was the wrong one
    vendor_id, role, product_line   at whose door, as of the claim; terms_on: the day of its terms
    wanted_key         the product that is to be replaced
    back_*             what goes back: the unit that failed, or the replacement that did
    came_*             what came instead, as far as it was told
    outbound, return_leg, charge, state   read from what was heard, and written with each change
    holds_line         no other replacement of the line can be asked for
    return_by          the last day to send it back, that counts; stated_return_by: the vendor's own
    at_risk_*          what is charged otherwise, and by what that is known
    reminded           which reminders were sent, and for which last day
    watch_at           when time itself next makes something of it; null: it makes nothing
    """

    __tablename__ = "replacements"
    __table_args__ = (
        one_of("role", Role),
        one_of("ship_to", ShipTo),
        one_of("arrival", Arrival),
        one_of("outbound", Outbound),
        one_of("return_leg", ReturnLeg),
        one_of("charge", ReturnCharge),
        one_of("state", SwapState),
        one_of("outcome", SwapOutcome),
        sa.CheckConstraint("(at_risk_amount IS NULL) = (at_risk_currency IS NULL)", name="at_risk"),
        sa.CheckConstraint("(billed_amount IS NULL) = (billed_currency IS NULL)", name="billed"),
        sa.Index(None, "claim_id", "id"),
        sa.Index(None, "line_id", "id"),
        sa.Index(None, "case_id", "id"),
        sa.Index(None, "vendor_id", "state", "id"),
        sa.Index(None, "state", "id"),
        sa.Index("ix_replacements_open", "id", **_where("is_open")),
        sa.Index("ix_replacements_rma_lookup", "rma_lookup", **_where("rma_lookup IS NOT NULL")),
        sa.Index("ix_replacements_back_lookup", "back_lookup", **_where("back_lookup IS NOT NULL")),
        sa.Index("ix_replacements_came_lookup", "came_lookup", **_where("came_lookup IS NOT NULL")),
        sa.Index("ix_replacements_watch_at", "watch_at", "id", **_where("watch_at IS NOT NULL")),
    )

    number: Mapped[int] = mapped_column(
        sa.BigInteger, sa.Identity(start=FIRST_NUMBER), unique=True, sort_order=-9
    )
    version: Mapped[int]
    claim_id: Mapped[UUID] = mapped_column(sa.ForeignKey("claims.id"))
    line_id: Mapped[UUID] = mapped_column(sa.ForeignKey("claim_lines.id"))
    line_position: Mapped[int]
    follows_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("replacements.id"), unique=True)
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cases.id"))
    vendor_id: Mapped[UUID] = mapped_column(sa.ForeignKey("vendors.id"))
    role: Mapped[str]
    product_line: Mapped[str | None]
    terms_on: Mapped[date]
    wanted_key: Mapped[str]
    ship_to: Mapped[str]
    security: Mapped[dict[str, Any]]
    our_reference: Mapped[str | None]
    back_key: Mapped[str]
    back_serial: Mapped[str | None]
    back_lookup: Mapped[str | None]
    back_unit_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("units.id"))
    came_key: Mapped[str | None]
    came_serial: Mapped[str | None]
    came_lookup: Mapped[str | None]
    came_unit_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("units.id"))
    arrival: Mapped[str | None]
    outbound: Mapped[str]
    return_leg: Mapped[str]
    charge: Mapped[str]
    state: Mapped[str]
    is_open: Mapped[bool]
    holds_line: Mapped[bool]
    rma: Mapped[str | None]
    rma_lookup: Mapped[str | None]
    stated_return_by: Mapped[date | None]
    return_by: Mapped[date | None]
    return_due_at: Mapped[datetime | None]
    charged_after: Mapped[date | None]
    at_risk_amount: Mapped[Decimal | None]
    at_risk_currency: Mapped[str | None] = mapped_column(sa.CHAR(3))
    at_risk_why: Mapped[str | None]
    billed_amount: Mapped[Decimal | None]
    billed_currency: Mapped[str | None] = mapped_column(sa.CHAR(3))
    reminded: Mapped[dict[str, Any]]
    watch_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    requested_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ReplacementFact(Base, Identified):
    """One thing that was said or done, when, and by whom. Never changed.

    at        when it happened, not when it was heard of
    same      a fingerprint of what it says: told twice it is once
    told      what belongs to it: numbers, serials, days
    """

    __tablename__ = "replacement_facts"
    __table_args__ = (
        one_of("fact", SwapFact),
        one_of("channel", Channel),
        sa.UniqueConstraint("replacement_id", "same"),
        sa.Index(None, "replacement_id", "at", "id"),
    )

    replacement_id: Mapped[UUID] = mapped_column(sa.ForeignKey("replacements.id"))
    fact: Mapped[str]
    at: Mapped[datetime]
    is_ours: Mapped[bool]
    same: Mapped[bytes]
    by_name: Mapped[str | None]
    channel: Mapped[str | None]
    words: Mapped[str | None]
    told: Mapped[dict[str, Any]]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class ReplacementParcel(Base, Identified):
    """A parcel, as it was told: with the replacement, or with what goes back (`is_return`).

    parcel_id    the parcel of that number, once something is known of it
    """

    __tablename__ = "replacement_parcels"
    __table_args__ = (
        sa.UniqueConstraint("replacement_id", "is_return", "tracking_lookup"),
        sa.Index(None, "tracking_lookup"),
        sa.Index(None, "parcel_id"),
    )

    replacement_id: Mapped[UUID] = mapped_column(sa.ForeignKey("replacements.id"))
    is_return: Mapped[bool]
    tracking_number: Mapped[str]
    tracking_lookup: Mapped[str]
    carrier: Mapped[str | None]
    sent_at: Mapped[datetime]
    parcel_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("parcels.id"))
    lost_at: Mapped[datetime | None]
    note: Mapped[str | None]
    by_name: Mapped[str | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class ReplacementCharge(Base, Identified):
    """A vendor's paper that charges for a unit that was not returned, as the ERP told of it.

    judged       whether the proof contradicts it, and why, by what is known now
    by_hand      a person decided: disputed, or accepted; the judgement moves it no more
    reversed_at  when the vendor gave it back, or took its paper back
    """

    __tablename__ = "replacement_charges"
    __table_args__ = (
        one_of("state", ReturnCharge),
        sa.UniqueConstraint("replacement_id", "document_id"),
        sa.Index(None, "document_id"),
    )

    replacement_id: Mapped[UUID] = mapped_column(sa.ForeignKey("replacements.id"))
    document_id: Mapped[UUID] = mapped_column(sa.ForeignKey("vendor_documents.id"))
    document_key: Mapped[str]
    number: Mapped[str]
    issued_on: Mapped[date]
    amount: Mapped[Decimal]
    currency: Mapped[str] = mapped_column(sa.CHAR(3))
    named_by: Mapped[str]
    state: Mapped[str]
    judged: Mapped[dict[str, Any]]
    by_hand: Mapped[dict[str, Any] | None]
    disputed_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    reversed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]


class ReplacementFile(Base, Identified):
    """A photo or a document of a replacement."""

    __tablename__ = "replacement_files"
    __table_args__ = (
        one_of("what", ReplacementFileKind),
        sa.UniqueConstraint("replacement_id", "file_id"),
    )

    replacement_id: Mapped[UUID] = mapped_column(sa.ForeignKey("replacements.id"))
    file_id: Mapped[UUID] = mapped_column(sa.ForeignKey("files.id"))
    what: Mapped[str]
    note: Mapped[str | None]
    added_at: Mapped[datetime]
    added_by: Mapped[str]


class ReplacementDue(Base, Identified):
    """What the ledger was told of a replacement: a debt, for one purpose.

    subject    of which charge; null: of the replacement
    basis      what it was reckoned from: another basis, another debt
    """

    __tablename__ = "replacement_dues"
    __table_args__ = (
        sa.UniqueConstraint(
            "replacement_id", "purpose", "subject", postgresql_nulls_not_distinct=True
        ),
        sa.Index(None, "obligation_id"),
    )

    replacement_id: Mapped[UUID] = mapped_column(sa.ForeignKey("replacements.id"))
    purpose: Mapped[str]
    subject: Mapped[UUID | None]
    basis: Mapped[dict[str, Any]]
    obligation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("obligations.id"))
    performance_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("performances.id"))
    performed_at: Mapped[datetime | None]
