"""The event log: what changed, written with the change, read in the order it was committed.

An event gets its position from the relay *after* its transaction has committed. A reader that
follows positions therefore misses none, and a transaction that stays open holds up nobody else.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, ClassVar

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app.kit import jobs
from app.kit.db import Base, Identified, context_of, now
from app.kit.ids import new_id

DELIVER_JOB = "events.deliver"
RELAY_BATCH = 1000
# Any constant: it names the one place where positions are given out.
_RELAY_LOCK = 5_209_871_201


class Event(BaseModel):
    """Something that happened. Subclasses are named in the past tense, typed `room.verb`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    TYPE: ClassVar[str]
    VERSION: ClassVar[int] = 1

    def subject(self) -> str:
        """Return what it happened to, as `noun/id`."""
        raise NotImplementedError


class StoredEvent(Base, Identified):
    """One row of the log. Append-only: a trigger refuses all but giving it its position."""

    __tablename__ = "events"
    __table_args__ = (
        sa.Index("ix_events_unplaced", "id", postgresql_where=sa.text("position IS NULL")),
        sa.Index("ix_events_subject_position", "subject", "position"),
    )

    type: Mapped[str]
    version: Mapped[int]
    subject: Mapped[str]
    data: Mapped[dict[str, Any]]
    occurred_at: Mapped[datetime]
    caller: Mapped[str]
    request_id: Mapped[str | None]
    position: Mapped[int | None] = mapped_column(sa.BigInteger, unique=True)


async def publish(session: AsyncSession, *events: Event) -> None:
    """Write events in the session's transaction, under its caller and its clock."""
    if not events:
        return
    context = context_of(session)
    moment = now(session)
    rows = [
        {
            "id": new_id(),
            "type": event.TYPE,
            "version": event.VERSION,
            "subject": event.subject(),
            "data": event.model_dump(mode="json"),
            "occurred_at": moment,
            "caller": context.caller,
            "request_id": context.request_id,
        }
        for event in events
    ]
    await session.execute(sa.insert(StoredEvent), rows)


def told_instant(column: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """Return an instant as `publish` would write it, within a statement."""
    text = sa.func.to_char(sa.func.timezone("UTC", column), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    return sa.func.replace(text, ".000000Z", "Z")


def publishing(  # noqa: PLR0913 (what an event is made of)
    session: AsyncSession,
    event: type[Event],
    happened: sa.CTE,
    *,
    noun: str,
    order: Sequence[str],
    most: int,
    data: Mapping[str, sa.ColumnElement[Any]],
) -> sa.Insert:
    """Return the statement that writes an event for each row of `happened`, in the given order.

    For what happens to thousands at once: `data` has all that the event's type has, as `publish`
    would write it. No more than `most` rows happen.
    """
    context = context_of(session)
    names = sa.func.unnest(
        sa.bindparam("event_ids", [new_id() for _ in range(most)], ARRAY(sa.Uuid))
    )
    ids = names.table_valued(
        sa.column("id", sa.Uuid), with_ordinality="place", joins_implicitly=True
    ).render_derived()
    place = sa.func.row_number().over(order_by=[happened.c[name] for name in order])
    rows = sa.select(
        place.label("place"),
        (sa.literal(f"{noun}/", sa.Text) + sa.cast(happened.c.id, sa.Text)).label("subject"),
        sa.func.jsonb_build_object(
            *(
                part
                for name, value in data.items()
                for part in (sa.literal_column(f"'{name}'"), value)
            )
        ).label("data"),
    ).subquery("happened_in_order")
    told = sa.select(
        ids.c.id,
        sa.literal(event.TYPE, sa.Text),
        sa.literal(event.VERSION, sa.Integer),
        rows.c.subject,
        rows.c.data,
        sa.literal(now(session), sa.DateTime(timezone=True)),
        sa.literal(context.caller, sa.Text),
        sa.literal(context.request_id, sa.Text),
    ).join(rows, rows.c.place == ids.c.place)
    columns = ["id", "type", "version", "subject", "data", "occurred_at", "caller", "request_id"]
    return sa.insert(StoredEvent).from_select(columns, told, include_defaults=False)


@dataclass(frozen=True, slots=True)
class Listener:
    """Who wants to hear of which events, above the room that they happen in.

    `handle` gets the runtime, a transaction of its own and the events of its types, in order.
    It may get them again: it re-reads state.
    """

    name: str
    types: frozenset[str]
    handle: Callable[[Any, AsyncSession, Sequence[StoredEvent]], Awaitable[None]]


async def relay(session: AsyncSession, listeners: Sequence[Listener]) -> int:
    """Give committed events their positions and one job to each listener they concern.

    Returns how many were placed. Relays take turns; a reader never sees a gap that fills later.
    """
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(_RELAY_LOCK)))
    found = (await session.execute(_placing())).all()
    if found:
        await _wake(session, listeners, {r.position for r in found}, {r.type for r in found})
    return len(found)


