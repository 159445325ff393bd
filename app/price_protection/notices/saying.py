"""What a notice says, as it is stored, told and compared; one by one or many at once."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from app.price_protection import rules
from app.price_protection.models import PriceNotice, PriceNoticeLine
from app.price_protection.notices.schemas import (
    FallIn,
    NoticeCorrectionIn,
    NoticeIn,
    PriceLineIn,
)
from app.price_protection.rules import BEGINS_AS, NoticeIsWithdrawn, NoticeKnown, Origin


def digest_of(vendor: str, document: FallIn) -> bytes:
    """Return the same for notices that say the same."""
    told = rules.says(
        vendor=vendor,
        currency=document.currency,
        effective_on=document.effective_on,
        lines=[line.line() for line in document.lines],
    )
    return hashlib.sha256(json.dumps(told).encode()).digest()


def columns_of(
    document: NoticeIn | NoticeCorrectionIn, digest: bytes, vendor_number: str | None
) -> dict[str, Any]:
    """Return the columns that a correction may change."""
    return {
        "vendor_number": vendor_number,
        "announced_on": document.announced_on,
        "effective_on": document.effective_on,
        "currency": document.currency,
        "note": document.note,
        "content_sha256": digest,
    }


def begin(
    notice_id: UUID, vendor_id: UUID, origin: Origin, moment: datetime, columns: Mapping[str, Any]
) -> PriceNotice:
    """Return a new notice, to be computed."""
    return PriceNotice(
        id=notice_id,
        version=1,
        vendor_id=vendor_id,
        origin=origin.value,
        state=BEGINS_AS[origin].value,
        **columns,
        compute_due_at=moment,
        terms=[],
        totals=[],
        product_ids=[],
        created_at=moment,
        updated_at=moment,
    )


def told(document: FallIn) -> dict[str, Any]:
    """Return what events tell of it."""
    lines = [line.model_dump(mode="json") for line in document.lines]
    return {
        "effective_on": document.effective_on,
        "currency": document.currency,
        "lines": lines,
    }


async def queue_up(session: AsyncSession, vendor_ids: Iterable[UUID]) -> None:
    """Have others wait who tell notices of these vendors: of two at once the second sees the first.

    All wait in one order.
    """
    ids = sa.func.unnest(sa.literal(sorted(set(vendor_ids)), ARRAY(sa.Uuid)))
    each = ids.table_valued("vendor_id").render_derived(name="vendors")
    name = sa.func.hashtextextended(
        sa.literal("price notices of vendor ") + each.c.vendor_id.cast(sa.Text), 0
    )
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(name)).select_from(each))


async def write_lines(
    session: AsyncSession,
    notices: Iterable[tuple[UUID, Sequence[PriceLineIn]]],
    products: Mapping[str, UUID],
) -> None:
    """Store the lines of notices. `products`: their ids by key."""
    rows = [
        {
            "notice_id": notice_id,
            "position": position,
            "product_id": products[line.product] if line.product is not None else None,
            "product_line": line.product_line,
            "old_price": line.old_price,
            "new_price": line.new_price,
        }
        for notice_id, lines in notices
        for position, line in enumerate(lines)
    ]
    if rows:
        await session.execute(sa.insert(PriceNoticeLine), rows)


def known(first: PriceNotice, vendor_number: str | None) -> NoticeKnown:
    """Return the problem that a notice is on record already."""
    has_number = vendor_number is not None and first.vendor_number == vendor_number
    what = f"has the number {vendor_number!r}" if has_number else "says the same"
    number = rules.spoken_number(first.number)
    return NoticeKnown(
        f"{number} of this vendor {what}: confirm or correct that one.",
        notice_id=str(first.id),
        number=number,
    )


def withdrawn(notice: PriceNotice) -> NoticeIsWithdrawn:
    """Return the problem that a notice says nothing any more."""
    number = rules.spoken_number(notice.number)
    return NoticeIsWithdrawn(f"{number} was withdrawn; tell a notice of its own.")
