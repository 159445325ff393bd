"""How a debt is performed, and what of it makes a loss good: capped at what was lost."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.events import Event, publish
from app.files import service as files
from app.kit.db import context_of, now
from app.kit.etags import check_version
from app.kit.ids import new_id
from app.obligations import ledger, measures, refusals, rules
from app.obligations.events import (
    ObligationKept,
    ObligationKeptLate,
    ObligationPerformed,
    ObligationReleased,
)
from app.obligations.losses import losses
from app.obligations.losses.models import Allocation, Loss
from app.obligations.measures import plain
from app.obligations.models import Obligation, Performance
from app.obligations.performances.schemas import PerformanceIn
from app.obligations.rules import STATES, Kind, State


@dataclass(frozen=True, slots=True)
class Aim:
    """What never changes of an obligation, and so can be read before it is locked."""

    makes_good: bool
    loss_id: UUID | None

    @property
    def settles(self) -> UUID | None:
        """The loss that is settled when it is performed."""
        return self.loss_id if self.makes_good else None


async def perform(
    session: AsyncSession,
    *,
    obligation_id: UUID,
    document: PerformanceIn,
    if_match: str | None = None,
) -> tuple[Obligation, Performance]:
    """Record what was done towards a debt; what pursues a loss is settled against it.

    Performed in full it is kept, or kept late, and its alternatives are released. Raises NotFound,
    VersionMismatch, IllegalStep, OtherMeasure, CurrencyMismatch, RecordedTwice, AboveTheLoss,
    UnknownFile, Malformed (a performance of the future).
    """
    loss_id = (await aim_of(session, obligation_id)).settles
    loss = await ledger.lock_loss(session, loss_id) if loss_id is not None else None
    return await _perform(session, obligation_id, document, loss, if_match)


async def settle(
    session: AsyncSession, *, loss_id: UUID, obligation_id: UUID, document: PerformanceIn
) -> tuple[Loss, Performance]:
    """Record a performance that makes a loss good, as `perform` does.

    The loss may be one that the obligation did not name: a credit memo covers several. Raises
    what `perform` does, and UnknownReference, OtherLoss, MakesNothingGood.
    """
    loss = await ledger.lock_loss(session, loss_id)
    await ledger.require_known(session, obligation_id, pointer="/obligation_id")
    aim = await aim_of(session, obligation_id)
    refusals.require_settling(aim.loss_id, loss_id, makes_good=aim.makes_good)
    _, performance = await _perform(session, obligation_id, document, loss, None)
    return loss, performance


async def hold(
    session: AsyncSession,
    *,
    obligation_ids: Collection[UUID],
    performance_ids: Collection[UUID] = (),
) -> None:
    """Lock debts, and the losses that they or these performances of theirs made good.

    Whoever performs or corrects several in one transaction does this first: all locks are taken
    in one order, the losses before the debts. Raises NotFound.
    """
    made_good = sa.select(Allocation.loss_id, Allocation.debt_id).where(
        Allocation.performance_id.in_(performance_ids)
    )
    found = (await session.execute(made_good)).all() if performance_ids else []
    pursued = sa.select(Obligation.loss_id).where(Obligation.id.in_(obligation_ids))
    await session.execute(
        sa.select(Loss.id)
        .where(sa.or_(Loss.id.in_(pursued), Loss.id.in_([row.loss_id for row in found])))
        .order_by(Loss.id)
        .with_for_update(key_share=True)
    )
    debts = {row.debt_id for row in found if row.debt_id is not None}
    await ledger.lock(session, *{*obligation_ids, *debts})


async def aim_of(session: AsyncSession, obligation_id: UUID) -> Aim:
    """Return what an obligation is after. Raises NotFound."""
    columns = (Obligation.kind, Obligation.debtor, Obligation.currency, Obligation.loss_id)
    rows = await session.execute(sa.select(*columns).where(Obligation.id == obligation_id))
    found = rows.one_or_none()
    if found is None:
        raise ledger.not_found(obligation_id)
    return Aim(measures.makes_good(Kind(found.kind), found.debtor, found.currency), found.loss_id)


async def _perform(
    session: AsyncSession,
    obligation_id: UUID,
    document: PerformanceIn,
    loss: Loss | None,
    if_match: str | None,
) -> tuple[Obligation, Performance]:
    moment = now(session)
    refusals.require_happened({"/performed_at": document.performed_at}, moment)
    locked = await ledger.lock(session, obligation_id)
    obligation = locked[obligation_id]
    check_version(obligation.version, if_match=if_match, if_none_match=None)
    if State(obligation.state) not in rules.DUE:
        STATES.require(obligation, State.KEPT)
    performance, events = await record(session, obligation, document, loss)
    events += await conclude(session, locked, obligation)
    await session.flush()
    await publish(session, *events)
    return obligation, performance


async def record(
    session: AsyncSession,
    obligation: Obligation,
    document: PerformanceIn,
    loss: Loss | None,
    *,
    within: str = "",
) -> tuple[Performance, list[Event]]:
    """Write what was done towards a locked debt, and what of it makes a locked loss good.

    `within`: the pointer under which the document was told.
    """
    given = _given(obligation, document)
    await files.require(session, set(document.file_ids), pointer=f"{within}/file_ids")
    await _require_new(session, obligation, document, given)
    split = await losses.cap(session, loss, obligation, given, above_cap=document.above_cap)
    performance = Performance(
        id=new_id(),
        obligation_id=obligation.id,
        value=given,
        performed_at=document.performed_at,
        reference=document.reference,
        note=document.note,
        file_ids=document.file_ids,
        recorded_at=now(session),
        recorded_by=context_of(session).caller,
    )
    session.add(performance)
    obligation.performed += given
    ledger.touch(session, obligation)
    await session.flush()
    events: list[Event] = [_performed(obligation, performance)]
    if loss is not None and split is not None:
        events += await losses.allocate(session, loss, obligation, performance, split)
    return performance, events


def _given(obligation: Obligation, document: PerformanceIn) -> Decimal:
    money = document.amount
    measures.require_measure(
        has_amount=money is not None,
        owed=plain(obligation.owed),
        currency=obligation.currency,
    )
    if money is None:
        return Decimal(document.quantity or 1)
    measures.require_currency(money.currency, obligation.currency)
    return money.amount


async def _require_new(
    session: AsyncSession, obligation: Obligation, document: PerformanceIn, given: Decimal
) -> None:
    """Refuse what two people record of one and the same paper. Raises RecordedTwice."""
    if document.reference is None:
        return
    corrected = aliased(Performance)
    same = sa.select(Performance.id).where(
        Performance.obligation_id == obligation.id,
        Performance.reference == document.reference,
        Performance.performed_at == document.performed_at,
        Performance.value == given,
        Performance.id.not_in(
            sa.select(corrected.corrects_id).where(
                corrected.obligation_id == obligation.id, corrected.corrects_id.is_not(None)
            )
        ),
    )
    if (known := await session.scalar(same.limit(1))) is not None:
        raise refusals.RecordedTwice(
            "This performance is recorded already.", performance_id=str(known)
        )


def _performed(obligation: Obligation, performance: Performance) -> ObligationPerformed:
    return ObligationPerformed(
        **ledger.identity(obligation),
        performance_id=performance.id,
        value=plain(performance.value),
        currency=obligation.currency,
        outstanding=plain(measures.outstanding(obligation.owed, obligation.performed)),
        performed_at=performance.performed_at,
    )


async def conclude(
    session: AsyncSession, locked: ledger.Locked, obligation: Obligation
) -> list[Event]:
    """Keep what is performed in full, and release its alternatives."""
    if measures.outstanding(obligation.owed, obligation.performed):
        return []
    done_at = await completed_at(session, obligation)
    state = measures.kept_as(State(obligation.state), obligation.due_at, done_at)
    STATES.step(obligation, state)
    obligation.ended_at = done_at
    cls = ObligationKept if state is State.KEPT else ObligationKeptLate
    kept: list[Event] = [
        cls(**ledger.identity(obligation), kept_at=done_at, due_at=obligation.due_at)
    ]
    others = [row for row in locked.alternatives(obligation) if State(row.state) in rules.LIVE]
    for other in others:
        ledger.end(session, other, State.RELEASED, ended_at=done_at, released_for_id=obligation.id)
    return kept + [_released(other, obligation, done_at) for other in others]


def _released(other: Obligation, kept: Obligation, moment: datetime) -> ObligationReleased:
    facts: dict[str, Any] = {"by": kept.creditor, "by_name": None, "words": None}
    return ObligationReleased(
        **ledger.identity(other), released_at=moment, kept_instead_id=kept.id, **facts
    )


async def completed_at(session: AsyncSession, obligation: Obligation) -> datetime:
    """Return when a debt that is performed in full was so."""
    rows = await session.execute(
        sa.select(Performance.performed_at, Performance.value).where(
            Performance.obligation_id == obligation.id
        )
    )
    done_at = measures.completed_at(obligation.owed, [(moment, value) for moment, value in rows])
    if done_at is None:
        msg = f"obligation {obligation.id}: `performed` is not the sum of its performances"
        raise RuntimeError(msg)
    return done_at
