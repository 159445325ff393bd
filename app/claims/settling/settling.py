"""A line is settled: performed in the ledger, kept with an allowance, or written off.

What is made good is capped at what was lost, under a lock: of two who settle one line at once the
second finds what the first has left.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.claims import answering, hearing, keeping
from app.claims.events import ClaimSettlementRecorded
from app.claims.models import Claim, ClaimLine, ClaimSettlement
from app.claims.rules import spoken_number
from app.claims.rules.axes import ENDS, SETTLEMENTS, SettlementState
from app.claims.rules.refusals import UnfitClaimSettlement
from app.claims.settling.debts import live_debts, release_all, restored
from app.claims.settling.schemas import IN_MONEY, SettleClaimIn
from app.claims.standing import Standing, stand
from app.events import publish
from app.kit.db import context_of, now
from app.kit.ids import new_id
from app.kit.moments import require_possible
from app.obligations import service as ledger
from app.obligations.rules import GroundKind, State
from app.obligations.rules import Kind as Owed
from app.orders.units import service as units
from app.orders.units.rules import CannotReplace, ImpossibleMove, NotGone

_KINDS = {
    SettlementState.CREDITED: Owed.PAY_MONEY,
    SettlementState.KEPT_WITH_ALLOWANCE: Owed.PAY_MONEY,
    SettlementState.REPLACED: Owed.DELIVER_GOODS,
    SettlementState.REPAIRED: Owed.REPAIR_GOODS,
}


async def settle(
    session: AsyncSession,
    *,
    claim_id: UUID,
    document: SettleClaimIn,
    if_match: str | None = None,
) -> Claim:
    """Take one step to the end of a claim. Of two at once the second finds what the first left.

    Raises NotFound, VersionMismatch, IllegalStep, ImpossibleMoment, UnfitClaimSettlement,
    UnknownFile, and what the ledger raises: AboveTheLoss and others.
    """
    claim = await keeping.take(session, claim_id, if_match)
    answering.require_submitted(claim)
    SETTLEMENTS.require(claim, document.settlement)
    moment = now(session)
    require_possible({"/at": document.at}, now=moment, since=claim.submitted_at)
    standing = await stand(session, claim)
    line = _line(standing, document.line)
    step = ClaimSettlement(
        id=new_id(),
        claim_id=claim.id,
        settlement=document.settlement.value,
        line_id=line.id,
        replacement_serial=document.replacement_serial,
        at=document.at or moment,
        by_name=document.by_name,
        reference=document.reference,
        note=document.note,
        recorded_at=moment,
        recorded_by=context_of(session).caller,
    )
    if document.settlement is not SettlementState.WRITTEN_OFF:
        await _make_good(session, standing, line, document, step)
    session.add(step)
    await session.flush()
    await _end_line(session, standing, line, document, step)
    await publish(session, _recorded(claim, line, step))
    await hearing.settle_states(session, claim)
    return claim


def _line(standing: Standing, position: int | None) -> ClaimLine:
    if position is None and len(standing.lines) > 1:
        raise _unfit("/line", f"the claim has {len(standing.lines)} lines; say which")
    wanted = position or 1
    if wanted > len(standing.lines):
        raise _unfit("/line", f"lines count from 1 to {len(standing.lines)}")
    line = standing.line(wanted)
    if line.settled in {each.value for each in ENDS}:
        raise _unfit("/line", f"line {wanted} is {line.settled} already")
    return line


def _unfit(pointer: str, detail: str) -> UnfitClaimSettlement:
    errors = [{"pointer": pointer, "detail": detail}]
    return UnfitClaimSettlement("It cannot be settled so.", errors=errors)


def _recorded(claim: Claim, line: ClaimLine, step: ClaimSettlement) -> ClaimSettlementRecorded:
    return ClaimSettlementRecorded(
        **keeping.named(claim),
        settlement_id=step.id,
        settlement=step.settlement,
        line=line.position,
        quantity=step.quantity,
        amount=format(step.amount, "f") if step.amount is not None else None,
        currency=step.currency,
        obligation_id=step.obligation_id,
    )


async def _make_good(
    session: AsyncSession,
    standing: Standing,
    line: ClaimLine,
    document: SettleClaimIn,
    step: ClaimSettlement,
) -> None:
    measure = await _measure(session, line, document)
    money = measure.get("amount")
    step.quantity = measure.get("quantity")
    if money is not None:
        step.amount, step.currency = money["amount"], money["currency"]
        measure = {"amount": {**money, "amount": format(money["amount"], "f")}}
    debt_id = await _debt(session, standing, line, document.settlement, measure, step)
    step.obligation_id = debt_id
    performed = ledger.PerformanceIn.model_validate(
        {
            **measure,
            "performed_at": step.at,
            "reference": document.reference,
            "note": document.note,
            "file_ids": document.file_ids,
            "above_cap": document.above_cap,
        }
    )
    if _counts(line, money) and line.loss_id is not None:
        _, done = await ledger.settle(
            session, loss_id=line.loss_id, obligation_id=debt_id, document=performed
        )
    else:
        _, done = await ledger.perform(session, obligation_id=debt_id, document=performed)
    step.performance_id = done.id


def _counts(line: ClaimLine, money: Any) -> bool:
    """Whether it makes the loss good in a measure that the loss has: nobody may know its worth."""
    return money is None or line.unit_value_amount is not None


async def _measure(
    session: AsyncSession, line: ClaimLine, document: SettleClaimIn
) -> dict[str, Any]:
    """Return how much is made good: as told, else all that remains."""
    told = document.amount
    if told is not None:
        return {"amount": {"amount": told.amount, "currency": told.currency}}
    if line.loss_id is None:
        raise _unfit("/settlement", "nothing was lost with it yet: it was never submitted")
    (shown,) = await ledger.show_losses(session, [await ledger.get_loss(session, line.loss_id)])
    if document.settlement in IN_MONEY:
        left = shown.remaining_value
        if left is None or not left.amount:
            raise _unfit("/amount", "nobody told what is left of its worth; say the amount")
        return {"amount": {"amount": left.amount, "currency": left.currency}}
    quantity = document.quantity or shown.remaining_quantity
    if not quantity:
        raise _unfit("/quantity", "no whole unit of it remains; credit the rest")
    return {"quantity": quantity}


async def _debt(
    session: AsyncSession,
    standing: Standing,
    line: ClaimLine,
    settlement: SettlementState,
    measure: dict[str, Any],
    step: ClaimSettlement,
) -> UUID:
    """Return the debt that was performed; where there is none of that kind one is opened."""
    in_money = "amount" in measure
    kind = _KINDS[settlement].value
    for debt in await live_debts(session, standing, line):
        if debt.kind != kind or (debt.currency is not None) != in_money:
            continue
        if debt.state == State.CONDITIONAL.value:
            trigger = ledger.TriggerIn(triggered_at=step.at, due_at=None, note="It was done.")
            await ledger.trigger(session, obligation_id=debt.obligation_id, document=trigger)
        return debt.obligation_id
    document = ledger.ObligationIn.model_validate(
        {
            "kind": kind,
            "debtor": standing.party,
            **measure,
            "description": f"{settlement.value.replace('_', ' ').capitalize()}: {line.product_key}"
            f", claim {spoken_number(standing.claim.number)}.",
            "ground": {
                "kind": GroundKind.TERM,
                "text": f"Given for what failed: {standing.claim.symptom}"[:4000],
            },
            "about": standing.about(line),
            "loss_id": line.loss_id if _counts(line, measure.get("amount")) else None,
        }
    )
    return (await ledger.open_obligation(session, document=document)).id


async def _end_line(
    session: AsyncSession,
    standing: Standing,
    line: ClaimLine,
    document: SettleClaimIn,
    step: ClaimSettlement,
) -> None:
    line.settled_quantity += step.quantity or 0
    alone = document.settlement in {
        SettlementState.WRITTEN_OFF,
        SettlementState.KEPT_WITH_ALLOWANCE,
    }
    by_money = step.amount is not None and line.unit_value_amount is None
    is_over = alone or by_money or await restored(session, line)
    line.settled = (document.settlement if is_over else SettlementState.PARTIALLY_SETTLED).value
    if is_over:
        words = f"{document.settlement.value.replace('_', ' ').capitalize()}. {document.note or ''}"
        await release_all(
            session, standing, line, by_name=document.by_name, at=step.at, words=words.strip()
        )
    await session.flush()
    if document.replacement_serial is not None:
        await _link(session, standing, line, document.replacement_serial, step.at)
    if document.settlement is SettlementState.REPAIRED:
        await _came_back(session, line, step.at)


async def _came_back(session: AsyncSession, line: ClaimLine, at: datetime) -> None:
    """Note that a unit is here again: it was repaired, and may fail once more."""
    if line.unit_id is None:
        return
    (unit,) = await units.lock(session, [line.unit_id])
    try:
        await units.came_back(session, unit, at=at)
    except (NotGone, ImpossibleMove):
        # It never left, or it is on record otherwise; the claim is settled all the same.
        return


async def _link(
    session: AsyncSession, standing: Standing, line: ClaimLine, serial: str, at: datetime
) -> None:
    """Tie the unit that failed to the one that came instead, where the ERP has told both."""
    if line.unit_id is None:
        return
    found = await units.find(session, serial, line.product_key)
    if len(found) != 1 or found[0].id == line.unit_id:
        return
    locked = {each.id: each for each in await units.lock(session, [line.unit_id, found[0].id])}
    try:
        await units.replaced(
            session, locked[line.unit_id], locked[found[0].id], at=at, rma=standing.claim.rma
        )
    except CannotReplace:
        # It stands in for another already, by what the ERP told; that stays.
        return
