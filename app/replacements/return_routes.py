"""The way back of what failed, and charges for what was not returned, over HTTP."""

from uuid import UUID

from fastapi import APIRouter, Response

from app.auth import Scope, needs
from app.deps import Db, IfMatch, TransactionalRoute, problems
from app.idempotency import IDEMPOTENT, IdempotencyKeyReused, StillRunning
from app.kit.moments import ImpossibleMoment
from app.kit.problems import NotFound, VersionMismatch
from app.replacements import service
from app.replacements.charging.schemas import AcceptChargeIn, DisputeChargeIn
from app.replacements.out_schemas import ReplacementWhole, ReturnProofOut
from app.replacements.routes import SAID, shown
from app.replacements.rules.refusals import ContradictsReplacement, NoSuchChargeState
from app.replacements.schemas import LoseBackIn, ReceiveBackIn, SendBackIn, WaiveBackIn

router = APIRouter(prefix="/v1/replacements", tags=["replacements"], route_class=TransactionalRoute)
_DECIDED = problems(
    NotFound,
    VersionMismatch,
    NoSuchChargeState,
    ImpossibleMoment,
    StillRunning,
    IdempotencyKeyReused,
)


@router.post(
    "/{replacement_id}/return/parcels",
    summary="Send the unit back",
    response_model=ReplacementWhole,
    responses=problems(*SAID, ContradictsReplacement),
    dependencies=[needs(Scope.REPLACEMENTS_WRITE), IDEMPOTENT],
)
async def send_unit_back(
    db: Db, replacement_id: UUID, body: SendBackIn, response: Response
) -> object:
    """Say by which parcel it goes back; its carrier's scans are followed from then on.

    Delivered by its carrier we are late no more; the risk ends with the vendor's own word.
    """
    found = await service.send(db, replacement_id=replacement_id, document=body)
    return await shown(db, response, found)


@router.post(
    "/{replacement_id}/return/lost",
    summary="Take the parcel for lost",
    response_model=ReplacementWhole,
    responses=problems(
        NotFound, ContradictsReplacement, ImpossibleMoment, StillRunning, IdempotencyKeyReused
    ),
    dependencies=[needs(Scope.REPLACEMENTS_WRITE), IDEMPOTENT],
)
async def lose_return(db: Db, replacement_id: UUID, body: LoseBackIn, response: Response) -> object:
    """Take a parcel for lost, until a scan says otherwise.

    Where the terms put the risk in transit on the vendor, the unit is owed no more.
    """
    found = await service.lose(db, replacement_id=replacement_id, document=body)
    return await shown(db, response, found)


@router.post(
    "/{replacement_id}/return/received",
    summary="The vendor has the unit",
    response_model=ReplacementWhole,
    responses=problems(*SAID, ContradictsReplacement),
    dependencies=[needs(Scope.REPLACEMENTS_WRITE), IDEMPOTENT],
)
async def receive_unit(
    db: Db, replacement_id: UUID, body: ReceiveBackIn, response: Response
) -> object:
    """Write down that its dock scanned it, or that it says so, and what it found.

    With the very serial number the return is settled; what nobody owes any more closes by itself.
    """
    found = await service.receive(db, replacement_id=replacement_id, document=body)
    return await shown(db, response, found)


@router.post(
    "/{replacement_id}/return/waived",
    summary="The vendor wants the unit no more",
    response_model=ReplacementWhole,
    responses=problems(*SAID),
    dependencies=[needs(Scope.REPLACEMENTS_WRITE), IDEMPOTENT],
)
async def waive_return(
    db: Db, replacement_id: UUID, body: WaiveBackIn, response: Response
) -> object:
    """Write down that we may keep it, or scrap it: the debt is released."""
    found = await service.waive(db, replacement_id=replacement_id, document=body)
    return await shown(db, response, found)


@router.get(
    "/{replacement_id}/proof",
    summary="Read the proof of the return",
    response_model=ReturnProofOut,
    responses=problems(NotFound),
    dependencies=[needs(Scope.REPLACEMENTS_READ)],
)
async def get_proof(db: Db, replacement_id: UUID) -> object:
    """Read what shows that the unit went back: scans, signature, the vendor's word, the weight."""
    return await service.show_proof(db, await service.get(db, replacement_id))


@router.post(
    "/{replacement_id}/charges/{charge_id}/dispute",
    summary="Contest a charge",
    response_model=ReplacementWhole,
    responses=_DECIDED,
    dependencies=[needs(Scope.REPLACEMENTS_WRITE), IDEMPOTENT],
)
async def dispute_charge(
    db: Db,
    replacement_id: UUID,
    charge_id: UUID,
    body: DisputeChargeIn,
    response: Response,
    if_match: IfMatch = None,
) -> object:
    """Contest a charge that the proof did not contest by itself: the vendor owes it back.

    Of two at once exactly one does.
    """
    found = await service.dispute(
        db, replacement_id=replacement_id, charge_id=charge_id, document=body, if_match=if_match
    )
    return await shown(db, response, found)


@router.post(
    "/{replacement_id}/charges/{charge_id}/accept",
    summary="Pay a charge",
    response_model=ReplacementWhole,
    responses=_DECIDED,
    dependencies=[needs(Scope.REPLACEMENTS_WRITE), IDEMPOTENT],
)
async def accept_charge(
    db: Db,
    replacement_id: UUID,
    charge_id: UUID,
    body: AcceptChargeIn,
    response: Response,
    if_match: IfMatch = None,
) -> object:
    """Pay it: the unit is ours, and goes back no more. Of two at once exactly one does."""
    found = await service.accept(
        db, replacement_id=replacement_id, charge_id=charge_id, document=body, if_match=if_match
    )
    return await shown(db, response, found)
