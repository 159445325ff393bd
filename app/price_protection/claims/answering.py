"""What the supplier says of a claim, and its end."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit.db import now
from app.kit.problems import Malformed
from app.kit.states import IllegalStep
from app.obligations import service as ledger
from app.obligations.rules import LIVE
from app.obligations.rules import State as Owed
from app.price_protection.claims import keeping, rules
from app.price_protection.claims.events import (
    ClaimAcknowledged,
    ClaimAnswered,
    ClaimClosed,
)
from app.price_protection.claims.models import PriceClaim, PriceClaimLine
from app.price_protection.claims.rules import CLAIMS, ClaimState
from app.price_protection.claims.schemas import (
    ClaimAnswerIn,
    ClaimCloseIn,
    ClaimLineAnswerIn,
    SupplierSaidIn,
)
from app.price_protection.exposure.rules import digits_of


async def acknowledge(
    session: AsyncSession, claim_id: UUID, document: SupplierSaidIn, if_match: str | None
) -> PriceClaim:
    """Record that the supplier has it. Raises NotFound, VersionMismatch, IllegalStep, Malformed."""
    claim = await keeping.take(session, claim_id, if_match)
    _require_said(session, document)
    CLAIMS.step(claim, ClaimState.ACKNOWLEDGED)
    claim.acknowledged_at = document.said_at
    claim.vendor_reference = document.vendor_reference or claim.vendor_reference
    await keeping.changed(session, claim)
    supplier = (await keeping.supplier_keys(session, [claim]))[claim.supplier_id]
    event = ClaimAcknowledged(**keeping.named(claim, supplier), **_words(document))
    await publish(session, event)
    return claim


def _require_said(session: AsyncSession, document: SupplierSaidIn) -> None:
    if document.said_at > now(session):
        errors = [{"pointer": "/said_at", "detail": "must not lie in the future"}]
        raise Malformed("It cannot have been said yet.", errors=errors)


def _words(document: SupplierSaidIn) -> dict[str, Any]:
    return {
        "vendor_reference": document.vendor_reference,
        "said_at": document.said_at.isoformat(),
        "by_name": document.by_name,
        "channel": document.channel.value,
        "words": document.words,
    }


async def answer(
    session: AsyncSession, claim_id: UUID, document: ClaimAnswerIn, if_match: str | None
) -> PriceClaim:
    """Record what the supplier says of the lines. What it refuses stays owed until we accept it.

    Raises NotFound, VersionMismatch, IllegalStep, NotInClaim, MoreThanClaimed, Malformed.
    """
    claim = await keeping.take(session, claim_id, if_match)
    _require_said(session, document)
    if CLAIMS.now(claim) not in rules.FILED:
        raise IllegalStep(
            f"It is {claim.state}: an answer is to what was filed and has not come.",
            now=claim.state,
            allowed=[each.value for each in CLAIMS.allowed(CLAIMS.now(claim))],
        )
    if document.begins_anew:
        await _take_back(session, claim)
    await _write_answers(session, claim, document.lines)
    if document.others_are_approved is not None:
        await _write_others(session, claim, is_approved=document.others_are_approved)
    approved, unanswered = await _sum_up(session, claim)
    claim.approved_amount = approved
    claim.answered_at = document.said_at
    claim.vendor_reference = document.vendor_reference or claim.vendor_reference
    state = rules.answered(keeping.amount_of(claim), approved, unanswered)
    if state is not None and state is not CLAIMS.now(claim):
        CLAIMS.step(claim, state)
    await keeping.changed(session, claim)
    supplier = (await keeping.supplier_keys(session, [claim]))[claim.supplier_id]
    event = ClaimAnswered(
        **keeping.named(claim, supplier),
        **_words(document),
        approved_amount=keeping.plain(approved),
    )
    await publish(session, event)
    return claim


async def _write_answers(
    session: AsyncSession, claim: PriceClaim, answers: Sequence[ClaimLineAnswerIn]
) -> None:
    if not answers:
        return
    _require_coins(claim.currency, answers)
    parts = await _parts(session, claim, {each.purchase_line_id for each in answers})
    unknown: list[dict[str, str]] = []
    too_much: list[dict[str, str]] = []
    for index, each in enumerate(answers):
        found = [
            part
            for part in parts.get(each.purchase_line_id, ())
            if each.first_unit in {None, part.first_unit}
        ]
        if not found:
            detail = "the claim holds no such units"
            unknown.append({"pointer": f"/lines/{index}/purchase_line_id", "detail": detail})
        for part in found:
            if not _write_answer(part, each):
                detail = f"only {keeping.plain(part.amount)} was claimed"
                too_much.append({"pointer": f"/lines/{index}/approved_amount", "detail": detail})
    if unknown:
        raise rules.NotInClaim("It answers what was not claimed.", errors=unknown)
    if too_much:
        raise rules.MoreThanClaimed("More is approved than was claimed.", errors=too_much)
    await session.flush()


def _require_coins(currency: str, answers: Sequence[ClaimLineAnswerIn]) -> None:
    """Refuse amounts that nobody can pay. Raises Malformed."""
    coin = Decimal(1).scaleb(-digits_of(currency))
    errors = [
        {
            "pointer": f"/lines/{index}/approved_amount",
            "detail": f"is paid in {currency}, whose smallest amount is {coin:f}",
        }
        for index, each in enumerate(answers)
        if each.approved_amount is not None and each.approved_amount % coin
    ]
    if errors:
        raise Malformed("It approves what cannot be paid.", errors=errors)


async def _parts(
    session: AsyncSession, claim: PriceClaim, line_ids: Collection[UUID]
) -> dict[UUID, list[PriceClaimLine]]:
    line = PriceClaimLine
    rows = await session.scalars(
        sa.select(line)
        .where(line.claim_id == claim.id, line.purchase_line_id.in_(line_ids))
        .execution_options(populate_existing=True)
    )
    found: dict[UUID, list[PriceClaimLine]] = {}
    for row in rows:
        found.setdefault(row.purchase_line_id, []).append(row)
    return found


def _write_answer(part: PriceClaimLine, told: ClaimLineAnswerIn) -> bool:
    """Write an answer to a part of an order line; false: it is more than was claimed."""
    amount = _approved(part, told)
    part.approved_amount = min(amount, part.amount)
    part.refusal = told.reason if amount < part.amount else None
    return amount <= part.amount


def _approved(part: PriceClaimLine, told: ClaimLineAnswerIn) -> Decimal:
    if not told.is_approved:
        return Decimal(0)
    return part.amount if told.approved_amount is None else told.approved_amount


async def _take_back(session: AsyncSession, claim: PriceClaim) -> None:
    line = PriceClaimLine
    await session.execute(
        sa.update(line)
        .where(line.claim_id == claim.id, line.approved_amount.is_not(None))
        .values(approved_amount=None, refusal=None)
        .execution_options(synchronize_session=False)
    )


async def _write_others(session: AsyncSession, claim: PriceClaim, *, is_approved: bool) -> None:
    line = PriceClaimLine
    await session.execute(
        sa.update(line)
        .where(line.claim_id == claim.id, line.approved_amount.is_(None))
        .values(approved_amount=line.amount if is_approved else 0)
        .execution_options(synchronize_session=False)
    )


async def _sum_up(session: AsyncSession, claim: PriceClaim) -> tuple[Decimal, int]:
    line = PriceClaimLine
    row = (
        await session.execute(
            sa.select(
                sa.func.sum(line.approved_amount),
                sa.func.count().filter(line.approved_amount.is_(None)),
            ).where(line.claim_id == claim.id)
        )
    ).one()
    return row[0] or Decimal(0), row[1]


async def close(
    session: AsyncSession, claim_id: UUID, document: ClaimCloseIn, if_match: str | None
) -> PriceClaim:
    """End a claim of which nothing is open.

    Raises NotFound, VersionMismatch, IllegalStep, PriceClaimStillOwed.
    """
    claim = await keeping.take(session, claim_id, if_match)
    CLAIMS.require(claim, ClaimState.CLOSED)
    owed = await ledger.get(session, claim.obligation_id) if claim.obligation_id else None
    if owed is not None and Owed(owed.state) in LIVE:
        msg = "The supplier still owes it: accept what it refuses, or have it pay."
        raise rules.PriceClaimStillOwed(msg, open=[f"obligation {owed.number}"])
    CLAIMS.step(claim, ClaimState.CLOSED)
    await keeping.changed(session, claim)
    supplier = (await keeping.supplier_keys(session, [claim]))[claim.supplier_id]
    event = ClaimClosed(
        **keeping.named(claim, supplier), by_name=document.by_name, note=document.note
    )
    await publish(session, event)
    return claim
