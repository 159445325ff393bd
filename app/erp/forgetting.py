"""What was told long ago is dropped, and all that was told to endpoints that were removed."""

from datetime import timedelta

import sqlalchemy as sa

from app.erp.models import Delivery, Endpoint, Line
from app.erp.rules import DeliveryState
from app.kit.db import now
from app.kit.ids import id_at
from app.kit.jobs import Payload
from app.runtime import Runtime

_AT_ONCE = 5000
_OVER = (DeliveryState.DELIVERED.value, DeliveryState.FAILED.value)


async def forget(runtime: Runtime, _payload: Payload) -> None:
    """Drop deliveries and their attempts, a batch at a time; what still waits is kept."""
    if runtime.settings.keep.hold:
        return
    while await _forget_some(runtime):
        pass


async def _forget_some(runtime: Runtime) -> int:
    keep = timedelta(days=runtime.settings.webhooks.keep_days)
    async with runtime.transaction() as session:
        old = (
            sa.select(Delivery.id)
            .where(Delivery.id < id_at(now(session) - keep), Delivery.state.in_(_OVER))
            .limit(_AT_ONCE)
        )
        removed = sa.select(Endpoint.id).where(Endpoint.deleted_at.is_not(None))
        orphaned = sa.select(Delivery.id).where(Delivery.endpoint_id.in_(removed)).limit(_AT_ONCE)
        gone = await session.execute(
            sa.delete(Delivery)
            .where(sa.or_(Delivery.id.in_(old), Delivery.id.in_(orphaned)))
            .returning(Delivery.id)
        )
        dropped = len(gone.all())
        if not dropped:
            await session.execute(sa.delete(Line).where(Line.endpoint_id.in_(removed)))
    return dropped
