"""An exposure is computed: what a notice reaches is found by one statement and stored."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit.db import now
from app.price_protection import keeping
from app.price_protection.events import ExposureComputed
from app.price_protection.exposure import asking, marking
from app.price_protection.exposure.asking import NamedLine
from app.price_protection.exposure.reach import LATE, Asked
from app.price_protection.exposure.rules import Fall
from app.price_protection.exposure.statement import select_exposure
from app.price_protection.exposure.totals import Totals, totals_of
from app.price_protection.models import ExposedLine, PriceNotice
from app.price_protection.rules import State

_Refused: TypeAlias = tuple[UUID, datetime, Decimal]
# Of a large notice a worker computes no more, for what was told of orders, than once in a while:
# a second for each thousand of its lines, about ten times what it takes.
_REST, _LARGE = timedelta(seconds=1), 1000


async def compute(session: AsyncSession, notice: PriceNotice) -> None:
    """Compute what a locked notice reaches, by what is known now. The same again changes nothing.

    One that was withdrawn reaches nothing.
    """
    moment = now(session)
    asked = await asked_of(session, notice)
    refused = await _refused(session, notice.id)
    await session.execute(sa.delete(ExposedLine).where(ExposedLine.notice_id == notice.id))
    totals = Totals([], None)
    if State(notice.state) is not State.WITHDRAWN and asked.targets:
        stored = insert_exposure(notice.id, asked).returning(*ExposedLine.__table__.columns)
        totals = await totals_of(session, stored.cte("stored"), asked.digits)
        await refuse_lines(session, notice.id, refused)
    terms = [each.told() for each in asked.terms]
    # By when a claim must be filed, say, may be another though the same units earn the same.
    before = (notice.computed_version, notice.digest, notice.terms)
    is_new = before != (notice.version, totals.digest, terms)
    if is_new:
        # Of the products that it named before, and below of those that it names now.
        await marking.mark_later(session, notice)
    notice.terms = terms
    notice.totals, notice.digest = totals.told, totals.digest
    notice.product_ids = [each.product_id for each in asked.targets]
    notice.computed_at, notice.computed_version = moment, notice.version
    notice.trouble = None
    notice.listed_from = None if asked.anchors & LATE else asked.listed_from
    notice.rests_until = moment + _REST * (sum(each["lines"] for each in totals.told) // _LARGE)
    # One of a day to come is computed again when that has begun: units move until then.
    begins_at = max(each.begins_at for each in asked.terms)
    notice.compute_due_at = begins_at if begins_at > moment else None
    await session.flush()
    if is_new:
        await marking.mark_later(session, notice)
        vendor = await keeping.vendor_of(session, notice)
        event = ExposureComputed(
            **keeping.named(notice, vendor), currency=notice.currency, totals=totals.told
        )
        await publish(session, event)


async def _refused(session: AsyncSession, notice_id: UUID) -> list[_Refused]:
    """Return the order lines of which some was let go: when, and what part was credited."""
    line = ExposedLine
    rows = await session.execute(
        sa.select(line.purchase_line_id, sa.func.max(line.refused_at), sa.func.max(line.kept_share))
        .where(line.notice_id == notice_id, line.refused_at.is_not(None))
        .group_by(line.purchase_line_id)
    )
    return [
        (line_id, moment, share) for line_id, moment, share in rows if moment and share is not None
    ]


async def refuse_lines(session: AsyncSession, notice_id: UUID, refused: Sequence[_Refused]) -> None:
    """Keep what was let go, let go: the vendor's word stands when units are counted anew."""
    if not refused:
        return
    types = (sa.Uuid, sa.DateTime(timezone=True), sa.Numeric)
    arrays = [
        sa.literal(list(values), ARRAY(type_))
        for values, type_ in zip(zip(*refused, strict=True), types, strict=True)
    ]
    told = sa.func.unnest(*arrays).table_valued("line_id", "moment", "share")
    told = told.render_derived(name="refused")
    await session.execute(
        sa.update(ExposedLine)
        .where(ExposedLine.notice_id == notice_id, ExposedLine.purchase_line_id == told.c.line_id)
        .values(refused_at=told.c.moment, kept_share=told.c.share)
        .execution_options(synchronize_session=False)
    )


async def asked_of(session: AsyncSession, notice: PriceNotice) -> Asked:
    """Return what is asked of a notice."""
    lines = await asking.lines_of(session, notice.id)
    fall = Fall(notice.effective_on, notice.announced_on, notice.currency)
    asked = await asking.ask(session, fall, notice.vendor_id, [_named(line) for line in lines])
    return replace(asked, earlier=await asking.earlier(session, notice, asked))


def _named(line: Any) -> NamedLine:
    return NamedLine(
        line.position, line.product_id, line.product_line, line.old_price, line.new_price
    )


def insert_exposure(notice_id: UUID, asked: Asked) -> sa.Insert:
    """Return the statement that stores all that a notice reaches."""
    found = select_exposure(asked).subquery("found")
    columns = ["notice_id", *(column.name for column in found.c)]
    query = sa.select(sa.literal(notice_id, sa.Uuid), *found.c)
    return insert(ExposedLine).from_select(columns, query)
