"""Deliveries over HTTP: what carriers sent, byte for byte, and what became of it."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.auth import Scope, needs
from app.carriers import deliveries
from app.carriers.rules import DeliveryState, NotParked
from app.carriers.schemas import DeliveryOut, Reparsing
from app.deps import Db, RuntimeDep, TransactionalRoute, problems
from app.idempotency import IDEMPOTENT, IdempotencyKeyReused, StillRunning
from app.kit.pages import After, Limit, Page, page_of, start_after
from app.kit.problems import BadCursor, NotFound

_ROOM = "/v1/carriers"
router = APIRouter(prefix=f"{_ROOM}/deliveries", tags=["carriers"], route_class=TransactionalRoute)
parked = APIRouter(prefix=f"{_ROOM}/parked", tags=["carriers"], route_class=TransactionalRoute)


@router.get(
    "",
    summary="List deliveries",
    response_model=Page[DeliveryOut],
    responses=problems(BadCursor),
    dependencies=[needs(Scope.CARRIERS_READ)],
)
async def list_deliveries(
    db: Db,
    limit: Limit = 50,
    after: After = None,
    source_id: Annotated[UUID | None, Query(description="Only of this source.")] = None,
    state: Annotated[
        DeliveryState | None, Query(description="`parked`: those that wait for a person.")
    ] = None,
) -> object:
    """List what carriers sent, the newest first."""
    rows = await deliveries.page(
        db, after=start_after(after), limit=limit + 1, source_id=source_id, state=state
    )
    page = page_of(rows, limit)
    return {**page, "items": await deliveries.describe(db, rows[:limit])}


@router.get(
    "/{delivery_id}",
    summary="Read a delivery",
    response_model=DeliveryOut,
    responses=problems(NotFound),
    dependencies=[needs(Scope.CARRIERS_READ)],
)
async def get_delivery(db: Db, delivery_id: UUID) -> object:
    """Read what is known of a delivery, without its bytes."""
    return (await deliveries.describe(db, [await deliveries.get(db, delivery_id)]))[0]


@router.get(
    "/{delivery_id}/body",
    summary="Fetch a delivery's raw bytes",
    response_class=Response,
    responses={
        200: {
            "description": "The bytes the signature was made over.",
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            },
        },
        **problems(NotFound),
    },
    dependencies=[needs(Scope.CARRIERS_READ)],
)
async def get_delivery_body(db: Db, delivery_id: UUID) -> Response:
    """Fetch the bytes as they were received: nothing was parsed, nothing written anew."""
    body = await deliveries.fetch(db, delivery_id)
    headers = {"Content-Disposition": f'attachment; filename="{delivery_id}.bin"'}
    return Response(body, media_type="application/octet-stream", headers=headers)


@router.post(
    "/{delivery_id}/reparse",
    summary="Parse a parked delivery again",
    response_model=DeliveryOut,
    responses=problems(NotFound, NotParked, StillRunning, IdempotencyKeyReused),
    dependencies=[needs(Scope.CARRIERS_WRITE), IDEMPOTENT],
)
async def reparse_delivery(db: Db, runtime: RuntimeDep, delivery_id: UUID) -> object:
    """Parse it now: the answer shows it done, or parked with today's reason."""
    recycled_after = timedelta(days=runtime.settings.parcels.recycled_after_days)
    delivery = await deliveries.reparse(db, delivery_id, recycled_after=recycled_after)
    return (await deliveries.describe(db, [delivery]))[0]


@parked.post(
    "/reparse",
    status_code=202,
    summary="Parse all parked deliveries again",
    response_model=Reparsing,
    responses=problems(StillRunning, IdempotencyKeyReused),
    dependencies=[needs(Scope.CARRIERS_WRITE), IDEMPOTENT],
)
async def reparse_deliveries(
    db: Db,
    runtime: RuntimeDep,
    source_id: Annotated[UUID | None, Query(description="Only of this source.")] = None,
) -> object:
    """Put parked deliveries back in the queue, as after an update that understands them."""
    recycled_after = timedelta(days=runtime.settings.parcels.recycled_after_days)
    count = await deliveries.reparse_all(db, source_id=source_id, recycled_after=recycled_after)
    return {"count": count}
