"""How matches are taken back: ended here, and corrected in the ledger."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import settling
from app.accounts.events import MatchTakenBack
from app.accounts.models import DocumentMatch, MatchPart
from app.accounts.settling import Decision
from app.events import publish
from app.kit.db import now
from app.obligations import service as ledger
from app.obligations import views
from app.obligations.service import CorrectionIn


async def take_back(
    session: AsyncSession, rows: Sequence[DocumentMatch], decision: Decision
) -> None:
    """End matches and correct in the ledger what they settled, under one order of locks.

    Raises PaidBackAlready.
    """
    standing = [
        p for p in await settling.parts(session, [r.id for r in rows]) if p.ended_at is None
    ]
    done = [part.performance_id for part in standing if part.performance_id is not None]
    if done:
        await ledger.hold(
            session, obligation_ids={p.obligation_id for p in standing}, performance_ids=done
        )
    correction = CorrectionIn(by_name=decision.by_name, reason=decision.reason)
    for part in standing:
        await _correct(session, part, correction)
        part.ended_at = now(session)
    for row in rows:
        settling.end(session, row)
    await session.flush()
    await publish(session, *_taken_back(rows, standing, decision))


async def _correct(session: AsyncSession, part: MatchPart, correction: CorrectionIn) -> None:
    if part.performance_id is None:
        return
    try:
        await ledger.correct(
            session,
            obligation_id=part.obligation_id,
            performance_id=part.performance_id,
            document=correction,
        )
    except ledger.CorrectedAlready:
        # In the ledger itself, a moment ago: the same end.
        return


def _taken_back(
    rows: Sequence[DocumentMatch], ended: Sequence[MatchPart], decision: Decision
) -> list[MatchTakenBack]:
    debts = {row.id: [p.obligation_id for p in ended if p.match_id == row.id] for row in rows}
    return [
        MatchTakenBack(**settling.identity(row), why=decision.reason, obligation_ids=debts[row.id])
        for row in rows
        if debts[row.id]
    ]


async def take_back_what_can_be(
    session: AsyncSession, rows: Sequence[DocumentMatch], decision: Decision
) -> list[DocumentMatch]:
    """Take back matches, but for those whose surplus was paid back since; return these.

    They stand on, and say what the trouble is.
    """
    standing = [
        p for p in await settling.parts(session, [r.id for r in rows]) if p.ended_at is None
    ]
    done = [part.performance_id for part in standing if part.performance_id is not None]
    if done:
        await ledger.hold(
            session, obligation_ids={p.obligation_id for p in standing}, performance_ids=done
        )
    fixed = await _paid_back(session, done)
    stuck_ids = {part.match_id for part in standing if part.performance_id in fixed}
    stuck = [row for row in rows if row.id in stuck_ids]
    for row in stuck:
        row.trouble = (
            f"{decision.reason} What it settled stands all the same: what came above the loss was "
            "paid back since. Correct that first."
        )
    await take_back(session, [row for row in rows if row.id not in stuck_ids], decision)
    return stuck


async def _paid_back(session: AsyncSession, performance_ids: Collection[UUID]) -> set[UUID]:
    if not performance_ids:
        return set()
    told, debts = views.recovered().subquery(), views.obligations().subquery()
    query = (
        sa.select(told.c.performance_id)
        .join(debts, debts.c.obligation_id == told.c.debt_id)
        .where(told.c.performance_id.in_(performance_ids), debts.c.performed > 0)
    )
    return set((await session.scalars(query)).all())
