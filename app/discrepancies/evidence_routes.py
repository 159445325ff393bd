"""What belongs to a discrepancy over HTTP: what the weights said, and what the vendor did."""

from uuid import UUID

from fastapi import APIRouter, Response

from app.auth import Scope, needs
from app.deps import Db, RuntimeDep, TransactionalRoute, problems
from app.discrepancies import rules, service
from app.discrepancies.denials.denial_schemas import DenialIn, DenialOut
from app.discrepancies.weights.verdict_schemas import StoredVerdictOut, WeighIn
from app.idempotency import IDEMPOTENT, IdempotencyKeyReused, StillRunning
from app.kit.moments import ImpossibleMoment
from app.kit.pages import After, Limit, Page, cut, encode_cursor, start_after
from app.kit.problems import BadCursor, NotFound
from app.kit.records import UnknownReference
from app.obligations.service import NoPromise
from app.vendors.rules import RoleNotPlayed

router = APIRouter(
    prefix="/v1/discrepancies/{discrepancy_id}",
    tags=["discrepancies"],
    route_class=TransactionalRoute,
)


@router.post(
    "/verdicts",
    status_code=201,
    summary="Weigh a discrepancy",
    response_model=StoredVerdictOut,
    responses=problems(NotFound, rules.NothingToWeigh, StillRunning, IdempotencyKeyReused),
    dependencies=[needs(Scope.DISCREPANCIES_WRITE), IDEMPOTENT],
)
async def weigh_discrepancy(
    db: Db, runtime: RuntimeDep, discrepancy_id: UUID, body: WeighIn, response: Response
) -> object:
    """Weigh it from all that is known now, over all packages of the shipment, and keep the verdict.

    A reading that comes later does the same by itself.
    """
    verdict = await service.weigh(
        db,
        discrepancy_id=discrepancy_id,
        prior=body.prior,
        settings=runtime.settings.verdicts,
    )
    response.headers["Location"] = f"/v1/discrepancies/{discrepancy_id}/verdicts"
    return service.show_verdict(verdict)


@router.get(
    "/verdicts",
    summary="List what the weights said",
    response_model=Page[StoredVerdictOut],
    responses=problems(NotFound, BadCursor),
    dependencies=[needs(Scope.DISCREPANCIES_READ)],
)
async def list_verdicts(
    db: Db, discrepancy_id: UUID, limit: Limit = 20, after: After = None
) -> object:
    """List verdicts, the newest first: each with the question it answers."""
    await service.get(db, discrepancy_id)
    rows = await service.page_verdicts(
        db, discrepancy_id, before=start_after(after), limit=limit + 1
    )
    items, more = cut(rows, limit)
    return {
        "items": [service.show_verdict(row) for row in items],
        "next": encode_cursor(str(items[-1].id)) if more else None,
    }


@router.post(
    "/denials",
    status_code=201,
    summary="Record a refusal",
    response_model=DenialOut,
    responses=problems(
        NotFound,
        UnknownReference,
        RoleNotPlayed,
        NoPromise,
        ImpossibleMoment,
        rules.TooManyDenials,
        StillRunning,
        IdempotencyKeyReused,
    ),
    dependencies=[needs(Scope.DISCREPANCIES_WRITE), IDEMPOTENT],
)
async def record_denial(db: Db, discrepancy_id: UUID, body: DenialIn, response: Response) -> object:
    """Keep who refused, when, in what words and on which ground, and judge whether that holds.

    With `retracts` the same words take a promise back: a fact in the ledger; the debt stays. By
    the terms and dates that are named; not legal advice.
    """
    denial = await service.deny(db, discrepancy_id=discrepancy_id, document=body)
    response.headers["Location"] = f"/v1/discrepancies/{discrepancy_id}/denials"
    (shown,) = await service.show_denials(db, [denial])
    return shown


@router.get(
    "/denials",
    summary="List refusals",
    response_model=Page[DenialOut],
    responses=problems(NotFound, BadCursor),
    dependencies=[needs(Scope.DISCREPANCIES_READ)],
)
async def list_denials(
    db: Db, discrepancy_id: UUID, limit: Limit = 50, after: After = None
) -> object:
    """List refusals in the order they were recorded, each with all its judgements."""
    await service.get(db, discrepancy_id)
    rows = await service.page_denials(db, discrepancy_id, after=start_after(after), limit=limit + 1)
    items, more = cut(rows, limit)
    return {
        "items": await service.show_denials(db, items),
        "next": encode_cursor(str(items[-1].id)) if more else None,
    }


@router.post(
    "/denials/{denial_id}/judge",
    status_code=201,
    summary="Judge a refusal anew",
    response_model=DenialOut,
    responses=problems(NotFound, StillRunning, IdempotencyKeyReused),
    dependencies=[needs(Scope.DISCREPANCIES_WRITE), IDEMPOTENT],
)
async def judge_denial(db: Db, discrepancy_id: UUID, denial_id: UUID, response: Response) -> object:
    """Judge it by what is known now. What was judged before is kept beside."""
    denial = await service.judge_anew(db, discrepancy_id=discrepancy_id, denial_id=denial_id)
    response.headers["Location"] = f"/v1/discrepancies/{discrepancy_id}/denials"
    (shown,) = await service.show_denials(db, [denial])
    return shown
