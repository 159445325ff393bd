"""We accept what a supplier refused or paid short: it is let off that, and no more."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.obligations import service as ledger
from app.obligations.rules import LIVE, GroundKind, Kind, PartyKind
from app.obligations.rules import State as Owed
from app.price_protection.claims import following, keeping, refusing, rules
from app.price_protection.claims.events import ClaimSettledShort
from app.price_protection.claims.models import PriceClaim, PriceClaimLine
from app.price_protection.claims.rules import CLAIMS
from app.price_protection.claims.schemas import ClaimAcceptIn


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
    came = claim.credited_before + owed.performed
    keep = keeping.amount_of(claim) - await _refused(session, claim) - came
    if document.although_approved or (claim.approved_amount is None and came):
        keep = Decimal(0)
    let_go = owed.owed - owed.performed - max(keep, Decimal(0))
    if let_go <= 0:
        msg = (
            "Nothing of it was refused that is still owed; to let go of what was approved, say so."
        )
        raise rules.NothingRefused(msg)
    supplier = (await keeping.supplier_keys(session, [claim]))[claim.supplier_id]
    if keep > 0:
        await _supersede(session, claim, supplier, keep, document)
    else:
        released = ledger.ReleaseIn.model_validate(
            {"by": {"kind": PartyKind.US}, "by_name": document.by_name, "words": document.words}
        )
        await ledger.release(session, obligation_id=owed.id, document=released)
    await refusing.let_go(session, claim, came + max(keep, Decimal(0)))
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


async def _refused(session: AsyncSession, claim: PriceClaim) -> Decimal:
    line = PriceClaimLine
    query = sa.select(sa.func.sum(line.amount - line.approved_amount)).where(
        line.claim_id == claim.id
    )
    return await session.scalar(query) or Decimal(0)


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
            "due_at": was.due_at,
        }
    )
    opened = await ledger.open_obligation(session, document=instead)
    superseded = ledger.SupersedeIn(by_obligation_id=opened.id, note=document.words)
    await ledger.supersede(session, obligation_id=was.id, document=superseded)
    claim.obligation_id, claim.credited_before = opened.id, claim.credited_before + was.performed
