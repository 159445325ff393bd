"""A discrepancy comes to its end: made good in the ledger, accepted as refused, or written off.

Always the discrepancy's row is locked first, then its loss, then the debts that pursue it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.discrepancies import keeping
from app.discrepancies.endings.ending import debts_of, release, restored, wind_up
from app.discrepancies.endings.settling_schemas import SettleIn
from app.discrepancies.events import SettlementRecorded
from app.discrepancies.evidence.facts import Standing, stand
from app.discrepancies.line_schemas import LineNameIn
from app.discrepancies.models import Denial, Discrepancy, DiscrepancyLine, SettlementStep
from app.discrepancies.rules import (
    MAKES_GOOD,
    STATES,
    NothingDenied,
    Settlement,
    State,
    UnfitSettlement,
    WhichObligation,
)
from app.events import publish
from app.kit.db import context_of, now
from app.kit.ids import new_id
from app.kit.moments import require_possible
from app.obligations import service as ledger
from app.obligations.rules import GroundKind, PartyKind
from app.obligations.rules import Kind as Owed


async def settle(
    session: AsyncSession,
    *,
    discrepancy_id: UUID,
    document: SettleIn,
    if_match: str | None = None,
) -> Discrepancy:
    """Take one step to the end. Of two at once the second finds what the first left.

    Raises NotFound, VersionMismatch, IllegalStep, ImpossibleMoment, UnfitSettlement,
    WhichObligation, NothingDenied, and what the ledger raises: AboveTheLoss and others.
    """
    discrepancy = await keeping.take(session, discrepancy_id, if_match)
    STATES.require(discrepancy, State.SETTLED)
    moment = now(session)
    require_possible({"/at": document.at}, now=moment)
    at = document.at or moment
    standing = await stand(session, discrepancy)
    step = SettlementStep(
        id=new_id(),
        discrepancy_id=discrepancy.id,
        settlement=document.settlement.value,
        released_ids=[],
        at=at,
        by_name=document.by_name,
        reference=document.reference,
        note=document.note,
        recorded_at=moment,
        recorded_by=context_of(session).caller,
    )
    if document.settlement in MAKES_GOOD:
        await _make_good(session, standing, document, step)
    else:
        await _let_go(session, standing, document, step)
    session.add(step)
    await keeping.changed(session, discrepancy)
    await publish(session, _recorded(discrepancy, step))
    is_over = document.settlement not in MAKES_GOOD or await restored(session, standing.lines)
    if is_over:
        await wind_up(session, standing, document.settlement, at)
    return discrepancy


def _recorded(discrepancy: Discrepancy, step: SettlementStep) -> SettlementRecorded:
    return SettlementRecorded(
        **keeping.named(discrepancy),
        settlement_id=step.id,
        settlement=step.settlement,
        quantity=step.quantity,
        amount=format(step.amount, "f") if step.amount is not None else None,
        currency=step.currency,
        obligation_id=step.obligation_id,
        released_ids=step.released_ids,
    )


async def _make_good(
    session: AsyncSession, standing: Standing, document: SettleIn, step: SettlementStep
) -> None:
    line = _line(standing, document.order)
    step.line_id = line.id
    if line.loss_id is None:
        await _send_back(session, line, document, step)
        return
    measure = await _measure(session, line.loss_id, document)
    obligation_id = document.obligation_id
    if obligation_id is None:
        in_money = document.settlement is Settlement.CREDITED
        owed = [debt for debt in await debts_of(session, [line.loss_id]) if _is(debt, in_money)]
        obligation_id = await _one(session, standing, line, owed, measure, document)
    _, performance = await ledger.settle(
        session,
        loss_id=line.loss_id,
        obligation_id=obligation_id,
        document=_performance(document, measure, step.at),
    )
    _note(step, measure, obligation_id, performance.id)


def _note(
    step: SettlementStep, measure: dict[str, Any], obligation_id: UUID, performance_id: UUID
) -> None:
    step.obligation_id, step.performance_id = obligation_id, performance_id
    step.quantity = measure.get("quantity")
    money = measure.get("amount")
    if money is not None:
        step.amount, step.currency = money["amount"], money["currency"]


def _performance(document: SettleIn, measure: dict[str, Any], at: datetime) -> ledger.PerformanceIn:
    told = {name: value for name, value in measure.items() if name == "quantity"}
    if "amount" in measure:
        money = measure["amount"]
        told["amount"] = {"amount": format(money["amount"], "f"), "currency": money["currency"]}
    return ledger.PerformanceIn.model_validate(
        {
            **told,
            "performed_at": at,
            "reference": document.reference,
            "note": document.note,
            "file_ids": document.file_ids,
            "above_cap": document.above_cap,
        }
    )


def _line(standing: Standing, order: LineNameIn | None) -> DiscrepancyLine:
    if order is None and len(standing.lines) == 1:
        return standing.lines[0]
    for line, told in zip(standing.lines, standing.order_lines, strict=True):
        if order is not None and (told.purchase_order, told.line) == (
            order.purchase_order,
            order.line,
        ):
            return line
    detail = (
        f"{len(standing.lines)} lines differ; say which of them was made good"
        if order is None
        else "the discrepancy is not about that line"
    )
    raise _unfit("/order", detail)


def _unfit(pointer: str, detail: str) -> UnfitSettlement:
    return UnfitSettlement("It cannot end so.", errors=[{"pointer": pointer, "detail": detail}])


async def _measure(session: AsyncSession, loss_id: UUID, document: SettleIn) -> dict[str, Any]:
    """Return how much is made good: as told, else all that remains."""
    (shown,) = await ledger.show_losses(session, [await ledger.get_loss(session, loss_id)])
    if document.settlement is Settlement.RESHIPPED:
        quantity = document.quantity or shown.remaining_quantity
        if not quantity:
            raise _unfit("/quantity", "no whole unit of it remains; credit the rest")
        return {"quantity": quantity}
    if document.amount is not None:
        money = document.amount
        return {"amount": {"amount": money.amount, "currency": money.currency}}
    left = shown.remaining_value
    if left is None:
        raise _unfit("/amount", "nobody told what it is worth; say the amount")
    if not left.amount:
        raise _unfit("/amount", "nothing of it remains")
    return {"amount": {"amount": left.amount, "currency": left.currency}}


def _is(debt: Any, in_money: bool) -> bool:  # noqa: FBT001
    if in_money:
        return debt.kind == Owed.PAY_MONEY.value and debt.currency is not None
    return debt.kind == Owed.DELIVER_GOODS.value


async def _one(
    session: AsyncSession,
    standing: Standing,
    line: DiscrepancyLine,
    owed: Sequence[Any],
    measure: dict[str, Any],
    document: SettleIn,
) -> UUID:
    """Return the debt that was performed; open one on the ground of the order if there is none."""
    if len(owed) == 1:
        return owed[0].obligation_id
    if owed:
        raise WhichObligation(
            "Several debts pursue this loss; say in `obligation_id` which was performed.",
            obligations=[{"id": str(each.obligation_id), "number": each.number} for each in owed],
            errors=[{"pointer": "/obligation_id", "detail": f"{len(owed)} pursue this loss"}],
        )
    ordered = standing.gathered.lines[line.purchase_line_id]
    told: dict[str, Any] = {
        "kind": Owed.PAY_MONEY if "amount" in measure else Owed.DELIVER_GOODS,
        "debtor": {"kind": PartyKind.VENDOR, "key": standing.supplier},
        "quantity": measure.get("quantity"),
        "description": f"{document.settlement.value.capitalize()} for {ordered.product} "
        f"({ordered.name}).",
        "ground": {
            "kind": GroundKind.TERM,
            "text": f"{ordered.quantity} of {ordered.product} were ordered and are owed by the "
            f"order itself; {line.quantity} of them differ in shipment {standing.gathered.key!r}.",
            "reference": ordered.purchase_order,
        },
        "about": {
            "case_id": standing.discrepancy.case_id,
            "purchase_line_id": line.purchase_line_id,
            "shipment": standing.gathered.key,
        },
        "loss_id": line.loss_id,
    }
    if "amount" in measure:
        money = measure["amount"]
        told["amount"] = {"amount": format(money["amount"], "f"), "currency": money["currency"]}
    document_in = ledger.ObligationIn.model_validate(told)
    return (await ledger.open_obligation(session, document=document_in)).id


async def _send_back(
    session: AsyncSession, line: DiscrepancyLine, document: SettleIn, step: SettlementStep
) -> None:
    """Keep our own debt: what came too much goes back."""
    if document.settlement is not Settlement.RESHIPPED or line.debt_id is None:
        raise _unfit("/settlement", "what came too much is ours to give back: reshipped, in units")
    if document.obligation_id not in {None, line.debt_id}:
        raise _unfit("/obligation_id", f"it is obligation {line.debt_id} that is kept by it")
    debt = await ledger.get(session, line.debt_id)
    quantity = document.quantity or max(int(debt.owed - debt.performed), 1)
    measure = {"quantity": quantity}
    _, performance = await ledger.perform(
        session,
        obligation_id=line.debt_id,
        document=_performance(document, measure, step.at),
    )
    _note(step, measure, line.debt_id, performance.id)


async def _let_go(
    session: AsyncSession, standing: Standing, document: SettleIn, step: SettlementStep
) -> None:
    """Ask no more for what remains: as its creditor we release what was owed to us for it."""
    losses = [line.loss_id for line in standing.lines if line.loss_id is not None]
    if not losses:
        raise _unfit("/settlement", "what came too much is owed by us: only the vendor lets us off")
    if document.settlement is Settlement.DENIED:
        await _require_denied(session, standing.discrepancy.id)
    debts = await debts_of(session, losses)
    words = f"{document.settlement.value.replace('_', ' ').capitalize()}: {document.note}"
    step.released_ids = await release(
        session, debts, by_name=document.by_name, at=step.at, words=words
    )


async def _require_denied(session: AsyncSession, discrepancy_id: UUID) -> None:
    denied = sa.select(sa.exists().where(Denial.discrepancy_id == discrepancy_id))
    if not await session.scalar(denied):
        raise NothingDenied("Record the denial that is accepted, or write it off.")
