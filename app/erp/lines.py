"""The lines before an endpoint: one for each subject, told in order, one event at a time.

The head of a line holds up what follows until it arrives or has failed four times; then it is
parked: told again beside the line, by its own schedule, while the rest flows.

Where nothing at all has arrived since a parked one first failed, it may be the endpoint that
fails, not the event. Of these *suspects* only the oldest, the front, is told again, in turn with
the head: one event of a line at a time, so that after an outage the front is what arrives first.
Then all of them go through the line once more, in their order.

Whoever calls these holds the lock of the endpoint's row.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app.erp.models import Delivery, Endpoint, Line, any_of
from app.erp.rules import PARKED_AFTER
from app.kit.db import now

LineKey = tuple[UUID, str]
_INSTANT = sa.DateTime(timezone=True)
_PENDING = sa.literal_column("'pending'")
_PARKED = sa.literal_column("'parked'")  # literals, so that the partial indexes fit
_FAILED = sa.literal_column("'failed'")


def key_of(delivery: Delivery) -> LineKey:
    """Return the line a delivery belongs to."""
    return delivery.endpoint_id, delivery.subject


def within(model: type[Delivery | Line], keys: Iterable[LineKey]) -> sa.ColumnElement[bool]:
    """Return the condition that a row belongs to one of these lines."""
    listed = list(keys)
    wanted = rows(
        "wanted",
        endpoint_id=(sa.Uuid(), [endpoint_id for endpoint_id, _ in listed]),
        subject=(sa.Text(), [subject for _, subject in listed]),
    )
    return sa.tuple_(model.endpoint_id, model.subject).in_(
        sa.select(wanted.c.endpoint_id, wanted.c.subject)
    )


async def advance(session: AsyncSession, keys: Iterable[LineKey]) -> None:
    """Let the next in each line be its head: the last head arrived, or was parked."""
    following = (
        sa.select(sa.func.min(Delivery.sequence))
        .where(
            Delivery.endpoint_id == Line.endpoint_id,
            Delivery.subject == Line.subject,
            Delivery.sequence > Line.head,
            Delivery.state == _PENDING,
        )
        .scalar_subquery()
    )
    await session.execute(
        sa.update(Line)
        .where(within(Line, keys))
        .values(head=sa.func.coalesce(following, Line.last + 1))
        .execution_options(synchronize_session=False)
    )


async def make_heads_due(session: AsyncSession, keys: Iterable[LineKey]) -> None:
    """Make each line's head due, if it stands there waiting."""
    moment = now(session)
    await session.execute(
        sa.update(Delivery)
        .where(
            within(Line, keys),
            Delivery.endpoint_id == Line.endpoint_id,
            Delivery.subject == Line.subject,
            Delivery.sequence == Line.head,
            Delivery.state == _PENDING,
            Delivery.due_at.is_(None),
        )
        .values(
            due_at=sa.case(
                (Delivery.failures >= PARKED_AFTER, moment),
                else_=sa.func.greatest(Delivery.retry_at, moment),
            )
        )
        .execution_options(synchronize_session=False)
    )


def select_fronts(keys: Iterable[LineKey]) -> sa.Select[Delivery]:
    """Return the query of the oldest suspect of each line."""
    return (
        sa.select(Delivery)
        .ext(distinct_on(Delivery.endpoint_id, Delivery.subject))
        .join(Endpoint, Endpoint.id == Delivery.endpoint_id)
        .where(
            within(Delivery, keys),
            Delivery.state == _PARKED,
            Delivery.first_failed_at >= Endpoint.failing_since,
        )
        .order_by(Delivery.endpoint_id, Delivery.subject, Delivery.sequence)
        .execution_options(populate_existing=True)
    )


async def let_fronts_go_first(session: AsyncSession, heads: Mapping[LineKey, Delivery]) -> None:
    """Let the front of a line that fails go before a head that has just come to stand there."""
    if not heads:
        return
    for front in await session.scalars(select_fronts(heads)):
        front.due_at, heads[key_of(front)].due_at = now(session), None
    await session.flush()


async def take_turns(
    session: AsyncSession, keys: Collection[LineKey], failed: Collection[UUID]
) -> None:
    """Let front and head of lines that fail go in turn, the front before a head tried before.

    `failed`: the deliveries that have just failed.
    """
    if not keys:
        return
    moment = now(session)
    fronts = {key_of(each): each for each in await session.scalars(select_fronts(keys))}
    heads = {key_of(each): each for each in await session.scalars(select_heads(keys))}
    for key, front in fronts.items():
        head = heads.get(key)
        if head is None:
            front.due_at = front.due_at or max(front.retry_at, moment)
        elif head.id in failed and front.id not in failed:
            front.due_at, head.due_at = head.retry_at, None
        else:
            front.due_at = None  # the head is due
    await session.flush()
    await session.execute(
        sa.update(Delivery)
        .where(
            within(Delivery, keys),
            Endpoint.id == Delivery.endpoint_id,
            Delivery.state == _PARKED,
            Delivery.first_failed_at >= Endpoint.failing_since,
            Delivery.due_at.is_not(None),
            Delivery.id
            != sa.all_(sa.cast([each.id for each in fronts.values()], ARRAY(sa.Uuid()))),
        )
        .values(due_at=None)
        .execution_options(synchronize_session=False)
    )


