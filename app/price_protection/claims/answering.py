"""What the supplier says of a claim, and what we accept of it."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit.db import now
from app.kit.problems import Malformed
from app.obligations import service as ledger
from app.obligations.rules import LIVE, GroundKind, Kind, PartyKind
from app.obligations.rules import State as Owed
from app.price_protection import service as notices
from app.price_protection.claims import following, keeping, rules
from app.price_protection.claims.events import (
    ClaimAcknowledged,
    ClaimAnswered,
    ClaimClosed,
    ClaimSettledShort,
)
from app.price_protection.claims.models import PriceClaim, PriceClaimLine
from app.price_protection.claims.rules import CLAIMS, ClaimState
from app.price_protection.claims.schemas import (
    ClaimAcceptIn,
    ClaimAnswerIn,
    ClaimCloseIn,
    ClaimLineAnswerIn,
    SupplierSaidIn,
)


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
    CLAIMS.require(claim, ClaimState.DENIED)
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


async def accept(
    session: AsyncSession, claim_id: UUID, document: ClaimAcceptIn, if_match: str | None
) -> PriceClaim:
    """Ask no more for what was refused, or paid short: the supplier is let off the rest of it.

    What it approved stays owed. Raises NotFound, VersionMismatch, NothingRefused.
    """
    claim = await keeping.take(session, claim_id, if_match)
    owed = await _hold(session, claim)
    if owed is None or Owed(owed.state) not in LIVE or CLAIMS.now(claim) not in rules.FILED:
        raise rules.NothingRefused("Nothing of it was refused, or is still owed.")
    approved = claim.approved_amount
    is_short = approved is None or CLAIMS.now(claim) is ClaimState.APPROVED or not approved
    keep = Decimal(0) if is_short or approved is None else approved - owed.performed
    let_go = owed.owed - owed.performed - max(keep, Decimal(0))
    if let_go <= 0:
        raise rules.NothingRefused("Nothing of it was refused that is still owed.")
    supplier = (await keeping.supplier_keys(session, [claim]))[claim.supplier_id]
    if keep > 0:
        await _supersede(session, claim, supplier, keep, document)
    else:
        released = ledger.ReleaseIn.model_validate(
            {"by": {"kind": PartyKind.US}, "by_name": document.by_name, "words": document.words}
        )
        await ledger.release(session, obligation_id=owed.id, document=released)
    await _refuse_lines(session, claim)
    await keeping.changed(session, claim)
    event = ClaimSettledShort(
        **keeping.named(claim, supplier),
        let_go=keeping.plain(let_go),
        by_name=document.by_name,
        words=document.words,
    )
    await publish(session, event)
    await following.follow_debt(session, claim)
    return claim


async def _hold(session: AsyncSession, claim: PriceClaim) -> Any:
    """Return the supplier's debt as it stands, so that no credit comes in between."""
    if claim.obligation_id is None:
        return None
    await ledger.hold(session, obligation_ids=[claim.obligation_id])
    return await ledger.get(session, claim.obligation_id)


async def _supersede(
    session: AsyncSession, claim: PriceClaim, supplier: str, left: Decimal, document: ClaimAcceptIn
) -> None:
    if claim.obligation_id is None:
        return
    was = await ledger.get(session, claim.obligation_id)
    instead = ledger.ObligationIn.model_validate(
        {
            "kind": Kind.PAY_MONEY,
            "debtor": {"kind": PartyKind.VENDOR, "key": supplier},
            "description": f"What is left of price protection claim "
            f"{rules.spoken_number(claim.number)}, of which a part was refused.",
            "amount": {"amount": keeping.plain(left), "currency": claim.currency},
            "ground": {
                "kind": GroundKind.TERM,
                "text": was.ground_text,
                "reference": was.ground_reference,
            },
            "about": {"rma": was.rma},
        }
    )
    opened = await ledger.open_obligation(session, document=instead)
    superseded = ledger.SupersedeIn(by_obligation_id=opened.id, note=document.words)
    await ledger.supersede(session, obligation_id=was.id, document=superseded)
    claim.obligation_id, claim.credited_before = opened.id, claim.credited_before + was.performed


async def _refuse_lines(session: AsyncSession, claim: PriceClaim) -> None:
    """What was refused for good protects from nothing in later falls of the price."""
    line = PriceClaimLine
    refused = await session.scalars(
        sa.select(line.purchase_line_id)
        .where(line.claim_id == claim.id)
        .group_by(line.purchase_line_id)
        .having(sa.func.max(line.approved_amount) == 0)
    )
    if found := refused.all():
        await notices.refuse(session, claim.notice_id, found)


async def close(
    session: AsyncSession, claim_id: UUID, document: ClaimCloseIn, if_match: str | None
) -> PriceClaim:
    """End a claim of which nothing is open.

    Raises NotFound, VersionMismatch, IllegalStep, StillOwed.
    """
    claim = await keeping.take(session, claim_id, if_match)
    CLAIMS.require(claim, ClaimState.CLOSED)
    owed = await ledger.get(session, claim.obligation_id) if claim.obligation_id else None
    if owed is not None and Owed(owed.state) in LIVE:
        msg = "The supplier still owes it: accept what it refuses, or have it pay."
        raise rules.StillOwed(msg, open=[f"obligation {owed.number}"])
    CLAIMS.step(claim, ClaimState.CLOSED)
    await keeping.changed(session, claim)
    supplier = (await keeping.supplier_keys(session, [claim]))[claim.supplier_id]
    event = ClaimClosed(
        **keeping.named(claim, supplier), by_name=document.by_name, note=document.note
    )
    await publish(session, event)
    return claim
