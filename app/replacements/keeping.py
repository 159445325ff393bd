"""The room's own ways: how a replacement is locked, changed and written of."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.claims import service as claims
from app.kit.db import now
from app.kit.etags import check_version
from app.kit.problems import NotFound
from app.replacements import rules
from app.replacements.models import (
    Replacement,
    ReplacementCharge,
    ReplacementFact,
    ReplacementParcel,
)


async def get(session: AsyncSession, replacement_id: UUID) -> Replacement:
    """Return a replacement. Raises NotFound."""
    found = await session.get(Replacement, replacement_id)
    if found is None:
        raise NotFound(f"There is no replacement {replacement_id}.")
    return found


async def take(
    session: AsyncSession, replacement_id: UUID, if_match: str | None = None
) -> Replacement:
    """Lock a replacement for a change, after its claim: whoever changes both takes them so.

    Of two at once the second sees what the first has done. Raises NotFound, VersionMismatch.
    """
    claim_id = await session.scalar(
        sa.select(Replacement.claim_id).where(Replacement.id == replacement_id)
    )
    if claim_id is None:
        raise NotFound(f"There is no replacement {replacement_id}.")
    await claims.take(session, claim_id)
    found = await session.get(
        Replacement, replacement_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if found is None:
        raise NotFound(f"There is no replacement {replacement_id}.")
    check_version(found.version, if_match=if_match, if_none_match=None)
    return found


async def of_claim(session: AsyncSession, claim_id: UUID) -> Sequence[Replacement]:
    """Return the replacements of a claim, in the order they were asked for."""
    query = sa.select(Replacement).where(Replacement.claim_id == claim_id)
    return (await session.scalars(query.order_by(Replacement.id))).all()


async def facts_of(session: AsyncSession, replacement_id: UUID) -> Sequence[ReplacementFact]:
    """Return what was heard of a replacement, by when it happened."""
    query = sa.select(ReplacementFact).where(ReplacementFact.replacement_id == replacement_id)
    return (await session.scalars(query.order_by(ReplacementFact.at, ReplacementFact.id))).all()


async def parcels_of(session: AsyncSession, replacement_id: UUID) -> Sequence[ReplacementParcel]:
    """Return the parcels there and back, the earliest first."""
    row = ReplacementParcel
    query = sa.select(row).where(row.replacement_id == replacement_id)
    return (await session.scalars(query.order_by(row.sent_at, row.id))).all()


async def charges_of(session: AsyncSession, replacement_id: UUID) -> Sequence[ReplacementCharge]:
    """Return the charges for what was not returned, by the day printed on them."""
    row = ReplacementCharge
    query = sa.select(row).where(row.replacement_id == replacement_id)
    return (await session.scalars(query.order_by(row.issued_on, row.id))).all()


async def changed(session: AsyncSession, replacement: Replacement) -> None:
    """Write down that a locked replacement is another version of itself."""
    replacement.version += 1
    replacement.updated_at = now(session)
    await session.flush()


def named(replacement: Replacement) -> dict[str, Any]:
    """Return what every event says of its replacement."""
    return {
        "replacement_id": replacement.id,
        "number": rules.spoken_number(replacement.number),
        "claim_id": replacement.claim_id,
        "case_id": replacement.case_id,
        "version": replacement.version,
    }
