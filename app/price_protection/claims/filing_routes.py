"""Filings over HTTP: claims go out to a supplier, one or several, and are printed for it."""

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse

from app.auth import Scope, needs
from app.deps import Db, RuntimeDep, TransactionalRoute, problems
from app.idempotency import IDEMPOTENT, IdempotencyKeyReused, StillRunning
from app.kit.fields import ErpKey
from app.kit.pages import After, Limit, Page, cut, encode_cursor, start_after
from app.kit.problems import BadCursor, NotFound
from app.kit.records import UnknownReference
from app.kit.states import IllegalStep
from app.price_protection.claims import (
    advising,
    documents,
    filing,
    filing_csv,
    filing_pdf,
    filing_x12,
    rules,
    showing,
)
from app.price_protection.claims.filing_pdf import FilingPaper
from app.price_protection.claims.schemas import FilingProposalOut, PriceFilingIn, PriceFilingOut

router = APIRouter(
    prefix="/v1/price-protection/filings",
    tags=["price_protection"],
    route_class=TransactionalRoute,
)

_BYTES: Any = {"schema": {"type": "string", "format": "binary"}}
_WRITE: Any = [needs(Scope.PRICE_PROTECTION_WRITE), IDEMPOTENT]
_READ: Any = [needs(Scope.PRICE_PROTECTION_READ)]

Supplier = Annotated[ErpKey | None, Query(description="Only of this supplier: its key.")]


class FilingFormat(StrEnum):
    """How a filing is written."""

    CSV = "csv"
    X12_844 = "x12_844"
    PDF = "pdf"


_WRITTEN_AS = {
    FilingFormat.CSV: ("text/csv; charset=utf-8", "csv"),
    FilingFormat.X12_844: ("application/json", "json"),
    FilingFormat.PDF: ("application/pdf", "pdf"),
}


@router.post(
    "",
    status_code=201,
    summary="File claims",
    response_model=PriceFilingOut,
    responses=problems(
        UnknownReference,
        IllegalStep,
        rules.OneSupplierOneFiling,
        rules.NoticeNotConfirmed,
        rules.ExposureNotComputed,
        rules.NothingToClaim,
        rules.FiledTooLate,
        rules.SerialsMissing,
        StillRunning,
        IdempotencyKeyReused,
    ),
    dependencies=_WRITE,
)
async def file_claims(db: Db, body: PriceFilingIn, response: Response) -> object:
    """File one claim, or several small ones to one supplier: it owes the credit from then on.

    Of two who file the same claim at once exactly one does.
    """
    found = await filing.file(db, body)
    response.headers["Location"] = f"/v1/price-protection/filings/{found.id}"
    return (await showing.show_filings(db, [found]))[0]


@router.get(
    "",
    summary="List filings",
    response_model=Page[PriceFilingOut],
    responses=problems(BadCursor),
    dependencies=_READ,
)
async def list_filings(
    db: Db, limit: Limit = 50, after: After = None, supplier: Supplier = None
) -> object:
    """List what was filed, the newest first."""
    start = start_after(after)
    try:
        supplier_id = await showing.supplier_id_of(db, supplier)
    except UnknownReference:
        return Page[PriceFilingOut](items=[], next=None)
    rows = (await db.scalars(showing.select_filings(supplier_id, start).limit(limit + 1))).all()
    items, more = cut(rows, limit)
    return {
        "items": await showing.show_filings(db, items),
        "next": encode_cursor(str(items[-1].id)) if more else None,
    }


@router.get(
    "/proposals",
    summary="What could be filed together",
    response_model=list[FilingProposalOut],
    dependencies=_READ,
)
async def list_proposals(db: Db, supplier: Supplier = None) -> object:
    """List computed claims of confirmed notices by supplier, the most urgent first."""
    try:
        supplier_id = await showing.supplier_id_of(db, supplier)
    except UnknownReference:
        return list[FilingProposalOut]()
    return await advising.proposals(db, supplier_id)


@router.get(
    "/{filing_id}",
    summary="Read a filing",
    response_model=PriceFilingOut,
    responses=problems(NotFound),
    dependencies=_READ,
)
async def get_filing(db: Db, filing_id: UUID) -> object:
    """Read what was sent to a supplier in one go."""
    return (await showing.show_filings(db, [await showing.get_filing(db, filing_id)]))[0]


@router.get(
    "/{filing_id}/document",
    summary="Print a filing",
    response_class=Response,
    responses={
        200: {
            "description": "The document.",
            "model": filing_x12.Adjustment,
            "content": {
                "application/pdf": _BYTES,
                "text/csv": _BYTES,
            },
        },
        **problems(NotFound, rules.TooLongToPrint),
    },
    dependencies=_READ,
)
async def get_filing_document(
    db: Db,
    runtime: RuntimeDep,
    filing_id: UUID,
    format_: Annotated[FilingFormat, Query(alias="format")] = FilingFormat.PDF,
    paper: Annotated[FilingPaper, Query(description="For a PDF.")] = FilingPaper.A4,
) -> Response:
    """Print the claims of a filing for the supplier, with serials where its terms ask for them.

    `x12_844` is the product transfer account adjustment as JSON: its segments by name.
    """
    told = await documents.gather(db, filing_id, runtime.settings.company_name)
    # The lines are read in transactions of their own.
    await db.commit()
    media_type, ending = _WRITTEN_AS[format_]
    headers = {"Content-Disposition": f'attachment; filename="{told.number}.{ending}"'}
    if format_ is FilingFormat.PDF:
        pages = await filing_pdf.render(runtime, told, paper)
        return Response(pages, media_type=media_type, headers=headers)
    write = filing_csv.render if format_ is FilingFormat.CSV else filing_x12.render
    return StreamingResponse(write(runtime, told), media_type=media_type, headers=headers)
