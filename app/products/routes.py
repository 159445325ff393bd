"""Products over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.auth import Scope, needs
from app.deps import Db, IfMatch, IfNoneMatch, TransactionalRoute, problems
from app.kit.fields import ErpKey, ShortText
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
from app.products import service
from app.products.rules import ManufacturerRoleMissing
from app.products.schemas import ProductIn, ProductOut

router = APIRouter(prefix="/v1/products", tags=["products"], route_class=TransactionalRoute)


@router.put(
    "/{key:path}",
    summary="Tell of a product",
    response_model=ProductOut,
    responses={
        201: {"model": ProductOut},
        **problems(StaleRecord, UnknownReference, ManufacturerRoleMissing, VersionMismatch),
    },
    dependencies=[needs(Scope.PRODUCTS_WRITE)],
)
async def put_product(
    db: Db,
    key: KeyPath,
    body: ProductIn,
    response: Response,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> object:
    """Create a product or replace the whole of it. The same again changes nothing."""
    result = await service.record(
        db, key=key, document=body, conditions=Conditions(if_match, if_none_match)
    )
    answer(response, result)
    return (await service.show(db, [result.record]))[0]


@router.get(
    "",
    summary="List products",
    response_model=Page[ProductOut],
    responses=problems(BadCursor),
    dependencies=[needs(Scope.PRODUCTS_READ)],
)
async def list_products(
    db: Db,
    limit: Limit = 50,
    after: After = None,
    part_number: Annotated[
        ShortText | None,
        Query(description="Anybody's part number; case, blanks and dashes do not matter."),
    ] = None,
    manufacturer: Annotated[
        ErpKey | None, Query(description="Only what this vendor makes: its key.")
    ] = None,
) -> object:
    """List products in the order they were first told."""
    rows = await service.page(
        db,
        after=start_after(after),
        limit=limit + 1,
        part_number=part_number,
        manufacturer=manufacturer,
    )
    products, more = cut(rows, limit)
    return {
        "items": await service.show(db, products),
        "next": encode_cursor(str(products[-1].id)) if more else None,
    }


@router.get(
    "/{key:path}",
    summary="Read a product",
    response_model=ProductOut,
    responses=problems(NotFound),
    dependencies=[needs(Scope.PRODUCTS_READ)],
)
async def get_product(db: Db, key: KeyPath, response: Response) -> object:
    """Read a product by the ERP's key."""
    product = await service.get(db, key)
    show_version(response, product)
    return (await service.show(db, [product]))[0]
