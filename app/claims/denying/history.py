"""What became of a vendor's refusals on a ground: counted over all our claims, in one statement."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.claims.denial_models import ClaimDenial
from app.claims.denying.schemas import HistoryOut

_SECONDS_OF_A_DAY = 86400


def ground_lookup(ground: str) -> str:
    """Return the form in which a ground is counted: case and blanks aside."""
    return " ".join(ground.casefold().split())[:200]


def select_history(pairs: Iterable[tuple[UUID, str]]) -> sa.Select[*tuple[Any, ...]]:
    """Return the query of what became of refusals, by vendor and ground."""
    row = ClaimDenial
    was = sa.and_(row.reversed_at.is_not(None), row.appealed_at.is_not(None))
    took = sa.func.extract("epoch", row.reversed_at - row.appealed_at)
    return (
        sa.select(
            row.vendor_id,
            row.ground_lookup,
            sa.func.count().label("denials"),
            sa.func.count(row.appealed_at).label("appealed"),
            sa.func.count().filter(was).label("reversed"),
            sa.func.percentile_cont(0.5).within_group(took).filter(was).label("took"),
        )
        .where(sa.tuple_(row.vendor_id, row.ground_lookup).in_(sorted(set(pairs))))
        .group_by(row.vendor_id, row.ground_lookup)
    )


async def histories(
    session: AsyncSession, pairs: Iterable[tuple[UUID, str]]
) -> dict[tuple[UUID, str], HistoryOut]:
    """Return what became of refusals, by vendor and ground."""
    wanted = set(pairs)
    if not wanted:
        return {}
    rows = await session.execute(select_history(wanted))
    return {(row.vendor_id, row.ground_lookup): _shown(row) for row in rows}


def _shown(row: Any) -> HistoryOut:
    days = None if row.took is None else round(float(row.took) / _SECONDS_OF_A_DAY, 1)
    return HistoryOut(
        ground=row.ground_lookup,
        denials=row.denials,
        appealed=row.appealed,
        reversed_on_appeal=row.reversed,
        median_days_to_reverse=days,
        sentence=_sentence(row.denials, row.reversed, days),
    )


def _sentence(denials: int, reversed_: int, days: float | None) -> str:
    noun = "such denial" if denials == 1 else "such denials"
    if days is None:
        return f"{denials} {noun}, {reversed_} reversed on appeal."
    unit = "day" if days == 1 else "days"
    return f"{denials} {noun}, {reversed_} reversed on appeal, {days:g} {unit} median."
