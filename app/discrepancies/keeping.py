"""The room's own ways: how a discrepancy is locked, changed and written of."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.discrepancies import rules
from app.discrepancies.models import Discrepancy, DiscrepancyLine
from app.kit.db import now
from app.kit.etags import check_version
from app.kit.problems import NotFound


async def get(session: AsyncSession, discrepancy_id: UUID) -> Discrepancy:
    """Return a discrepancy. Raises NotFound."""
    found = await session.get(Discrepancy, discrepancy_id)
    if found is None:
        raise _unknown(discrepancy_id)
    return found


async def take(
    session: AsyncSession, discrepancy_id: UUID, if_match: str | None = None
) -> Discrepancy:
    """Lock a discrepancy for a change: before its losses, and those before their debts.

    Of two at once the second sees what the first has done. Raises NotFound, VersionMismatch.
    """
    found = await session.get(
        Discrepancy, discrepancy_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if found is None:
        raise _unknown(discrepancy_id)
    check_version(found.version, if_match=if_match, if_none_match=None)
    return found


def _unknown(discrepancy_id: UUID) -> NotFound:
    return NotFound(f"There is no discrepancy {discrepancy_id}.")


async def lines_of(session: AsyncSession, discrepancy_id: UUID) -> Sequence[DiscrepancyLine]:
    """Return the lines of a discrepancy, in their order."""
    query = sa.select(DiscrepancyLine).where(DiscrepancyLine.discrepancy_id == discrepancy_id)
    return (await session.scalars(query.order_by(DiscrepancyLine.position))).all()


async def changed(session: AsyncSession, discrepancy: Discrepancy) -> None:
    """Write down that a locked discrepancy is another version of itself."""
    discrepancy.version += 1
    discrepancy.updated_at = now(session)
    await session.flush()


def named(discrepancy: Discrepancy) -> dict[str, Any]:
    """Return what every event says of its discrepancy."""
    return {
        "discrepancy_id": discrepancy.id,
        "number": rules.spoken_number(discrepancy.number),
        "case_id": discrepancy.case_id,
        "version": discrepancy.version,
    }
