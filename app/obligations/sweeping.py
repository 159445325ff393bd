"""What time alone makes of the ledger: rights that end unused, debts that are overdue.

Set-wise, a batch in a transaction of its own. Whoever is at a row keeps it: the sweep waits for
nobody, passes over it and comes back. Many sweeps at once take different rows, so that each right
lapses once and each debt is called overdue once, with one event.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit.db import now
from app.obligations import deadlines, ledger, measures
from app.obligations.events import DeadlineLapsed, ObligationOverdue
from app.obligations.loss_models import IS_OPEN, Deadline
from app.obligations.measures import plain
from app.obligations.models import IS_DUE, Obligation
from app.obligations.rules import DeadlineState


async def lapse_passed(session: AsyncSession, *, limit: int) -> int:
    """Mark rights whose last instant has passed as lapsed; returns how many.

    One that was used in time after all can still be told so.
    """
    rows = await session.scalars(lapsing(now(session), limit=limit))
    lapsed = sorted(rows, key=lambda row: (row.last_at, row.id))
    events = [DeadlineLapsed(**deadlines.identity(row)) for row in lapsed]
    await publish(session, *events)
    return len(events)


def lapsing(moment: datetime, *, limit: int) -> sa.UpdateBase:
    """Return the statement that marks rights as lapsed which nobody else is at, and gives them."""
    passed = (
        sa.select(Deadline.id)
        .where(IS_OPEN, Deadline.last_at < moment)
        .order_by(Deadline.last_at, Deadline.id)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
        .cte("passed")
    )
    return (
        sa.update(Deadline)
        .where(Deadline.id == passed.c.id)
        .values(
            state=DeadlineState.LAPSED.value,
            ended_at=Deadline.last_at,
            version=Deadline.version + 1,
            updated_at=moment,
        )
        .returning(Deadline)
        .execution_options(synchronize_session=False)
    )


async def call_overdue(session: AsyncSession, *, limit: int) -> int:
    """Raise the event of debts whose due time has passed, once for each; returns how many.

    Only the event: whether a debt is overdue is computed when it is read, and its version stays.
    """
    moment = now(session)
    rows = await session.scalars(calling(moment, limit=limit))
    overdue = sorted(rows, key=lambda row: (row.due_at or moment, row.id))
    await publish(session, *(_overdue(row, row.due_at or moment) for row in overdue))
    return len(overdue)


def calling(moment: datetime, *, limit: int) -> sa.UpdateBase:
    """Return the statement that notes debts as called overdue which nobody else is at."""
    due = (
        sa.select(Obligation.id)
        .where(IS_DUE, Obligation.overdue_told_at.is_(None), Obligation.due_at < moment)
        .order_by(Obligation.due_at, Obligation.id)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
        .cte("due")
    )
    return (
        sa.update(Obligation)
        .where(Obligation.id == due.c.id)
        .values(overdue_told_at=moment)
        .returning(Obligation)
        .execution_options(synchronize_session=False)
    )


def _overdue(row: Obligation, due_at: datetime) -> ObligationOverdue:
    return ObligationOverdue(
        **ledger.identity(row),
        due_at=due_at,
        outstanding=plain(measures.outstanding(row.owed, row.performed)),
        currency=row.currency,
    )
