"""Something is heard of a replacement: written down once, and its states read anew from all.

What happened counts by its own time, so that what comes late, twice or in another order leaves
the replacement where it would stand anyhow.
"""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit.db import context_of, now
from app.kit.ids import new_id
from app.obligations.rules import Channel
from app.replacements.events import ReplacementHeard
from app.replacements.keeping import named
from app.replacements.models import ReplacementFact
from app.replacements.reading import counted_ids, read
from app.replacements.rules import MAX_FACTS
from app.replacements.rules.folding import LEADS_TO, SwapFact
from app.replacements.rules.refusals import TooMuchOfIt
from app.replacements.rules.states import OUTBOUNDS, Outbound
from app.replacements.standing import Standing


@dataclass(frozen=True, slots=True)
class Saying:
    """What is heard, before it is written down."""

    fact: SwapFact
    at: datetime
    is_ours: bool = False
    by_name: str | None = None
    channel: Channel | None = None
    words: str | None = None
    told: dict[str, Any] = field(default_factory=dict[str, Any])


async def hear(
    session: AsyncSession, standing: Standing, saying: Saying
) -> tuple[ReplacementFact, bool]:
    """Write down what is heard of a locked replacement; the very same again is written once.

    Returns the fact and whether it is new. What a vendor says out of turn is kept, since what
    makes sense of it may come later still. Raises IllegalStep for a step of ours that is not
    allowed, and for what comes after it was cancelled; TooMuchOfIt.
    """
    same = _fingerprint(saying)
    known = next((fact for fact in standing.facts if fact.same == same), None)
    if known is not None:
        return known, False
    if len(standing.facts) >= MAX_FACTS:
        raise TooMuchOfIt(f"{MAX_FACTS} are on record already.", most=MAX_FACTS)
    fact = ReplacementFact(
        id=new_id(),
        replacement_id=standing.replacement.id,
        fact=saying.fact.value,
        at=saying.at,
        is_ours=saying.is_ours,
        same=same,
        by_name=saying.by_name,
        channel=saying.channel.value if saying.channel else None,
        words=saying.words,
        told=saying.told,
        recorded_at=now(session),
        recorded_by=context_of(session).caller,
    )
    counts = _require_possible(standing, fact, now(session))
    session.add(fact)
    await session.flush()
    event = ReplacementHeard(
        **named(standing.replacement),
        fact_id=fact.id,
        fact=fact.fact,
        at=fact.at,
        counts=counts,
        by_name=fact.by_name,
        words=fact.words,
    )
    await publish(session, event)
    return fact, True


def _fingerprint(saying: Saying) -> bytes:
    told = {
        "fact": saying.fact.value,
        "at": saying.at.isoformat(),
        "told": saying.told,
        "words": saying.words,
        "is_ours": saying.is_ours,
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).digest()


def _require_possible(standing: Standing, fact: ReplacementFact, moment: datetime) -> bool:
    """Refuse our own steps where they do not count. Raises IllegalStep.

    Returns whether it counts, by what is known now.
    """
    found = read(standing, moment, [fact])
    if fact.id in counted_ids(found):
        return True
    there = next(state for each, state in found.course.passed_over if each.source is fact)
    if not fact.is_ours and there is not Outbound.CANCELLED:
        return False
    OUTBOUNDS.require(SimpleNamespace(outbound=there.value), LEADS_TO[SwapFact(fact.fact)])
    return False
