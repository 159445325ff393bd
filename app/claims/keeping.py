"""The room's own ways: how a claim is locked, changed and written of."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.claims import rules
from app.claims.models import Claim, ClaimFact, ClaimLine, ClaimReturn
from app.kit.db import now
from app.kit.etags import check_version
from app.kit.problems import NotFound


async def get(session: AsyncSession, claim_id: UUID) -> Claim:
    """Return a claim. Raises NotFound."""
    found = await session.get(Claim, claim_id)
    if found is None:
        raise _unknown(claim_id)
    return found


async def take(session: AsyncSession, claim_id: UUID, if_match: str | None = None) -> Claim:
    """Lock a claim for a change: before its losses, and those before their debts.

    Of two at once the second sees what the first has done. Raises NotFound, VersionMismatch.
    """
    found = await session.get(
        Claim, claim_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if found is None:
        raise _unknown(claim_id)
    check_version(found.version, if_match=if_match, if_none_match=None)
    return found


def _unknown(claim_id: UUID) -> NotFound:
    return NotFound(f"There is no claim {claim_id}.")


async def lines_of(session: AsyncSession, claim_id: UUID) -> Sequence[ClaimLine]:
    """Return the lines of a claim, in their order."""
    query = sa.select(ClaimLine).where(ClaimLine.claim_id == claim_id)
    return (await session.scalars(query.order_by(ClaimLine.position))).all()


async def facts_of(session: AsyncSession, claim_id: UUID) -> Sequence[ClaimFact]:
    """Return what was heard of a claim, by when it happened."""
    query = sa.select(ClaimFact).where(ClaimFact.claim_id == claim_id)
    return (await session.scalars(query.order_by(ClaimFact.at, ClaimFact.id))).all()


async def returns_of(session: AsyncSession, claim_id: UUID) -> Sequence[ClaimReturn]:
    """Return the parcels by which units went back, the earliest first."""
    query = sa.select(ClaimReturn).where(ClaimReturn.claim_id == claim_id)
    return (await session.scalars(query.order_by(ClaimReturn.sent_at, ClaimReturn.id))).all()


async def changed(session: AsyncSession, claim: Claim) -> None:
    """Write down that a locked claim is another version of itself."""
    claim.version += 1
    claim.updated_at = now(session)
    await session.flush()


def named(claim: Claim) -> dict[str, Any]:
    """Return what every event says of its claim."""
    return {
        "claim_id": claim.id,
        "number": rules.spoken_number(claim.number),
        "case_id": claim.case_id,
        "version": claim.version,
    }
