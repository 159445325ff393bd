"""Discrepancies over HTTP: what arrived differs from what was shipped, and how that ended."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import Scope, needs
from app.cases.rules import CaseIsClosed
from app.deps import Db, IfMatch, RuntimeDep, TransactionalRoute, problems
from app.discrepancies import rules, service
from app.discrepancies.endings.settling_schemas import SettleIn
from app.discrepancies.models import Discrepancy
from app.discrepancies.rules import Kind, State
from app.discrepancies.schemas import DiscrepancyIn, DiscrepancyOut, DiscrepancyWhole
from app.discrepancies.service import DiscrepancyFilter
from app.files.service import UnknownFile
from app.idempotency import IDEMPOTENT, IdempotencyKeyReused, StillRunning
from app.kit.etags import etag
from app.kit.fields import ErpKey
from app.kit.moments import ImpossibleMoment
from app.kit.pages import After, Limit, Page, cut, encode_cursor, start_after
from app.kit.problems import BadCursor, NotFound, VersionMismatch
from app.kit.records import UnknownReference
from app.kit.states import IllegalStep
from app.obligations.service import (
    AboveTheLoss,
    CurrencyMismatch,
    MakesNothingGood,
    OtherLoss,
    OtherMeasure,
    RecordedTwice,
)

router = APIRouter(
    prefix="/v1/discrepancies", tags=["discrepancies"], route_class=TransactionalRoute
)

Number = Annotated[
    str | None,
    Query(
        max_length=24,
        pattern=r"^ *([Dd][ -]*)?[0-9]{1,18} *$",
        description="As it was said over the phone: `D-1042`, `d 1042` or `1042`.",
        examples=["D-1042"],
    ),
]


async def _shown(db: AsyncSession, response: Response, found: Discrepancy) -> object:
    response.headers["ETag"] = etag(found.version)
    return await service.show_whole(db, found)


@router.post(
    "",
    status_code=201,
    summary="Open a discrepancy",
    response_model=DiscrepancyWhole,
    responses=problems(
        UnknownReference,
        CaseIsClosed,
        rules.UnfitKind,
        rules.ContradictsShipment,
        ImpossibleMoment,
        StillRunning,
        IdempotencyKeyReused,
    ),
    dependencies=[needs(Scope.DISCREPANCIES_WRITE), IDEMPOTENT],
)
async def open_discrepancy(
    db: Db, runtime: RuntimeDep, body: DiscrepancyIn, response: Response
) -> object:
    """Say what differs of a shipment, on a case.

    What is missing is told to the ledger as lost, our rights with their last days and, where only
    the vendor may file with the carrier, its duty to do so. The weights are asked at once.
    """
    found = await service.open_discrepancy(db, body, runtime.settings.verdicts)
    response.headers["Location"] = f"/v1/discrepancies/{found.id}"
    return await _shown(db, response, found)


@router.get(
    "",
    summary="List or find discrepancies",
    response_model=Page[DiscrepancyOut],
    responses=problems(BadCursor),
    dependencies=[needs(Scope.DISCREPANCIES_READ)],
)
async def list_discrepancies(
    db: Db,
    limit: Limit = 50,
    after: After = None,
    state: Annotated[State | None, Query(description="How far it is.")] = None,
    kind: Annotated[Kind | None, Query(description="What differs.")] = None,
    case_id: Annotated[UUID | None, Query(description="Of this case.")] = None,
    shipment: Annotated[ErpKey | None, Query(description="The shipment's key.")] = None,
    number: Number = None,
) -> object:
    """List discrepancies in the order they were opened. All that is asked for holds."""
    wanted = DiscrepancyFilter(
        state=state,
        kind=kind,
        case_id=case_id,
        shipment=shipment,
        number=rules.read_number(number) if number is not None else None,
    )
    rows = await service.page(db, after=start_after(after), limit=limit + 1, wanted=wanted)
    items, more = cut(rows, limit)
    return {
        "items": await service.show(db, items),
        "next": encode_cursor(str(items[-1].id)) if more else None,
    }


@router.get(
    "/{discrepancy_id}",
    summary="Read a discrepancy",
    response_model=DiscrepancyWhole,
    responses=problems(NotFound),
    dependencies=[needs(Scope.DISCREPANCIES_READ)],
)
async def get_discrepancy(db: Db, discrepancy_id: UUID, response: Response) -> object:
    """Read all that is known of it: losses, parcels, the verdict, refusals, deadlines, next steps.

    Whether it is early and which days have passed is computed now.
    """
    return await _shown(db, response, await service.get(db, discrepancy_id))


@router.post(
    "/{discrepancy_id}/refresh",
    summary="Reckon it anew",
    response_model=DiscrepancyWhole,
    responses=problems(NotFound, StillRunning, IdempotencyKeyReused),
    dependencies=[needs(Scope.DISCREPANCIES_WRITE), IDEMPOTENT],
)
async def refresh_discrepancy(
    db: Db, runtime: RuntimeDep, discrepancy_id: UUID, response: Response
) -> object:
    """Reckon deadlines and weigh by what is known now: terms or tariffs that came later.

    What happens to its parcels does the same by itself. The same again changes nothing.
    """
    found = await service.refresh(db, discrepancy_id, runtime.settings.verdicts)
    return await _shown(db, response, found)


@router.post(
    "/{discrepancy_id}/settle",
    summary="Settle a discrepancy",
    response_model=DiscrepancyWhole,
    responses=problems(
        NotFound,
        VersionMismatch,
        IllegalStep,
        UnknownReference,
        UnknownFile,
        ImpossibleMoment,
        rules.UnfitSettlement,
        rules.WhichObligation,
        rules.NothingDenied,
        AboveTheLoss,
        OtherMeasure,
        OtherLoss,
        CurrencyMismatch,
        MakesNothingGood,
        RecordedTwice,
        StillRunning,
        IdempotencyKeyReused,
    ),
    dependencies=[needs(Scope.DISCREPANCIES_WRITE), IDEMPOTENT],
)
async def settle_discrepancy(
    db: Db,
    discrepancy_id: UUID,
    body: SettleIn,
    response: Response,
    if_match: IfMatch = None,
) -> object:
    """Say how it ended: each step is a performance or a release in the ledger.

    Made good in part it stays open with what remains. Of two who settle it at once exactly one
    does.
    """
    found = await service.settle(
        db, discrepancy_id=discrepancy_id, document=body, if_match=if_match
    )
    return await _shown(db, response, found)
