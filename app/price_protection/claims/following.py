"""What becomes of a claim by what happens in the ledger: credited, expired, passed on."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit.db import now
from app.obligations import service as ledger
from app.obligations.rules import FULFILLED, LIVE, State
from app.price_protection.claims import computing, keeping, passing, refusing, rules
from app.price_protection.claims.events import (
    ClaimCredited,
    ClaimExpired,
    ClaimReopened,
    ClaimWithdrawn,
)
from app.price_protection.claims.models import PriceClaim, PriceShare
from app.price_protection.claims.rules import CLAIMS, ClaimState

# Whatever somebody says of the rest: what came, came, and is not to be claimed again.
_LET_OFF = (State.RELEASED, State.VOID)


def select_of_debts(debt_ids: Collection[UUID]) -> sa.CompoundSelect[UUID]:
    """Return the query of claims whose credit, or whose customers' shares, these debts are."""
    claim, share = PriceClaim, PriceShare
    return sa.union(
        sa.select(claim.id).where(claim.obligation_id.in_(debt_ids)),
        sa.select(share.claim_id).where(share.obligation_id.in_(debt_ids)),
    )


def select_of_deadlines(deadline_ids: Collection[UUID]) -> sa.Select[UUID]:
    """Return the query of unfiled claims whose last day these are."""
    claim = PriceClaim
    return sa.select(claim.id).where(
        claim.deadline_id.in_(deadline_ids), claim.state == ClaimState.COMPUTED.value
    )


async def follow(session: AsyncSession, claim_id: UUID) -> None:
    """Let a claim be what the ledger makes of it. The same again changes nothing."""
    claim = await keeping.take(session, claim_id)
    await _expire(session, claim)
    await follow_debt(session, claim)
    await passing.follow(session, claim)


async def _expire(session: AsyncSession, claim: PriceClaim) -> None:
    if CLAIMS.now(claim) is not ClaimState.COMPUTED or claim.deadline_id is None:
        return
    deadline = await ledger.get_deadline(session, claim.deadline_id)
    if deadline.state != "lapsed":
        return
    CLAIMS.step(claim, ClaimState.EXPIRED)
    await _changed(session, claim, ClaimExpired)


async def follow_debt(session: AsyncSession, claim: PriceClaim) -> None:
    """Let a locked claim be as far as the supplier's debt is."""
    if claim.obligation_id is None:
        return
    owed = await ledger.get(session, claim.obligation_id)
    while owed.superseded_by_id is not None:
        # Somebody has put another debt in its place: what came towards the first stays.
        claim.credited_before += owed.performed
        claim.obligation_id = owed.superseded_by_id
        owed = await ledger.get(session, owed.superseded_by_id)
    claim.credited_amount = claim.credited_before + owed.performed
    await session.flush()
    state, is_filed = State(owed.state), CLAIMS.now(claim) in rules.FILED
    if state in LIVE:
        await _reopen(session, claim)
    elif is_filed and (state in FULFILLED or (claim.credited_amount and state in _LET_OFF)):
        CLAIMS.step(claim, ClaimState.CREDITED)
        claim.credited_at = now(session)
        amount = keeping.plain(claim.credited_amount)
        await _changed(session, claim, ClaimCredited, credited_amount=amount)
        # Of lines of which some was let go before, another part has come.
        await refusing.tell(session, claim)
        await passing.share_out(session, claim)
    elif is_filed and state is State.VOID:
        CLAIMS.step(claim, ClaimState.WITHDRAWN)
        await _changed(session, claim, ClaimWithdrawn)
        # What it held can be claimed again, if the notice still reaches it.
        await computing.refresh(session, claim.notice_id)
    elif is_filed and state is State.RELEASED and CLAIMS.now(claim) is not ClaimState.DENIED:
        CLAIMS.step(claim, ClaimState.DENIED)
        await keeping.changed(session, claim)


async def _reopen(session: AsyncSession, claim: PriceClaim) -> None:
    """What was credited is owed again: the credit was corrected."""
    if CLAIMS.now(claim) not in {ClaimState.CREDITED, ClaimState.PASSED_THROUGH}:
        return
    before = ClaimState.ACKNOWLEDGED if claim.acknowledged_at else ClaimState.SUBMITTED
    if claim.approved_amount is not None:
        claimed = keeping.amount_of(claim)
        before = rules.answered(claimed, claim.approved_amount, 0) or before
    CLAIMS.step(claim, before)
    claim.credited_at = None
    await _changed(session, claim, ClaimReopened)


async def _changed(
    session: AsyncSession,
    claim: PriceClaim,
    event: type[ClaimCredited | ClaimExpired | ClaimReopened | ClaimWithdrawn],
    **more: str,
) -> None:
    await keeping.changed(session, claim)
    supplier = (await keeping.supplier_keys(session, [claim]))[claim.supplier_id]
    await publish(session, event(**keeping.named(claim, supplier), **more))
