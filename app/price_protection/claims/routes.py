"""Claims for price protection over HTTP: found, answered, shared, closed."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import Scope, needs
from app.deps import Db, IfMatch, TransactionalRoute, problems
from app.idempotency import IDEMPOTENT, IdempotencyKeyReused, StillRunning
from app.kit.etags import etag
from app.kit.fields import ErpKey
from app.kit.pages import After, Limit, Page, cut, encode_cursor, start_after
from app.kit.problems import BadCursor, NotFound, VersionMismatch
from app.kit.records import UnknownReference
from app.kit.states import IllegalStep
from app.price_protection.claims import (
    accepting,
    answering,
    keeping,
    passing,
    rules,
    showing,
)
from app.price_protection.claims.models import PriceClaim
from app.price_protection.claims.rules import ClaimState
from app.price_protection.claims.schemas import (
    ClaimAcceptIn,
    ClaimAnswerIn,
    ClaimCloseIn,
    ClaimLineOut,
    ClaimOut,
    ClaimWhole,
    PassOnIn,
    SupplierSaidIn,
)
from app.price_protection.claims.showing import ClaimFilter
from app.price_protection.places import cursor_of, place_of

router = APIRouter(
    prefix="/v1/price-protection/claims",
    tags=["price_protection"],
    route_class=TransactionalRoute,
)
_WRITES = (NotFound, VersionMismatch, StillRunning, IdempotencyKeyReused)
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


async def _shown(db: AsyncSession, response: Response, claim: PriceClaim) -> object:
    response.headers["ETag"] = etag(claim.version)
    return await showing.show_whole(db, claim)


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
        supplier_id = await showing.supplier_id_of(db, supplier)
    except UnknownReference:
        return Page[ClaimOut](items=[], next=None)
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
    place = place_of(after)
    await keeping.get(db, claim_id)
    rows = await showing.lines(db, claim_id, after=place, limit=limit + 1)
    items, more = cut(rows, limit)
    last = cursor_of(items[-1].purchase_line_id, items[-1].first_unit) if more else None
    return {"items": items, "next": last}


@router.post(
    "/{claim_id}/acknowledge",
    summary="The supplier has it",
    response_model=ClaimWhole,
    responses=problems(*_WRITES, IllegalStep),
    dependencies=_WRITE,
)
async def acknowledge_claim(
    db: Db, claim_id: UUID, body: SupplierSaidIn, response: Response, if_match: IfMatch = None
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
    db: Db, claim_id: UUID, body: ClaimAnswerIn, response: Response, if_match: IfMatch = None
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
    db: Db, claim_id: UUID, body: ClaimAcceptIn, response: Response, if_match: IfMatch = None
) -> object:
    """Ask no more for what the supplier refused; of an approved claim, for what has not come."""
    return await _shown(db, response, await accepting.accept(db, claim_id, body, if_match))


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
    responses=problems(*_WRITES, IllegalStep, rules.PriceClaimStillOwed),
    dependencies=_WRITE,
)
async def close_claim(
    db: Db, claim_id: UUID, body: ClaimCloseIn, response: Response, if_match: IfMatch = None
) -> object:
    """End a claim of which nothing is open any more."""
    return await _shown(db, response, await answering.close(db, claim_id, body, if_match))
