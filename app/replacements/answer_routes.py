"""What vendors say of replacements, over HTTP: they agree, refuse, cancel, ship, name a day."""

from uuid import UUID

from fastapi import APIRouter, Response

from app.auth import Scope, needs
from app.deps import Db, TransactionalRoute, problems
from app.idempotency import IDEMPOTENT
from app.kit.records import UnknownReference
from app.replacements import service
from app.replacements.out_schemas import ReplacementWhole
from app.replacements.routes import SAID, shown
from app.replacements.rules.refusals import ContradictsReplacement
from app.replacements.schemas import (
    ApproveIn,
    DenySwapIn,
    ReturnByIn,
    ShipFirstIn,
    VoidSwapIn,
)

router = APIRouter(prefix="/v1/replacements", tags=["replacements"], route_class=TransactionalRoute)


@router.post(
    "/{replacement_id}/approve",
    summary="The vendor agrees to ship first",
    response_model=ReplacementWhole,
    responses=problems(*SAID, ContradictsReplacement),
    dependencies=[needs(Scope.REPLACEMENTS_WRITE), IDEMPOTENT],
)
async def approve_replacement(
    db: Db, replacement_id: UUID, body: ApproveIn, response: Response
) -> object:
    """Write down that it agrees. The claim's line is granted with it, where it was not yet.

    We owe the unit from then on. Told twice it is once; told late it counts by when it was said.
    """
    found = await service.approve(db, replacement_id=replacement_id, document=body)
    return await shown(db, response, found)


@router.post(
    "/{replacement_id}/deny",
    summary="The vendor does not ship first",
    response_model=ReplacementWhole,
    responses=problems(*SAID),
    dependencies=[needs(Scope.REPLACEMENTS_WRITE), IDEMPOTENT],
)
async def deny_replacement(
    db: Db, replacement_id: UUID, body: DenySwapIn, response: Response
) -> object:
    """Write down that it refuses: the claim goes on without."""
    found = await service.deny(db, replacement_id=replacement_id, document=body)
    return await shown(db, response, found)


@router.post(
    "/{replacement_id}/void",
    summary="The vendor cancels a replacement",
    response_model=ReplacementWhole,
    responses=problems(*SAID),
    dependencies=[needs(Scope.REPLACEMENTS_WRITE), IDEMPOTENT],
)
async def void_replacement(
    db: Db, replacement_id: UUID, body: VoidSwapIn, response: Response
) -> object:
    """Write down that the vendor cancelled it."""
    found = await service.void(db, replacement_id=replacement_id, document=body)
    return await shown(db, response, found)


@router.post(
    "/{replacement_id}/ship",
    summary="The replacement is on its way",
    response_model=ReplacementWhole,
    responses=problems(*SAID, ContradictsReplacement, UnknownReference),
    dependencies=[needs(Scope.REPLACEMENTS_WRITE), IDEMPOTENT],
)
async def ship_replacement(
    db: Db, replacement_id: UUID, body: ShipFirstIn, response: Response
) -> object:
    """Write down that it was shipped; its carrier's scans are followed from then on.

    Delivered to the customer it makes her whole, and the time to send the unit back runs.
    """
    found = await service.ship(db, replacement_id=replacement_id, document=body)
    return await shown(db, response, found)


@router.post(
    "/{replacement_id}/return-by",
    summary="The vendor states by when the unit goes back",
    response_model=ReplacementWhole,
    responses=problems(*SAID, ContradictsReplacement),
    dependencies=[needs(Scope.REPLACEMENTS_WRITE), IDEMPOTENT],
)
async def state_return_by(
    db: Db, replacement_id: UUID, body: ReturnByIn, response: Response
) -> object:
    """Write down the day that it names: it wins over its terms, and both are shown."""
    found = await service.state_return_by(db, replacement_id=replacement_id, document=body)
    return await shown(db, response, found)