def select_heads(keys: Iterable[LineKey]) -> sa.Select[Delivery]:
    """Return the query of the head of each line that has one."""
    return (
        sa.select(Delivery)
        .join(
            Line,
            sa.and_(Line.endpoint_id == Delivery.endpoint_id, Line.subject == Delivery.subject),
        )
        .where(within(Line, keys), Delivery.sequence == Line.head, Delivery.state == _PENDING)
        .execution_options(populate_existing=True)
    )


async def resume(
    session: AsyncSession, since: Mapping[UUID, datetime], arrived: Sequence[Delivery] = ()
) -> None:
    """Take what was parked while an endpoint failed into its lines again: it is back.

    `since`: from when each endpoint failed. What was parked before one that `arrived` stays
    parked: the endpoint was there, and refused it.
    """
    # Arrays, not lists of conditions: the statement is the same however many there are.
    back = rows("back", endpoint_id=(sa.Uuid(), since), moment=(_INSTANT, since.values()))
    later = rows(
        "later",
        endpoint_id=(sa.Uuid(), [each.endpoint_id for each in arrived]),
        subject=(sa.Text(), [each.subject for each in arrived]),
        sequence=(sa.Integer(), [each.sequence for each in arrived]),
    )
    chosen = (
        Delivery.state == _PARKED,
        sa.exists().where(
            Delivery.endpoint_id == back.c.endpoint_id, Delivery.first_failed_at >= back.c.moment
        ),
        ~sa.exists().where(
            Delivery.endpoint_id == later.c.endpoint_id,
            Delivery.subject == later.c.subject,
            Delivery.sequence < later.c.sequence,
        ),
    )
    await _line_up(session, chosen)
    await session.execute(
        sa.update(Delivery)
        .where(
            Delivery.endpoint_id == any_of(since),
            Delivery.state == _PARKED,
            Delivery.due_at.is_(None),
        )
        .values(due_at=Delivery.retry_at)
        .execution_options(synchronize_session=False)
    )


def rows(name: str, **columns: tuple[sa.types.TypeEngine[Any], Iterable[Any]]) -> Any:
    """Return values given from here as a table of one query, the same for any number of them."""
    arrays = [sa.cast(list(values), ARRAY(kind)) for kind, values in columns.values()]
    named = [sa.column(column, kind) for column, (kind, _) in columns.items()]
    return sa.func.unnest(*arrays).table_valued(*named).render_derived(name)


async def line_up_again(session: AsyncSession, endpoint_id: UUID, since: datetime) -> int:
    """Take into their lines again what did not arrive of what was to be told since; how many."""
    return await _line_up(
        session,
        (
            Delivery.endpoint_id == endpoint_id,
            sa.or_(Delivery.state == _PARKED, Delivery.state == _FAILED),
            Delivery.created_at >= since,
        ),
        afresh=True,
    )


async def _line_up(
    session: AsyncSession, which: Iterable[sa.ColumnElement[bool]], *, afresh: bool = False
) -> int:
    """Put deliveries before the heads of their lines; the first of each is due now.

    `afresh`: with the whole schedule before them.
    """
    moment = now(session)
    chosen = (
        sa.select(Delivery.id, Delivery.endpoint_id, Delivery.subject, Delivery.sequence)
        .where(*which)
        .cte("chosen")
    )
    fronts = (
        sa.select(
            chosen.c.endpoint_id, chosen.c.subject, sa.func.min(chosen.c.sequence).label("front")
        )
        .group_by(chosen.c.endpoint_id, chosen.c.subject)
        .cte("fronts")
    )
    moved = (
        sa.update(Line)
        .where(Line.endpoint_id == fronts.c.endpoint_id, Line.subject == fronts.c.subject)
        .values(head=sa.func.least(Line.head, fronts.c.front))
        .returning(Line.endpoint_id)
        .cte("moved")
    )
    is_chosen = Delivery.id.in_(sa.select(chosen.c.id))
    is_head = sa.and_(Delivery.state == _PENDING, Delivery.due_at.is_not(None))
    # What a worker tells at this moment is left to it, lest it be told twice.
    is_under_way = sa.and_(Delivery.claim.is_not(None), Delivery.due_at > moment)
    values = {
        "state": "pending",
        "claim": sa.case((is_under_way, Delivery.claim), else_=None),
        "due_at": sa.case(
            (is_under_way, Delivery.due_at),
            (Delivery.sequence == fronts.c.front, moment),
            else_=None,
        ),
    }
    if afresh:
        values |= {
            "failures": sa.case((is_chosen, 0), else_=Delivery.failures),
            "retry_at": sa.case((is_chosen, moment), else_=Delivery.retry_at),
            "first_failed_at": sa.case((is_chosen, None), else_=Delivery.first_failed_at),
        }
    done = await session.execute(
        sa.update(Delivery)
        .where(
            Delivery.endpoint_id == fronts.c.endpoint_id,
            Delivery.subject == fronts.c.subject,
            sa.or_(is_chosen, is_head),
        )
        .values(values)
        .returning(is_chosen)
        .add_cte(moved)
        .execution_options(synchronize_session=False)
    )
    return sum(done.scalars())
