"""Vendors' documents over HTTP: invoices, credit memos, debits, charges for what was not returned.

What they settle of what is owed is seen in GET /v1/document-matches.
"""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.auth import Scope, needs
from app.deps import Db, IfMatch, IfNoneMatch, TransactionalRoute, problems
from app.kit.fields import ErpKey, ShortText
from app.kit.pages import After, Page, cut, encode_cursor, start_after
from app.kit.problems import BadCursor, NotFound, VersionMismatch
from app.kit.records import (
    Conditions,
    KeyPath,
    StaleRecord,
    UnknownReference,
    answer,
    show_version,
)
from app.orders import vendor_documents
from app.orders.document_schemas import VendorDocumentIn, VendorDocumentOut
from app.orders.finds import DocumentFilter
from app.orders.routes import Serial, WholeLimit
from app.orders.rules import DocumentKind

router = APIRouter(prefix="/v1/vendor-documents", tags=["orders"], route_class=TransactionalRoute)


@router.put(
    "/{key:path}",
    summary="Tell of a vendor's document",
    response_model=VendorDocumentOut,
    responses={
        201: {"model": VendorDocumentOut},
        **problems(StaleRecord, UnknownReference, VersionMismatch),
    },
    dependencies=[needs(Scope.ORDERS_WRITE)],
)
async def put_vendor_document(
    db: Db,
    key: KeyPath,
    body: VendorDocumentIn,
    response: Response,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> object:
    """Create a document or replace the whole of it. The same again changes nothing.

    What it refers to is kept as it is printed, whether we know it or not. A moment later it is
    matched to what is owed; changed, it is matched anew. An invoice is only kept.
    """
    result = await vendor_documents.record(
        db, key=key, document=body, conditions=Conditions(if_match, if_none_match)
    )
    answer(response, result)
    return (await vendor_documents.show(db, [result.record]))[0]


@router.get(
    "",
    summary="List or find vendors' documents",
    response_model=Page[VendorDocumentOut],
    responses=problems(BadCursor),
    dependencies=[needs(Scope.ORDERS_READ)],
)
async def list_vendor_documents(
    db: Db,
    limit: WholeLimit = 20,
    after: After = None,
    vendor: Annotated[ErpKey | None, Query(description="Only this vendor's: its key.")] = None,
    kind: Annotated[DocumentKind | None, Query(description="Only of this kind.")] = None,
    number: Annotated[
        ShortText | None, Query(description="As the vendor prints it, exactly.")
    ] = None,
    rma: Annotated[
        ShortText | None,
        Query(description="The authorisation number; case, blanks and dashes do not matter."),
    ] = None,
    purchase_order: Annotated[
        ErpKey | None, Query(description="Only what refers to this order: its key.")
    ] = None,
    serial: Serial = None,
    obligation: Annotated[
        int | None, Query(ge=1, le=2**62, description="The number of a debt that it names.")
    ] = None,
) -> object:
    """List documents in the order they were first told.

    References that are asked for must be those of one and the same line.
    """
    wanted = DocumentFilter(vendor, kind, number, rma, purchase_order, serial, obligation)
    rows = await vendor_documents.page(db, after=start_after(after), limit=limit + 1, wanted=wanted)
    papers, more = cut(rows, limit)
    return {
        "items": await vendor_documents.show(db, papers),
        "next": encode_cursor(str(papers[-1].id)) if more else None,
    }


@router.get(
    "/{key:path}",
    summary="Read a vendor's document",
    response_model=VendorDocumentOut,
    responses=problems(NotFound),
    dependencies=[needs(Scope.ORDERS_READ)],
)
async def get_vendor_document(db: Db, key: KeyPath, response: Response) -> object:
    """Read a vendor's document by the ERP's key."""
    paper = await vendor_documents.get(db, key)
    show_version(response, paper)
    return (await vendor_documents.show(db, [paper]))[0]
