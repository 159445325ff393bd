"""When time itself makes something of a claim: a consent that ends, and the warning before it."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.claims.reading import Read
from app.claims.rules.axes import ReturnLeg
from app.claims.rules.folding import is_granted
from app.claims.standing import Standing
from app.kit.db import now
from app.runtime import settings_of

_INSTANT = timedelta(microseconds=1)


def warns_at(lapses_at: datetime, session: AsyncSession) -> datetime:
    """Return when the worklist shows that a consent ends."""
    days = settings_of(session).claims.rma_warn_days
    return datetime.combine(lapses_at.date() - timedelta(days=days), time.max, UTC)


def watch(session: AsyncSession, standing: Standing, found: Read) -> None:
    """Write down when time itself next makes something of it."""
    claim: Any = standing.claim
    present = now(session)
    # What a carrier's clock told too early is owed otherwise once it has come.
    coming = [at for at in found.journey.reached.values() if at > present]
    claim.watch_at = min([*coming, *_of_consent(session, claim, found)], default=None)


def _of_consent(session: AsyncSession, claim: Any, found: Read) -> list[datetime]:
    """Return when the consent next makes something of it."""
    waits = found.journey.now in {ReturnLeg.AWAITING_RETURN, ReturnLeg.NOT_REQUIRED}
    lapses_at = claim.lapses_at
    if lapses_at is None or not waits or not is_granted(found.course.now):
        return []
    is_warned = claim.warned_for == lapses_at
    return [lapses_at + _INSTANT, *([] if is_warned else [warns_at(lapses_at, session)])]
