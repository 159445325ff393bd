"""What is due by a term or a tariff is due at another time, when these or the facts change.

The room above that told the ledger of it reckons it anew, and says so here: the debt and the
right stay what they are, and every time there was stays on record. What has ended stays.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit.db import context_of, now
from app.kit.ids import new_id
from app.obligations import ledger, rules, spoken_times
from app.obligations.clocks import clocks
from app.obligations.clocks import rules as clock_rules
from app.obligations.clocks.events import DeadlineMoved, ObligationRetimed
from app.obligations.clocks.models import DeadlineChange, Pause
from app.obligations.clocks.rules import DueChange
from app.obligations.losses import deadlines
from app.obligations.losses.models import Deadline
from app.obligations.models import Obligation
from app.obligations.rules import DeadlineState, State
from app.vendors import service as vendors


@dataclass(frozen=True, slots=True)
class Reckoned:
    """Why something is due at another time than before, and by what it was reckoned."""

    cause: DueChange
    why: str
    ground_reference: str | None = None


@dataclass(frozen=True, slots=True)
class Ends:
    """When a right ends: on a whole day or at an instant; until when it is safe to use it."""

    last_on: date | None
    last_at: datetime | None
    last_safe_on: date | None
    last_safe_source: str | None


async def retime(
    session: AsyncSession, *, obligation_id: UUID, due_at: datetime | None, reckoned: Reckoned
) -> Obligation:
    """Let a debt be due at another time, its pauses counted as before. Raises NotFound.

    The same time again changes nothing; nor does any for a debt that is owed no more, or not yet.
    """
    obligation = await ledger.take(session, obligation_id, None)
    if State(obligation.state) not in rules.DUE:
        return obligation
    was = obligation.due_at
    standing = await _count_pauses(session, obligation, due_at)
    if standing is None:
        return obligation
    obligation.due_at = standing.due_at
    if standing.pause is None:
        obligation.attend_at = standing.due_at or now(session) + spoken_times.LOOK_AGAIN_ELSE
        clocks.wind(session, obligation, obligation.created_at)
    _ground(obligation, reckoned)
    why = reckoned.why
    if standing.pause is not None:
        why = f"While its clock stands still: it would be due at {standing.pause.was_due_at}. {why}"
    clocks.note_change(session, obligation, was, reckoned.cause, why)
    ledger.touch(session, obligation)
    await session.flush()
    event = ObligationRetimed(
        **ledger.identity(obligation), was_due_at=was, due_at=obligation.due_at, why=why
    )
    await publish(session, event)
    return obligation


@dataclass(frozen=True, slots=True)
class _Standing:
    """When a debt is due, its pauses counted; the pause in which its clock stands now."""

    due_at: datetime | None
    pause: Pause | None


async def _count_pauses(
    session: AsyncSession, obligation: Obligation, due_at: datetime | None
) -> _Standing | None:
    """Count the pauses of a debt from another due time on; None where it comes to the same."""
    query = sa.select(Pause).where(Pause.obligation_id == obligation.id).order_by(Pause.id)
    pauses = (await session.scalars(query)).all()
    standing = pauses[-1] if pauses and pauses[-1].resumed_at is None else None
    if due_at is None:
        return None if obligation.due_at is None else _Standing(None, None)
    by = (await vendors.calendars_of(session, [obligation.debtor])).get(obligation.debtor)
    for pause in pauses:
        if pause is standing:
            is_same, pause.was_due_at = pause.was_due_at == due_at, due_at
            return None if is_same else _Standing(None, pause)
        if due_at <= pause.paused_at:
            continue
        pause.was_due_at = due_at
        due_at = clock_rules.runs_on_until(
            by.calendar if by else None,
            due_at=due_at,
            paused_at=pause.paused_at,
            resumed_at=pause.resumed_at or pause.paused_at,
        )
    return None if obligation.due_at == due_at else _Standing(due_at, None)


async def move(
    session: AsyncSession, *, deadline_id: UUID, ends: Ends, reckoned: Reckoned
) -> Deadline:
    """Let a right of ours end at another time. Raises NotFound.

    The same time again changes nothing; nor does any for a right that was used, waived or lapsed.
    """
    deadline = await deadlines.take(session, deadline_id, None)
    last_at = ends.last_at or deadlines.end_of(ends.last_on)
    if deadline.state != DeadlineState.OPEN.value or deadline.last_at == last_at:
        return deadline
    was_at, was_on = deadline.last_at, deadline.last_on
    deadline.last_at, deadline.last_on = last_at, ends.last_on
    deadline.last_safe_on, deadline.last_safe_source = ends.last_safe_on, ends.last_safe_source
    safe_at = deadlines.end_of(ends.last_safe_on) if ends.last_safe_on else last_at
    deadline.attend_at = min(safe_at, last_at)
    _ground(deadline, reckoned)
    session.add(
        DeadlineChange(
            id=new_id(),
            deadline_id=deadline.id,
            was_last_at=was_at,
            was_last_on=was_on,
            last_at=last_at,
            last_on=ends.last_on,
            cause=reckoned.cause.value,
            why=reckoned.why,
            changed_at=now(session),
            changed_by=context_of(session).caller,
        )
    )
    ledger.touch(session, deadline)
    await session.flush()
    event = DeadlineMoved(**deadlines.identity(deadline), was_last_at=was_at, why=reckoned.why)
    await publish(session, event)
    return deadline


def _ground(row: Obligation | Deadline, reckoned: Reckoned) -> None:
    row.ground_text, row.ground_reference = reckoned.why, reckoned.ground_reference
