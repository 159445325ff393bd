"""The packet: all that a vendor needs to decide, as pages that survive a fax."""

import asyncio
from uuid import UUID

from obstore.store import ObjectStore
from sqlalchemy.ext.asyncio import AsyncSession

from app.claims.models import Claim
from app.claims.packet.contents import Contents, gather
from app.claims.packet.printing import Laid, render
from app.files import service as files

# A claim may have a hundred files: so much of them is held in memory at once, the first ones first.
MOST_BYTES = 100 * 1024 * 1024


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
    laid: dict[UUID, Laid] = {}
    left = MOST_BYTES
    for file_id in wanted:
        left -= kept[file_id].size_bytes
        if left < 0:
            laid[file_id] = "Not printed: the packet is full. It can be sent as a file."
            continue
        found = await files.read(store, kept[file_id])
        laid[file_id] = (
            "Its bytes are not kept any more."
            if found is None
            else (kept[file_id].media_type, found)
        )
    return contents, await asyncio.to_thread(render, contents, laid)
