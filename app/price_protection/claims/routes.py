"""Claims for price protection over HTTP, and the filings they go out in."""

import asyncio
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import Scope, needs
from app.deps import Db, IfMatch, RuntimeDep, TransactionalRoute, problems
from app.idempotency import IDEMPOTENT, IdempotencyKeyReused, StillRunning
from app.kit.etags import etag
from app.kit.fields import ErpKey
from app.kit.pages import After, Limit, Page, cut, encode_cursor, start_after
from app.kit.problems import BadCursor, NotFound, VersionMismatch
from app.kit.records import UnknownReference
from app.kit.states import IllegalStep
from app.price_protection.claims import (
    advising,
    answering,
    documents,
    filing,
    keeping,
    passing,
    rules,
    showing,
)
from app.price_protection.claims.documents import PaperSize
from app.price_protection.claims.models import PriceClaim
from app.price_protection.claims.rules import ClaimState
from app.price_protection.claims.schemas import (
    AcceptIn,
    AnswerIn,
    ClaimLineOut,
    ClaimOut,
    ClaimWhole,
    CloseIn,
    FilingIn,
    FilingOut,
    PassOnIn,
    ProposalOut,
    SaidIn,
)
from app.price_protection.claims.showing import ClaimFilter
from app.vendors import service as vendors

router = APIRouter(
    prefix="/v1/price-protection/claims",
    tags=["price_protection"],
    route_class=TransactionalRoute,
)
filings = APIRouter(
    prefix="/v1/price-protection/filings",
    tags=["price_protection"],
    route_class=TransactionalRoute,
)

_WRITES = (NotFound, VersionMismatch, StillRunning, IdempotencyKeyReused)
_BYTES: Any = {"schema": {"type": "string", "format": "binary"}}
_WRITE: Any = [needs(Scope.PRICE_PROTECTION_WRITE), IDEMPOTENT]
_READ: Any = [needs(Scope.PRICE_PROTECTION_READ)]

Number = Annotated[
    str | None,
    Query(
        max_length=24,
        pattern=r"^ *([Pp][Cc][ -]*)?[0-9]{1,18} *$",
        description="As it was said over the phone: `PC-1042`, `pc 1042` or `1042`.",
        examples=["PC-1042"],
    ),
]
Supplier = Annotated[ErpKey | None, Query(description="Only of this supplier: its key.")]


class Format(StrEnum):
    """How a filing is written."""

    CSV = "csv"
    X12_844 = "x12_844"
    PDF = "pdf"


async def _shown(db: AsyncSession, response: Response, claim: PriceClaim) -> object:
    response.headers["ETag"] = etag(claim.version)
    return await showing.show_whole(db, claim)


async def _supplier_id(db: AsyncSession, key: str | None) -> UUID | None:
    """Return a supplier's id. Raises UnknownReference."""
    return None if key is None else (await vendors.resolve(db, {"supplier": key}))[key]


@router.get(
    "",
    summary="List or find claims",
    response_model=Page[ClaimOut],
    responses=problems(BadCursor),
    dependencies=_READ,
)
async def list_claims(
    db: Db,
    limit: Limit = 50,
    after: After = None,
    state: Annotated[ClaimState | None, Query(description="How far it is.")] = None,
    supplier: Supplier = None,
    notice_id: Annotated[UUID | None, Query(description="Only of this notice.")] = None,
    filing_id: Annotated[UUID | None, Query(description="Only in this filing.")] = None,
    number: Number = None,
) -> object:
    """List claims in the order they were first computed. All that is asked for holds."""
    start = start_after(after)
    try:
        supplier_id = await _supplier_id(db, supplier)
    except UnknownReference:
        return {"items": [], "next": None}
    said = rules.read_number(number) if number is not None else None
    wanted = ClaimFilter(state, supplier_id, notice_id, filing_id, said)
    rows = await showing.page(db, wanted, after=start, limit=limit + 1)
    items, more = cut(rows, limit)
    return {
        "items": await showing.show(db, items),
        "next": encode_cursor(str(items[-1].id)) if more else None,
    }


@router.get(
    "/{claim_id}",
    summary="Read a claim",
    response_model=ClaimWhole,
    responses=problems(NotFound),
    dependencies=_READ,
)
async def get_claim(db: Db, claim_id: UUID, response: Response) -> object:
    """Read a claim: how far it is, what to do next, what waiting costs, and who gets the credit."""
    return await _shown(db, response, await keeping.get(db, claim_id))


@router.get(
    "/{claim_id}/lines",
    summary="Read what was filed",
    response_model=Page[ClaimLineOut],
    responses=problems(NotFound, BadCursor),
    dependencies=_READ,
)
async def list_claim_lines(
    db: Db, claim_id: UUID, limit: Limit = 50, after: After = None
) -> object:
    """Read the lines of a filed claim, with the supplier's answers. Before, see its exposure."""
    place = showing.place_of(after)
    await keeping.get(db, claim_id)
    rows = await showing.lines(db, claim_id, after=place, limit=limit + 1)
    items, more = cut(rows, limit)
    last = f"{items[-1].purchase_line_id} {items[-1].first_unit}" if more else ""
    return {"items": items, "next": encode_cursor(last) if more else None}


@router.post(
    "/{claim_id}/acknowledge",
    summary="The supplier has it",
    response_model=ClaimWhole,
    responses=problems(*_WRITES, IllegalStep),
    dependencies=_WRITE,
)
async def acknowledge_claim(
    db: Db, claim_id: UUID, body: SaidIn, response: Response, if_match: IfMatch = None
) -> object:
    """Say that the supplier acknowledges the claim, and under which number of its own."""
    return await _shown(db, response, await answering.acknowledge(db, claim_id, body, if_match))


