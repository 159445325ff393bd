"""How notices are found and shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.db import now
from app.price_protection import keeping, rules
from app.price_protection.exposure.asking import lines_of
from app.price_protection.exposure.rules import Eligibility
from app.price_protection.exposure.schemas import TermsOut, TotalOut
from app.price_protection.exposure.totals import sum_of, totals_say
from app.price_protection.models import PriceNotice
from app.price_protection.notices.schemas import (
    DecidedOut,
    NoticeOut,
    NoticeWhole,
    PriceLineOut,
    ReportedOut,
    VendorWordOut,
)
from app.price_protection.rules import Origin, State
from app.products.views import products
from app.vendors import service as vendors
from app.vendors.terms import NOBODYS, Counting


@dataclass(frozen=True, slots=True)
class NoticeFilter:
    """What notices are found by; all that is given must hold."""

    vendor_id: UUID | None = None
    state: State | None = None
    origin: Origin | None = None
    number: int | None = None


def select_notices(wanted: NoticeFilter, *, after: UUID | None = None) -> sa.Select[PriceNotice]:
    """Return the query of notices in the order they were told, after an id."""
    exact = {
        PriceNotice.vendor_id: wanted.vendor_id,
        PriceNotice.state: wanted.state,
        PriceNotice.origin: wanted.origin,
        PriceNotice.number: wanted.number,
    }
    query = sa.select(PriceNotice).order_by(PriceNotice.id)
    query = query.where(*(column == value for column, value in exact.items() if value is not None))
    return query if after is None else query.where(PriceNotice.id > after)


async def page(
    session: AsyncSession, wanted: NoticeFilter, *, after: UUID | None, limit: int
) -> Sequence[PriceNotice]:
    """Return notices in the order they were told, after an id."""
    return (await session.scalars(select_notices(wanted, after=after).limit(limit))).all()


async def show(session: AsyncSession, notices: Sequence[PriceNotice]) -> list[NoticeOut]:
    """Return notices as they are read, in the order given."""
    found = await _columns(session, notices)
    return [NoticeOut(**columns) for columns in found]


async def show_whole(session: AsyncSession, notice: PriceNotice) -> NoticeWhole:
    """Return a notice and what it comes to."""
    lines = await lines_of(session, notice.id)
    told = products()
    rows = await session.execute(
        sa.select(told.c.product_id, told.c.product_key).where(
            told.c.product_id.in_([line.product_id for line in lines if line.product_id])
        )
    )
    names = dict(rows.all())
    (columns,) = await _columns(session, [notice])
    at, by = notice.decided_at, notice.decided_by
    return NoticeWhole(
        **columns,
        lines=[
            PriceLineOut(
                product=names[line.product_id] if line.product_id else None,
                product_line=line.product_line,
                old_price=line.old_price,
                new_price=line.new_price,
            )
            for line in lines
        ],
        reported=ReportedOut.model_validate(notice.reported) if notice.reported else None,
        answer_id=notice.answer_id,
        decided=None
        if at is None or by is None
        else DecidedOut(
            at=at,
            by_name=by,
            note=notice.decided_note,
            vendor_said=VendorWordOut.model_validate(notice.vendor_said)
            if notice.vendor_said
            else None,
        ),
        overlaps=await _overlaps(session, notice),
        terms=[TermsOut.model_validate(each, from_attributes=False) for each in notice.terms],
        totals=[TotalOut.model_validate(each) for each in notice.totals],
        says=_says(notice, columns),
    )


async def _overlaps(session: AsyncSession, notice: PriceNotice) -> list[UUID]:
    if not notice.product_ids or State(notice.state) is State.WITHDRAWN:
        return []
    query = sa.select(PriceNotice.id).where(
        PriceNotice.id != notice.id,
        PriceNotice.currency == notice.currency,
        PriceNotice.state != State.WITHDRAWN.value,
        PriceNotice.product_ids.overlap(sa.literal(notice.product_ids, ARRAY(sa.Uuid))),
    )
    return list(await session.scalars(query.order_by(PriceNotice.effective_on, PriceNotice.id)))


async def _columns(session: AsyncSession, notices: Sequence[PriceNotice]) -> list[dict[str, Any]]:
    keys = await keeping.vendor_keys(session, {notice.vendor_id for notice in notices})
    calendars = await vendors.calendars_of(session, [f"vendor:{key}" for key in keys.values()])
    moment = now(session)
    return [_columns_of(notice, keys[notice.vendor_id], calendars, moment) for notice in notices]


def _columns_of(
    notice: PriceNotice, vendor: str, calendars: Mapping[str, Counting], moment: datetime
) -> dict[str, Any]:
    today = calendars.get(f"vendor:{vendor}", NOBODYS).day(moment)
    due = notice.compute_due_at
    return {
        "id": notice.id,
        "number": rules.spoken_number(notice.number),
        "version": notice.version,
        "vendor": vendor,
        "vendor_number": notice.vendor_number,
        "origin": notice.origin,
        "state": notice.state,
        "announced_on": notice.announced_on,
        "effective_on": notice.effective_on,
        "is_effective": notice.effective_on <= today,
        "currency": notice.currency,
        "note": notice.note,
        "is_computed": notice.computed_at is not None and (due is None or due > moment),
        "computed_at": notice.computed_at,
        "trouble": notice.trouble,
        "earns": sum_of(notice.totals, Eligibility.ELIGIBLE),
        "may_earn": sum_of(notice.totals, Eligibility.UNKNOWN),
        "created_at": notice.created_at,
        "updated_at": notice.updated_at,
    }


def _says(notice: PriceNotice, columns: Mapping[str, Any]) -> str:
    if State(notice.state) is State.WITHDRAWN:
        return "It was withdrawn: it reaches nothing."
    if notice.trouble is not None:
        return f"Its exposure could not be computed: {notice.trouble}"
    if not columns["is_computed"]:
        return "Its exposure is being computed."
    return totals_say(notice.totals, notice.currency, notice.product_ids)
