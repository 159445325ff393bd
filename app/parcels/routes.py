"""Parcels over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.auth import Scope, needs
from app.deps import Db, TransactionalRoute, problems
from app.files.service import UnknownFile
from app.idempotency import IDEMPOTENT, IdempotencyKeyReused, StillRunning
from app.kit.fields import ErpKey, ShortText
from app.kit.pages import After, Limit, Page, page_of, start_after
from app.kit.problems import BadCursor, NotFound
from app.parcels import service
from app.parcels.schemas import ParcelOut, ParcelStory, ReadingOut, WeighingIn

router = APIRouter(prefix="/v1/parcels", tags=["parcels"], route_class=TransactionalRoute)


@router.get(
    "",
    summary="Find parcels",
    response_model=Page[ParcelOut],
    responses=problems(BadCursor),
    dependencies=[needs(Scope.PARCELS_READ)],
)
async def list_parcels(
    db: Db,
    limit: Limit = 50,
    after: After = None,
    tracking_number: Annotated[
        ShortText | None,
        Query(description="However it is spaced. Carriers reuse numbers: there may be several."),
    ] = None,
    shipment: Annotated[ErpKey | None, Query(description="The ERP's key of a shipment.")] = None,
    status: Annotated[ShortText | None, Query(examples=["delivered"])] = None,
) -> object:
    """Find parcels by tracking number, shipment or status, in the order they became known."""
    rows = await service.page(
        db,
        after=start_after(after),
        limit=limit + 1,
        tracking_number=tracking_number,
        shipment=shipment,
        status=status,
    )
    return page_of(rows, limit)


@router.get(
    "/{parcel_id}",
    summary="Read a parcel's whole story",
    response_model=ParcelStory,
    responses=problems(NotFound),
    dependencies=[needs(Scope.PARCELS_READ)],
)
async def get_parcel(db: Db, parcel_id: UUID) -> object:
    """Read what was said of a parcel: scans, weights, proofs, place, and the source of each."""
    return await service.tell(db, parcel_id)


@router.post(
    "/{parcel_id}/weighings",
    status_code=201,
    summary="Tell what a scale said",
    response_model=ReadingOut,
    responses=problems(
        NotFound, UnknownFile, service.WeighedTwice, StillRunning, IdempotencyKeyReused
    ),
    dependencies=[needs(Scope.PARCELS_WRITE), IDEMPOTENT],
)
async def add_weighing(db: Db, parcel_id: UUID, body: WeighingIn, response: Response) -> object:
    """Add a weight that somebody read: the customer, the warehouse. A photo helps its case."""
    reading = await service.weigh(db, parcel_id=parcel_id, weighing=body)
    response.headers["Location"] = f"/v1/parcels/{parcel_id}"
    return reading
