"""Refusals as they are read: with all their judgements, appeals, and how others fared."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.claims.denial_models import ClaimAppeal, ClaimDenial, ClaimJudgement
from app.claims.denying.history import histories
from app.claims.denying.schemas import AppealOut, ClaimDenialOut, ClaimJudgedOut
from app.claims.models import ClaimFact
from app.obligations.rules import Channel
from app.vendors.grounds import MEANINGS, Ground


async def page(
    session: AsyncSession, claim_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[ClaimDenial]:
    """Return refusals in the order they were recorded, after an id."""
    query = sa.select(ClaimDenial).where(ClaimDenial.claim_id == claim_id)
    if after is not None:
        query = query.where(ClaimDenial.id > after)
    return (await session.scalars(query.order_by(ClaimDenial.id).limit(limit))).all()


async def show(session: AsyncSession, denials: Sequence[ClaimDenial]) -> list[ClaimDenialOut]:
    """Return refusals with all that is known of them, in the order given."""
    judged = await _judged(session, [each.id for each in denials])
    appeals = await _appeals(session, denials, judged)
    past = await histories(session, [(each.vendor_id, each.ground_lookup) for each in denials])
    facts = await _facts(session, [each.fact_id for each in denials])
    return [
        ClaimDenialOut(
            id=each.id,
            claim_id=each.claim_id,
            by_name=facts[each.fact_id].by_name,
            by_role=each.by_role,
            said_at=each.said_at,
            channel=_channel(facts[each.fact_id]),
            words=facts[each.fact_id].words or "",
            ground=each.ground,
            x12_response=x12_response(each.ground),
            recorded_at=facts[each.fact_id].recorded_at,
            recorded_by=facts[each.fact_id].recorded_by,
            judgement=judged[each.id][-1],
            judgements=judged[each.id],
            appeals=appeals[each.id],
            reversed_at=each.reversed_at,
            history=past[each.vendor_id, each.ground_lookup],
        )
        for each in denials
    ]


def x12_response(ground: str) -> str | None:
    """Return what X12 (element 1294) calls a ground, where it has a word."""
    try:
        return MEANINGS[Ground(ground)].x12
    except ValueError:
        return None


def _channel(fact: ClaimFact) -> Channel | None:
    return Channel(fact.channel) if fact.channel else None


async def _facts(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, ClaimFact]:
    rows = await session.scalars(sa.select(ClaimFact).where(ClaimFact.id.in_(ids)))
    return {row.id: row for row in rows}


async def _judged(
    session: AsyncSession, denial_ids: Sequence[UUID]
) -> Mapping[UUID, list[ClaimJudgedOut]]:
    found: dict[UUID, list[ClaimJudgedOut]] = defaultdict(list)
    query = sa.select(ClaimJudgement).where(ClaimJudgement.denial_id.in_(denial_ids))
    for row in await session.scalars(query.order_by(ClaimJudgement.denial_id, ClaimJudgement.id)):
        found[row.denial_id].append(
            ClaimJudgedOut.model_validate(
                {
                    **row.judgement,
                    "id": row.id,
                    "judged_at": row.judged_at,
                    "vendor_terms": row.vendor_terms,
                    "facts": row.facts,
                }
            )
        )
    return found


async def _appeals(
    session: AsyncSession,
    denials: Sequence[ClaimDenial],
    judged: Mapping[UUID, list[ClaimJudgedOut]],
) -> Mapping[UUID, list[AppealOut]]:
    found: dict[UUID, list[AppealOut]] = defaultdict(list)
    rows = await session.execute(
        sa.select(ClaimAppeal, ClaimFact)
        .join(ClaimFact, ClaimFact.id == ClaimAppeal.fact_id)
        .where(ClaimAppeal.denial_id.in_([each.id for each in denials]))
        .order_by(ClaimAppeal.id)
    )
    for row, fact in rows:
        if row.denial_id is None:
            continue
        told = judged[row.denial_id]
        used = next((each for each in told if each.id == row.judgement_id), None)
        found[row.denial_id].append(
            AppealOut(
                id=row.id,
                at=fact.at,
                by_name=fact.by_name,
                channel=_channel(fact),
                words=fact.words,
                judgement_id=row.judgement_id,
                letter=_letter(used),
                file_ids=row.file_ids,
            )
        )
    return found


def _letter(judgement: ClaimJudgedOut | None) -> str:
    if judgement is None:
        return ""
    proofs = [each.what for each in judgement.must_prove if each.party.value == "vendor"]
    asks = f" It is yours to show {'; '.join(proofs)}." if proofs else ""
    return f"{judgement.why}{asks} {judgement.notice}"