@cache
def _placing() -> sa.Executable:
    unplaced = (
        sa.select(StoredEvent.id)
        .where(StoredEvent.position.is_(None))
        .order_by(StoredEvent.id)
        .limit(RELAY_BATCH)
        .subquery()
    )
    last = sa.select(sa.func.coalesce(sa.func.max(StoredEvent.position), 0)).scalar_subquery()
    order = sa.func.row_number().over(order_by=unplaced.c.id)
    placed = sa.select(unplaced.c.id, (last + order).label("position")).subquery()
    return (
        sa.update(StoredEvent)
        .values(position=placed.c.position)
        .where(StoredEvent.id == placed.c.id)
        .returning(StoredEvent.position, StoredEvent.type)
    )


async def _wake(
    session: AsyncSession, listeners: Sequence[Listener], positions: set[int], types: set[str]
) -> None:
    bounds = {"first": min(positions), "last": max(positions)}
    concerned = [listener.name for listener in listeners if listener.types & types]
    payloads = [{"listener": name, **bounds} for name in concerned]
    await jobs.enqueue(session, [DELIVER_JOB] * len(payloads), payloads)


async def deliver(
    runtime: Any, session: AsyncSession, listener: Listener, first: int, last: int
) -> None:
    """Hand the listener its events between two positions, both included."""
    rows = await session.scalars(
        sa.select(StoredEvent)
        .where(
            StoredEvent.position.between(first, last), StoredEvent.type.in_(sorted(listener.types))
        )
        .order_by(StoredEvent.position)
    )
    await listener.handle(runtime, session, rows.all())


async def count_unplaced(session: AsyncSession) -> int:
    """Return how many committed events wait for their position; counted to 10,000."""
    waiting = sa.select(StoredEvent.id).where(StoredEvent.position.is_(None)).limit(10_000)
    return await session.scalar(sa.select(sa.func.count()).select_from(waiting.subquery())) or 0


async def last_position(session: AsyncSession) -> int:
    """Return the position of the newest placed event; 0 if there is none."""
    return await session.scalar(sa.select(sa.func.max(StoredEvent.position))) or 0


async def read(
    session: AsyncSession,
    *,
    after: int,
    limit: int,
    types: Sequence[str] = (),
    subject: str | None = None,
) -> Sequence[StoredEvent]:
    """Return placed events after a position, in order."""
    query = sa.select(StoredEvent).where(StoredEvent.position > after)
    if types:
        query = query.where(StoredEvent.type.in_(types))
    if subject is not None:
        query = query.where(StoredEvent.subject == subject)
    rows = await session.scalars(query.order_by(StoredEvent.position).limit(limit))
    return rows.all()


def select_subjects(subjects: sa.SelectBase, *, after: int, limit: int) -> sa.Select[StoredEvent]:
    """Return the query of the placed events of many subjects after a position, in order.

    `subjects`: a query of one column. Each of them gives no more than the `limit` events that
    come next, found in the index by subject: it costs the same however long the log is.
    """
    wanted = subjects.subquery("wanted")
    (subject,) = wanted.c
    nearest = aliased(
        StoredEvent,
        sa.select(StoredEvent)
        .where(StoredEvent.subject == subject, StoredEvent.position > after)
        .order_by(StoredEvent.position)
        .limit(limit)
        .lateral("nearest"),
    )
    return (
        sa.select(nearest)
        .join_from(wanted, nearest, sa.true())
        .order_by(nearest.position)
        .limit(limit)
    )


async def read_subjects(
    session: AsyncSession, subjects: sa.SelectBase, *, after: int, limit: int
) -> Sequence[StoredEvent]:
    """Return placed events of many subjects after a position, in order."""
    return (await session.scalars(select_subjects(subjects, after=after, limit=limit))).all()
