"""What time alone makes of the ledger: rights that end unused, debts at risk, debts overdue.

Set-wise, a batch in a transaction of its own: one statement marks the rows and writes their
events. Whoever is at a row keeps it: the sweep waits for nobody, passes over it and comes back.
Many sweeps at once take different rows, so that each is told of exactly once.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import Event, publishing, told_instant
from app.kit.db import now
from app.obligations.clocks.events import ObligationAtRisk
from app.obligations.events import DeadlineLapsed, ObligationOverdue
from app.obligations.losses.models import IS_OPEN, Deadline
from app.obligations.models import IS_DUE, Obligation
from app.obligations.rules import DeadlineState

_IDENTITY = ("number", "kind", "debtor", "creditor", "case_id", "loss_id", "version")
_RIGHT = ("number", "kind", "toward", "case_id", "loss_id", "version")
Data = Mapping[str, sa.ColumnElement[Any]]


async def lapse_passed(session: AsyncSession, *, limit: int) -> int:
    """Mark rights whose last instant has passed as lapsed; returns how many.

    One that was used in time after all can still be told so.
    """
    return await _work(session, passed(now(session)), lapsing, limit)


async def warn_at_risk(session: AsyncSession, *, limit: int) -> int:
    """Raise the event of debts that are at risk, once for each due time; returns how many."""
    return await _work(session, at_risk(now(session)), warning, limit)


async def call_overdue(session: AsyncSession, *, limit: int) -> int:
    """Raise the event of debts whose due time has passed, once for each; returns how many.

    Only the event: whether a debt is overdue is computed when it is read, and its version stays.
    """
    return await _work(session, overdue(now(session)), calling, limit)


async def _work(
    session: AsyncSession, found: sa.Select[*tuple[Any, ...]], step: Any, limit: int
) -> int:
    # The look reads an index and nothing else: mostly there is nothing.
    waiting = sa.select(sa.func.count()).select_from(found.limit(limit).subquery())
    count = await session.scalar(waiting) or 0
    if not count:
        return 0
    result: Any = await session.execute(step(session, limit=count))
    return result.rowcount


def passed(moment: datetime) -> sa.Select[*tuple[Any, ...]]:
    """Return the query of rights whose last instant has passed."""
    return sa.select(Deadline.id).where(IS_OPEN, Deadline.last_at < moment)


def overdue(moment: datetime) -> sa.Select[*tuple[Any, ...]]:
    """Return the query of debts that are overdue and were not called so."""
    return sa.select(Obligation.id).where(
        IS_DUE, Obligation.overdue_told_at.is_(None), Obligation.due_at < moment
    )


def at_risk(moment: datetime) -> sa.Select[*tuple[Any, ...]]:
    """Return the query of debts that are at risk and were not told of."""
    return sa.select(Obligation.id).where(
        IS_DUE, Obligation.at_risk_told_at.is_(None), Obligation.at_risk_at <= moment
    )


def lapsing(session: AsyncSession, *, limit: int) -> sa.Insert:
    """Return the statement that marks rights as lapsed which nobody else is at, and tells it."""
    moment = now(session)
    told = _marked(
        Deadline,
        passed(moment).order_by(Deadline.last_at, Deadline.id),
        limit,
        state=DeadlineState.LAPSED.value,
        ended_at=Deadline.last_at,
        version=Deadline.version + 1,
        updated_at=moment,
    )
    data = {
        "deadline_id": told.c.id,
        **{name: told.c[name] for name in _RIGHT},
        "last_at": told_instant(told.c.last_at),
    }
    return _telling(session, DeadlineLapsed, told, "deadlines", "last_at", limit, data)


def warning(session: AsyncSession, *, limit: int) -> sa.Insert:
    """Return the statement that notes debts as at risk which nobody else is at, and tells it.

    What was found only when it was due already is not at risk any more: it is overdue.
    """
    moment = now(session)
    found = at_risk(moment).order_by(Obligation.at_risk_at, Obligation.id)
    told = _marked(Obligation, found, limit, at_risk_told_at=moment)
    still = sa.select(told).where(told.c.due_at >= moment).cte("still")
    return _telling(
        session, ObligationAtRisk, still, "obligations", "at_risk_at", limit, _debt(still)
    )


def calling(session: AsyncSession, *, limit: int) -> sa.Insert:
    """Return the statement that notes debts as called overdue which nobody else is at."""
    moment = now(session)
    found = overdue(moment).order_by(Obligation.due_at, Obligation.id)
    told = _marked(Obligation, found, limit, overdue_told_at=moment)
    return _telling(session, ObligationOverdue, told, "obligations", "due_at", limit, _debt(told))


def _debt(told: sa.CTE) -> Data:
    return {
        "obligation_id": told.c.id,
        **{name: told.c[name] for name in _IDENTITY},
        "due_at": told_instant(told.c.due_at),
        "outstanding": sa.cast(sa.func.greatest(told.c.owed - told.c.performed, 0), sa.Text),
        "currency": told.c.currency,
    }


def _marked(model: Any, found: sa.Select[*tuple[Any, ...]], limit: int, **values: Any) -> sa.CTE:
    claimed = found.limit(limit).with_for_update(key_share=True, skip_locked=True).cte("claimed")
    return (
        sa.update(model)
        .where(model.id == claimed.c.id)
        .values(**values)
        .returning(*sa.inspect(model).local_table.c)
        .cte("marked")
    )


def _telling(  # noqa: PLR0913, PLR0917
    session: AsyncSession,
    event: type[Event],
    told: sa.CTE,
    noun: str,
    by: str,
    limit: int,
    data: Data,
) -> sa.Insert:
    return publishing(session, event, told, noun=noun, order=(by, "id"), most=limit, data=data)
