"""How the clocks of debts are wound, stopped, run on and set anew, with the history of it."""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit.db import context_of, now
from app.kit.ids import new_id
from app.obligations import ledger, refusals
from app.obligations.clocks import rules as clock_rules
from app.obligations.clocks.events import (
    ObligationAssigned,
    ObligationPaused,
    ObligationResumed,
    ObligationRetimed,
)
from app.obligations.clocks.models import DueTimeChange, Pause
from app.obligations.clocks.rules import DueChange, NotPaused, NotRunning
from app.obligations.clocks.schemas import OwnerIn, PauseIn, ResumeIn
from app.obligations.models import IS_DUE, Obligation
from app.obligations.rules import Kind, Party, State
from app.vendors import service as vendors

_NO_CALENDAR = "no calendar of the debtor is known any more"
# A clock that stands is looked at, lest it stand for ever.
_LOOK_AT_PAUSED_AFTER = timedelta(days=7)


def wind(session: AsyncSession, obligation: Obligation, since: datetime) -> None:
    """Reckon when a debt is at risk, whose time runs from `since`, and what is still to be told."""
    told = session.info["settings"].ledger.at_risk
    threshold = clock_rules.threshold_of(Kind(obligation.kind), told)
    obligation.at_risk_at = clock_rules.at_risk_at(since, obligation.due_at, threshold)
    obligation.at_risk_told_at = obligation.overdue_told_at = None


def require_not_paused(obligation: Obligation) -> None:
    """Refuse what a running clock decides. Raises NotRunning."""
    if obligation.paused_at is not None:
        raise NotRunning("Its clock is paused; resume it first.")


async def pause(
    session: AsyncSession, *, obligation_id: UUID, document: PauseIn, if_match: str | None = None
) -> Obligation:
    """Stop the clock of a debt, for a reason that is allowed for whose it is.

    Raises NotFound, VersionMismatch, ReasonNotAllowed, NotRunning, Malformed (of the future).
    """
    moment = document.paused_at or now(session)
    refusals.require_happened({"/paused_at": document.paused_at}, now(session))
    obligation = await ledger.take(session, obligation_id, if_match)
    debtor, kind = Party.parse(obligation.debtor).kind, Kind(obligation.kind)
    clock_rules.require_reason(document.reason, debtor, kind)
    due_at = clock_rules.require_running(
        State(obligation.state), obligation.due_at, obligation.paused_at, moment
    )
    last = await _last_resumed(session, obligation_id)
    if last is not None and moment < last:
        raise NotRunning("It was paused and ran on after that.", resumed_at=last.isoformat())
    row = Pause(
        id=new_id(),
        obligation_id=obligation_id,
        reason=document.reason.value,
        note=document.note,
        paused_at=moment,
        was_due_at=due_at,
        recorded_by=context_of(session).caller,
    )
    session.add(row)
    obligation.paused_at = moment
    obligation.due_at = obligation.at_risk_at = None
    obligation.attend_at = moment + _LOOK_AT_PAUSED_AFTER
    note_change(session, obligation, due_at, DueChange.PAUSED, document.reason.value)
    ledger.touch(session, obligation)
    await session.flush()
    event = ObligationPaused(
        **ledger.identity(obligation),
        pause_id=row.id,
        reason=row.reason,
        paused_at=moment,
        was_due_at=due_at,
    )
    await publish(session, event)
    return obligation


async def _last_resumed(session: AsyncSession, obligation_id: UUID) -> datetime | None:
    last = sa.select(sa.func.max(Pause.resumed_at)).where(Pause.obligation_id == obligation_id)
    return await session.scalar(last)


