"""What is done with notices and what they reach, for the room's own parts and bulk intake."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.db import now
from app.price_protection.exposure import marking
from app.price_protection.keeping import take
from app.price_protection.models import ExposedLine
from app.price_protection.notices.bulk import PRICE_NOTICES

__all__ = ["PRICE_NOTICES", "refuse"]


async def refuse(session: AsyncSession, notice_id: UUID, line_ids: Sequence[UUID]) -> None:
    """Record that a vendor refused these lines of a notice for good: they protect from nothing.

    Raises NotFound.
    """
    notice = await take(session, notice_id)
    await session.execute(
        sa.update(ExposedLine)
        .where(ExposedLine.notice_id == notice.id, ExposedLine.purchase_line_id.in_(line_ids))
        .values(refused_at=now(session))
        .execution_options(synchronize_session=False)
    )
    await marking.mark_later(session, notice)
