"""What vendors say of claims, over HTTP: consent, questions, refusals, their own words."""

from uuid import UUID

from fastapi import APIRouter, Response

from app.auth import Scope, needs
from app.claims import service
from app.claims.answer_schemas import AskedIn, AuthorizeIn, VendorStatusIn, VoidedIn
from app.claims.denying.schemas import AppealIn, ClaimDenialOut, DenyIn
from app.claims.routes import shown
from app.claims.rules import refusals
from app.claims.schemas import ClaimWhole
from app.deps import Db, IfMatch, TransactionalRoute, problems
from app.files.service import UnknownFile
from app.idempotency import IDEMPOTENT, IdempotencyKeyReused, StillRunning
from app.kit.moments import ImpossibleMoment
from app.kit.pages import After, Limit, Page, cut, encode_cursor, start_after
from app.kit.problems import BadCursor, NotFound, VersionMismatch
from app.kit.records import UnknownReference
from app.kit.states import IllegalStep
from app.obligations.service import CurrencyMismatch

router = APIRouter(prefix="/v1/claims", tags=["claims"], route_class=TransactionalRoute)

_SAID = (
    NotFound,
    IllegalStep,
    ImpossibleMoment,
    refusals.TooMuchHeard,
    StillRunning,
    IdempotencyKeyReused,
)


@router.post(
    "/{claim_id}/authorize",
    summary="The vendor consents",
    response_model=ClaimWhole,
    responses=problems(*_SAID, refusals.ContradictsClaim, CurrencyMismatch),
    dependencies=[needs(Scope.CLAIMS_WRITE), IDEMPOTENT],
)
async def authorize_claim(db: Db, claim_id: UUID, body: AuthorizeIn, response: Response) -> object:
    """Write down that the vendor consents, to all of it or to some of its lines.

    It owes what it consented to from then on, and we the units, where they must go back. Told
    twice it is once; told late it counts by when it was said.
    """
    return await shown(db, response, await service.authorize(db, claim_id=claim_id, document=body))


@router.post(
    "/{claim_id}/request-info",
    summary="The vendor asks for more",
    response_model=ClaimWhole,
    responses=problems(*_SAID),
    dependencies=[needs(Scope.CLAIMS_WRITE), IDEMPOTENT],
)
async def request_info(db: Db, claim_id: UUID, body: AskedIn, response: Response) -> object:
    """Write down that the vendor asks for more before it decides."""
    return await shown(db, response, await service.ask(db, claim_id=claim_id, document=body))


@router.post(
    "/{claim_id}/void",
    summary="The vendor cancels it",
    response_model=ClaimWhole,
    responses=problems(*_SAID),
    dependencies=[needs(Scope.CLAIMS_WRITE), IDEMPOTENT],
)
async def void_claim(db: Db, claim_id: UUID, body: VoidedIn, response: Response) -> object:
    """Write down that the vendor has cancelled it."""
    return await shown(db, response, await service.void(db, claim_id=claim_id, document=body))


@router.post(
    "/{claim_id}/vendor-status",
    summary="Keep the vendor's own word for how it stands",
    response_model=ClaimWhole,
    responses=problems(NotFound, ImpossibleMoment, StillRunning, IdempotencyKeyReused),
    dependencies=[needs(Scope.CLAIMS_WRITE), IDEMPOTENT],
)
async def see_status(db: Db, claim_id: UUID, body: VendorStatusIn, response: Response) -> object:
    """Keep the vendor's status as it writes it, and when it was seen. It moves none of the axes.

    One that was seen earlier than the one kept changes nothing.
    """
    return await shown(db, response, await service.see_status(db, claim_id=claim_id, document=body))


@router.post(
    "/{claim_id}/denials",
    status_code=201,
    summary="The vendor refuses",
    response_model=ClaimDenialOut,
    responses=problems(*_SAID),
    dependencies=[needs(Scope.CLAIMS_WRITE), IDEMPOTENT],
)
async def deny_claim(db: Db, claim_id: UUID, body: DenyIn) -> object:
    """Keep a refusal as it was said, and judge its ground by the terms and dates on record.

    It also says how this vendor has fared with this ground before.
    """
    denial = await service.deny(db, claim_id=claim_id, document=body)
    (shown_,) = await service.show_denials(db, [denial])
    return shown_


@router.get(
    "/{claim_id}/denials",
    summary="List refusals",
    response_model=Page[ClaimDenialOut],
    responses=problems(NotFound, BadCursor),
    dependencies=[needs(Scope.CLAIMS_READ)],
)
async def list_denials(db: Db, claim_id: UUID, limit: Limit = 50, after: After = None) -> object:
    """List refusals in the order they were recorded, with all judgements and appeals."""
    await service.get(db, claim_id)
    rows = await service.page_denials(db, claim_id, after=start_after(after), limit=limit + 1)
    items, more = cut(rows, limit)
    return {
        "items": await service.show_denials(db, items),
        "next": encode_cursor(str(items[-1].id)) if more else None,
    }


@router.post(
    "/{claim_id}/denials/{denial_id}/judge",
    summary="Judge a refusal anew",
    response_model=ClaimDenialOut,
    responses=problems(NotFound, StillRunning, IdempotencyKeyReused),
    dependencies=[needs(Scope.CLAIMS_WRITE), IDEMPOTENT],
)
async def judge_denial(db: Db, claim_id: UUID, denial_id: UUID) -> object:
    """Judge a refusal by what is known now; what was judged before is kept."""
    denial = await service.judge_anew(db, claim_id=claim_id, denial_id=denial_id)
    (shown_,) = await service.show_denials(db, [denial])
    return shown_


@router.post(
    "/{claim_id}/appeal",
    summary="Appeal",
    response_model=ClaimWhole,
    responses=problems(
        *_SAID,
        VersionMismatch,
        UnknownReference,
        UnknownFile,
        refusals.UnitClaimedTwice,
    ),
    dependencies=[needs(Scope.CLAIMS_WRITE), IDEMPOTENT],
)
async def appeal_claim(
    db: Db, claim_id: UUID, body: AppealIn, response: Response, if_match: IfMatch = None
) -> object:
    """Appeal against a refusal, or against what was left out of a consent.

    The refusal is judged once more, and the appeal goes out with that judgement. An answer is
    owed anew.
    """
    found = await service.appeal(db, claim_id=claim_id, document=body, if_match=if_match)
    return await shown(db, response, found)
