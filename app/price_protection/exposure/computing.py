"""An exposure is computed: what a notice reaches is found by one statement and stored."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit.db import now
from app.price_protection import keeping
from app.price_protection.events import ExposureComputed
from app.price_protection.exposure import asking
from app.price_protection.exposure.asking import NamedLine
from app.price_protection.exposure.reach import Asked
from app.price_protection.exposure.statement import select_exposure
from app.price_protection.exposure.totals import totals_of
from app.price_protection.models import ExposedLine, PriceNotice
from app.price_protection.rules import State


async def compute(session: AsyncSession, notice: PriceNotice) -> None:
    """Compute what a locked notice reaches, by what is known now. The same again changes nothing.

    One that was withdrawn reaches nothing.
    """
    moment = now(session)
    asked = await asked_of(session, notice)
    await session.execute(sa.delete(ExposedLine).where(ExposedLine.notice_id == notice.id))
    totals: list[dict[str, Any]] = []
    if State(notice.state) is not State.WITHDRAWN and asked.targets:
        await session.execute(insert_exposure(notice.id, asked))
        totals = await totals_of(
            session, ExposedLine, ExposedLine.notice_id == notice.id, asked.digits
        )
    is_new = notice.computed_version != notice.version or totals != notice.totals
    later = await asking.later(session, notice, asked) if is_new else []
    notice.terms = [each.told() for each in asked.terms]
    notice.totals = totals
    notice.product_ids = [each.product_id for each in asked.targets]
    notice.computed_at, notice.computed_version = moment, notice.version
    notice.trouble = None
    # One of a day to come is computed again when that has begun: units move until then.
    begins_at = max(each.begins_at for each in asked.terms)
    notice.compute_due_at = begins_at if begins_at > moment else None
    await session.flush()
    if is_new:
        await _follow(session, later)
        vendor = await keeping.vendor_of(session, notice)
        event = ExposureComputed(
            **keeping.named(notice, vendor), currency=notice.currency, totals=totals
        )
        await publish(session, event)


async def asked_of(session: AsyncSession, notice: PriceNotice) -> Asked:
    """Return what is asked of a notice."""
    lines = await asking.lines_of(session, notice.id)
    fall = asking.fall_of(notice.effective_on, notice.announced_on, notice.currency)
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


async def _follow(session: AsyncSession, later: Sequence[UUID]) -> None:
    """Have those computed again that this one protects units of."""
    await session.execute(
        sa.update(PriceNotice)
        .where(PriceNotice.id.in_(later))
        .values(compute_due_at=now(session))
        .execution_options(synchronize_session=False)
    )
