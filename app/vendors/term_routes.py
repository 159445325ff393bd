"""Vendor terms over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.auth import Scope, needs
from app.deps import Db, IfMatch, IfNoneMatch, TransactionalRoute, problems
from app.kit.fields import ErpKey
from app.kit.pages import After, Limit, Page, cut, encode_cursor, start_after
from app.kit.problems import BadCursor, NotFound, VersionMismatch
from app.kit.records import (
    Conditions,
    KeyPath,
    StaleRecord,
    UnknownReference,
    answer,
    show_version,
)
from app.vendors import term_records
from app.vendors.rules import RoleNotPlayed, TermsOverlap
from app.vendors.term_schemas import VendorTermsIn, VendorTermsOut

router = APIRouter(prefix="/v1/vendor-terms", tags=["vendors"], route_class=TransactionalRoute)


@router.put(
    "/{key:path}",
    summary="Tell a vendor's terms",
    response_model=VendorTermsOut,
    responses={
        201: {"model": VendorTermsOut},
        **problems(StaleRecord, UnknownReference, RoleNotPlayed, TermsOverlap, VersionMismatch),
    },
    dependencies=[needs(Scope.VENDORS_WRITE)],
)
async def put_vendor_terms(
    db: Db,
    key: KeyPath,
    body: VendorTermsIn,
    response: Response,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> object:
    """Create a record of terms or replace the whole of it. What is left out is unknown."""
    result = await term_records.record(
        db, key=key, document=body, conditions=Conditions(if_match, if_none_match)
    )
    answer(response, result)
    return (await term_records.show(db, [result.record]))[0]


@router.get(
    "",
    summary="List vendor terms",
    response_model=Page[VendorTermsOut],
    responses=problems(BadCursor),
    dependencies=[needs(Scope.VENDORS_READ)],
)
async def list_vendor_terms(
    db: Db,
    limit: Limit = 50,
    after: After = None,
    vendor: Annotated[ErpKey | None, Query(description="Only this vendor's: its key.")] = None,
) -> object:
    """List records of terms in the order they were first told."""
    rows = await term_records.page(db, after=start_after(after), limit=limit + 1, vendor=vendor)
    kept, more = cut(rows, limit)
    return {
        "items": await term_records.show(db, kept),
        "next": encode_cursor(str(kept[-1].id)) if more else None,
    }


@router.get(
    "/{key:path}",
    summary="Read a vendor's terms",
    response_model=VendorTermsOut,
    responses=problems(NotFound),
    dependencies=[needs(Scope.VENDORS_READ)],
)
async def get_vendor_terms(db: Db, key: KeyPath, response: Response) -> object:
    """Read a record of terms. Null is unknown."""
    row = await term_records.get(db, key)
    show_version(response, row)
    return (await term_records.show(db, [row]))[0]
