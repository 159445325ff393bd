"""Refusals: kept as they were said, judged by what is known, and judged anew when more is."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.discrepancies import keeping
from app.discrepancies.denials.denial_schemas import (
    DenialIn,
    DenialOut,
    DenierOut,
    JudgedOut,
    TermsUsedOut,
)
from app.discrepancies.events import DenialJudged, DiscrepancyDenied
from app.discrepancies.evidence.facts import Standing, facts_of, stand
from app.discrepancies.models import Denial, DenialJudgement, Discrepancy
from app.discrepancies.rules import MAX_DENIALS, TooManyDenials
from app.events import publish
from app.kit.db import context_of, now
from app.kit.ids import new_id
from app.kit.moments import require_possible
from app.kit.problems import NotFound
from app.kit.records import UnknownReference
from app.obligations import service as ledger
from app.obligations.rules import Channel
from app.vendors import service as vendors
from app.vendors.rules import Role, RoleNotPlayed, require_role
from app.vendors.service import Door

_NAMES = (
    "id",
    "discrepancy_id",
    "by_name",
    "by_role",
    "said_at",
    "words",
    "ground",
    "retracts",
    "retraction_id",
    "recorded_at",
    "recorded_by",
)


async def deny(session: AsyncSession, *, discrepancy_id: UUID, document: DenialIn) -> Denial:
    """Keep a refusal and judge its ground; one that takes a promise back says so in the ledger.

    Kept in whatever state the discrepancy is: what was said was said. Raises NotFound,
    UnknownReference, RoleNotPlayed, ImpossibleMoment, NoPromise, TooManyDenials.
    """
    discrepancy = await keeping.take(session, discrepancy_id)
    require_possible({"/said_at": document.said_at}, now=now(session))
    await _require_room(session, discrepancy_id)
    key = document.by.vendor
    vendor_id = (await vendors.resolve(session, {"/by/vendor": key}))[key]
    _require_role(await vendors.get(session, key), document)
    denial = Denial(
        id=new_id(),
        discrepancy_id=discrepancy.id,
        vendor_id=vendor_id,
        role=document.by.role.value,
        by_name=document.by_name,
        by_role=document.by_role,
        said_at=document.said_at,
        channel=document.channel.value,
        words=document.words,
        ground=document.ground,
        retracts=document.retracts,
        retraction_id=await _retract(session, discrepancy, document),
        recorded_at=now(session),
        recorded_by=context_of(session).caller,
    )
    session.add(denial)
    await keeping.changed(session, discrepancy)
    told = {name: getattr(denial, name) for name in _TOLD}
    await publish(
        session, DiscrepancyDenied(**keeping.named(discrepancy), denial_id=denial.id, **told)
    )
    await _judge(session, await stand(session, discrepancy), denial, key)
    return denial


_TOLD = ("vendor_id", "by_name", "by_role", "said_at", "channel", "words", "ground", "retracts")


def _require_role(vendor: Any, document: DenialIn) -> None:
    try:
        require_role(vendor.key, vendor.roles, document.by.role)
    except RoleNotPlayed as problem:
        for error in problem.fields["errors"]:
            error["pointer"] = "/by/role"
        raise


async def _require_room(session: AsyncSession, discrepancy_id: UUID) -> None:
    count = sa.select(sa.func.count()).where(Denial.discrepancy_id == discrepancy_id)
    if (await session.scalar(count) or 0) >= MAX_DENIALS:
        raise TooManyDenials(f"{MAX_DENIALS} denials are recorded already.", most=MAX_DENIALS)


async def _retract(
    session: AsyncSession, discrepancy: Discrepancy, document: DenialIn
) -> UUID | None:
    """Record in the ledger that a promise of this case was taken back by these words."""
    obligation_id = document.retracts
    if obligation_id is None:
        return None
    try:
        obligation = await ledger.get(session, obligation_id)
    except NotFound as problem:
        raise _unfit(problem.detail) from problem
    if obligation.case_id != discrepancy.case_id:
        raise _unfit("the obligation is of another case, or of none")
    if obligation.debtor != f"vendor:{document.by.vendor}":
        raise _unfit(f"it is {obligation.debtor} that owes it: nobody else takes it back")
    said = ledger.SaidIn(
        by_name=document.by_name,
        by_role=document.by_role,
        said_at=document.said_at,
        channel=document.channel,
        words=document.words,
    )
    _, retraction = await ledger.retract(session, obligation_id=obligation_id, document=said)
    return retraction.id


def _unfit(detail: str) -> UnknownReference:
    return UnknownReference(
        "These words take back no promise that is on record.",
        errors=[{"pointer": "/retracts", "detail": detail}],
    )


async def judge_anew(session: AsyncSession, *, discrepancy_id: UUID, denial_id: UUID) -> Denial:
    """Judge a refusal by what is known now; what was judged before is kept. Raises NotFound."""
    discrepancy = await keeping.take(session, discrepancy_id)
    denial = await session.get(Denial, denial_id)
    if denial is None or denial.discrepancy_id != discrepancy_id:
        raise NotFound(f"There is no denial {denial_id} of this discrepancy.")
    keys = await vendors.keys_of(session, {denial.vendor_id})
    await keeping.changed(session, discrepancy)
    await _judge(session, await stand(session, discrepancy), denial, keys[denial.vendor_id])
    return denial


async def _judge(session: AsyncSession, standing: Standing, denial: Denial, key: str) -> None:
    facts = await facts_of(session, standing, against=(denial.vendor_id, key))
    found = await vendors.judge_denial(
        session,
        door=Door(denial.vendor_id, Role(denial.role), standing.terms_on),
        ground=denial.ground,
        claim_kind=standing.claim_kind,
        facts=facts,
        carriage=standing.carriage(),
    )
    judgement = DenialJudgement(
        id=new_id(),
        denial_id=denial.id,
        judged_at=now(session),
        judged_by=context_of(session).caller,
        applicable=found.judgement.applicable.value,
        judgement=found.judgement.model_dump(mode="json"),
        facts=facts.model_dump(mode="json"),
        vendor_terms=_record(found.terms),
        carrier_tariff=_record(found.tariff),
    )
    session.add(judgement)
    await session.flush()
    event = DenialJudged(
        **keeping.named(standing.discrepancy),
        denial_id=denial.id,
        judgement_id=judgement.id,
        ground=denial.ground,
        applicable=judgement.applicable,
        why=found.judgement.why,
    )
    await publish(session, event)


def _record(in_force: object) -> dict[str, Any] | None:
    return (
        None if in_force is None else TermsUsedOut.model_validate(in_force).model_dump(mode="json")
    )


async def page(
    session: AsyncSession, discrepancy_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[Denial]:
    """Return refusals in the order they were recorded, after an id."""
    return (await session.scalars(select_denials(discrepancy_id, after=after).limit(limit))).all()


def select_denials(discrepancy_id: UUID, *, after: UUID | None = None) -> sa.Select[Denial]:
    """Return the query of refusals in the order they were recorded, after an id."""
    query = sa.select(Denial).where(Denial.discrepancy_id == discrepancy_id)
    if after is not None:
        query = query.where(Denial.id > after)
    return query.order_by(Denial.id)


async def show(session: AsyncSession, denials: Sequence[Denial]) -> list[DenialOut]:
    """Return refusals with all their judgements, in the order given."""
    judged: dict[UUID, list[JudgedOut]] = defaultdict(list)
    query = sa.select(DenialJudgement).where(
        DenialJudgement.denial_id.in_([denial.id for denial in denials])
    )
    for row in await session.scalars(query.order_by(DenialJudgement.denial_id, DenialJudgement.id)):
        judged[row.denial_id].append(_judged(row))
    keys = await vendors.keys_of(session, {denial.vendor_id for denial in denials})
    return [
        DenialOut(
            **{name: getattr(denial, name) for name in _NAMES},
            channel=Channel(denial.channel),
            by=DenierOut(vendor=keys[denial.vendor_id], role=Role(denial.role)),
            judgement=judged[denial.id][-1],
            judgements=judged[denial.id],
        )
        for denial in denials
    ]


def _judged(row: DenialJudgement) -> JudgedOut:
    return JudgedOut.model_validate(
        {
            **row.judgement,
            "id": row.id,
            "judged_at": row.judged_at,
            "vendor_terms": row.vendor_terms,
            "carrier_tariff": row.carrier_tariff,
            "facts": row.facts,
        }
    )
