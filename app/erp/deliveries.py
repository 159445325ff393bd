"""What is done with deliveries: page, get, tell again."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.erp import lines, rules
from app.erp.models import Attempt, Delivery, Endpoint, Line
from app.erp.rules import DELIVERIES, DeliveryState
from app.kit.db import now
from app.kit.problems import NotFound

_COUNTED_TO = 10_000


async def get(session: AsyncSession, delivery_id: UUID) -> Delivery:
    """Return a delivery. Raises NotFound, also once it was dropped."""
    delivery = await session.get(Delivery, delivery_id)
    if delivery is None:
        raise NotFound(f"There is no webhook delivery {delivery_id}; old ones are dropped.")
    return delivery


async def page(
    session: AsyncSession,
    *,
    after: UUID | None,
    limit: int,
    endpoint_id: UUID | None = None,
    event_id: UUID | None = None,
    state: DeliveryState | None = None,
) -> Sequence[Delivery]:
    """Return deliveries, the newest first, before an id."""
    query = select_page(endpoint_id=endpoint_id, event_id=event_id, state=state)
    if after is not None:
        query = query.where(Delivery.id < after)
    return (await session.scalars(query.limit(limit))).all()


def select_page(
    *, endpoint_id: UUID | None, event_id: UUID | None, state: DeliveryState | None
) -> sa.Select[Delivery]:
    """Return the query of deliveries, the newest first."""
    query = sa.select(Delivery).order_by(Delivery.id.desc())
    if endpoint_id is not None:
        query = query.where(Delivery.endpoint_id == endpoint_id)
    if event_id is not None:
        query = query.where(Delivery.event_id == event_id)
    if state is not None:
        # A literal, so that the partial index of the states fits.
        query = query.where(Delivery.state == sa.literal_column(f"'{state.value}'"))
    if state not in {None, DeliveryState.DELIVERED}:
        query = query.where(sa.text("webhook_deliveries.state <> 'delivered'"))
    return query


async def attempts(session: AsyncSession, delivery_id: UUID) -> Sequence[Attempt]:
    """Return all attempts at a delivery, the first first."""
    query = sa.select(Attempt).where(Attempt.delivery_id == delivery_id).order_by(Attempt.id)
    return (await session.scalars(query)).all()


async def resend(session: AsyncSession, delivery_id: UUID) -> Delivery:
    """Tell a delivery again, now. Its endpoint is locked. Raises BehindAnother."""
    delivery = await session.get_one(
        Delivery, delivery_id, with_for_update={"key_share": True}, populate_existing=True
    )
    moment = now(session)
    if delivery.state == DeliveryState.PENDING:
        await _require_head(session, delivery)
    else:
        DELIVERIES.step(delivery, DeliveryState.PARKED)
        delivery.failures, delivery.first_failed_at = 0, None
    delivery.due_at = delivery.retry_at = moment
    delivery.claim = None
    await session.flush()
    return delivery


async def resend_failed(session: AsyncSession, endpoint: Endpoint, since: datetime) -> int:
    """Tell again, in their order, what did not arrive since. `endpoint` is locked."""
    return await lines.line_up_again(session, endpoint.id, since)


async def count_due(session: AsyncSession) -> tuple[int, int]:
    """Return how many deliveries wait in their lines, and how many are parked; to 10,000 each."""
    return (
        await _count(session, DeliveryState.PENDING),
        await _count(session, DeliveryState.PARKED),
    )


async def _count(session: AsyncSession, state: DeliveryState) -> int:
    some = select_page(endpoint_id=None, event_id=None, state=state).limit(_COUNTED_TO)
    counted = sa.select(sa.func.count()).select_from(some.subquery())
    return await session.scalar(counted) or 0


async def _require_head(session: AsyncSession, delivery: Delivery) -> None:
    line = await session.get_one(Line, (delivery.endpoint_id, delivery.subject))
    if line.head == delivery.sequence:
        return
    head_id = await session.scalar(
        sa.select(Delivery.id).where(
            Delivery.endpoint_id == line.endpoint_id,
            Delivery.subject == line.subject,
            Delivery.sequence == line.head,
        )
    )
    raise rules.BehindAnother(
        "An earlier event of the same subject is told first; resend that one.",
        head_id=str(head_id),
    )
