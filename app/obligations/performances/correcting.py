"""How what was recorded as done is corrected: by a row that takes it back, never by a change.

A debt that is performed in full no longer is owed again: `broken` where it had been called so,
else `open`. Alternatives that were released only because it was kept are owed again with it: that
release was the ledger's own conclusion, and falls with what it rested on; what a creditor released
in words stays released. What made a loss good is taken back under the same lock, and what came
above the loss is our debt no more. Others' allocations to that loss stay as they were divided: to
divide them anew, correct them too, with the same `instead`.
"""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import Event, publish
from app.files import service as files
from app.kit.db import context_of, now
from app.kit.etags import check_version
from app.kit.ids import new_id
from app.kit.problems import NotFound
from app.obligations import ledger, measures, refusals
from app.obligations.events import (
    ObligationCorrected,
    ObligationKept,
    ObligationKeptLate,
    ObligationReopened,
    ObligationVoided,
)
from app.obligations.losses import losses
from app.obligations.losses.models import Allocation, Loss
from app.obligations.measures import plain
from app.obligations.models import Obligation, Performance
from app.obligations.performances import performing
from app.obligations.performances.schemas import CorrectionIn
from app.obligations.rules import CORRECTIONS, FULFILLED, GONE, LIVE, State


@dataclass(frozen=True, slots=True)
class _Wrong:
    """What is to be corrected, and what of it made a loss good. Neither ever changes."""

    performance: Performance
    allocation: Allocation | None

    @property
    def debt_id(self) -> UUID | None:
        return self.allocation.debt_id if self.allocation else None


async def correct(
    session: AsyncSession,
    *,
    obligation_id: UUID,
    performance_id: UUID,
    document: CorrectionIn,
    if_match: str | None = None,
) -> tuple[Obligation, Performance]:
    """Take back what was recorded as done, and record what was done instead.

    Of two who correct the same at once exactly one does. Raises NotFound, VersionMismatch,
    CorrectedAlready, PaidBackAlready, UnknownFile, Malformed (a performance of the future) and,
    for what was done instead, OtherMeasure, CurrencyMismatch, RecordedTwice, AboveTheLoss.
    """
    if document.instead is not None:
        moments = {"/instead/performed_at": document.instead.performed_at}
        refusals.require_happened(moments, now(session))
    wrong = await _find(session, obligation_id, performance_id)
    loss = await _lock_loss(session, obligation_id, wrong)
    also = [wrong.debt_id] if wrong.debt_id else []
    locked = await ledger.lock(session, obligation_id, *also)
    obligation = locked[obligation_id]
    check_version(obligation.version, if_match=if_match, if_none_match=None)
    await _require_uncorrected(session, wrong.performance)
    debt = locked[wrong.debt_id] if wrong.debt_id else None
    if debt is not None:
        refusals.require_not_paid_back(debt.id, debt.number, debt.performed)
    await files.require(session, set(document.file_ids), pointer="/file_ids")
    correction = await _take_back(session, obligation, wrong.performance, document)
    after: list[Event] = []
    if loss is not None and wrong.allocation is not None:
        after.append(await losses.undo(session, loss, wrong.allocation, correction))
    if debt is not None and State(debt.state) in LIVE:
        after.append(_void(session, debt, correction))
    instead = None
    if document.instead is not None:
        instead, events = await performing.record(
            session, obligation, document.instead, loss, within="/instead"
        )
        after += events
    after += await _stand(session, locked, obligation, correction)
    await session.flush()
    await publish(session, _corrected(obligation, wrong.performance, correction, instead), *after)
    return obligation, correction


async def _find(session: AsyncSession, obligation_id: UUID, performance_id: UUID) -> _Wrong:
    performance = await session.get(Performance, performance_id)
    if performance is None or performance.obligation_id != obligation_id:
        msg = f"Obligation {obligation_id} has no performance {performance_id}."
        raise NotFound(msg)
    made_good = sa.select(Allocation).where(Allocation.performance_id == performance_id)
    return _Wrong(performance, await session.scalar(made_good))


