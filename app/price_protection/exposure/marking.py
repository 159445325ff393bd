"""What is told of orders later marks the notices it may concern, so that they are computed again.

A mark is a row of its own: who marks never waits for a notice that is being computed, and a mark
that comes meanwhile is not lost. Workers turn marks into due times, one for all of a notice.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.db import now
from app.obligations import lost
from app.obligations import views as ledger
from app.obligations.rules import Kind as Owed
from app.orders import views as orders
from app.orders.units import views as units
from app.parcels import views as parcels
from app.price_protection.exposure.asking import later
from app.price_protection.models import ExposedLine, NoticeMark, PriceNotice, PriceNoticeLine
from app.price_protection.rules import State
from app.products.views import products
from app.vendors.rules import Role
from app.vendors.views import vendors

Told = Mapping[str, Collection[UUID]]
# What no event tells of is found out by then: a package, say, of which contents were taken back.
_ANYWAY_AFTER = timedelta(days=1)
_ANYWAY_UNTIL = timedelta(days=366)
_HOLDS = PriceNotice.state != State.WITHDRAWN.value


async def mark_lines(session: AsyncSession, told: Told) -> None:
    """Mark the notices that order lines may concern of which something was told.

    Those that list a line already, and those of its product whose window may hold it.
    `told`: ids by what they are of.
    """
    queries = list(_lines(told))
    if not queries:
        return
    ids = sa.union(*queries).subquery()
    line = orders.purchase_lines().subquery("line")
    bought = (line.c.placed_on, line.c.invoiced_on)
    changed = (
        sa.select(
            line.c.purchase_line_id,
            line.c.product_id,
            # `least` and `greatest` pass over what is null.
            sa.func.least(*bought).label("first_on"),
            sa.func.greatest(*bought).label("last_on"),
        )
        .where(line.c.purchase_line_id.in_(sa.select(ids.c[0])))
        .cte("changed")
        .prefix_with("MATERIALIZED")
    )
    listed = sa.select(ExposedLine.notice_id).join(
        changed, changed.c.purchase_line_id == ExposedLine.purchase_line_id
    )
    named = sa.select(sa.func.array_agg(changed.c.product_id.distinct(), type_=ARRAY(sa.Uuid)))
    fits = sa.exists().where(
        changed.c.product_id == sa.any_(PriceNotice.product_ids),
        changed.c.first_on < PriceNotice.effective_on,
        sa.func.coalesce(changed.c.last_on >= PriceNotice.listed_from, sa.true()),
    )
    reaching = sa.select(PriceNotice.id).where(
        _HOLDS, PriceNotice.product_ids.overlap(named.scalar_subquery()), fits
    )
    await _mark(session, sa.union(listed, reaching))


def _lines(told: Told) -> Iterator[sa.Select[UUID]]:
    """Yield the order lines that ids of other things lead to, each by its index."""
    for name, (query, column) in _ways().items():
        if ids := told.get(name):
            yield query.where(column == sa.any_(sa.literal(sorted(ids), ARRAY(sa.Uuid))))


@cache
def _ways() -> Mapping[str, tuple[sa.Select[Any], Any]]:
    line, package = orders.purchase_lines().subquery("of_order"), orders.packages().subquery()
    held, carried = orders.contents().subquery("held_in"), parcels.carried().subquery()
    paper, loss = orders.vendor_document_lines().subquery(), lost.losses().subquery()
    debt, paid_for = ledger.obligations().subquery(), orders.purchase_lines().subquery("paid_for")
    unit = units.units().subquery("singly")
    in_package = sa.select(held.c.purchase_line_id).join(
        package, package.c.package_id == held.c.package_id
    )
    return {
        "purchase_orders": (sa.select(line.c.purchase_line_id), line.c.purchase_order_id),
        "shipments": (in_package, package.c.shipment_id),
        "parcels": (
            sa.select(held.c.purchase_line_id).join(
                carried, carried.c.package_id == held.c.package_id
            ),
            carried.c.parcel_id,
        ),
        "documents": (
            sa.select(paid_for.c.purchase_line_id).join(
                paper,
                sa.and_(
                    paper.c.purchase_order_key == paid_for.c.purchase_order_key,
                    paper.c.purchase_line_key == paid_for.c.line_key,
                ),
            ),
            paper.c.document_id,
        ),
        "units": (
            sa.select(unit.c.purchase_line_id).where(unit.c.purchase_line_id.is_not(None)),
            unit.c.unit_id,
        ),
        "losses": (sa.select(loss.c.purchase_line_id), loss.c.loss_id),
        "debts": (
            sa.select(debt.c.purchase_line_id).where(debt.c.kind == Owed.RETURN_GOODS.value),
            debt.c.obligation_id,
        ),
    }


async def mark_products(session: AsyncSession, product_ids: Collection[UUID]) -> None:
    """Mark the notices of products, or of their families, which may be others now."""
    ids = sa.literal(sorted(product_ids), ARRAY(sa.Uuid))
    told = products()
    families = sa.select(told.c.product_line).where(told.c.product_id == sa.any_(ids))
    by_family = (
        sa.select(PriceNoticeLine.notice_id)
        .join(PriceNotice, PriceNotice.id == PriceNoticeLine.notice_id)
        .where(_HOLDS, PriceNoticeLine.product_line.in_(families))
    )
    itself = sa.select(PriceNotice.id).where(_HOLDS, PriceNotice.product_ids.overlap(ids))
    await _mark(session, sa.union(by_family, itself))


async def mark_by_terms(
    session: AsyncSession, vendor_ids: Collection[UUID], suppliers: Collection[str]
) -> None:
    """Mark the notices that the terms or days of these suppliers may decide.

    A maker's notice reaches whoever sells its products.
    """
    told = vendors()
    makers = sa.select(told.c.vendor_id).where(told.c.roles.contains([Role.MANUFACTURER.value]))
    mentions = (
        column.contains([{"supplier": supplier}])
        for supplier in sorted(suppliers)
        for column in (PriceNotice.terms, PriceNotice.totals)
    )
    whose = sa.or_(
        PriceNotice.vendor_id.in_(vendor_ids), PriceNotice.vendor_id.in_(makers), *mentions
    )
    await _mark(session, sa.select(PriceNotice.id).where(_HOLDS, whose))


async def mark_later(session: AsyncSession, *notices: PriceNotice) -> None:
    """Mark the notices after these, as they stand, which they may protect some units of."""
    if notices:
        found = [later(notice, notice.product_ids) for notice in notices]
        await _mark(session, sa.union(*found))


async def mark_anyway(session: AsyncSession) -> None:
    """Mark the notices that have not been computed for a day, while their right may still run."""
    moment = now(session)
    since_on = moment.date() - _ANYWAY_UNTIL
    before = moment - _ANYWAY_AFTER
    query = sa.select(PriceNotice.id).where(
        _HOLDS, PriceNotice.effective_on >= since_on, PriceNotice.computed_at < before
    )
    await _mark(session, query)


async def _mark(session: AsyncSession, notice_ids: Any) -> None:
    await session.execute(insert(NoticeMark).from_select(["notice_id"], notice_ids))


async def turn_due(session: AsyncSession) -> int:
    """Make marked notices due, but those that somebody holds: they stay marked. Return how many."""
    marked = sa.select(NoticeMark.notice_id)
    held = (
        sa.select(PriceNotice.id)
        .where(PriceNotice.id.in_(marked))
        .order_by(PriceNotice.effective_on, PriceNotice.id)
        .with_for_update(skip_locked=True, key_share=True)
        .cte("held")
    )
    gone = (
        sa.delete(NoticeMark)
        .where(NoticeMark.notice_id.in_(sa.select(held.c.id)))
        .returning(NoticeMark.notice_id)
        .cte("gone")
    )
    result: Any = await session.execute(
        sa.update(PriceNotice)
        .where(PriceNotice.id.in_(sa.select(gone.c.notice_id)), _HOLDS)
        .values(compute_due_at=sa.func.least(PriceNotice.compute_due_at, now(session)))
        .execution_options(synchronize_session=False)
    )
    return result.rowcount
