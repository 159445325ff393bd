"""The way back and the end of claims over HTTP."""

from uuid import UUID

from fastapi import APIRouter, Response

from app.auth import Scope, needs
from app.claims import service
from app.claims.returning.schemas import (
    DisputeIn,
    InspectedIn,
    LostIn,
    ReceivedIn,
    ResolveIn,
    ShipIn,
    WayBackOut,
)
from app.claims.routes import shown
from app.claims.rules import refusals
from app.claims.schemas import ClaimWhole
from app.claims.settling.schemas import ClaimSettlementOut, SettleClaimIn
from app.deps import Db, IfMatch, TransactionalRoute, problems
from app.files.service import UnknownFile
from app.idempotency import IDEMPOTENT, IdempotencyKeyReused, StillRunning
from app.kit.moments import ImpossibleMoment
from app.kit.pages import After, Limit, Page, cut, encode_cursor, start_after
from app.kit.problems import BadCursor, NotFound, VersionMismatch
from app.kit.states import IllegalStep
from app.obligations.service import (
    AboveTheLoss,
    CurrencyMismatch,
    MakesNothingGood,
    OtherLoss,
    OtherMeasure,
    RecordedTwice,
)

router = APIRouter(prefix="/v1/claims", tags=["claims"], route_class=TransactionalRoute)

_ONCE = (StillRunning, IdempotencyKeyReused)


@router.get(
    "/{claim_id}/return",
    summary="Read the way back",
    response_model=WayBackOut,
    responses=problems(NotFound),
    dependencies=[needs(Scope.CLAIMS_READ)],
)
async def get_return(db: Db, claim_id: UUID) -> object:
    """Read by which parcels units go back, what carriers say of them, and what the vendor found."""
    return await service.way_back(db, await service.get(db, claim_id))


@router.post(
    "/{claim_id}/return/parcels",
    summary="Send units back",
    response_model=ClaimWhole,
    responses=problems(
        NotFound,
        IllegalStep,
        ImpossibleMoment,
        refusals.ContradictsClaim,
        refusals.TooMuchHeard,
        *_ONCE,
    ),
    dependencies=[needs(Scope.CLAIMS_WRITE), IDEMPOTENT],
)
async def send_back(db: Db, claim_id: UUID, body: ShipIn, response: Response) -> object:
    """Say by which parcel units go back; from then on its carrier's scans are followed.

    Delivered by its carrier we are late no more; the risk ends with the vendor's own word.
    """
    return await shown(db, response, await service.send(db, claim_id=claim_id, document=body))


@router.post(
    "/{claim_id}/return/lost",
    summary="Take a parcel for lost",
    response_model=ClaimWhole,
    responses=problems(NotFound, ImpossibleMoment, refusals.ContradictsClaim, *_ONCE),
    dependencies=[needs(Scope.CLAIMS_WRITE), IDEMPOTENT],
)
async def lose_parcel(db: Db, claim_id: UUID, body: LostIn, response: Response) -> object:
    """Take a parcel for lost, until a scan says otherwise."""
    return await shown(db, response, await service.lose(db, claim_id=claim_id, document=body))


@router.post(
    "/{claim_id}/return/received",
    summary="The vendor has the units",
    response_model=ClaimWhole,
    responses=problems(
        NotFound,
        IllegalStep,
        ImpossibleMoment,
        refusals.ContradictsClaim,
        refusals.TooMuchHeard,
        *_ONCE,
    ),
    dependencies=[needs(Scope.CLAIMS_WRITE), IDEMPOTENT],
)
async def confirm_receipt(db: Db, claim_id: UUID, body: ReceivedIn, response: Response) -> object:
    """Write down that the vendor confirms the units, by their serial numbers."""
    return await shown(db, response, await service.receive(db, claim_id=claim_id, document=body))


@router.post(
    "/{claim_id}/return/inspected",
    summary="The vendor says what it found",
    response_model=ClaimWhole,
    responses=problems(
        NotFound,
        IllegalStep,
        UnknownFile,
        ImpossibleMoment,
        refusals.ContradictsClaim,
        refusals.TooMuchHeard,
        *_ONCE,
    ),
    dependencies=[needs(Scope.CLAIMS_WRITE), IDEMPOTENT],
)
async def inspect_units(db: Db, claim_id: UUID, body: InspectedIn, response: Response) -> object:
    """Write down what the vendor found: no trouble, another serial, parts missing, damage.

    The fee that it takes, or that its terms take, becomes a debt of ours, which we may contest.
    """
    return await shown(db, response, await service.inspect(db, claim_id=claim_id, document=body))


@router.post(
    "/{claim_id}/findings/{finding_id}/dispute",
    summary="Contest a fee",
    response_model=WayBackOut,
    responses=problems(NotFound, refusals.NoFee, ImpossibleMoment, *_ONCE),
    dependencies=[needs(Scope.CLAIMS_WRITE), IDEMPOTENT],
)
async def dispute_fee(db: Db, claim_id: UUID, finding_id: UUID, body: DisputeIn) -> object:
    """Contest what is charged for a finding. No trouble found is judged as a ground would be."""
    found = await service.dispute(db, claim_id=claim_id, finding_id=finding_id, document=body)
    return await service.way_back(db, found)


@router.post(
    "/{claim_id}/findings/{finding_id}/resolve",
    summary="End the dispute about a fee",
    response_model=WayBackOut,
    responses=problems(NotFound, refusals.NoFee, ImpossibleMoment, *_ONCE),
    dependencies=[needs(Scope.CLAIMS_WRITE), IDEMPOTENT],
)
async def resolve_fee(db: Db, claim_id: UUID, finding_id: UUID, body: ResolveIn) -> object:
    """Say how the dispute ended: a fee that is waived is released in the ledger."""
    found = await service.resolve(db, claim_id=claim_id, finding_id=finding_id, document=body)
    return await service.way_back(db, found)


@router.post(
    "/{claim_id}/settle",
    summary="Settle a line of a claim",
    response_model=ClaimWhole,
    responses=problems(
        NotFound,
        VersionMismatch,
        IllegalStep,
        UnknownFile,
        ImpossibleMoment,
        refusals.UnfitClaimSettlement,
        AboveTheLoss,
        OtherMeasure,
        OtherLoss,
        CurrencyMismatch,
        MakesNothingGood,
        RecordedTwice,
        *_ONCE,
    ),
    dependencies=[needs(Scope.CLAIMS_WRITE), IDEMPOTENT],
)
async def settle_claim(
    db: Db,
    claim_id: UUID,
    body: SettleClaimIn,
    response: Response,
    if_match: IfMatch = None,
) -> object:
    """Say how a line ended, or a part of it: each step is a performance or a release in the ledger.

    Of two who settle the same at once exactly one does.
    """
    found = await service.settle(db, claim_id=claim_id, document=body, if_match=if_match)
    return await shown(db, response, found)


@router.get(
    "/{claim_id}/settlements",
    summary="List settlements",
    response_model=Page[ClaimSettlementOut],
    responses=problems(NotFound, BadCursor),
    dependencies=[needs(Scope.CLAIMS_READ)],
)
async def list_settlements(
    db: Db, claim_id: UUID, limit: Limit = 50, after: After = None
) -> object:
    """List the steps by which a claim was settled, in the order they were recorded."""
    await service.get(db, claim_id)
    rows = await service.page_settlements(db, claim_id, after=start_after(after), limit=limit + 1)
    items, more = cut(rows, limit)
    return {
        "items": await service.show_settlements(db, claim_id, items),
        "next": encode_cursor(str(items[-1].id)) if more else None,
    }
