"""What is to be done in a case, in what order, and until when it is safe."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.cases import acting_rules, keeping
from app.cases.acting_rules import Action, Right
from app.cases.acting_schemas import ActionOut, ActionsOut, LastSafeDay
from app.kit.db import now
from app.obligations import lost
from app.obligations.rules import DeadlineKind, DeadlineState


async def actions(session: AsyncSession, case_id: UUID) -> ActionsOut:
    """Return the order of actions of a case. Raises NotFound."""
    await keeping.get(session, case_id)
    told = (await session.execute(select_rights(case_id))).mappings().all()
    by_number = {row["number"]: row for row in told}
    found = acting_rules.in_order([_right(row) for row in told], now(session))
    first = acting_rules.earliest(found)
    return ActionsOut(
        last_safe_day=None if first is None else _last_safe_day(first, by_number),
        items=[_shown(each, by_number) for each in found],
    )


def select_rights(case_id: UUID) -> sa.Select[*tuple[Any, ...]]:
    """Return the query of rights of ours in a case."""
    own = lost.deadlines().subquery()
    return sa.select(own).where(own.c.case_id == case_id).order_by(own.c.last_at, own.c.number)


def _right(row: Any) -> Right:
    return Right(
        row["number"],
        DeadlineKind(row["kind"]),
        DeadlineState(row["state"]),
        row["toward"],
        row["last_at"],
        row["last_safe_on"],
        row["last_safe_source"],
    )


def _last_safe_day(action: Action, by_number: dict[int, Any]) -> LastSafeDay:
    row = by_number[action.right.deadline_number]
    return LastSafeDay(
        on=action.right.safe_on(),
        deadline_id=row["deadline_id"],
        description=row["description"],
        source=row["last_safe_source"] or row["ground_reference"] or row["ground_text"],
    )


def _shown(action: Action, by_number: dict[int, Any]) -> ActionOut:
    row = by_number[action.right.deadline_number]
    return ActionOut(
        **{name: row[name] for name in ("deadline_id", "kind", "description", "toward")},
        **{name: row[name] for name in ("last_at", "last_safe_on", "last_safe_source")},
        after=[by_number[number]["deadline_id"] for number in action.after],
        because=list(action.because),
        blocked=action.blocked,
    )