@router.post(
    "/{claim_id}/answer",
    summary="The supplier answers",
    response_model=ClaimWhole,
    responses=problems(*_WRITES, IllegalStep, rules.NotInClaim, rules.MoreThanClaimed),
    dependencies=_WRITE,
)
async def answer_claim(
    db: Db, claim_id: UUID, body: AnswerIn, response: Response, if_match: IfMatch = None
) -> object:
    """Say what the supplier approves and refuses, line by line. It may answer again.

    What it refuses stays owed by the terms, until we accept the refusal.
    """
    return await _shown(db, response, await answering.answer(db, claim_id, body, if_match))


@router.post(
    "/{claim_id}/accept",
    summary="Accept what was refused or paid short",
    response_model=ClaimWhole,
    responses=problems(*_WRITES, rules.NothingRefused),
    dependencies=_WRITE,
)
async def accept_refusal(
    db: Db, claim_id: UUID, body: AcceptIn, response: Response, if_match: IfMatch = None
) -> object:
    """Ask no more for what the supplier refused; of an approved claim, for what has not come."""
    return await _shown(db, response, await answering.accept(db, claim_id, body, if_match))


@router.post(
    "/{claim_id}/pass-through",
    summary="Say what customers are due",
    response_model=ClaimWhole,
    responses=problems(*_WRITES, UnknownReference, rules.PassedOnAlready),
    dependencies=_WRITE,
)
async def pass_through(
    db: Db, claim_id: UUID, body: PassOnIn, response: Response, if_match: IfMatch = None
) -> object:
    """Decide the share of customers of whom no contract says it.

    Once the credit has come each share is a debt of ours in the ledger; perform it there with the
    number of our credit memo.
    """
    return await _shown(db, response, await passing.decide(db, claim_id, body, if_match))


@router.post(
    "/{claim_id}/close",
    summary="Close a claim",
    response_model=ClaimWhole,
    responses=problems(*_WRITES, IllegalStep, rules.StillOwed),
    dependencies=_WRITE,
)
async def close_claim(
    db: Db, claim_id: UUID, body: CloseIn, response: Response, if_match: IfMatch = None
) -> object:
    """End a claim of which nothing is open any more."""
    return await _shown(db, response, await answering.close(db, claim_id, body, if_match))


@filings.post(
    "",
    status_code=201,
    summary="File claims",
    response_model=FilingOut,
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
async def file_claims(db: Db, body: FilingIn, response: Response) -> object:
    """File one claim, or several small ones to one supplier: it owes the credit from then on.

    Of two who file the same claim at once exactly one does.
    """
    found = await filing.file(db, body)
    response.headers["Location"] = f"/v1/price-protection/filings/{found.id}"
    return (await showing.show_filings(db, [found]))[0]


@filings.get(
    "",
    summary="List filings",
    response_model=Page[FilingOut],
    responses=problems(BadCursor),
    dependencies=_READ,
)
async def list_filings(
    db: Db, limit: Limit = 50, after: After = None, supplier: Supplier = None
) -> object:
    """List what was filed, the newest first."""
    start = start_after(after)
    try:
        supplier_id = await _supplier_id(db, supplier)
    except UnknownReference:
        return {"items": [], "next": None}
    rows = (await db.scalars(showing.select_filings(supplier_id, start).limit(limit + 1))).all()
    items, more = cut(rows, limit)
    return {
        "items": await showing.show_filings(db, items),
        "next": encode_cursor(str(items[-1].id)) if more else None,
    }


@filings.get(
    "/proposals",
    summary="What could be filed together",
    response_model=list[ProposalOut],
    dependencies=_READ,
)
async def list_proposals(db: Db, supplier: Supplier = None) -> object:
    """List computed claims of confirmed notices by supplier, the most urgent first."""
    try:
        supplier_id = await _supplier_id(db, supplier)
    except UnknownReference:
        return []
    return await advising.proposals(db, supplier_id)


@filings.get(
    "/{filing_id}",
    summary="Read a filing",
    response_model=FilingOut,
    responses=problems(NotFound),
    dependencies=_READ,
)
async def get_filing(db: Db, filing_id: UUID) -> object:
    """Read what was sent to a supplier in one go."""
    return (await showing.show_filings(db, [await showing.get_filing(db, filing_id)]))[0]


@filings.get(
    "/{filing_id}/document",
    summary="Print a filing",
    response_class=Response,
    responses={
        200: {
            "description": "The document.",
            "content": {
                "application/pdf": _BYTES,
                "text/csv": _BYTES,
                "application/json": {"schema": {"type": "object"}},
            },
        },
        **problems(NotFound),
    },
    dependencies=_READ,
)
async def get_filing_document(
    db: Db,
    runtime: RuntimeDep,
    filing_id: UUID,
    format_: Annotated[Format, Query(alias="format")] = Format.PDF,
    paper: Annotated[PaperSize, Query(description="For a PDF.")] = PaperSize.A4,
) -> Response:
    """Print the claims of a filing for the supplier, with serials where its terms ask for them.

    `x12_844` is the product transfer account adjustment as JSON, segment by segment.
    """
    told = await documents.gather(db, filing_id, runtime.settings.company_name)
    # Nothing more is asked of the database: printing need not hold it.
    await db.commit()
    render, media_type, ending = {
        Format.CSV: (documents.as_csv, "text/csv; charset=utf-8", "csv"),
        Format.X12_844: (documents.as_x12, "application/json", "json"),
        Format.PDF: (lambda each: documents.as_pdf(each, paper), "application/pdf", "pdf"),
    }[format_]
    content = await asyncio.to_thread(render, told)
    headers = {"Content-Disposition": f'attachment; filename="{told.number}.{ending}"'}
    return Response(content, media_type=media_type, headers=headers)
