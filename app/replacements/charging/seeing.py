"""Charges are seen in the vendor's papers, and judged by the proof as it stands now.

What the proof contradicts is disputed by itself; what a person decided stays.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit.db import now
from app.kit.ids import new_id
from app.obligations.rules import FULFILLED
from app.obligations.rules import State as Debt
from app.replacements.charging.finding import Paper, papers_of
from app.replacements.events import (
    ReplacementChargeDisputed,
    ReplacementChargeReversed,
    ReplacementChargeSeen,
)
from app.replacements.keeping import named
from app.replacements.models import ReplacementCharge
from app.replacements.reading import Read
from app.replacements.rules.contradicting import ChargeJudged, judge
from app.replacements.rules.states import CHARGES, ReturnCharge

DISPUTED, ACCEPTED = "disputed", "accepted"


async def see(session: AsyncSession, found: Read, documents: Collection[Any] = ()) -> None:
    """Write down what the vendor charges for a locked replacement, and judge it anew."""
    rows = {row.document_id: row for row in found.standing.charges}
    for paper in await papers_of(session, found, documents):
        row = rows.pop(paper.document_id, None)
        if row is None:
            if paper.cancelled_at is None and paper.amount > 0:
                await _judge(session, found, await _first(session, found, paper), is_new=True)
            continue
        row.amount, row.currency, row.number = paper.amount, paper.currency, paper.number
        row.issued_on, row.cancelled_at = paper.issued_on, paper.cancelled_at
        await _judge(session, found, row)
    for row in rows.values():
        # The paper is for something else now.
        row.cancelled_at = row.cancelled_at or now(session)
        await _judge(session, found, row)
    await session.flush()


async def _first(session: AsyncSession, found: Read, paper: Paper) -> ReplacementCharge:
    row = ReplacementCharge(
        id=new_id(),
        replacement_id=found.standing.replacement.id,
        document_id=paper.document_id,
        document_key=paper.key,
        number=paper.number,
        issued_on=paper.issued_on,
        amount=paper.amount,
        currency=paper.currency,
        named_by=paper.named_by,
        state=ReturnCharge.NONE.value,
        judged={},
        recorded_at=now(session),
    )
    session.add(row)
    return row


async def _judge(
    session: AsyncSession, found: Read, row: ReplacementCharge, *, is_new: bool = False
) -> None:
    """Judge a charge by what is known now, and let it become what follows from that."""
    by = found.return_by
    judged = judge(
        row.issued_on,
        found.proof(),
        return_by=by.on,
        charged_after=by.charged_after,
        by=found.standing.counting,
    )
    row.judged = {"is_contradicted": judged.is_contradicted, "why": judged.why}
    if is_new:
        event = ReplacementChargeSeen(
            **told_of(found, row),
            issued_on=row.issued_on,
            is_contradicted=judged.is_contradicted,
            why=judged.why,
        )
        await publish(session, event)
    await _become(session, found, row, judged)


async def _become(
    session: AsyncSession, found: Read, row: ReplacementCharge, judged: ChargeJudged
) -> None:
    state = _state(found, row, judged)
    if row.state == state.value:
        return
    CHARGES.step(row, state)
    row.reversed_at = None
    if state is ReturnCharge.CHARGE_REVERSED:
        at = row.cancelled_at or _refunded_at(found, row) or now(session)
        row.reversed_at = at
        event = ReplacementChargeReversed(**told_of(found, row), reversed_at=at)
        await publish(session, event)
    elif state is ReturnCharge.CHARGE_DISPUTED:
        row.disputed_at = row.disputed_at or now(session)
        by_hand = row.by_hand or {}
        disputed = ReplacementChargeDisputed(
            **told_of(found, row),
            by_name=by_hand.get("by_name"),
            why=by_hand.get("words") or judged.why,
        )
        await publish(session, disputed)
    elif state is ReturnCharge.CHARGED:
        row.disputed_at = None


def _state(found: Read, row: ReplacementCharge, judged: ChargeJudged) -> ReturnCharge:
    what = (row.by_hand or {}).get("what")
    if row.cancelled_at is not None or _refunded_at(found, row) is not None:
        return ReturnCharge.CHARGE_REVERSED
    if what == ACCEPTED:
        return ReturnCharge.CHARGE_ACCEPTED
    is_disputed = what == DISPUTED or judged.is_contradicted
    return ReturnCharge.CHARGE_DISPUTED if is_disputed else ReturnCharge.CHARGED


def _refunded_at(found: Read, row: ReplacementCharge) -> Any:
    """Return when the vendor gave it back in full, as the ledger has it."""
    for due in found.standing.dues:
        if due.purpose == "refund" and due.subject == row.id:
            debt = found.standing.owed[due.obligation_id]
            return debt.ended_at if Debt(debt.state) in FULFILLED else None
    return None


def told_of(found: Read, row: ReplacementCharge) -> dict[str, Any]:
    """Return what every event says of a charge."""
    return {
        **named(found.standing.replacement),
        "charge_id": row.id,
        "document": row.document_key,
        "amount": format(row.amount, "f"),
        "currency": row.currency,
    }
