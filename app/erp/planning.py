"""Events become deliveries: one for each endpoint that wants to hear of it.

Each endpoint has its own position in the event log. Deliveries are made of the events after it,
and the position moved, in one transaction: none is missed and none made twice, however often it
ends half-way. A disabled endpoint's position stands still, so that it misses nothing.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app import events
from app.erp import lines
from app.erp.events import TestRequested
from app.erp.lines import LineKey
from app.erp.models import Delivery, Endpoint, Line, any_of
from app.erp.rules import EVERYTHING, DeliveryState
from app.events import StoredEvent
from app.kit.db import now
from app.kit.ids import new_id
from app.runtime import Runtime

Wanted = sa.Row[UUID, UUID, str, str]  # endpoint_id, event_id, type, subject

_AT_ONCE = 2000  # positions of the log, over all endpoints
_ENDPOINTS_AT_ONCE = 100


async def plan(runtime: Runtime) -> int:
    """Make deliveries of a stretch of the log; returns how many endpoints moved on."""
    async with runtime.transaction() as session:
        newest = await events.last_position(session)
        behind = await _behind(session, newest)
        if not behind:
            return 0
        stretch = _AT_ONCE // len(behind)
        upto = {each.id: min(each.position + stretch, newest) for each in behind}
        found = await session.execute(select_wanted(list(upto), stretch, newest))
        wanted = found.all()
        if wanted:
            made = await _make(session, wanted)
            failing = {each.id for each in behind if each.failing_since is not None}
            await lines.let_fronts_go_first(session, _heads(made, failing))
        for each in behind:
            each.position = upto[each.id]
        return len(behind)


async def _behind(session: AsyncSession, newest: int) -> Sequence[Endpoint]:
    query = (
        sa.select(Endpoint)
        .where(
            Endpoint.disabled_at.is_(None),
            Endpoint.deleted_at.is_(None),
            Endpoint.position < newest,
        )
        .order_by(Endpoint.id)
        .limit(_ENDPOINTS_AT_ONCE)
        .with_for_update(skip_locked=True, key_share=True)
    )
    return (await session.scalars(query)).all()


def select_wanted(
    endpoint_ids: Sequence[UUID], stretch: int, newest: int
) -> sa.Select[UUID, UUID, str, str]:
    """Return the query of the events after each endpoint's position that concern it, in order."""
    room = sa.func.split_part(StoredEvent.type, ".", 1).concat(".*")
    every = sa.literal(EVERYTHING) == sa.any_(Endpoint.types)
    is_named = sa.or_(
        every, StoredEvent.type == sa.any_(Endpoint.types), room == sa.any_(Endpoint.types)
    )
    is_anothers = sa.or_(Endpoint.include_own, StoredEvent.caller != Endpoint.caller)
    is_own_test = StoredEvent.subject == sa.literal("webhook-endpoints/").concat(
        sa.cast(Endpoint.id, sa.Text)
    )
    is_test = StoredEvent.type == TestRequested.TYPE
    return (
        sa.select(
            Endpoint.id.label("endpoint_id"),
            StoredEvent.id.label("event_id"),
            StoredEvent.type,
            StoredEvent.subject,
        )
        .join_from(
            Endpoint,
            StoredEvent,
            sa.and_(
                StoredEvent.position > Endpoint.position,
                StoredEvent.position <= Endpoint.position + stretch,
                StoredEvent.position <= newest,
            ),
        )
        .where(
            Endpoint.id == any_of(endpoint_ids),
            sa.case((is_test, is_own_test), else_=sa.and_(is_named, is_anothers)),
        )
        .order_by(StoredEvent.position)
    )


async def _make(session: AsyncSession, wanted: Sequence[Wanted]) -> list[Delivery]:
    """Number each event within its line, and make the first of a free line due."""
    counts = Counter((row.endpoint_id, row.subject) for row in wanted)
    given_out = lines.rows(
        "given_out",
        endpoint_id=(sa.Uuid(), [endpoint_id for endpoint_id, _ in counts]),
        subject=(sa.Text(), [subject for _, subject in counts]),
        count=(sa.Integer(), counts.values()),
    )
    columns = given_out.c
    found = await session.execute(
        insert(Line)
        .from_select(
            ["endpoint_id", "subject", "last", "head"],
            sa.select(
                columns.endpoint_id, columns.subject, columns["count"], sa.literal(1)
            ).order_by(columns.endpoint_id, columns.subject),
        )
        .on_conflict_do_update(
            index_elements=["endpoint_id", "subject"],
            set_={"last": Line.last + sa.literal_column("excluded.last")},
        )
        .returning(Line.endpoint_id, Line.subject, Line.last, Line.head)
    )
    heads, given = dict[LineKey, int](), dict[LineKey, int]()
    for row in found:
        key = row.endpoint_id, row.subject
        heads[key], given[key] = row.head, row.last - counts[key]
    made = list[Delivery]()
    moment = now(session)
    for row in wanted:
        key = row.endpoint_id, row.subject
        given[key] += 1
        made.append(_delivery(row, given[key], moment, is_head=given[key] == heads[key]))
    session.add_all(made)
    await session.flush()
    return made


def _delivery(row: Wanted, sequence: int, moment: datetime, *, is_head: bool) -> Delivery:
    return Delivery(
        id=new_id(),
        endpoint_id=row.endpoint_id,
        event_id=row.event_id,
        type=row.type,
        subject=row.subject,
        sequence=sequence,
        state=DeliveryState.PENDING.value,
        attempts=0,
        failures=0,
        retry_at=moment,
        due_at=moment if is_head else None,
        created_at=moment,
    )


def _heads(made: Sequence[Delivery], failing: set[UUID]) -> dict[LineKey, Delivery]:
    return {
        lines.key_of(each): each
        for each in made
        if each.due_at is not None and each.endpoint_id in failing
    }
