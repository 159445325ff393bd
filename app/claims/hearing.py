"""Something is heard of a claim: written down once, and the claim's states read anew from all.

What happened counts by its own time, so that what comes late, twice or in another order leaves
the claim where it would stand anyhow.
"""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.claims import owing, reading
from app.claims.denying import reversals
from app.claims.events import ClaimHeard, ClaimMoved
from app.claims.keeping import changed, named
from app.claims.models import Claim, ClaimFact
from app.claims.reading import Read
from app.claims.rules import MAX_FACTS
from app.claims.rules.axes import (
    AUTHORIZATIONS,
    RETURN_LEGS,
    SETTLEMENTS,
    Authorization,
    ReturnLeg,
    SettlementState,
    is_live,
)
from app.claims.rules.folding import (
    AUTHORIZATION_BY,
    OF_THE_ROAD,
    OURS,
    RETURN_BY,
    Fact,
    is_granted,
)
from app.claims.rules.lines import settled_as
from app.claims.rules.refusals import TooMuchHeard
from app.claims.standing import Standing, stand
from app.claims.watching import watch
from app.events import publish
from app.kit.db import context_of, now
from app.kit.ids import new_id
from app.obligations.rules import Channel
from app.orders.rules import rma_lookup

# An answer leads back to where the question came from: that it is allowed at all is what counts.
_LEADS_TO = {**AUTHORIZATION_BY, Fact.ANSWERED: Authorization.SUBMITTED}
_OWN_WORDS = frozenset({Fact.RECEIVED, Fact.INSPECTED})


@dataclass(frozen=True, slots=True)
class Saying:
    """What is heard, before it is written down."""

    fact: Fact
    at: datetime
    is_ours: bool = False
    by_name: str | None = None
    channel: Channel | None = None
    words: str | None = None
    told: dict[str, Any] = field(default_factory=dict[str, Any])


async def hear(session: AsyncSession, standing: Standing, saying: Saying) -> tuple[ClaimFact, bool]:
    """Write down what is heard of a locked claim; the very same again is written once.

    Returns the fact and whether it is new. The states are read anew by `settle_states`. What a
    vendor says out of turn is kept, since what makes sense of it may come later still. Raises
    IllegalStep for a step of ours that is not allowed, and for what comes after the end;
    TooMuchHeard.
    """
    turn = sum(Fact(fact.fact) in OURS for fact in standing.facts)
    turn += int(saying.fact in OURS)
    same = _fingerprint(saying, turn)
    known = next((fact for fact in standing.facts if fact.same == same), None)
    if known is not None:
        return known, False
    if len(standing.facts) >= MAX_FACTS:
        raise TooMuchHeard(f"{MAX_FACTS} are on record already.", most=MAX_FACTS)
    fact = ClaimFact(
        id=new_id(),
        claim_id=standing.claim.id,
        fact=saying.fact.value,
        at=saying.at,
        is_ours=saying.is_ours,
        turn=turn,
        same=same,
        by_name=saying.by_name,
        channel=saying.channel.value if saying.channel else None,
        words=saying.words,
        told=saying.told,
        recorded_at=now(session),
        recorded_by=context_of(session).caller,
    )
    found = await reading.read(session, standing, [fact])
    counts = _require_possible(fact, found, standing)
    session.add(fact)
    await session.flush()
    event = ClaimHeard(
        **named(standing.claim),
        fact_id=fact.id,
        fact=fact.fact,
        at=fact.at,
        counts=counts,
        by_name=fact.by_name,
        words=fact.words,
    )
    await publish(session, event)
    return fact, True


def _fingerprint(saying: Saying, turn: int) -> bytes:
    told = {
        "fact": saying.fact.value,
        "at": saying.at.isoformat(),
        "told": saying.told,
        "words": saying.words,
        # We never say twice what was said once: the second must find what the first has done.
        "turn": turn if saying.fact in OURS else None,
        "is_ours": saying.is_ours,
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).digest()


def _require_possible(fact: ClaimFact, found: Read, standing: Standing) -> bool:
    """Refuse what can never count, and our own steps where they do not. Raises IllegalStep.

    Returns whether it counts, by what is known now.
    """
    kind = Fact(fact.fact)
    if kind in OF_THE_ROAD:
        if kind in _OWN_WORDS and standing.claim.return_leg == ReturnLeg.INSPECTED.value:
            before = found.journey.reached.get(ReturnLeg.INSPECTED)
            if before is not None and before < fact.at:
                RETURN_LEGS.require(standing.claim, RETURN_BY[kind])
        return True
    if fact.id in reading.ids(found.course.counted):
        return True
    at_its_place = next(
        (state for each, state in found.course.passed_over if each.source is fact),
        Authorization(standing.claim.authorization),
    )
    if not fact.is_ours and at_its_place is not Authorization.VOIDED:
        return False
    there = SimpleNamespace(authorization=at_its_place.value)
    AUTHORIZATIONS.require(there, _LEADS_TO[kind])
    return True


async def settle_states(session: AsyncSession, claim: Claim, *, is_change: bool = True) -> Standing:
    """Read the states of a locked claim anew, and tell the ledger what is owed by them now.

    Without a change of its own it is another version only where something came of it.
    """
    await session.flush()
    standing = await stand(session, claim)
    found = await reading.read(session, standing)
    before = (claim.authorization, claim.return_leg, claim.settlement)
    claim.authorization = found.course.now.value
    claim.return_leg = found.journey.now.value
    _grant(standing, found)
    _settle(session, standing, found)
    live = is_live(found.course.now, SettlementState(claim.settlement))
    claim.is_live = live
    watch(session, standing, found)
    await reversals.note(session, standing)
    is_owed_otherwise = await owing.reckon(session, standing, found)
    after = (claim.authorization, claim.return_leg, claim.settlement)
    if is_change or is_owed_otherwise or after != before:
        await changed(session, claim)
    if after != before:
        event = ClaimMoved(
            **named(claim),
            authorization_before=before[0],
            authorization=after[0],
            return_leg_before=before[1],
            return_leg=after[1],
            settlement_before=before[2],
            settlement=after[2],
        )
        await publish(session, event)
    return standing


def _grant(standing: Standing, found: Read) -> None:
    """Write down what the vendor's last consent covers."""
    claim, consent = standing.claim, found.consent
    lapses = found.course.consent.lapses_at if found.course.consent else None
    claim.lapses_at = lapses
    claim.rma = consent.told.get("rma") if consent else None
    claim.rma_lookup = (rma_lookup(claim.rma) or None) if claim.rma else None
    granted = consent.told["granted"] if consent else {}
    for line in standing.lines:
        line.granted = granted.get(str(line.position), 0) if consent else None


def _settle(session: AsyncSession, standing: Standing, found: Read) -> None:
    """Write down what came of it, by its lines."""
    claim, consent = standing.claim, found.consent
    back = {ReturnLeg.NOT_REQUIRED, ReturnLeg.RECEIVED_BY_VENDOR, ReturnLeg.INSPECTED}
    pending = (
        consent is not None
        and is_granted(found.course.now)
        and consent.told["remedy"] == "credit"
        and found.journey.now in back
    )
    lines = [SettlementState(line.settled) if line.settled else None for line in standing.lines]
    settled = settled_as(lines, is_credit_pending=pending)
    if settled.value != claim.settlement:
        SETTLEMENTS.step(claim, settled)
    if not SETTLEMENTS.allowed(settled) and claim.settled_at is None:
        claim.settled_at = now(session)
