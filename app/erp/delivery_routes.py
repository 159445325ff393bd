"""Deliveries over HTTP: what was told, every attempt, and telling it again; types of events."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app.auth import Scope, needs
from app.deps import Db, TransactionalRoute, problems
from app.erp import catalogue, deliveries, rules, service
from app.erp.rules import DeliveryState
from app.erp.schemas import DeliveryOut, DeliveryStory, EventTypes, ResendFailed, Resending
from app.idempotency import IDEMPOTENT, IdempotencyKeyReused, StillRunning
from app.kit.pages import After, Limit, Page, page_of, start_after
from app.kit.problems import BadCursor, NotFound

router = APIRouter(prefix="/v1/webhook-deliveries", tags=["erp"], route_class=TransactionalRoute)
resending = APIRouter(prefix="/v1/webhook-endpoints", tags=["erp"], route_class=TransactionalRoute)
types = APIRouter(prefix="/v1/event-types", tags=["erp"], route_class=TransactionalRoute)


@router.get(
    "",
    summary="List what was told",
    response_model=Page[DeliveryOut],
    responses=problems(BadCursor),
    dependencies=[needs(Scope.WEBHOOKS_READ)],
)
async def list_deliveries(
    db: Db,
    limit: Limit = 50,
    after: After = None,
    endpoint_id: Annotated[UUID | None, Query(description="Only to this endpoint.")] = None,
    event_id: Annotated[UUID | None, Query(description="Only of this event.")] = None,
    state: Annotated[
        DeliveryState | None, Query(description="`failed`: those that are not tried any more.")
    ] = None,
) -> object:
    """List events told, or to be told, to endpoints; the newest first."""
    rows = await deliveries.page(
        db,
        after=start_after(after),
        limit=limit + 1,
        endpoint_id=endpoint_id,
        event_id=event_id,
        state=state,
    )
    return page_of(rows, limit)


@router.get(
    "/{delivery_id}",
    summary="Read a delivery and its attempts",
    response_model=DeliveryStory,
    responses=problems(NotFound),
    dependencies=[needs(Scope.WEBHOOKS_READ)],
)
async def get_delivery(db: Db, delivery_id: UUID) -> object:
    """Read how an event was told: every attempt, its status and the beginning of the answer."""
    delivery = await deliveries.get(db, delivery_id)
    shown = {name: getattr(delivery, name) for name in DeliveryOut.model_fields}
    return {**shown, "tries": await deliveries.attempts(db, delivery_id)}


@router.post(
    "/{delivery_id}/resend",
    status_code=202,
    summary="Tell it again",
    response_model=DeliveryOut,
    responses=problems(
        NotFound,
        rules.EndpointDisabled,
        rules.BehindAnother,
        StillRunning,
        IdempotencyKeyReused,
    ),
    dependencies=[needs(Scope.WEBHOOKS_WRITE), IDEMPOTENT],
)
async def resend_delivery(db: Db, delivery_id: UUID) -> object:
    """Tell an event again now, under the same `webhook-id`, even one that arrived."""
    found = await deliveries.get(db, delivery_id)
    endpoint = await service.get(db, found.endpoint_id, for_update=True)
    service.require_enabled(endpoint)
    return await deliveries.resend(db, delivery_id)


@resending.post(
    "/{endpoint_id}/resend-failed",
    status_code=202,
    summary="Tell again all that did not arrive",
    response_model=Resending,
    responses=problems(NotFound, rules.EndpointDisabled, StillRunning, IdempotencyKeyReused),
    dependencies=[needs(Scope.WEBHOOKS_WRITE), IDEMPOTENT],
)
async def resend_failed(db: Db, endpoint_id: UUID, body: ResendFailed) -> object:
    """Put what is failed or parked since a time in line again, in its order, tried from anew."""
    endpoint = await service.get(db, endpoint_id, for_update=True)
    service.require_enabled(endpoint)
    return {"count": await deliveries.resend_failed(db, endpoint, body.since)}


@types.get(
    "",
    summary="List the types of events",
    response_model=EventTypes,
    dependencies=[needs(Scope.EVENTS_READ)],
)
async def list_event_types() -> object:
    """List all types of events with the JSON Schema of their `data`, as told and as in the feed."""
    return {"items": [catalogue.describe(each) for each in catalogue.event_types()]}
