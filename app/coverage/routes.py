"""What units are entitled to, and what vendors' warranty pages said, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import Scope, needs
from app.coverage import lookups, service, showing
from app.coverage.lookup_schemas import WarrantyLookupIn, WarrantyLookupOut
from app.coverage.schemas import EntitlementsOut, UnitCandidatesOut
from app.deps import Db, IfMatch, IfNoneMatch, TransactionalRoute, problems
from app.kit.fields import Day, ErpKey, ShortText
from app.kit.pages import After, Limit, Page, cut, encode_cursor, start_after
from app.kit.problems import BadCursor, Malformed, NotFound, VersionMismatch
from app.kit.records import (
    Conditions,
    KeyPath,
    StaleRecord,
    UnknownReference,
    answer,
    show_version,
)
from app.orders.units import service as units
from app.orders.units.service import Unit

router = APIRouter(prefix="/v1", tags=["coverage"], route_class=TransactionalRoute)

_MULTIPLE = 300


@router.get(
    "/entitlements",
    summary="Tell what a unit is entitled to",
    response_model=EntitlementsOut,
    responses={
        300: {
            "model": UnitCandidatesOut,
            "description": "The serial number can mean several units.",
        },
        **problems(NotFound),
    },
    dependencies=[needs(Scope.COVERAGE_READ)],
)
async def get_entitlements(
    db: Db,
    serial: Annotated[
        ShortText | None,
        Query(description="However people write it: case, blanks, dashes, `S/N:` do not matter."),
    ] = None,
    product: Annotated[
        ErpKey | None, Query(description="With `serial`: only of this product: its key.")
    ] = None,
    unit: Annotated[ErpKey | None, Query(description="Instead of `serial`: its key.")] = None,
    on: Annotated[
        Day | None, Query(description="The day it failed, or is claimed; left out: today.")
    ] = None,
    needed_by: Annotated[
        Day | None, Query(description="The remedies are compared by this day.")
    ] = None,
    transit_days: Annotated[
        int | None,
        Query(ge=0, le=365, description="How many business days a parcel takes; else unknown."),
    ] = None,
) -> object:
    """Tell of warranty, DOA and advance replacement whether, by what, until when and where to ask.

    By the terms in force when it was bought, the days on record and what vendors' pages said.
    Sources that disagree stand side by side; the best founded is used. Unknown is never yes. Not
    legal advice.
    """
    found = await _meant(db, serial=serial, product=product, unit=unit)
    if len(found) > 1:
        told = [showing.candidate(each) for each in await units.show(db, found)]
        body = UnitCandidatesOut(candidates=told).model_dump(mode="json")
        return JSONResponse(body, status_code=_MULTIPLE)
    entitled = await service.entitlements(
        db, found[0], on=on, needed_by=needed_by, transit_days=transit_days
    )
    return showing.shown(entitled, needed_by)


async def _meant(
    db: AsyncSession, *, serial: str | None, product: str | None, unit: str | None
) -> list[Unit]:
    if (serial is None) == (unit is None):
        detail = "give either `serial`, as it is printed, or `unit`, the key"
        raise Malformed(
            "One unit is asked for.", errors=[{"pointer": "query:serial", "detail": detail}]
        )
    if unit is not None:
        if product is not None:
            fault = {"pointer": "query:product", "detail": "a unit's key needs no product"}
            raise Malformed("A unit is named by its key alone.", errors=[fault])
        return [await units.get(db, unit)]
    found = await units.find(db, serial or "", product)
    if not found:
        raise NotFound(
            f"No unit has the serial number {serial!r}; PUT it to /v1/units, or read it again."
        )
    return found


@router.put(
    "/warranty-lookups/{key:path}",
    summary="Tell what a vendor's warranty page said",
    response_model=WarrantyLookupOut,
    responses={
        201: {"model": WarrantyLookupOut},
        **problems(StaleRecord, UnknownReference, VersionMismatch),
    },
    dependencies=[needs(Scope.COVERAGE_WRITE)],
)
async def put_warranty_lookup(
    db: Db,
    key: KeyPath,
    body: WarrantyLookupIn,
    response: Response,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> object:
    """Create a look-up or replace the whole of it. The same again changes nothing.

    Of several of one unit the last seen counts; the others stand beside it.
    """
    result = await lookups.record(
        db, key=key, document=body, conditions=Conditions(if_match, if_none_match)
    )
    answer(response, result)
    return (await lookups.show(db, [result.record]))[0]


@router.get(
    "/warranty-lookups",
    summary="List warranty look-ups",
    response_model=Page[WarrantyLookupOut],
    responses=problems(BadCursor),
    dependencies=[needs(Scope.COVERAGE_READ)],
)
async def list_warranty_lookups(
    db: Db,
    limit: Limit = 50,
    after: After = None,
    unit: Annotated[ErpKey | None, Query(description="Only of this unit: its key.")] = None,
) -> object:
    """List look-ups in the order they were first told."""
    rows = await lookups.page(db, after=start_after(after), limit=limit + 1, unit=unit)
    found, more = cut(rows, limit)
    return {
        "items": await lookups.show(db, found),
        "next": encode_cursor(str(found[-1].id)) if more else None,
    }


@router.get(
    "/warranty-lookups/{key:path}",
    summary="Read a warranty look-up",
    response_model=WarrantyLookupOut,
    responses=problems(NotFound),
    dependencies=[needs(Scope.COVERAGE_READ)],
)
async def get_warranty_lookup(db: Db, key: KeyPath, response: Response) -> object:
    """Read what a vendor's page said, under the key it was told by."""
    row = await lookups.get(db, key)
    show_version(response, row)
    return (await lookups.show(db, [row]))[0]
