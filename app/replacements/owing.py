"""What is owed by a replacement, told to the ledger: the same again changes nothing.

What no longer holds is void, or let go by whom it is owed to; what is due at another time is
retimed; what was kept otherwise than was thought is corrected.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.db import now
from app.kit.ids import new_id
from app.kit.moments import has_come
from app.obligations import service as ledger
from app.obligations import views
from app.obligations.rules import DUE, LIVE, State
from app.obligations.service import DueChange, Reckoned
from app.replacements.dues import Due, dues_of
from app.replacements.models import ReplacementDue
from app.replacements.reading import Read

_WE = "makegood"


@dataclass(frozen=True, slots=True)
class _Now:
    """What the ledger has of a debt."""

    state: State
    due_at: datetime | None = None
    performed: bool = False


async def reckon(
    session: AsyncSession, found: Read, *, otherwise: DueChange = DueChange.FACTS_CHANGED
) -> bool:
    """Tell the ledger what is owed by a locked replacement now, and what no longer is.

    `otherwise`: why something is due at another time than before. Returns whether anything is
    owed otherwise.
    """
    standing = found.standing
    kept = {(row.purpose, row.subject): row for row in standing.dues}
    is_changed = False
    # The ledger writes its own events for each of them: they are told one by one.
    for due in dues_of(found):
        row = kept.pop((due.purpose, due.subject), None)
        is_changed |= await _meet(session, found, due, row, otherwise)
    for row in kept.values():
        is_changed |= await _drop(session, row, _now(found, row))
    return is_changed


def _now(found: Read, row: ReplacementDue) -> _Now:
    told = found.standing.owed[row.obligation_id]
    return _Now(State(told.state), told.due_at, told.performed > 0)


async def _meet(
    session: AsyncSession,
    found: Read,
    due: Due,
    row: ReplacementDue | None,
    otherwise: DueChange,
) -> bool:
    is_changed = False
    if row is not None and row.basis != due.basis and await _drop(session, row, _now(found, row)):
        row = None
    if row is None:
        row = await _open(session, found, due)
        waits = due.obligation.get("trigger") is not None
        has = _Now(State.CONDITIONAL if waits else State.OPEN, due.obligation.get("due_at"))
        is_changed = True
    else:
        has = _now(found, row)
    has, begun = await _begin(session, row, due, has)
    timed = await _retime(session, row, due, has, otherwise)
    done = await _perform(session, row, due, has)
    let_off = not done and await _release(session, found, row, due, has)
    return is_changed or begun or timed or done or let_off


async def _open(session: AsyncSession, found: Read, due: Due) -> ReplacementDue:
    document = ledger.ObligationIn.model_validate(due.obligation)
    debt = await ledger.open_obligation(session, document=document)
    row = ReplacementDue(
        id=new_id(),
        replacement_id=found.standing.replacement.id,
        purpose=due.purpose,
        subject=due.subject,
        basis=due.basis,
        obligation_id=debt.id,
    )
    session.add(row)
    await session.flush()
    return row


async def _begin(
    session: AsyncSession, row: ReplacementDue, due: Due, has: _Now
) -> tuple[_Now, bool]:
    """Say that what a conditional debt waited for has come."""
    if has.state is not State.CONDITIONAL or not has_come(due.triggered_at, now(session)):
        return has, False
    document = ledger.TriggerIn.model_validate(
        {"triggered_at": due.triggered_at, "due_at": due.due_at, "note": None}
    )
    await ledger.trigger(session, obligation_id=row.obligation_id, document=document)
    return replace(has, state=State.OPEN, due_at=due.due_at), True


async def _retime(
    session: AsyncSession, row: ReplacementDue, due: Due, has: _Now, otherwise: DueChange
) -> bool:
    """Let it be due at another time, where it is reckoned so now."""
    if has.state not in DUE or has.due_at == due.due_at or "trigger" not in due.obligation:
        return False
    reckoned = Reckoned(otherwise, due.due_why[:4000], due.obligation["ground"]["reference"])
    await ledger.retime(
        session, obligation_id=row.obligation_id, due_at=due.due_at, reckoned=reckoned
    )
    return True


async def _perform(session: AsyncSession, row: ReplacementDue, due: Due, has: _Now) -> bool:
    """Say when a debt was kept; heard later that it was otherwise, correct it."""
    if row.performed_at == due.done_at or (due.done_at and not has_come(due.done_at, now(session))):
        return False
    performed = None
    if due.done_at is not None:
        performed = ledger.PerformanceIn.model_validate(
            {**_measure(due), "performed_at": due.done_at, "note": due.done_note}
        )
    if row.performance_id is not None:
        correction = ledger.CorrectionIn(
            by_name=_WE,
            reason="It was done at another time, or not at all, as was heard later.",
            instead=performed,
        )
        await ledger.correct(
            session,
            obligation_id=row.obligation_id,
            performance_id=row.performance_id,
            document=correction,
        )
        row.performance_id = await _newest(session, row.obligation_id) if performed else None
    elif performed is not None and has.state in DUE:
        _, done = await ledger.perform(session, obligation_id=row.obligation_id, document=performed)
        row.performance_id = done.id
    else:
        return False
    row.performed_at = due.done_at
    await session.flush()
    return True


def _measure(due: Due) -> dict[str, Any]:
    amount = due.obligation.get("amount")
    return {"amount": amount} if amount is not None else {"quantity": 1}


async def _newest(session: AsyncSession, obligation_id: UUID) -> UUID | None:
    done = views.performances().subquery()
    return await session.scalar(
        sa.select(done.c.performance_id)
        .where(done.c.obligation_id == obligation_id, done.c.value > 0)
        .order_by(done.c.performance_id.desc())
        .limit(1)
    )


async def _release(
    session: AsyncSession, found: Read, row: ReplacementDue, due: Due, has: _Now
) -> bool:
    """Let the debtor off in its creditor's name, who wants it no more."""
    if due.let_off is None or has.state not in LIVE or due.done_at is not None:
        return False
    is_ours = due.obligation["debtor"] != {"kind": "us"}
    document = ledger.ReleaseIn.model_validate(
        {
            "by": {"kind": "us"} if is_ours else found.standing.party,
            "by_name": _WE,
            "released_at": now(session),
            "words": due.let_off,
        }
    )
    await ledger.release(session, obligation_id=row.obligation_id, document=document)
    return True


async def _drop(session: AsyncSession, row: ReplacementDue, has: _Now) -> bool:
    """Take away what is owed no more; False where something of it was done, so that it stays."""
    if has.performed or row.performance_id is not None:
        return False
    if has.state in LIVE:
        document = ledger.VoidIn(reason="By what is on record now it is not owed.")
        await ledger.void(session, obligation_id=row.obligation_id, document=document)
    await session.delete(row)
    await session.flush()
    return True
