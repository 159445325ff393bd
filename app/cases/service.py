"""What is done with cases, and what rooms above ask of them: the same documents as the API's."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.cases.evidence import add_file, add_note, page_notes
from app.cases.finds import CaseFilter, Mark, select_cases
from app.cases.keeping import get, take
from app.cases.models import Case
from app.cases.opening import change, open_case, start_recovery
from app.cases.schemas import CaseFileIn, CaseIn, CasePatch, OrderLineIn
from app.cases.settling import close, close_recovery, make_whole, reopen
from app.cases.settling_schemas import (
    CloseIn,
    CloseRecoveryIn,
    ExpenseIn,
    MakeWholeIn,
    ReopenIn,
)
from app.cases.showing import show, show_whole
from app.cases.timeline import follow, read

__all__ = [
    "CaseFileIn",
    "CaseFilter",
    "CaseIn",
    "CasePatch",
    "CloseIn",
    "CloseRecoveryIn",
    "ExpenseIn",
    "MakeWholeIn",
    "OrderLineIn",
    "ReopenIn",
    "add_file",
    "add_note",
    "change",
    "close",
    "close_recovery",
    "find",
    "follow",
    "get",
    "make_whole",
    "numbers",
    "open_case",
    "page",
    "page_notes",
    "read",
    "reopen",
    "show",
    "show_whole",
    "start_recovery",
    "take",
]


async def find(session: AsyncSession, number: int) -> Case | None:
    """Return the case of this number, if there is one."""
    return await session.scalar(sa.select(Case).where(Case.number == number))


async def page(
    session: AsyncSession, *, after: Mark | None, limit: int, wanted: CaseFilter
) -> Sequence[Case]:
    """Return cases after a mark: as they were opened, or the most urgent first."""
    return (await session.scalars(select_cases(wanted, after=after).limit(limit))).all()


async def numbers(session: AsyncSession, case_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return the numbers of cases by id."""
    rows = await session.execute(sa.select(Case.id, Case.number).where(Case.id.in_(case_ids)))
    return dict(rows.all())
