"""The room's own ways: how a case is locked, changed and written of."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.cases import rules
from app.cases.models import Case
from app.kit.db import now
from app.kit.etags import check_version
from app.kit.problems import NotFound


async def get(session: AsyncSession, case_id: UUID) -> Case:
    """Return a case. Raises NotFound."""
    case = await session.get(Case, case_id)
    if case is None:
        raise _unknown(case_id)
    return case


async def take(session: AsyncSession, case_id: UUID, if_match: str | None = None) -> Case:
    """Lock a case for a change. Of two at once the second sees what the first has done.

    Raises NotFound, VersionMismatch.
    """
    case = await session.get(
        Case, case_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if case is None:
        raise _unknown(case_id)
    check_version(case.version, if_match=if_match, if_none_match=None)
    return case


def _unknown(case_id: UUID) -> NotFound:
    return NotFound(f"There is no case {case_id}.")


async def changed(session: AsyncSession, case: Case) -> None:
    """Write down that a locked case is another version of itself."""
    case.version += 1
    case.updated_at = now(session)
    await session.flush()


def named(case: Case) -> dict[str, Any]:
    """Return what every event says of its case."""
    return {
        "case_id": case.id,
        "number": rules.spoken_number(case.number),
        "version": case.version,
    }


def waited_s(session: AsyncSession, case: Case) -> int:
    """Return how many seconds the customer has waited by now."""
    waited = rules.waited(
        case.waiting_since,
        timedelta(seconds=case.waited_before_s),
        case.made_whole_at or case.closed_at,
        now(session),
    )
    return int(waited.total_seconds())
