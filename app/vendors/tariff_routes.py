"""Carrier tariffs over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.auth import Scope, needs
from app.deps import Db, IfMatch, IfNoneMatch, TransactionalRoute, problems
from app.kit.pages import After, Limit, Page, page_of, start_after
from app.kit.problems import BadCursor, NotFound, VersionMismatch
from app.kit.records import Conditions, KeyPath, StaleRecord, answer, show_version
from app.vendors import tariff_records
from app.vendors.rules import TermsOverlap
from app.vendors.term_schemas import CarrierSlug, CarrierTariffIn, CarrierTariffOut

router = APIRouter(prefix="/v1/carrier-tariffs", tags=["vendors"], route_class=TransactionalRoute)


@router.put(
    "/{key:path}",
    summary="Tell a carrier's tariff",
    response_model=CarrierTariffOut,
    responses={
        201: {"model": CarrierTariffOut},
        **problems(StaleRecord, TermsOverlap, VersionMismatch),
    },
    dependencies=[needs(Scope.VENDORS_WRITE)],
)
async def put_carrier_tariff(
    db: Db,
    key: KeyPath,
    body: CarrierTariffIn,
    response: Response,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> object:
    """Create a tariff or replace the whole of it. What is left out is unknown."""
    result = await tariff_records.record(
        db, key=key, document=body, conditions=Conditions(if_match, if_none_match)
    )
    answer(response, result)
    return result.record


@router.get(
    "",
    summary="List carrier tariffs",
    response_model=Page[CarrierTariffOut],
    responses=problems(BadCursor),
    dependencies=[needs(Scope.VENDORS_READ)],
)
async def list_carrier_tariffs(
    db: Db,
    limit: Limit = 50,
    after: After = None,
    carrier: Annotated[CarrierSlug | None, Query(description="Only this carrier's.")] = None,
) -> object:
    """List tariffs in the order they were first told."""
    rows = await tariff_records.page(db, after=start_after(after), limit=limit + 1, carrier=carrier)
    return page_of(rows, limit)


@router.get(
    "/{key:path}",
    summary="Read a carrier's tariff",
    response_model=CarrierTariffOut,
    responses=problems(NotFound),
    dependencies=[needs(Scope.VENDORS_READ)],
)
async def get_carrier_tariff(db: Db, key: KeyPath, response: Response) -> object:
    """Read a tariff. Null is unknown."""
    row = await tariff_records.get(db, key)
    show_version(response, row)
    return row
