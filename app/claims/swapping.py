"""The vendor ships first: what goes back of a line is owed by the replacement, not by the claim."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.claims import hearing, keeping
from app.claims.models import Claim


async def swap(
    session: AsyncSession, claim_id: UUID, position: int, *, is_swapped: bool = True
) -> Claim:
    """Say whether a replacement comes first for a line; the same again changes nothing.

    There is one debt to send the unit back: the claim's own ends with the replacement's, and is
    owed again if that comes to nothing. Raises NotFound.
    """
    claim = await keeping.take(session, claim_id)
    line = next(x for x in await keeping.lines_of(session, claim_id) if x.position == position)
    if line.is_swapped is not is_swapped:
        line.is_swapped = is_swapped
        await hearing.settle_states(session, claim)
    return claim
