"""Whose a unit is, and was: every move of it is kept."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.events import publish
from app.kit.db import context_of, now
from app.orders import references
from app.orders.units import rules
from app.orders.units.events import UnitMoved
from app.orders.units.models import Unit, UnitMove
from app.orders.units.rules import CannotCorrect, Hand, HandKind, Right
from app.vendors import service as vendors

_RESOLVED = {HandKind.CUSTOMER: references.customers, HandKind.VENDOR: vendors.resolve}


async def move(  # noqa: PLR0913 (what a move is made of)
    session: AsyncSession,
    unit: Unit,
    *,
    right: Right,
    to: Hand,
    since: datetime,
    why: str,
    corrects: UUID | None = None,
    pointer: str = "",
) -> UnitMove:
    """Note that a locked unit became somebody's. The same again changes nothing.

    Word of an earlier move goes into the history, and does not undo a later one. `pointer` leads
    to where the move stands in what was sent.

    Raises UnknownReference, ImpossibleMove, UnitCancelled, CannotCorrect.
    """
    require_counts(unit)
    rules.require_possible(since, now=now(session), pointer=f"{pointer}/since")
    await _require_known(session, to, f"{pointer}/key")
    if corrects is not None:
        await _require_correctable(session, unit, right, corrects)
    elif told := await _told(session, unit, right, to, since):
        return told
    row = UnitMove(
        unit_id=unit.id,
        right_kind=right.value,
        hand_kind=to.kind.value,
        hand_key=to.key,
        since=since,
        why=why,
        corrects_id=corrects,
        recorded_at=now(session),
        recorded_by=context_of(session).caller,
    )
    session.add(row)
    await session.flush()
    event = UnitMoved(
        unit_id=unit.id,
        unit=unit.key,
        move_id=row.id,
        right=right.value,
        to=str(to),
        since=since,
        why=why,
    )
    await publish(session, event)
    return row


def require_counts(unit: Unit) -> None:
    """Refuse what would happen to a unit that was booked in error. Raises UnitCancelled."""
    if unit.cancelled_at is not None:
        raise rules.UnitCancelled(f"The unit {unit.key!r} was booked in error.", unit=unit.key)


async def _require_known(session: AsyncSession, hand: Hand, pointer: str) -> None:
    resolve = _RESOLVED.get(hand.kind)
    if resolve is not None and hand.key is not None:
        await resolve(session, {pointer: hand.key})


async def _require_correctable(
    session: AsyncSession, unit: Unit, right: Right, corrects: UUID
) -> None:
    row = await session.get(UnitMove, corrects)
    fault = None
    if row is None or row.unit_id != unit.id:
        fault = "it is no move of this unit"
    elif row.right_kind != right.value:
        fault = f"it tells of the {row.right_kind}, not of the {right.value}"
    elif await session.scalar(sa.select(UnitMove.id).where(UnitMove.corrects_id == corrects)):
        fault = "it was put right already; correct that one"
    if fault is not None:
        raise CannotCorrect(
            f"The move cannot be corrected: {fault}.",
            errors=[{"pointer": "/corrects", "detail": fault}],
        )


async def _told(
    session: AsyncSession, unit: Unit, right: Right, to: Hand, since: datetime
) -> UnitMove | None:
    query = sa.select(UnitMove).where(
        UnitMove.unit_id == unit.id,
        UnitMove.right_kind == right.value,
        UnitMove.hand_kind == to.kind.value,
        UnitMove.hand_key.is_not_distinct_from(to.key),
        UnitMove.since == since,
        _standing(),
    )
    return await session.scalar(query.limit(1))


def _standing() -> sa.ColumnElement[bool]:
    other = aliased(UnitMove)
    return ~sa.exists().where(other.corrects_id == UnitMove.id)


async def current(
    session: AsyncSession, unit_ids: Collection[UUID]
) -> dict[UUID, Mapping[Right, UnitMove]]:
    """Return whose units are, by right. A right that is not there is unknown."""
    rows = await session.scalars(
        sa.select(UnitMove)
        .where(UnitMove.unit_id.in_(unit_ids), _standing())
        .ext(distinct_on(UnitMove.unit_id, UnitMove.right_kind))
        .order_by(UnitMove.unit_id, UnitMove.right_kind, UnitMove.since.desc(), UnitMove.id.desc())
    )
    found: dict[UUID, dict[Right, UnitMove]] = {identity: {} for identity in unit_ids}
    for row in rows:
        found[row.unit_id][Right(row.right_kind)] = row
    return dict(found)


async def page(
    session: AsyncSession, unit: Unit, *, after: UUID | None, limit: int
) -> Sequence[UnitMove]:
    """Return the moves of a unit in the order they were told, after an id."""
    query = sa.select(UnitMove).where(UnitMove.unit_id == unit.id).order_by(UnitMove.id)
    if after is not None:
        query = query.where(UnitMove.id > after)
    return (await session.scalars(query.limit(limit))).all()


async def corrected(session: AsyncSession, move_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these moves were put right by others."""
    rows = await session.scalars(
        sa.select(UnitMove.corrects_id).where(UnitMove.corrects_id.in_(move_ids))
    )
    return {identity for identity in rows if identity is not None}
