"""What vendors still owe for a line, and how it is let go or was made good elsewhere."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.claims.models import ClaimDue, ClaimLine
from app.claims.rules.axes import ENDS, SettlementState
from app.claims.standing import Standing
from app.obligations import lost, views
from app.obligations import service as ledger
from app.obligations.rules import LIVE, RESTORING
from app.obligations.rules import Kind as Owed

_LIVE = tuple(state.value for state in LIVE)
_ENDED = frozenset(each.value for each in ENDS)
_AS = {
    Owed.DELIVER_GOODS.value: SettlementState.REPLACED,
    Owed.REPAIR_GOODS.value: SettlementState.REPAIRED,
    Owed.PAY_MONEY.value: SettlementState.CREDITED,
}


async def live_debts(session: AsyncSession, standing: Standing, line: ClaimLine) -> Sequence[Any]:
    """Return what this vendor still owes for a line, the oldest first."""
    told = views.obligations().subquery()
    own = sa.select(ClaimDue.obligation_id).where(
        ClaimDue.claim_id == standing.claim.id,
        ClaimDue.subject == line.id,
        ClaimDue.obligation_id.is_not(None),
    )
    rows = await session.execute(
        sa.select(told)
        .where(
            sa.or_(told.c.obligation_id.in_(own), told.c.loss_id == line.loss_id),
            told.c.state.in_(_LIVE),
            told.c.kind.in_([kind.value for kind in RESTORING]),
            told.c.creditor == "us",
            told.c.debtor == f"vendor:{standing.vendor}",
        )
        .order_by(told.c.obligation_id)
    )
    return rows.all()


async def release_all(
    session: AsyncSession,
    standing: Standing,
    line: ClaimLine,
    *,
    by_name: str,
    at: datetime,
    words: str,
) -> None:
    """Let the vendor off what it still owes for a line, as its creditor."""
    for debt in await live_debts(session, standing, line):
        document = ledger.ReleaseIn.model_validate(
            {"by": {"kind": "us"}, "by_name": by_name, "released_at": at, "words": words[:4000]}
        )
        await ledger.release(session, obligation_id=debt.obligation_id, document=document)


async def restored(session: AsyncSession, line: ClaimLine) -> bool:
    """Whether all that was lost with a line was made good."""
    told = lost.losses().subquery()
    found = await session.scalar(
        sa.select(told.c.restored_at).where(told.c.loss_id == line.loss_id)
    )
    return found is not None


async def see_restored(session: AsyncSession, lines: Sequence[ClaimLine]) -> bool:
    """Write down which lines were made good in the ledger, by what was performed there last.

    Returns whether any is settled otherwise than before.
    """
    open_ = {line.loss_id: line for line in lines if line.loss_id and line.settled not in _ENDED}
    if not open_:
        return False
    before = {line.id: line.settled for line in lines}
    loss, given = lost.losses().subquery(), views.recovered().subquery()
    debt = views.obligations().subquery()
    rows = await session.execute(
        sa.select(loss.c.loss_id, loss.c.restored_at, debt.c.kind, given.c.quantity)
        .join(given, given.c.loss_id == loss.c.loss_id)
        .join(debt, debt.c.obligation_id == given.c.obligation_id)
        .where(loss.c.loss_id.in_(open_))
        .order_by(given.c.performance_id)
    )
    for row in rows:
        line = open_[row.loss_id]
        is_over = row.restored_at is not None
        line.settled = (_AS[row.kind] if is_over else SettlementState.PARTIALLY_SETTLED).value
    await session.flush()
    return before != {line.id: line.settled for line in lines}
