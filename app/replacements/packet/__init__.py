"""The packet of a dispute: a charge for a unit that was not returned, and the proof that it was."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncSession

from app.replacements.models import Replacement
from app.replacements.packet.contents import gather
from app.replacements.packet.printing import render


async def make(session: AsyncSession, row: Replacement, *, company: str | None) -> bytes:
    """Return the pages as a PDF. Raises NothingDisputed.

    Once all is gathered nothing more is asked of the database: printing need not hold it.
    """
    told = await gather(session, row, company)
    await session.commit()
    return await asyncio.to_thread(render, told)
