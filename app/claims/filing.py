"""Photos and documents of a claim."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.claims import keeping
from app.claims.events import ClaimChanged
from app.claims.models import Claim, ClaimFile
from app.claims.rules import MAX_FILES
from app.claims.rules.refusals import TooMuchHeard
from app.claims.schemas import ClaimFileIn
from app.events import publish
from app.files import service as files
from app.kit.db import context_of, now
from app.kit.ids import new_id


async def add(session: AsyncSession, claim: Claim, told: Sequence[ClaimFileIn]) -> None:
    """Tie files to a locked claim; the same again changes nothing. Raises UnknownFile."""
    await files.require(session, {each.file_id for each in told}, pointer="/files")
    known = {row.file_id for row in await files_of(session, claim.id)}
    fresh = {each.file_id: each for each in told if each.file_id not in known}
    if len(known) + len(fresh) > MAX_FILES:
        raise TooMuchHeard(f"A claim has {MAX_FILES} files at the most.", most=MAX_FILES)
    session.add_all(
        ClaimFile(
            id=new_id(),
            claim_id=claim.id,
            file_id=each.file_id,
            what=each.what.value,
            note=each.note,
            added_at=now(session),
            added_by=context_of(session).caller,
        )
        for each in fresh.values()
    )
    await session.flush()


async def add_one(session: AsyncSession, *, claim_id: UUID, document: ClaimFileIn) -> Claim:
    """Tie a file to a claim. Raises NotFound, UnknownFile, TooMuchHeard."""
    claim = await keeping.take(session, claim_id)
    before = len(await files_of(session, claim_id))
    await add(session, claim, [document])
    if len(await files_of(session, claim_id)) != before:
        await keeping.changed(session, claim)
        await publish(session, ClaimChanged(**keeping.named(claim), what="files"))
    return claim


async def files_of(session: AsyncSession, claim_id: UUID) -> Sequence[ClaimFile]:
    """Return the files of a claim in the order they were added."""
    query = sa.select(ClaimFile).where(ClaimFile.claim_id == claim_id)
    return (await session.scalars(query.order_by(ClaimFile.id))).all()
