"""Settlements as they are read."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.claims import keeping
from app.claims.models import ClaimSettlement
from app.claims.rules.axes import SettlementState
from app.claims.settling.schemas import ClaimSettlementOut
from app.kit.money_fields import money_of

_STEP = (
    *("id", "quantity", "obligation_id", "performance_id", "replacement_serial", "at"),
    *("by_name", "reference", "note", "recorded_at", "recorded_by"),
)


async def page(
    session: AsyncSession, claim_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[ClaimSettlement]:
    """Return settlements in the order they were recorded, after an id."""
    query = sa.select(ClaimSettlement).where(ClaimSettlement.claim_id == claim_id)
    if after is not None:
        query = query.where(ClaimSettlement.id > after)
    return (await session.scalars(query.order_by(ClaimSettlement.id).limit(limit))).all()


async def show(
    session: AsyncSession, claim_id: UUID, rows: Sequence[ClaimSettlement]
) -> list[ClaimSettlementOut]:
    """Return settlements as they are read, in the order given."""
    lines = {line.id: line.position for line in await keeping.lines_of(session, claim_id)}
    return [
        ClaimSettlementOut(
            **{name: getattr(row, name) for name in _STEP},
            settlement=SettlementState(row.settlement),
            line=lines[row.line_id],
            amount=money_of(row.amount, row.currency),
        )
        for row in rows
    ]
