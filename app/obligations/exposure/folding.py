"""Exposure is added up beforehand: what is stale is reckoned anew and put into the sums by day.

Whoever changes a debt only leaves a mark, in the same transaction, and waits for nobody. One
worker at a time takes marks and folds; what changes meanwhile is marked anew and stays stale. A
reader takes the sums, and reckons what is stale itself: it is exact however late this is.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.obligations.exposure import counting
from app.obligations.exposure.models import ExposureMark, ExposurePart, ExposureSum

_WORTH = ("money", "goods", "elsewhere")
_PLACE = ("debtor", "currency", "day")
_PART = ("obligation_id", "key", "debtor", "currency", "day", "due_at", *_WORTH)


async def fold(session: AsyncSession, *, limit: int) -> int:
    """Put what was marked into the sums; returns how many marks. While another does, nothing."""
    if await session.scalar(sa.select(ExposureMark.id).limit(1)) is None:
        return 0
    name = sa.func.hashtextextended("exposure is folded", 0)
    if not await session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(name))):
        return 0
    oldest = sa.select(ExposureMark.id).order_by(ExposureMark.id).limit(limit)
    # The marks first, the ledger after: what is seen of it is never older than its mark.
    taken = await session.scalars(
        sa.delete(ExposureMark).where(ExposureMark.id.in_(oldest)).returning(ExposureMark.key)
    )
    marks = taken.all()
    if marks:
        keys = sorted(set(marks))
        await session.execute(_taking_away(keys))
        await session.execute(_adding(keys))
        await session.execute(sa.delete(ExposureSum).where(ExposureSum.obligations == 0))
    return len(marks)


def _taking_away(keys: Sequence[UUID]) -> sa.Insert:
    gone = sa.delete(ExposurePart).where(ExposurePart.key.in_(_listed(keys)))
    return _summing(gone.returning(*_columns(ExposurePart)).cte("gone"), -1)


def _adding(keys: Sequence[UUID]) -> sa.Insert:
    counted = counting.count(_listed(keys))
    come = sa.insert(ExposurePart).from_select(_PART, counted)
    return _summing(come.returning(*_columns(ExposurePart)).cte("come"), 1)


def _columns(model: type[ExposurePart]) -> list[Any]:
    return [getattr(model, name) for name in _PART]


def _listed(keys: Sequence[UUID]) -> sa.Select[UUID]:
    told = sa.bindparam("keys", list(keys), ARRAY(sa.Uuid))
    return sa.select(sa.func.unnest(told).label("key"))


def _summing(moved: sa.CTE, sign: int) -> Any:
    """Return the statement that adds parts to the sums of their days, or takes them away."""
    sums = [(sign * sa.func.sum(moved.c[name])).label(name) for name in _WORTH]
    places = [moved.c[name] for name in _PLACE]
    rows = sa.select(*places, *sums, (sign * sa.func.count()).label("obligations")).group_by(
        *places
    )
    statement = insert(ExposureSum).from_select([*_PLACE, *_WORTH, "obligations"], rows)
    return statement.on_conflict_do_update(
        index_elements=list(_PLACE),
        set_={
            name: getattr(ExposureSum, name) + statement.excluded[name]
            for name in (*_WORTH, "obligations")
        },
    )
