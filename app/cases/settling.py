"""The customer is made whole, the case closed or reopened, the recovery brought to its end."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.cases import keeping, rules
from app.cases.events import CaseClosed, CaseMadeWhole, CaseRecoveryClosed, CaseReopened
from app.cases.models import Case, MakeWhole
from app.cases.opening import reopen_recovery
from app.cases.rules import RECOVERIES, STATES, Bearer, Outcome, Recovery, State
from app.cases.settling_schemas import CloseIn, CloseRecoveryIn, ExpenseIn, MakeWholeIn, ReopenIn
from app.events import publish
from app.kit.db import context_of, now
from app.kit.ids import new_id
from app.obligations import lost
from app.obligations import service as ledger
from app.obligations.rules import LIVE, US, Party, PartyKind
from app.parcels.rules import carrier_slug
from app.vendors import service as vendors

_OTHERS = (PartyKind.VENDOR, PartyKind.CARRIER)


async def make_whole(
    session: AsyncSession, *, case_id: UUID, document: MakeWholeIn, if_match: str | None = None
) -> Case:
    """Write down what the customer gets: her clock stops, the recovery stays open behind her.

    The expense is ours first, always. Of two at once exactly one wins. It opens nothing in the
    ledger: what was lost is opened there once, by whatever pursues it (a discrepancy, a claim), and
    a second loss for the same thing would count it twice.

    Raises NotFound, VersionMismatch, IllegalStep, UnknownReference, MoreThanReported,
    ImpossibleTime.
    """
    case = await keeping.take(session, case_id, if_match)
    STATES.require(case, State.MADE_WHOLE)
    moment = now(session)
    at = document.at or moment
    rules.require_possible(at, now=moment, pointer="/at", since=case.waiting_since)
    rules.require_quantity(case.quantity, document.quantity)
    given = await _given(session, case, document)
    given.at = at
    STATES.step(case, State.MADE_WHOLE)
    case.made_whole_at = at
    if given.bearer != Bearer.US.value:
        reopen_recovery(case)
    session.add(given)
    await keeping.changed(session, case)
    await publish(session, _made_whole(session, case, given))
    return case


async def _given(session: AsyncSession, case: Case, document: MakeWholeIn) -> MakeWhole:
    money, expense = document.amount, document.expense_of
    return MakeWhole(
        id=new_id(),
        case_id=case.id,
        remedy=document.remedy.value,
        quantity=document.quantity,
        amount=money.amount if money else None,
        currency=money.currency if money else None,
        reference=document.reference,
        note=document.note,
        bearer=expense.kind.value,
        bearer_key=await _bearer_key(session, expense),
        recorded_at=now(session),
        recorded_by=context_of(session).caller,
    )


async def _bearer_key(session: AsyncSession, expense: ExpenseIn) -> str | None:
    if expense.kind is Bearer.VENDOR and expense.key is not None:
        await vendors.resolve(session, {"/expense_of/key": expense.key})
    if expense.kind is Bearer.CARRIER:
        # As parcels call it, so that whatever is asked of a carrier has one name.
        return carrier_slug(expense.key) or expense.key
    return expense.key


def _made_whole(session: AsyncSession, case: Case, given: MakeWhole) -> CaseMadeWhole:
    return CaseMadeWhole(
        **keeping.named(case),
        make_whole_id=given.id,
        remedy=given.remedy,
        quantity=given.quantity,
        amount=None if given.amount is None else format(given.amount, "f"),
        currency=given.currency,
        at=given.at,
        reference=given.reference,
        expense_of=given.bearer
        if given.bearer_key is None
        else f"{given.bearer}:{given.bearer_key}",
        recovery=case.recovery,
        customer_waited_s=keeping.waited_s(session, case),
    )


async def close(
    session: AsyncSession, *, case_id: UUID, document: CloseIn, if_match: str | None = None
) -> Case:
    """End the customer's side. A recovery goes on.

    Raises NotFound, VersionMismatch, IllegalStep, NotMadeWhole.
    """
    case = await keeping.take(session, case_id, if_match)
    STATES.require(case, State.CLOSED)
    rules.require_reason(STATES.now(case), document.reason)
    STATES.step(case, State.CLOSED)
    case.closed_at = now(session)
    case.close_reason, case.close_note = document.reason.value, document.note
    await keeping.changed(session, case)
    event = CaseClosed(
        **keeping.named(case),
        reason=document.reason.value,
        note=case.close_note,
        recovery=case.recovery,
        customer_waited_s=keeping.waited_s(session, case),
    )
    await publish(session, event)
    return case


async def reopen(
    session: AsyncSession, *, case_id: UUID, document: ReopenIn, if_match: str | None = None
) -> Case:
    """Take a case up again: the customer waits again, and what she waited before still counts.

    What she got before is kept, and marked as undone. Raises NotFound, VersionMismatch,
    IllegalStep, ImpossibleTime.
    """
    case = await keeping.take(session, case_id, if_match)
    was = STATES.now(case)
    STATES.require(case, State.OPEN)
    moment = now(session)
    since = document.waiting_since or moment
    stopped_at = case.made_whole_at or case.closed_at
    rules.require_possible(since, now=moment, pointer="/waiting_since", since=stopped_at)
    case.waited_before_s = keeping.waited_s(session, case)
    STATES.step(case, State.OPEN)
    case.waiting_since = since
    case.made_whole_at = case.closed_at = case.close_reason = case.close_note = None
    await session.execute(
        sa.update(MakeWhole)
        .where(MakeWhole.case_id == case.id, MakeWhole.undone_at.is_(None))
        .values(undone_at=moment)
    )
    await keeping.changed(session, case)
    event = CaseReopened(
        **keeping.named(case), was=was.value, waiting_since=since, note=document.note
    )
    await publish(session, event)
    return case


async def close_recovery(
    session: AsyncSession,
    *,
    case_id: UUID,
    document: CloseRecoveryIn,
    if_match: str | None = None,
) -> Case:
    """End what is asked of the vendor or the carrier. The customer's side is not touched.

    Given up (written off, not pursued) it ends whatever is owed; what is owed stays so in the
    ledger, until somebody releases it there. Recovered means all of it: every loss made good.
    Raises NotFound, VersionMismatch, IllegalStep, ImpossibleTime, StillOwed, StillLost.
    """
    case = await keeping.take(session, case_id, if_match)
    RECOVERIES.require(case, Recovery.DONE)
    if not rules.gives_up(document.outcome):
        rules.require_nothing_owed(await _owed_to_us(session, case_id))
    if document.outcome is Outcome.RECOVERED:
        rules.require_restored(await _still_lost(session, case_id))
    moment = now(session)
    at = document.at or moment
    rules.require_possible(at, now=moment, pointer="/at", since=case.reported_at)
    RECOVERIES.step(case, Recovery.DONE)
    case.recovery_closed_at, case.recovery_outcome = at, document.outcome.value
    case.recovery_note = document.note
    await keeping.changed(session, case)
    event = CaseRecoveryClosed(
        **keeping.named(case), outcome=document.outcome.value, closed_at=at, note=document.note
    )
    await publish(session, event)
    return case


async def _still_lost(session: AsyncSession, case_id: UUID) -> list[dict[str, object]]:
    """Return the losses of a case that are not made good in full."""
    told = lost.losses().subquery()
    rows = await session.execute(
        sa.select(told.c.loss_id, told.c.number)
        .where(told.c.case_id == case_id, told.c.restored_at.is_(None))
        .order_by(told.c.loss_id)
    )
    return [{"id": str(row.loss_id), "number": row.number} for row in rows]


async def _owed_to_us(session: AsyncSession, case_id: UUID) -> list[dict[str, object]]:
    """Return what vendors and carriers owe us in a case, the most pressing first."""
    return [
        {
            "id": str(row.id),
            "number": row.number,
            "kind": row.kind,
            "state": row.state,
            "debtor": row.debtor,
        }
        for row in await ledger.find_by_case(session, case_id)
        if row.state in LIVE and row.creditor == str(US) and Party.parse(row.debtor).kind in _OTHERS
    ]
