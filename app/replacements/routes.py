"""Replacements over HTTP: asked for, found, read, and what we say of them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import Scope, needs
from app.deps import Db, IfMatch, TransactionalRoute, problems
from app.files.service import UnknownFile
from app.idempotency import IDEMPOTENT, IdempotencyKeyReused, StillRunning
from app.kit.etags import etag
from app.kit.fields import ErpKey, ShortText
from app.kit.moments import ImpossibleMoment
from app.kit.pages import After, Limit, Page, cut, encode_cursor, start_after
from app.kit.problems import BadCursor, NotFound, VersionMismatch
from app.kit.records import UnknownReference
from app.kit.states import IllegalStep
from app.replacements import rules, service
from app.replacements.models import Replacement
from app.replacements.out_schemas import ReplacementOut, ReplacementWhole
from app.replacements.rules import refusals
from app.replacements.rules.states import SwapState
from app.replacements.schemas import (
    ArrivedIn,
    CancelSwapIn,
    CloseSwapIn,
    ReplacementIn,
    SwapFileIn,
)
from app.replacements.service import ReplacementFilter
from app.vendors import service as vendors

router = APIRouter(prefix="/v1/replacements", tags=["replacements"], route_class=TransactionalRoute)

Number = Annotated[
    str | None,
    Query(
        max_length=24,
        pattern=r"^ *([Aa][Rr][ -]*)?[0-9]{1,18} *$",
        description="As it was said over the phone: `AR-1001`, `ar 1001` or `1001`.",
        examples=["AR-1001"],
    ),
]
_ONCE = (StillRunning, IdempotencyKeyReused)
SAID = (
    NotFound,
    IllegalStep,
    ImpossibleMoment,
    refusals.TooMuchOfIt,
    *_ONCE,
)


async def shown(db: AsyncSession, response: Response, found: Replacement) -> object:
    """Answer with a replacement as it is read by itself."""
    response.headers["ETag"] = etag(found.version)
    return await service.show_whole(db, found)


@router.post(
    "",
    status_code=201,
    summary="Ask for a replacement first",
    response_model=ReplacementWhole,
    responses=problems(
        UnknownReference,
        refusals.ClaimNotPursued,
        refusals.ReplacementRunning,
        refusals.NothingWentWrong,
        refusals.NotEntitled,
        refusals.SecurityMissing,
        ImpossibleMoment,
        *_ONCE,
    ),
    dependencies=[needs(Scope.REPLACEMENTS_WRITE), IDEMPOTENT],
)
async def request_replacement(db: Db, body: ReplacementIn, response: Response) -> object:
    """Say that the vendor was asked to ship first, and what it has in hand for that.

    Refused where its terms say that none comes first; where nobody knows, it is taken, with a
    warning. Of two for the same unit exactly one is taken.
    """
    found = await service.request(db, body)
    response.headers["Location"] = f"/v1/replacements/{found.id}"
    return await shown(db, response, found)


@router.get(
    "",
    summary="List or find replacements",
    response_model=Page[ReplacementOut],
    responses=problems(BadCursor, UnknownReference),
    dependencies=[needs(Scope.REPLACEMENTS_READ)],
)
async def list_replacements(
    db: Db,
    limit: Limit = 50,
    after: After = None,
    state: Annotated[SwapState | None, Query(description="How it stands.")] = None,
    is_open: Annotated[bool | None, Query(description="Whether anything is owed.")] = None,
    claim_id: Annotated[UUID | None, Query(description="Under this claim.")] = None,
    case_id: Annotated[UUID | None, Query(description="Of this case.")] = None,
    vendor: Annotated[ErpKey | None, Query(description="At this vendor's door.")] = None,
    rma: Annotated[ShortText | None, Query(description="However it is written.")] = None,
    serial: Annotated[
        ShortText | None, Query(description="Of what goes back, or of what came.")
    ] = None,
    number: Number = None,
) -> object:
    """List replacements in the order they were asked for. All that is asked for holds."""
    vendor_id = None
    if vendor is not None:
        vendor_id = (await vendors.resolve(db, {"/vendor": vendor}))[vendor]
    wanted = ReplacementFilter(
        state=state,
        is_open=is_open,
        claim_id=claim_id,
        case_id=case_id,
        vendor_id=vendor_id,
        rma=rma,
        serial=serial,
        number=rules.read_number(number) if number is not None else None,
    )
    rows = await service.page(db, after=start_after(after), limit=limit + 1, wanted=wanted)
    items, more = cut(rows, limit)
    return {
        "items": await service.show(db, items),
        "next": encode_cursor(str(items[-1].id)) if more else None,
    }


@router.get(
    "/{replacement_id}",
    summary="Read a replacement",
    response_model=ReplacementWhole,
    responses=problems(NotFound),
    dependencies=[needs(Scope.REPLACEMENTS_READ)],
)
async def get_replacement(db: Db, replacement_id: UUID, response: Response) -> object:
    """Read how it stands, by when what goes back, what is at risk, and all that was heard."""
    return await shown(db, response, await service.get(db, replacement_id))


@router.post(
    "/{replacement_id}/arrived",
    summary="Say what came out of the box",
    response_model=ReplacementWhole,
    responses=problems(*SAID, UnknownReference, refusals.ContradictsReplacement),
    dependencies=[needs(Scope.REPLACEMENTS_WRITE), IDEMPOTENT],
)
async def tell_arrival(db: Db, replacement_id: UUID, body: ArrivedIn, response: Response) -> object:
    """Say that it works, came dead, or is the wrong model.

    Dead or wrong it makes nobody whole: another may be asked for, under which it goes back.
    """
    found = await service.arrive(db, replacement_id=replacement_id, document=body)
    return await shown(db, response, found)


@router.post(
    "/{replacement_id}/cancel",
    summary="Cancel a replacement",
    response_model=ReplacementWhole,
    responses=problems(*SAID, VersionMismatch),
    dependencies=[needs(Scope.REPLACEMENTS_WRITE), IDEMPOTENT],
)
async def cancel_replacement(
    db: Db,
    replacement_id: UUID,
    body: CancelSwapIn,
    response: Response,
    if_match: IfMatch = None,
) -> object:
    """Want it no more, before it has come. The unit goes back as the claim says again."""
    found = await service.cancel(
        db, replacement_id=replacement_id, document=body, if_match=if_match
    )
    return await shown(db, response, found)


@router.post(
    "/{replacement_id}/close",
    summary="Close a replacement",
    response_model=ReplacementWhole,
    responses=problems(*SAID, VersionMismatch, refusals.ReplacementStillOwed),
    dependencies=[needs(Scope.REPLACEMENTS_WRITE), IDEMPOTENT],
)
async def close_replacement(
    db: Db,
    replacement_id: UUID,
    body: CloseSwapIn,
    response: Response,
    if_match: IfMatch = None,
) -> object:
    """Take it for over, where the vendor never says that it has the unit.

    It closes by itself once the vendor confirms the serial number and nothing else is owed.
    """
    found = await service.close(db, replacement_id=replacement_id, document=body, if_match=if_match)
    return await shown(db, response, found)


@router.post(
    "/{replacement_id}/files",
    summary="Add a photo or a document to a replacement",
    response_model=ReplacementWhole,
    responses=problems(NotFound, UnknownFile, refusals.TooMuchOfIt, *_ONCE),
    dependencies=[needs(Scope.REPLACEMENTS_WRITE), IDEMPOTENT],
)
async def add_replacement_file(
    db: Db, replacement_id: UUID, body: SwapFileIn, response: Response
) -> object:
    """Tie a file to it, such as the driver's receipt; the same again changes nothing."""
    found = await service.add_file(db, replacement_id=replacement_id, document=body)
    return await shown(db, response, found)
