"""What is done with rights of ours that end on a day: open, use, waive, lapse, page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit.db import now
from app.kit.etags import check_version
from app.kit.ids import new_id
from app.kit.problems import NotFound
from app.obligations import ledger, opening, references, refusals
from app.obligations.events import (
    DeadlineEvent,
    DeadlineLapsed,
    DeadlineOpened,
    DeadlineUsed,
    DeadlineWaived,
)
from app.obligations.losses.models import IS_OPEN, Deadline, Loss
from app.obligations.losses.schemas import DeadlineIn, UseIn, WaiveIn
from app.obligations.rules import DEADLINES, DeadlineState
from app.obligations.seeking import Place, after_place

_LAST_MOMENT = time(23, 59, 59)


async def open_deadline(session: AsyncSession, *, document: DeadlineIn) -> Deadline:
    """Record a right that ends. One that has ended already is recorded too, and says so.

    Raises UnknownReference.
    """
    ids = await references.check(
        session,
        parties={"/toward": document.toward},
        about=document.about,
        loss_id=document.loss_id,
    )
    moment, ground = now(session), document.ground
    last_at = document.last_at or end_of(document.last_on)
    safe_at = end_of(document.last_safe_on) if document.last_safe_on else last_at
    deadline = Deadline(
        id=new_id(),
        kind=document.kind.value,
        state=DeadlineState.OPEN.value,
        description=document.description,
        toward=str(references.party(document.toward)),
        toward_id=ids.get("/toward"),
        last_at=last_at,
        last_on=document.last_on,
        last_safe_on=document.last_safe_on,
        last_safe_source=document.last_safe_source,
        computed_on=document.computed_on,
        computed_source=document.computed_source,
        attend_at=min(safe_at, last_at),
        ground_kind=ground.kind.value,
        ground_text=ground.text,
        ground_reference=ground.reference,
        loss_id=document.loss_id,
        version=1,
        created_at=moment,
        updated_at=moment,
        **opening.about_columns(document.about),
    )
    if document.loss_id is not None and deadline.case_id is None:
        deadline.case_id = (await session.get_one(Loss, document.loss_id)).case_id
    session.add(deadline)
    await session.flush()
    await publish(session, DeadlineOpened(**identity(deadline), has_passed=last_at < moment))
    return deadline


def end_of(day: date | None) -> datetime:
    """Return the last instant of a day, by UTC."""
    if day is None:
        msg = "a deadline has a last day or a last instant"
        raise ValueError(msg)
    return datetime.combine(day, _LAST_MOMENT, UTC)


def identity(deadline: Deadline) -> dict[str, Any]:
    """Return what every event of a right says of it."""
    return {
        "deadline_id": deadline.id,
        "number": deadline.number,
        "kind": deadline.kind,
        "toward": deadline.toward,
        "case_id": deadline.case_id,
        "loss_id": deadline.loss_id,
        "last_at": deadline.last_at,
        "version": deadline.version,
    }


async def get(session: AsyncSession, deadline_id: UUID) -> Deadline:
    """Return a right of ours. Raises NotFound."""
    return _found(await session.get(Deadline, deadline_id), deadline_id)


def _found(deadline: Deadline | None, deadline_id: UUID) -> Deadline:
    if deadline is None:
        msg = f"There is no deadline {deadline_id}."
        raise NotFound(msg)
    return deadline


async def take(session: AsyncSession, deadline_id: UUID, if_match: str | None) -> Deadline:
    """Lock a right of ours for a change. Raises NotFound, VersionMismatch."""
    locked = await session.get(
        Deadline, deadline_id, with_for_update={"key_share": True}, populate_existing=True
    )
    deadline = _found(locked, deadline_id)
    check_version(deadline.version, if_match=if_match, if_none_match=None)
    return deadline


async def use(
    session: AsyncSession, *, deadline_id: UUID, document: UseIn, if_match: str | None = None
) -> Deadline:
    """Record that a right was used in time.

    Raises NotFound, VersionMismatch, IllegalStep, TooLate, Malformed (a use of the future).
    """
    refusals.require_happened({"/used_at": document.used_at}, now(session))
    deadline = await take(session, deadline_id, if_match)
    DEADLINES.require(deadline, DeadlineState.USED)
    if document.used_at > deadline.last_at:
        msg = "The right had ended by then; what came of it all the same is no use of it."
        raise refusals.TooLate(msg, last_at=deadline.last_at.isoformat())
    _end(session, deadline, DeadlineState.USED, document.used_at, document.note)
    used = DeadlineUsed(**identity(deadline), used_at=document.used_at, note=document.note)
    return await _written(session, deadline, used)


async def waive(
    session: AsyncSession, *, deadline_id: UUID, document: WaiveIn, if_match: str | None = None
) -> Deadline:
    """Choose not to use a right. Raises NotFound, VersionMismatch, IllegalStep."""
    deadline = await take(session, deadline_id, if_match)
    _end(session, deadline, DeadlineState.WAIVED, now(session), document.note)
    waived = DeadlineWaived(**identity(deadline), by_name=document.by_name, note=document.note)
    return await _written(session, deadline, waived)


async def lapse(session: AsyncSession, *, deadline_id: UUID) -> Deadline:
    """Mark a right that has ended unused. Raises NotFound, IllegalStep, NotYetDue."""
    deadline = await take(session, deadline_id, None)
    DEADLINES.require(deadline, DeadlineState.LAPSED)
    refusals.require_due(deadline.last_at, now(session))
    _end(session, deadline, DeadlineState.LAPSED, deadline.last_at, None)
    return await _written(session, deadline, DeadlineLapsed(**identity(deadline)))


def _end(
    session: AsyncSession,
    deadline: Deadline,
    state: DeadlineState,
    moment: datetime,
    note: str | None,
) -> None:
    DEADLINES.step(deadline, state)
    deadline.ended_at, deadline.ended_note = moment, note
    ledger.touch(session, deadline)


async def _written(session: AsyncSession, deadline: Deadline, event: DeadlineEvent) -> Deadline:
    await session.flush()
    await publish(session, event)
    return deadline


@dataclass(frozen=True, slots=True)
class DeadlineFilter:
    """What a right is found by; all that is given must hold. Open ones, unless `state` says."""

    state: DeadlineState = DeadlineState.OPEN
    passed: bool | None = None
    toward: str | None = None
    case_id: UUID | None = None
    before: datetime | None = None


def select_deadlines(
    wanted: DeadlineFilter, *, moment: datetime, after: Place | None = None
) -> sa.Select[Deadline]:
    """Return the query of rights by when somebody should look at them, after a place."""
    query = sa.select(Deadline).order_by(Deadline.attend_at, Deadline.id)
    if wanted.state is DeadlineState.OPEN:
        query = query.where(IS_OPEN)
    else:
        query = query.where(Deadline.state == wanted.state.value)
    if after is not None:
        query = query.where(after_place(Deadline.attend_at, Deadline.id, after))
    if wanted.passed is not None:
        query = query.where((Deadline.last_at < moment).is_(wanted.passed))
    if wanted.toward is not None:
        query = query.where(Deadline.toward == wanted.toward)
    if wanted.case_id is not None:
        query = query.where(Deadline.case_id == wanted.case_id)
    if wanted.before is not None:
        query = query.where(Deadline.attend_at < wanted.before)
    return query


async def page(
    session: AsyncSession, wanted: DeadlineFilter, *, after: Place | None, limit: int
) -> Sequence[Deadline]:
    """Return rights of ours by when somebody should look at them, after a place."""
    query = select_deadlines(wanted, moment=now(session), after=after)
    return (await session.scalars(query.limit(limit))).all()
