"""What we say: a claim is submitted, a question answered, an appeal made, or all withdrawn."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.claims import doors, hearing, keeping
from app.claims.asking_schemas import SubmitIn, WithdrawIn
from app.claims.hearing import Saying
from app.claims.models import Claim, ClaimFact
from app.claims.rules.axes import ENDS, SettlementState
from app.claims.rules.folding import OURS, Fact
from app.claims.rules.refusals import ContradictsClaim
from app.claims.standing import Standing, stand
from app.kit.db import now
from app.kit.moments import require_possible


async def submit(
    session: AsyncSession, *, claim_id: UUID, document: SubmitIn, if_match: str | None = None
) -> Claim:
    """Say that a claim went out; the vendor owes an answer from then on.

    Of two at once exactly one does. Raises NotFound, VersionMismatch, IllegalStep,
    UnitClaimedTwice, ImpossibleMoment.
    """
    return await _ask(session, claim_id, document, Fact.SUBMITTED, if_match)


async def answer(
    session: AsyncSession, *, claim_id: UUID, document: SubmitIn, if_match: str | None = None
) -> Claim:
    """Say that what the vendor asked for was sent. Raises as `submit` does."""
    return await _ask(session, claim_id, document, Fact.ANSWERED, if_match)


async def _ask(
    session: AsyncSession,
    claim_id: UUID,
    document: SubmitIn,
    fact: Fact,
    if_match: str | None,
) -> Claim:
    claim = await keeping.take(session, claim_id, if_match)
    standing = await stand(session, claim)
    await say(session, standing, document, fact)
    if document.vendor_reference is not None:
        claim.vendor_reference = document.vendor_reference
    await hearing.settle_states(session, claim)
    return claim


async def say(
    session: AsyncSession, standing: Standing, document: SubmitIn, fact: Fact
) -> ClaimFact:
    """Write down what we said to the vendor about a locked claim."""
    claim = standing.claim
    moment = now(session)
    require_possible(
        {"/at": document.at}, now=moment, since=spoken_at(standing), since_what="we spoke last"
    )
    at = document.at or moment
    saying = Saying(
        fact,
        at,
        is_ours=True,
        by_name=document.by_name,
        channel=document.channel,
        words=document.words,
    )
    row, _ = await hearing.hear(session, standing, saying)
    if not claim.is_live:
        await doors.require_free(session, claim, standing.lines)
    claim.submitted_at = claim.submitted_at or at
    return row


def spoken_at(standing: Standing) -> datetime | None:
    """Return when we spoke last."""
    return max((fact.at for fact in standing.facts if Fact(fact.fact) in OURS), default=None)


async def withdraw(
    session: AsyncSession, *, claim_id: UUID, document: WithdrawIn, if_match: str | None = None
) -> Claim:
    """Pursue a claim no more.

    Raises NotFound, VersionMismatch, IllegalStep, ImpossibleMoment, ContradictsClaim.
    """
    claim = await keeping.take(session, claim_id, if_match)
    if SettlementState(claim.settlement) in ENDS:
        raise ContradictsClaim(
            f"It is {claim.settlement.replace('_', ' ')}: nothing of it is pursued any more."
        )
    standing = await stand(session, claim)
    moment = now(session)
    heard_at = max((fact.at for fact in standing.facts), default=None)
    require_possible({"/at": document.at}, now=moment, since=heard_at, since_what="it was heard")
    saying = Saying(
        Fact.VOIDED,
        document.at or moment,
        is_ours=True,
        by_name=document.by_name,
        words=document.words,
    )
    await hearing.hear(session, standing, saying)
    await hearing.settle_states(session, claim)
    return claim
