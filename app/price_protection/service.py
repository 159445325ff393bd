"""What is done with notices and what they reach, for the room's own parts and bulk intake."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.db import now
from app.price_protection.exposure import marking
from app.price_protection.exposure.computing import refuse_lines
from app.price_protection.keeping import take
from app.price_protection.notices.bulk import PRICE_NOTICES

__all__ = ["PRICE_NOTICES", "refuse"]


async def refuse(
    session: AsyncSession, notice_id: UUID, lines: Sequence[tuple[UUID, Decimal]]
) -> None:
    """Record what part of its credit came for lines of which the rest was let go.

    They protect no further than that. Raises NotFound.
    """
    notice = await take(session, notice_id)
    moment = now(session)
    await refuse_lines(session, notice.id, [(line_id, moment, share) for line_id, share in lines])
    await marking.mark_later(session, notice)
