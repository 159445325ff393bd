"""The end of a discrepancy: what is still owed for it is let go, and rights are waived."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.discrepancies import keeping
from app.discrepancies.events import DiscrepancySettled
from app.discrepancies.evidence.facts import Standing, stand
from app.discrepancies.models import Discrepancy, DiscrepancyLine
from app.discrepancies.rights.reckoning import rights_of, states_of
from app.discrepancies.rules import STATES, Settlement, State
from app.events import publish
from app.kit.db import now
from app.obligations import lost, views
from app.obligations import service as ledger
from app.obligations.rules import LIVE, DeadlineState
from app.obligations.rules import State as Debt

_WE = "makegood"
_LIVE = tuple(state.value for state in LIVE)


async def debts_of(session: AsyncSession, loss_ids: Sequence[UUID]) -> Sequence[Any]:
    """Return what is still owed to us for losses, as the ledger's view tells it."""
    told = views.obligations().subquery()
    rows = await session.execute(
        sa.select(told)
        .where(
            told.c.loss_id.in_(loss_ids),
            told.c.state.in_(_LIVE),
            told.c.creditor == "us",
        )
        .order_by(told.c.obligation_id)
    )
    return rows.all()


async def release(
    session: AsyncSession, debts: Iterable[Any], *, by_name: str, at: datetime, words: str
) -> list[UUID]:
    """Let debtors off, as their creditor; return the ids of the debts."""
    released: list[UUID] = []
    for debt in debts:
        document = ledger.ReleaseIn.model_validate(
            {"by": {"kind": "us"}, "by_name": by_name, "released_at": at, "words": words[:4000]}
        )
        await ledger.release(session, obligation_id=debt.obligation_id, document=document)
        released.append(debt.obligation_id)
    return released


async def restored(session: AsyncSession, lines: Sequence[DiscrepancyLine]) -> bool:
    """Whether all that differs was made good in the ledger: losses restored, our debts ended."""
    loss, owed = lost.losses().subquery(), views.obligations().subquery()
    gone = sa.select(loss.c.loss_id).where(
        loss.c.loss_id.in_([line.loss_id for line in lines if line.loss_id]),
        loss.c.restored_at.is_(None),
    )
    due = sa.select(owed.c.obligation_id).where(
        owed.c.obligation_id.in_([line.debt_id for line in lines if line.debt_id]),
        owed.c.state.in_(_LIVE),
    )
    return not await session.scalar(sa.select(sa.or_(sa.exists(gone), sa.exists(due))))


async def wind_up(
    session: AsyncSession, standing: Standing, settlement: Settlement, at: datetime
) -> None:
    """Settle a locked discrepancy: nobody needs to file or report any more."""
    discrepancy = standing.discrepancy
    await _need_not_file(session, discrepancy, at)
    await _end_rights(session, standing)
    STATES.step(discrepancy, State.SETTLED)
    discrepancy.settlement = settlement.value
    discrepancy.settled_at = at
    await keeping.changed(session, discrepancy)
    settled = DiscrepancySettled(
        **keeping.named(discrepancy), settlement=settlement.value, settled_at=at
    )
    await publish(session, settled)


async def _need_not_file(session: AsyncSession, discrepancy: Discrepancy, at: datetime) -> None:
    if discrepancy.filing_obligation_id is None:
        return
    duty = await ledger.get(session, discrepancy.filing_obligation_id)
    if Debt(duty.state) not in LIVE:
        return
    document = ledger.ReleaseIn.model_validate(
        {"by": {"kind": "us"}, "by_name": _WE, "released_at": at, "words": "It is settled."}
    )
    await ledger.release(session, obligation_id=duty.id, document=document)


async def _end_rights(session: AsyncSession, standing: Standing) -> None:
    """Take our open rights out of the worklist: those that have ended lapse, others are waived."""
    rights = await rights_of(session, standing)
    states = await states_of(session, rights)
    moment = now(session)
    for right in rights:
        deadline_id, last_at = right.deadline_id, right.last_at
        if deadline_id is None or states[deadline_id] is not DeadlineState.OPEN:
            continue
        if last_at is not None and last_at < moment:
            await ledger.lapse(session, deadline_id=deadline_id)
        else:
            document = ledger.WaiveIn(by_name=_WE, note="It is settled.")
            await ledger.waive(session, deadline_id=deadline_id, document=document)


async def settle_elsewhere(session: AsyncSession, discrepancy_id: UUID) -> None:
    """Settle a discrepancy whose losses the ledger has seen made good, if it is still open."""
    discrepancy = await keeping.take(session, discrepancy_id)
    if State(discrepancy.state) is not State.OPEN:
        return
    lines = await keeping.lines_of(session, discrepancy_id)
    if await restored(session, lines):
        standing = await stand(session, discrepancy)
        await wind_up(session, standing, Settlement.ELSEWHERE, now(session))
