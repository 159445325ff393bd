"""The packet: all that a vendor needs to decide, as pages that survive a fax."""

import asyncio
from uuid import UUID

from obstore.store import ObjectStore
from sqlalchemy.ext.asyncio import AsyncSession

from app.claims.models import Claim
from app.claims.packet.contents import Contents, gather
from app.claims.packet.printing import render
from app.files import service as files


async def make(
    session: AsyncSession, store: ObjectStore, claim: Claim, *, company: str | None
) -> tuple[Contents, bytes]:
    """Return a claim's packet: what it holds, and its pages as a PDF.

    Once all is gathered nothing more is asked of the database: printing need not hold it.
    """
    contents = await gather(session, claim, company)
    wanted = [each.file_id for each in contents.enclosures]
    kept = await files.get_many(session, wanted)
    await session.commit()
    bytes_of: dict[UUID, tuple[str, bytes]] = {}
    for file_id in wanted:
        found = await files.read(store, kept[file_id])
        if found is not None:
            bytes_of[file_id] = (kept[file_id].media_type, found)
    return contents, await asyncio.to_thread(render, contents, bytes_of)
