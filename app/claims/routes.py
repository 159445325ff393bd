"""Claims over HTTP: what is asked of a vendor for units that failed, and how it stands."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import Scope, needs
from app.cases.rules import CaseIsClosed
from app.claims import rules, service
from app.claims.asking_schemas import SubmitIn, WithdrawIn
from app.claims.models import Claim
from app.claims.rules import Kind, refusals
from app.claims.rules.axes import Authorization, ReturnLeg, SettlementState
from app.claims.schemas import ClaimFileIn, ClaimIn, ClaimOut, ClaimWhole
from app.claims.service import ClaimFilter
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
from app.orders.units.rules import UnitWentBack
from app.vendors import service as vendors
from app.vendors.rules import RoleNotPlayed

router = APIRouter(prefix="/v1/claims", tags=["claims"], route_class=TransactionalRoute)

Number = Annotated[
    str | None,
    Query(
        max_length=24,
        pattern=r"^ *([Rr][Cc][ -]*)?[0-9]{1,18} *$",
        description="As it was said over the phone: `RC-1042`, `rc 1042` or `1042`.",
        examples=["RC-1042"],
    ),
]
_SPOKEN = (
    NotFound,
    VersionMismatch,
    IllegalStep,
    ImpossibleMoment,
    refusals.TooMuchHeard,
    StillRunning,
    IdempotencyKeyReused,
)
SPOKEN = problems(*_SPOKEN)


async def shown(db: AsyncSession, response: Response, found: Claim) -> object:
    """Answer with a claim as it is read by itself."""
    response.headers["ETag"] = etag(found.version)
    return await service.show_whole(db, found)


@router.post(
    "",
    status_code=201,
    summary="Draft a claim",
    response_model=ClaimWhole,
    responses=problems(
        UnknownReference,
        UnknownFile,
        RoleNotPlayed,
        CaseIsClosed,
        refusals.SerialOfAnother,
        refusals.ContradictsClaim,
        refusals.UnitClaimedTwice,
        UnitWentBack,
        ImpossibleMoment,
        StillRunning,
        IdempotencyKeyReused,
    ),
    dependencies=[needs(Scope.CLAIMS_WRITE), IDEMPOTENT],
)
async def open_claim(db: Db, body: ClaimIn, response: Response) -> object:
    """Say what failed, and of whom it is claimed.

    A claim after its window is taken too: `entitlement` says that it is late, why, and which door
    is the next. Of two for the same unit exactly one is taken.
    """
    found = await service.open_claim(db, body)
    response.headers["Location"] = f"/v1/claims/{found.id}"
    return await shown(db, response, found)


@router.get(
    "",
    summary="List or find claims",
    response_model=Page[ClaimOut],
    responses=problems(BadCursor, UnknownReference),
    dependencies=[needs(Scope.CLAIMS_READ)],
)
async def list_claims(
    db: Db,
    limit: Limit = 50,
    after: After = None,
    kind: Annotated[Kind | None, Query(description="What is claimed.")] = None,
    authorization: Annotated[Authorization | None, Query()] = None,
    return_leg: Annotated[ReturnLeg | None, Query()] = None,
    settlement: Annotated[SettlementState | None, Query()] = None,
    is_open: Annotated[bool | None, Query(description="Whether it is being pursued.")] = None,
    case_id: Annotated[UUID | None, Query(description="Of this case.")] = None,
    vendor: Annotated[ErpKey | None, Query(description="At this vendor's door.")] = None,
    rma: Annotated[ShortText | None, Query(description="However it is written.")] = None,
    serial: Annotated[ShortText | None, Query(description="Of a unit in it.")] = None,
    number: Number = None,
) -> object:
    """List claims in the order they were opened. All that is asked for holds."""
    vendor_id = None
    if vendor is not None:
        vendor_id = (await vendors.resolve(db, {"/vendor": vendor}))[vendor]
    wanted = ClaimFilter(
        kind=kind,
        authorization=authorization,
        return_leg=return_leg,
        settlement=settlement,
        is_open=is_open,
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
    "/{claim_id}",
    summary="Read a claim",
    response_model=ClaimWhole,
    responses=problems(NotFound),
    dependencies=[needs(Scope.CLAIMS_READ)],
)
async def get_claim(db: Db, claim_id: UUID, response: Response) -> object:
    """Read how it stands, all that was heard, what is owed by it, and whether it is covered."""
    return await shown(db, response, await service.get(db, claim_id))


@router.post(
    "/{claim_id}/files",
    summary="Add a photo or a document",
    response_model=ClaimWhole,
    responses=problems(
        NotFound, UnknownFile, refusals.TooMuchHeard, StillRunning, IdempotencyKeyReused
    ),
    dependencies=[needs(Scope.CLAIMS_WRITE), IDEMPOTENT],
)
async def add_file(db: Db, claim_id: UUID, body: ClaimFileIn, response: Response) -> object:
    """Tie a file to the claim; the same again changes nothing."""
    return await shown(db, response, await service.add_file(db, claim_id=claim_id, document=body))


@router.post(
    "/{claim_id}/submit",
    summary="Submit a claim",
    response_model=ClaimWhole,
    responses=problems(*_SPOKEN, refusals.UnitClaimedTwice),
    dependencies=[needs(Scope.CLAIMS_WRITE), IDEMPOTENT],
)
async def submit_claim(
    db: Db, claim_id: UUID, body: SubmitIn, response: Response, if_match: IfMatch = None
) -> object:
    """Say that it went out. The vendor owes an answer from then on, by its terms and hours.

    What was lost is told to the ledger. Of two at once exactly one submits it.
    """
    found = await service.submit(db, claim_id=claim_id, document=body, if_match=if_match)
    return await shown(db, response, found)


@router.post(
    "/{claim_id}/answer",
    summary="Answer the vendor's question",
    response_model=ClaimWhole,
    responses=SPOKEN,
    dependencies=[needs(Scope.CLAIMS_WRITE), IDEMPOTENT],
)
async def answer_claim(
    db: Db, claim_id: UUID, body: SubmitIn, response: Response, if_match: IfMatch = None
) -> object:
    """Say that what the vendor asked for was sent: the answer is owed anew."""
    found = await service.answer(db, claim_id=claim_id, document=body, if_match=if_match)
    return await shown(db, response, found)


@router.post(
    "/{claim_id}/withdraw",
    summary="Withdraw a claim",
    response_model=ClaimWhole,
    responses=problems(*_SPOKEN, refusals.ContradictsClaim),
    dependencies=[needs(Scope.CLAIMS_WRITE), IDEMPOTENT],
)
async def withdraw_claim(
    db: Db, claim_id: UUID, body: WithdrawIn, response: Response, if_match: IfMatch = None
) -> object:
    """Pursue it no more: what was owed by it is void, and its units can be claimed again.

    One that was settled is pursued no more already: 409.
    """
    found = await service.withdraw(db, claim_id=claim_id, document=body, if_match=if_match)
    return await shown(db, response, found)
