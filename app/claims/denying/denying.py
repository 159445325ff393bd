"""A refusal is kept as it was said, judged by what is known, and judged anew when more is."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.claims import answering, hearing, keeping
from app.claims.denial_models import ClaimDenial, ClaimJudgement
from app.claims.denying.facts import facts_of
from app.claims.denying.history import ground_lookup
from app.claims.denying.schemas import DenyIn, TermsUsedOut
from app.claims.events import ClaimDenialJudged
from app.claims.rules.folding import Fact
from app.claims.standing import Standing, stand
from app.events import publish
from app.kit.db import context_of, now
from app.kit.ids import new_id
from app.kit.problems import NotFound
from app.vendors import service as vendors
from app.vendors.service import Door

# What a judgement says: by the same of these it is the same.
_SAYS = ("judgement", "facts", "vendor_terms")


async def deny(session: AsyncSession, *, claim_id: UUID, document: DenyIn) -> ClaimDenial:
    """Keep a refusal and judge its ground; the very same again changes nothing.

    Raises NotFound, IllegalStep, ImpossibleMoment, TooMuchHeard.
    """
    standing = await answering.take(session, claim_id, document)
    claim = standing.claim
    told: dict[str, Any] = {"ground": document.ground, "by_role": document.by_role}
    saying = answering.said(document, Fact.DENIED, told)
    fact, is_new = await hearing.hear(session, standing, saying)
    if not is_new:
        known = sa.select(ClaimDenial).where(ClaimDenial.fact_id == fact.id)
        return (await session.scalars(known)).one()
    answering.note_reference(claim, document)
    denial = ClaimDenial(
        id=new_id(),
        claim_id=claim.id,
        fact_id=fact.id,
        claim_kind=claim.kind,
        vendor_id=claim.vendor_id,
        role=claim.role,
        ground=document.ground,
        ground_lookup=ground_lookup(document.ground),
        by_role=document.by_role,
        said_at=document.at,
    )
    session.add(denial)
    await session.flush()
    standing = await hearing.settle_states(session, claim)
    await judge(session, standing, denial)
    return denial


async def judge_anew(session: AsyncSession, *, claim_id: UUID, denial_id: UUID) -> ClaimDenial:
    """Judge a refusal by what is known now; what was judged before is kept.

    By the same terms and facts it is judged once, also where two ask at once. Raises NotFound.
    """
    claim = await keeping.take(session, claim_id)
    denial = await find(session, claim_id, denial_id)
    standing = await stand(session, claim)
    judgement = await _judged(session, standing, denial)
    newest = await _newest(session, denial)
    if any(getattr(newest, name) != getattr(judgement, name) for name in _SAYS):
        await keeping.changed(session, claim)
        await _keep(session, standing, denial, judgement)
    return denial


async def _newest(session: AsyncSession, denial: ClaimDenial) -> ClaimJudgement:
    query = sa.select(ClaimJudgement).where(ClaimJudgement.denial_id == denial.id)
    return (await session.scalars(query.order_by(ClaimJudgement.id.desc()).limit(1))).one()


async def find(session: AsyncSession, claim_id: UUID, denial_id: UUID) -> ClaimDenial:
    """Return a refusal of a claim. Raises NotFound."""
    denial = await session.get(ClaimDenial, denial_id)
    if denial is None or denial.claim_id != claim_id:
        raise NotFound(f"There is no denial {denial_id} of this claim.")
    return denial


async def judge(session: AsyncSession, standing: Standing, denial: ClaimDenial) -> ClaimJudgement:
    """Judge a refusal by what is known now, and keep that."""
    judgement = await _judged(session, standing, denial)
    await _keep(session, standing, denial, judgement)
    return judgement


async def _judged(session: AsyncSession, standing: Standing, denial: ClaimDenial) -> ClaimJudgement:
    facts = await facts_of(session, standing)
    door: Door = standing.door
    found = await vendors.judge_denial(
        session, door=door, ground=denial.ground, claim_kind=standing.kind, facts=facts
    )
    terms = found.terms
    return ClaimJudgement(
        id=new_id(),
        denial_id=denial.id,
        judged_at=now(session),
        judged_by=context_of(session).caller,
        applicable=found.judgement.applicable.value,
        judgement=found.judgement.model_dump(mode="json"),
        facts=facts.model_dump(mode="json"),
        vendor_terms=TermsUsedOut.model_validate(terms).model_dump(mode="json") if terms else None,
    )


async def _keep(
    session: AsyncSession, standing: Standing, denial: ClaimDenial, judgement: ClaimJudgement
) -> None:
    session.add(judgement)
    await session.flush()
    event = ClaimDenialJudged(
        **keeping.named(standing.claim),
        denial_id=denial.id,
        judgement_id=judgement.id,
        ground=denial.ground,
        applicable=judgement.applicable,
        why=judgement.judgement["why"],
    )
    await publish(session, event)
