"""Which refusals were taken back: read from all that was heard, whenever it came."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.claims.denial_models import ClaimDenial
from app.claims.rules.folding import Fact
from app.claims.standing import Standing

_CONSENTS = frozenset({Fact.AUTHORIZED.value, Fact.PARTIALLY_AUTHORIZED.value})


async def note(session: AsyncSession, standing: Standing) -> None:
    """Write down of each refusal of a claim when we appealed, and when the vendor gave in."""
    rows = await session.scalars(
        sa.select(ClaimDenial).where(ClaimDenial.claim_id == standing.claim.id)
    )
    consents = [fact.at for fact in standing.facts if fact.fact in _CONSENTS]
    appeals = [fact.at for fact in standing.facts if fact.fact == Fact.APPEALED.value]
    for row in rows:
        row.appealed_at = min((at for at in appeals if at >= row.said_at), default=None)
        row.reversed_at = min((at for at in consents if at >= row.said_at), default=None)
    await session.flush()