async def resume(
    session: AsyncSession, *, obligation_id: UUID, document: ResumeIn, if_match: str | None = None
) -> Obligation:
    """Let the clock of a debt run on: what was left of its time is left.

    Raises NotFound, VersionMismatch, NotPaused, Malformed (of the future).
    """
    moment = document.resumed_at or now(session)
    refusals.require_happened({"/resumed_at": document.resumed_at}, now(session))
    obligation = await ledger.take(session, obligation_id, if_match)
    row = await session.scalar(
        sa.select(Pause).where(Pause.obligation_id == obligation_id, Pause.resumed_at.is_(None))
    )
    if row is None or obligation.paused_at is None or obligation.state != State.OPEN.value:
        raise NotPaused("Its clock is not paused.", now=obligation.state)
    if moment < row.paused_at:
        raise NotPaused("It ran until it was paused.", paused_at=row.paused_at.isoformat())
    by = await vendors.calendar_of(session, obligation.debtor)
    due_at = clock_rules.runs_on_until(
        by.calendar if by.key else None,
        due_at=row.was_due_at,
        paused_at=row.paused_at,
        resumed_at=moment,
    )
    row.resumed_at = moment
    obligation.paused_at = None
    obligation.due_at = obligation.attend_at = due_at
    wind(session, obligation, moment)
    why = f"Paused from {row.paused_at.isoformat()} to {moment.isoformat()}; {by.text()}."
    note_change(session, obligation, row.was_due_at, DueChange.RESUMED, why, (by.key, by.version))
    ledger.touch(session, obligation)
    await session.flush()
    event = ObligationResumed(
        **ledger.identity(obligation), pause_id=row.id, resumed_at=moment, due_at=due_at
    )
    await publish(session, event)
    return obligation


async def count_anew(session: AsyncSession, parties: set[str]) -> int:
    """Reckon anew when debts are due that ran on by calendars which have changed since.

    Returns how many are due at another time.
    """
    ids = (await session.scalars(select_ran_on(parties))).all()
    if not ids:
        return 0
    locked, counted = await ledger.lock(session, *ids), await vendors.calendars_of(session, parties)
    query = sa.select(Pause).where(Pause.obligation_id.in_(ids)).order_by(Pause.id)
    last = {row.obligation_id: row for row in await session.scalars(query)}
    events: list[ObligationRetimed] = []
    for identity, row in last.items():
        obligation, was = locked[identity], locked[identity].due_at
        by = counted.get(obligation.debtor)
        if row.resumed_at is None or was is None:
            continue
        due_at = clock_rules.runs_on_until(
            by.calendar if by else None,
            due_at=row.was_due_at,
            paused_at=row.paused_at,
            resumed_at=row.resumed_at,
        )
        if due_at == was:
            continue
        obligation.due_at = obligation.attend_at = due_at
        wind(session, obligation, row.resumed_at)
        why = f"What was left when it ran on is counted anew; {by.text() if by else _NO_CALENDAR}."
        key = (by.key, by.version) if by else (None, None)
        note_change(session, obligation, was, DueChange.CALENDAR_CHANGED, why, key)
        ledger.touch(session, obligation)
        events.append(
            ObligationRetimed(**ledger.identity(obligation), was_due_at=was, due_at=due_at, why=why)
        )
    await session.flush()
    await publish(session, *events)
    return len(events)


def select_ran_on(parties: set[str]) -> sa.Select[UUID]:
    """Return the query of debts of these parties whose clock stood still, and runs."""
    stood = sa.select(Pause.obligation_id).where(Pause.obligation_id == Obligation.id).exists()
    return sa.select(Obligation.id).where(
        IS_DUE, Obligation.debtor.in_(parties), Obligation.due_at.is_not(None), stood
    )


def note_change(
    session: AsyncSession,
    obligation: Obligation,
    was: datetime | None,
    cause: DueChange,
    why: str,
    calendar: tuple[str | None, int | None] = (None, None),
) -> None:
    """Write what the due time was and is, and why it changed."""
    session.add(
        DueTimeChange(
            id=new_id(),
            obligation_id=obligation.id,
            was_due_at=was,
            due_at=obligation.due_at,
            cause=cause.value,
            why=why,
            calendar_key=calendar[0],
            calendar_version=calendar[1],
            changed_at=now(session),
            changed_by=context_of(session).caller,
        )
    )


async def assign(
    session: AsyncSession, *, obligation_id: UUID, document: OwnerIn, if_match: str | None = None
) -> Obligation:
    """Say who among us looks after a debt. The same again changes nothing.

    Raises NotFound, VersionMismatch.
    """
    obligation = await ledger.take(session, obligation_id, if_match)
    was = obligation.owner
    if was == document.owner:
        return obligation
    obligation.owner = document.owner
    ledger.touch(session, obligation)
    await session.flush()
    event = ObligationAssigned(**ledger.identity(obligation), was=was, owner=document.owner)
    await publish(session, event)
    return obligation
