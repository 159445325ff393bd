"""Vendors over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.auth import Scope, needs
from app.deps import Db, IfMatch, IfNoneMatch, TransactionalRoute, problems
from app.kit.pages import After, Limit, Page, page_of, start_after
from app.kit.problems import BadCursor, NotFound, VersionMismatch
from app.kit.records import Conditions, KeyPath, StaleRecord, answer, show_version
from app.vendors import service
from app.vendors.rules import Role
from app.vendors.schemas import VendorIn, VendorOut

router = APIRouter(prefix="/v1/vendors", tags=["vendors"], route_class=TransactionalRoute)


@router.put(
    "/{key:path}",
    summary="Tell of a vendor",
    response_model=VendorOut,
    responses={201: {"model": VendorOut}, **problems(StaleRecord, VersionMismatch)},
    dependencies=[needs(Scope.VENDORS_WRITE)],
)
async def put_vendor(
    db: Db,
    key: KeyPath,
    body: VendorIn,
    response: Response,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> object:
    """Create a vendor or replace the whole of it. The same again changes nothing."""
    result = await service.record(
        db, key=key, document=body, conditions=Conditions(if_match, if_none_match)
    )
    answer(response, result)
    return result.record


@router.get(
    "",
    summary="List vendors",
    response_model=Page[VendorOut],
    responses=problems(BadCursor),
    dependencies=[needs(Scope.VENDORS_READ)],
)
async def list_vendors(
    db: Db,
    limit: Limit = 50,
    after: After = None,
    role: Annotated[Role | None, Query(description="Only vendors that play this part.")] = None,
) -> object:
    """List vendors in the order they were first told."""
    rows = await service.page(db, after=start_after(after), limit=limit + 1, role=role)
    return page_of(rows, limit)


@router.get(
    "/{key:path}",
    summary="Read a vendor",
    response_model=VendorOut,
    responses=problems(NotFound),
    dependencies=[needs(Scope.VENDORS_READ)],
)
async def get_vendor(db: Db, key: KeyPath, response: Response) -> object:
    """Read a vendor by the ERP's key."""
    vendor = await service.get(db, key)
    show_version(response, vendor)
    return vendor
