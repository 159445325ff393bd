"""An appeal goes out with what the refusal is worth by our judgement."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.claims import asking, hearing, keeping
from app.claims.denial_models import ClaimAppeal, ClaimDenial
from app.claims.denying import denying
from app.claims.denying.schemas import AppealIn
from app.claims.models import Claim
from app.claims.rules.folding import Fact
from app.claims.standing import stand
from app.files import service as files
from app.kit.ids import new_id
from app.kit.problems import NotFound
from app.kit.records import UnknownReference


async def appeal(
    session: AsyncSession, *, claim_id: UUID, document: AppealIn, if_match: str | None = None
) -> Claim:
    """Appeal against a refusal, or against what was left out of a consent.

    The refusal is judged once more, by what is known now, and the appeal goes out with that. Of
    two at once exactly one does. Raises NotFound, VersionMismatch, IllegalStep, UnknownReference,
    UnknownFile, UnitClaimedTwice, ImpossibleMoment.
    """
    claim = await keeping.take(session, claim_id, if_match)
    standing = await stand(session, claim)
    await files.require(session, set(document.file_ids), pointer="/file_ids")
    denial = await _against(session, claim, document)
    fact = await asking.say(session, standing, document, Fact.APPEALED)
    judgement = None
    if denial is not None:
        judgement = await denying.judge(session, standing, denial)
    session.add(
        ClaimAppeal(
            id=new_id(),
            claim_id=claim.id,
            fact_id=fact.id,
            denial_id=denial.id if denial else None,
            judgement_id=judgement.id if judgement else None,
            file_ids=document.file_ids,
        )
    )
    if document.vendor_reference is not None:
        claim.vendor_reference = document.vendor_reference
    await hearing.settle_states(session, claim)
    return claim


async def _against(session: AsyncSession, claim: Claim, document: AppealIn) -> ClaimDenial | None:
    if document.denial_id is not None:
        try:
            return await denying.find(session, claim.id, document.denial_id)
        except NotFound as problem:
            errors = [{"pointer": "/denial_id", "detail": problem.detail}]
            raise UnknownReference(problem.detail, errors=errors) from problem
    newest = (
        sa.select(ClaimDenial)
        .where(ClaimDenial.claim_id == claim.id)
        .order_by(ClaimDenial.said_at.desc(), ClaimDenial.id.desc())
        .limit(1)
    )
    return await session.scalar(newest)
