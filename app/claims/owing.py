"""What is owed by a claim as it stands: reckoned from all that was heard, and told to the ledger.

The same again changes nothing. What no longer holds is void, and what is reckoned otherwise takes
the place of what was: what we concluded was done of it is taken back first. A debt of which
somebody else performed something stays as it is, and what is owed beyond it is another debt.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.claims.due import Due
from app.claims.dues import dues_of
from app.claims.models import ClaimDue
from app.claims.reading import Read
from app.claims.standing import Standing
from app.kit.db import now
from app.kit.ids import new_id
from app.kit.moments import has_come
from app.obligations import lost, views
from app.obligations import service as ledger
from app.obligations.rules import LIVE, DeadlineState, LossKind, State

_WE = "makegood"


@dataclass(frozen=True, slots=True)
class _Told:
    """What the ledger has of it now."""

    state: str
    performed: bool
    debt: Any = None


async def reckon(session: AsyncSession, standing: Standing, found: Read) -> bool:
    """Tell the ledger what is owed by a locked claim now, and what no longer is.

    Returns whether anything is owed otherwise than before.
    """
    await _open_losses(session, standing, found)
    rows = await rows_of(session, standing.claim.id)
    before = [_as_told(row) for row in rows]
    told = await _told(session, rows)
    kept = {(row.purpose, row.subject): row for row in rows}
    wanted = dues_of(standing, found, session)
    # The ledger writes its own events for each of them: they are told one by one.
    for each in wanted:
        due: Due | None = each
        while due is not None:
            row = kept.pop((due.purpose, due.subject), None)
            stays = await _meet(session, standing, due, row, told)
            due = due.beyond(stays.basis) if stays is not None else None
    for row in kept.values():
        await _drop(session, row, told, "By what is on record now it is not owed.")
    return before != [_as_told(row) for row in await rows_of(session, standing.claim.id)]


def _as_told(row: ClaimDue) -> tuple[UUID, datetime | None]:
    return row.id, row.performed_at


async def rows_of(session: AsyncSession, claim_id: UUID) -> Sequence[ClaimDue]:
    """Return what the ledger was told of a claim, the oldest first."""
    query = sa.select(ClaimDue).where(ClaimDue.claim_id == claim_id).order_by(ClaimDue.id)
    return (await session.scalars(query)).all()


async def _told(session: AsyncSession, rows: Sequence[ClaimDue]) -> dict[UUID, _Told]:
    debts, rights = views.obligations().subquery(), lost.deadlines().subquery()
    found: dict[UUID, _Told] = {}
    for row in await session.execute(
        sa.select(debts).where(
            debts.c.obligation_id.in_([each.obligation_id for each in rows if each.obligation_id])
        )
    ):
        found[row.obligation_id] = _Told(row.state, row.performed > 0, row)
    for row in await session.execute(
        sa.select(rights.c.deadline_id, rights.c.state).where(
            rights.c.deadline_id.in_([each.deadline_id for each in rows if each.deadline_id])
        )
    ):
        found[row.deadline_id] = _Told(row.state, performed=False)
    return found


async def _meet(
    session: AsyncSession,
    standing: Standing,
    due: Due,
    row: ClaimDue | None,
    told: Mapping[UUID, _Told],
) -> ClaimDue | None:
    """Let the ledger say what is owed; return what stays though it was reckoned otherwise."""
    stays = None
    if row is not None and row.basis != due.basis:
        stays = None if await _drop(session, row, told, due.why) else row
        row = stays
    if row is None:
        row = await _open(session, standing, due)
        # Of what the ledger was told a moment ago nothing was done yet.
        told = {**told, _id(row): _Told(_first_state(due), performed=False)}
    if due.deadline is not None:
        await _use(session, row, due, told)
    else:
        await _begin(session, row, due, told)
        await _perform(session, row, due, told)
    return stays


def _id(row: ClaimDue) -> UUID:
    found = row.obligation_id or row.deadline_id
    if found is None:
        msg = f"claim due {row.id}: neither a debt nor a deadline"
        raise RuntimeError(msg)
    return found


def _first_state(due: Due) -> str:
    if due.deadline is not None:
        return DeadlineState.OPEN.value
    waits = (due.obligation or {}).get("trigger") is not None
    return (State.CONDITIONAL if waits else State.OPEN).value


async def _open(session: AsyncSession, standing: Standing, due: Due) -> ClaimDue:
    row = ClaimDue(
        id=new_id(),
        claim_id=standing.claim.id,
        purpose=due.purpose,
        subject=due.subject,
        basis=due.basis,
    )
    if due.deadline is not None:
        document = ledger.DeadlineIn.model_validate(due.deadline)
        row.deadline_id = (await ledger.open_deadline(session, document=document)).id
    else:
        debt = ledger.ObligationIn.model_validate(due.obligation)
        row.obligation_id = (await ledger.open_obligation(session, document=debt)).id
    session.add(row)
    await session.flush()
    return row


async def _use(session: AsyncSession, row: ClaimDue, due: Due, told: Mapping[UUID, _Told]) -> None:
    """Say that a right of ours was used, once we have used it in time."""
    now_is = told[_id(row)].state
    if due.done_at is None or row.deadline_id is None or not has_come(due.done_at, now(session)):
        return
    if now_is in {DeadlineState.USED.value, DeadlineState.WAIVED.value}:
        return
    if due.last_at is not None and due.done_at > due.last_at:
        return
    document = ledger.UseIn(used_at=due.done_at, note=due.done_note)
    await ledger.use(session, deadline_id=row.deadline_id, document=document)


async def _begin(
    session: AsyncSession, row: ClaimDue, due: Due, told: Mapping[UUID, _Told]
) -> None:
    """Say that what a conditional debt waited for has come."""
    if row.obligation_id is None or not has_come(due.triggered_at, now(session)):
        return
    if told[_id(row)].state != State.CONDITIONAL.value:
        return
    document = ledger.TriggerIn.model_validate(
        {"triggered_at": due.triggered_at, "due_at": due.due_at, "note": None}
    )
    await ledger.trigger(session, obligation_id=row.obligation_id, document=document)


async def _perform(
    session: AsyncSession, row: ClaimDue, due: Due, told: Mapping[UUID, _Told]
) -> None:
    """Say when a debt was kept; heard later that it was kept before, correct it."""
    if row.obligation_id is None or row.performed_at == due.done_at:
        return
    if due.done_at is not None and not has_come(due.done_at, now(session)):
        return
    if due.done_at is None:
        await _take_back(session, row, "It was not done, as was heard later.")
        return
    performed = ledger.PerformanceIn(
        quantity=due.done_quantity, performed_at=due.done_at, note=due.done_note
    )
    if row.performance_id is not None:
        correction = ledger.CorrectionIn(
            by_name=_WE,
            reason="It was done at another time, as was heard later.",
            instead=performed,
        )
        _, done = await ledger.correct(
            session,
            obligation_id=row.obligation_id,
            performance_id=row.performance_id,
            document=correction,
        )
        row.performance_id = await _newest(session, row.obligation_id) or done.id
    elif told[_id(row)].state in {State.OPEN.value, State.BROKEN.value}:
        _, done = await ledger.perform(session, obligation_id=row.obligation_id, document=performed)
        row.performance_id = done.id
    else:
        return
    row.performed_at = due.done_at
    await session.flush()


async def _newest(session: AsyncSession, obligation_id: UUID) -> UUID | None:
    done = views.performances().subquery()
    return await session.scalar(
        sa.select(done.c.performance_id)
        .where(done.c.obligation_id == obligation_id, done.c.value > 0)
        .order_by(done.c.performance_id.desc())
        .limit(1)
    )


async def _drop(session: AsyncSession, row: ClaimDue, told: Mapping[UUID, _Told], why: str) -> bool:
    """Take away what is owed no more; False where something of it was done, so that it stays."""
    now_is = told[_id(row)]
    if row.performance_id is not None:
        now_is = await _take_back(session, row, why)
    if now_is.performed:
        return False
    if row.deadline_id is not None and now_is.state == DeadlineState.OPEN.value:
        document = ledger.WaiveIn(by_name=_WE, note=why)
        await ledger.waive(session, deadline_id=row.deadline_id, document=document)
    elif row.obligation_id is not None and State(now_is.state) in LIVE:
        await ledger.void(
            session, obligation_id=row.obligation_id, document=ledger.VoidIn(reason=why)
        )
    await session.delete(row)
    await session.flush()
    return True


async def _take_back(session: AsyncSession, row: ClaimDue, why: str) -> _Told:
    """Take back what we concluded was done of a debt; return how it stands then."""
    if row.obligation_id is None or row.performance_id is None:
        msg = f"claim due {row.id}: nothing was done of it"
        raise RuntimeError(msg)
    document = ledger.CorrectionIn(by_name=_WE, reason=why)
    debt, _ = await ledger.correct(
        session,
        obligation_id=row.obligation_id,
        performance_id=row.performance_id,
        document=document,
    )
    row.performance_id = row.performed_at = None
    await session.flush()
    return _Told(debt.state, debt.performed > 0)


async def _open_losses(session: AsyncSession, standing: Standing, found: Read) -> None:
    """Record what was lost with each line, once it was claimed."""
    claim = standing.claim
    if not found.course.asks:
        return
    for line in standing.lines:
        if line.loss_id is not None:
            continue
        worth = None
        if line.unit_value_amount is not None:
            amount = line.quantity * line.unit_value_amount
            worth = {"amount": format(amount, "f"), "currency": line.unit_value_currency}
        serial = f", serial {line.serial}" if line.serial else ""
        about = {**standing.about(line), "rma": None}
        document = ledger.LossIn.model_validate(
            {
                "description": f"{line.quantity} of {line.product_key}{serial} failed: "
                f"{claim.symptom}"[:4000],
                "kind": LossKind.FAILED,
                "quantity": line.quantity,
                "value": worth,
                "about": about,
            }
        )
        line.loss_id = (await ledger.open_loss(session, document=document)).id
    await session.flush()
