"""How the ledger is read: a debt and its story, a loss and what is left, a right and its day."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import StoredEvent
from app.kit.db import now
from app.kit.money_fields import money_of
from app.obligations import ledger, measures, rules
from app.obligations.clocks.models import DeadlineChange, DueTimeChange, Pause
from app.obligations.clocks.schemas import DeadlineChangeOut, DueChangeOut, PauseOut
from app.obligations.losses import losses
from app.obligations.losses.models import Deadline, Loss
from app.obligations.losses.schemas import AllocationOut, DeadlineOut, DeadlineStory, LossOut
from app.obligations.models import Obligation, Performance, Promise, Retraction
from app.obligations.obligation_schemas import (
    AlternativeOut,
    HappenedOut,
    ObligationOut,
    ObligationStory,
)
from app.obligations.performances.schemas import PerformanceOut
from app.obligations.promise_schemas import PromiseOut, RetractionOut
from app.obligations.rules import (
    DeadlineKind,
    DeadlineState,
    GroundKind,
    Kind,
    LossKind,
    Party,
    State,
)
from app.obligations.schemas import AboutOut, GroundOut, PartyOut
from app.obligations.spoken_times import NO_DATE

_MOST_EVENTS = 200


async def get(session: AsyncSession, obligation_id: UUID) -> Obligation:
    """Return a debt. Raises NotFound."""
    obligation = await session.get(Obligation, obligation_id)
    if obligation is None:
        raise ledger.not_found(obligation_id)
    return obligation


async def show(session: AsyncSession, obligations: Sequence[Obligation]) -> list[ObligationOut]:
    """Return debts as they are read, in the order given."""
    undated = [row.id for row in obligations if row.due_at is None]
    said = sa.select(Promise.obligation_id, Promise.due_text).where(
        Promise.obligation_id.in_(undated)
    )
    why = dict((await session.execute(said)).all()) if undated else {}
    moment = now(session)
    return [_shown(row, moment, why.get(row.id, NO_DATE.text)) for row in obligations]


def _shown(row: Obligation, moment: datetime, why_undated: str) -> ObligationOut:
    in_money = row.currency is not None
    overdue = measures.is_overdue(State(row.state), row.due_at, moment)
    return ObligationOut(
        id=row.id,
        number=row.number,
        kind=Kind(row.kind),
        state=State(row.state),
        debtor=_party(row.debtor),
        creditor=_party(row.creditor),
        description=row.description,
        quantity=None if in_money else int(row.owed),
        amount=money_of(row.owed, row.currency),
        performed=row.performed,
        outstanding=measures.outstanding(row.owed, row.performed),
        unit_value=money_of(row.unit_value_amount, row.unit_value_currency),
        due_at=row.due_at,
        is_overdue=overdue,
        at_risk_at=row.at_risk_at,
        is_at_risk=_is_at_risk(row, moment),
        paused_at=row.paused_at,
        owner=row.owner,
        attention=_attention(row, why_undated, moment),
        attend_at=row.attend_at,
        trigger=row.trigger_text,
        triggered_at=row.triggered_at,
        ground=_ground(row),
        about=_about(row),
        loss_id=row.loss_id,
        contested_at=row.contested_at,
        superseded_by_id=row.superseded_by_id,
        ended_at=row.ended_at,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _is_at_risk(row: Obligation, moment: datetime) -> bool:
    if row.at_risk_at is None or row.due_at is None or State(row.state) not in rules.DUE:
        return False
    return row.at_risk_at <= moment <= row.due_at


def _time_left(row: Obligation, why_undated: str, moment: datetime) -> str:
    if row.paused_at is not None:
        return "Its clock is paused."
    if row.due_at is None:
        return why_undated
    if measures.is_overdue(State(row.state), row.due_at, moment):
        return "Overdue."
    return "At risk." if _is_at_risk(row, moment) else "Due."


def _attention(row: Obligation, why_undated: str, moment: datetime) -> str:
    state = State(row.state)
    if state not in rules.LIVE:
        return "Nothing: it has ended."
    if state is State.CONDITIONAL:
        text = f"It waits for this: {row.trigger_text}"
    else:
        text = _time_left(row, why_undated, moment)
    if row.contested_at is not None:
        text += " The promise was taken back; it is still owed."
    return text


def _party(text: str) -> PartyOut:
    return PartyOut.model_validate(Party.parse(text))


def _ground(row: Obligation | Deadline) -> GroundOut:
    return GroundOut(
        kind=GroundKind(row.ground_kind), text=row.ground_text, reference=row.ground_reference
    )


def _about(row: Obligation | Deadline | Loss) -> AboutOut:
    return AboutOut(
        case_id=row.case_id,
        purchase_line_id=row.purchase_line_id,
        shipment=row.shipment_key,
        product=row.product_key,
        parcel_id=row.parcel_id,
        rma=row.rma,
        serial=row.serial,
    )


async def tell(session: AsyncSession, obligation: Obligation) -> ObligationStory:
    """Return a debt and all that is known of it."""
    own = Performance.obligation_id == obligation.id
    taken_back = Retraction.obligation_id == obligation.id
    performances = await session.scalars(sa.select(Performance).where(own).order_by(Performance.id))
    retractions = await session.scalars(
        sa.select(Retraction).where(taken_back).order_by(Retraction.id)
    )
    others = await session.scalars(
        sa.select(Obligation)
        .where(
            Obligation.alternatives_id == obligation.alternatives_id,
            Obligation.id != obligation.id,
        )
        .order_by(Obligation.id)
    )
    promise = await session.get(Promise, obligation.id)
    (shown,) = await show(session, [obligation])
    return ObligationStory(
        **dict(shown),
        promise=None if promise is None else PromiseOut.model_validate(promise),
        retractions=[RetractionOut.model_validate(row) for row in retractions],
        performances=[PerformanceOut.model_validate(row) for row in performances],
        alternatives=[AlternativeOut.model_validate(row) for row in others],
        **await _clock(session, obligation.id),
        history=await _history(session, obligation),
    )


async def _clock(session: AsyncSession, obligation_id: UUID) -> dict[str, Any]:
    pauses = await session.scalars(
        sa.select(Pause).where(Pause.obligation_id == obligation_id).order_by(Pause.id)
    )
    changes = await session.scalars(
        sa.select(DueTimeChange)
        .where(DueTimeChange.obligation_id == obligation_id)
        .order_by(DueTimeChange.id)
    )
    return {
        "pauses": [PauseOut.model_validate(row) for row in pauses],
        "due_changes": [DueChangeOut.model_validate(row) for row in changes],
    }


async def _history(session: AsyncSession, obligation: Obligation) -> list[HappenedOut]:
    # What happened a moment ago has no position yet: the order is that of the ids.
    rows = await session.scalars(
        sa.select(StoredEvent)
        .where(StoredEvent.subject == f"obligations/{obligation.id}")
        .order_by(StoredEvent.id.desc())
        .limit(_MOST_EVENTS)
    )
    return [HappenedOut.model_validate(row) for row in reversed(rows.all())]


async def show_losses(session: AsyncSession, rows: Sequence[Loss]) -> list[LossOut]:
    """Return losses and what of them is left, in the order given."""
    found = await losses.allocations(session, [row.id for row in rows])
    shown: list[LossOut] = []
    for row in rows:
        made_good = found[row.id]
        lost = losses.lost(row, made_good)
        shown.append(
            LossOut(
                id=row.id,
                number=row.number,
                description=row.description,
                kind=LossKind(row.kind),
                quantity=row.quantity,
                value=money_of(row.value_amount, row.value_currency),
                borne_by=_party(row.borne_by),
                remaining_quantity=lost.remaining_quantity(),
                remaining_value=money_of(lost.remaining_value(), row.value_currency),
                restored_at=row.restored_at,
                about=_about(row),
                allocations=[AllocationOut.model_validate(each) for each in made_good],
                version=row.version,
                created_at=row.created_at,
                updated_at=row.updated_at,
            )
        )
    return shown


def show_deadlines(session: AsyncSession, rows: Sequence[Deadline]) -> list[DeadlineOut]:
    """Return rights of ours as they are read, in the order given."""
    moment = now(session)
    return [_shown_deadline(row, moment) for row in rows]


async def tell_deadline(session: AsyncSession, deadline: Deadline) -> DeadlineStory:
    """Return a right of ours and every last day it had."""
    changes = await session.scalars(
        sa.select(DeadlineChange)
        .where(DeadlineChange.deadline_id == deadline.id)
        .order_by(DeadlineChange.id)
    )
    (shown,) = show_deadlines(session, [deadline])
    told = [DeadlineChangeOut.model_validate(row) for row in changes]
    return DeadlineStory(**dict(shown), changes=told)


def _shown_deadline(row: Deadline, moment: datetime) -> DeadlineOut:
    is_open = row.state == DeadlineState.OPEN.value
    return DeadlineOut(
        id=row.id,
        number=row.number,
        kind=DeadlineKind(row.kind),
        state=DeadlineState(row.state),
        description=row.description,
        toward=_party(row.toward),
        last_on=row.last_on,
        last_at=row.last_at,
        has_passed=is_open and row.last_at < moment,
        last_safe_on=row.last_safe_on,
        last_safe_source=row.last_safe_source,
        computed_on=row.computed_on,
        computed_source=row.computed_source,
        attention=_deadline_attention(row, moment),
        attend_at=row.attend_at,
        ground=_ground(row),
        about=_about(row),
        loss_id=row.loss_id,
        ended_at=row.ended_at,
        ended_note=row.ended_note,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _deadline_attention(row: Deadline, moment: datetime) -> str:
    if row.state != DeadlineState.OPEN.value:
        return "Nothing: it has ended."
    if row.last_at < moment:
        return "It has passed: this right is over unless it was used in time."
    if row.attend_at < moment:
        return "The last safe day has passed; the right has not."
    return "Use it in time."