async def _lock_loss(session: AsyncSession, obligation_id: UUID, wrong: _Wrong) -> Loss | None:
    if wrong.allocation is not None:
        return await ledger.lock_loss(session, wrong.allocation.loss_id)
    loss_id = (await performing.aim_of(session, obligation_id)).settles
    return None if loss_id is None else await ledger.lock_loss(session, loss_id)


async def _require_uncorrected(session: AsyncSession, wrong: Performance) -> None:
    known = sa.select(Performance.id).where(Performance.corrects_id == wrong.id)
    found = wrong.id if wrong.corrects_id else await session.scalar(known)
    if found is not None:
        raise refusals.CorrectedAlready(
            "It is corrected already, or a correction itself; record what is right.",
            correction_id=str(found),
        )


async def _take_back(
    session: AsyncSession, obligation: Obligation, wrong: Performance, document: CorrectionIn
) -> Performance:
    correction = Performance(
        id=new_id(),
        obligation_id=obligation.id,
        value=-wrong.value,
        performed_at=wrong.performed_at,
        reference=wrong.reference,
        note=document.reason,
        file_ids=document.file_ids,
        recorded_at=now(session),
        recorded_by=context_of(session).caller,
        corrects_id=wrong.id,
        by_name=document.by_name,
    )
    session.add(correction)
    obligation.performed -= wrong.value
    ledger.touch(session, obligation)
    await session.flush()
    return correction


def _corrected(
    obligation: Obligation,
    wrong: Performance,
    correction: Performance,
    instead: Performance | None,
) -> ObligationCorrected:
    return ObligationCorrected(
        **ledger.identity(obligation),
        performance_id=wrong.id,
        correction_id=correction.id,
        instead_id=instead.id if instead else None,
        value=plain(wrong.value),
        currency=obligation.currency,
        outstanding=plain(measures.outstanding(obligation.owed, obligation.performed)),
        by_name=correction.by_name or "",
        reason=correction.note or "",
    )


def _void(session: AsyncSession, debt: Obligation, correction: Performance) -> ObligationVoided:
    ledger.end(session, debt, State.VOID)
    reason = f"What came above the loss was corrected: {correction.note}"
    return ObligationVoided(**ledger.identity(debt), reason=reason)


async def _stand(
    session: AsyncSession,
    locked: ledger.Locked,
    obligation: Obligation,
    correction: Performance,
) -> list[Event]:
    """Draw from the sums what the debt is now. What ended otherwise than by being kept stays so."""
    was = State(obligation.state)
    if was in GONE:
        return []
    if was not in FULFILLED:
        return await performing.conclude(session, locked, obligation)
    if measures.outstanding(obligation.owed, obligation.performed):
        released = [
            other
            for other in locked.alternatives(obligation)
            if other.released_for_id == obligation.id
        ]
        return [_reopen(session, each, correction) for each in (obligation, *released)]
    return await _kept_otherwise(session, obligation)


def _reopen(
    session: AsyncSession, obligation: Obligation, correction: Performance
) -> ObligationReopened:
    was = obligation.state
    waits = obligation.trigger_text is not None and obligation.triggered_at is None
    state = measures.stands_as(is_waiting=waits, was_broken=obligation.broken_at is not None)
    CORRECTIONS.step(obligation, state)
    obligation.ended_at = obligation.released_for_id = None
    ledger.touch(session, obligation)
    return ObligationReopened(
        **ledger.identity(obligation), was=was, state=state.value, correction_id=correction.id
    )


async def _kept_otherwise(session: AsyncSession, obligation: Obligation) -> list[Event]:
    was = State(obligation.state), obligation.ended_at
    before = measures.stands_as(is_waiting=False, was_broken=obligation.broken_at is not None)
    done_at = await performing.completed_at(session, obligation)
    state = measures.kept_as(before, obligation.due_at, done_at)
    if (state, done_at) == was:
        return []
    if state is not was[0]:
        CORRECTIONS.step(obligation, state)
    obligation.ended_at = done_at
    cls = ObligationKept if state is State.KEPT else ObligationKeptLate
    return [cls(**ledger.identity(obligation), kept_at=done_at, due_at=obligation.due_at)]
