"""Cases over HTTP: what a customer reported, what she got, and how it ended."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import Scope, needs
from app.cases import finds, rules, service
from app.cases.consistency import ContradictsOrder
from app.cases.finds import CaseFilter
from app.cases.models import Case
from app.cases.rules import Kind, Recovery, State
from app.cases.schemas import CaseIn, CaseOut, CasePatch, CaseWhole
from app.cases.settling_schemas import CloseIn, CloseRecoveryIn, MakeWholeIn, ReopenIn
from app.deps import Db, IfMatch, TransactionalRoute, problems
from app.idempotency import IDEMPOTENT, IdempotencyKeyReused, StillRunning
from app.kit.etags import etag
from app.kit.fields import Day, ErpKey
from app.kit.pages import After, Limit, Page, cut
from app.kit.problems import BadCursor, NotFound, VersionMismatch
from app.kit.records import UnknownReference
from app.kit.states import IllegalStep

router = APIRouter(prefix="/v1/cases", tags=["cases"], route_class=TransactionalRoute)

Number = Annotated[
    str | None,
    Query(
        max_length=24,
        pattern=r"^ *([Cc][ -]*)?[0-9]{1,18} *$",
        description="As it was said over the phone: `C-1042`, `c 1042` or `1042`.",
        examples=["C-1042"],
    ),
]
_ACTION = (NotFound, VersionMismatch, IllegalStep, StillRunning, IdempotencyKeyReused)


async def _shown(db: AsyncSession, response: Response, case: Case) -> object:
    response.headers["ETag"] = etag(case.version)
    return await service.show_whole(db, case)


@router.post(
    "",
    status_code=201,
    summary="Open a case",
    response_model=CaseWhole,
    responses=problems(
        UnknownReference,
        ContradictsOrder,
        rules.ImpossibleTime,
        StillRunning,
        IdempotencyKeyReused,
    ),
    dependencies=[needs(Scope.CASES_WRITE), IDEMPOTENT],
)
async def open_case(db: Db, body: CaseIn, response: Response) -> object:
    """Open a case with what the customer reports. The customer's clock runs from `reported_at`."""
    case = await service.open_case(db, body)
    response.headers["Location"] = f"/v1/cases/{case.id}"
    return await _shown(db, response, case)


@router.get(
    "",
    summary="List or find cases",
    response_model=Page[CaseOut],
    responses=problems(BadCursor),
    dependencies=[needs(Scope.CASES_READ)],
)
async def list_cases(
    db: Db,
    limit: Limit = 50,
    after: After = None,
    state: Annotated[State | None, Query(description="How far it is with the customer.")] = None,
    recovery: Annotated[
        Recovery | None, Query(description="How far it is with the vendor or carrier.")
    ] = None,
    kind: Annotated[Kind | None, Query(description="What is wrong.")] = None,
    customer: Annotated[ErpKey | None, Query(description="The customer's key.")] = None,
    purchase_order: Annotated[
        ErpKey | None, Query(description="Only of lines of this order: its key.")
    ] = None,
    shipment: Annotated[ErpKey | None, Query(description="The shipment's key.")] = None,
    number: Number = None,
    needed_by_before: Annotated[
        Day | None,
        Query(description="Only what is needed before this day, the most urgent first."),
    ] = None,
) -> object:
    """List cases in the order they were opened, or the most urgent first. All asked for holds."""
    wanted = CaseFilter(
        state=state,
        recovery=recovery,
        kind=kind,
        customer=customer,
        purchase_order=purchase_order,
        shipment=shipment,
        number=rules.read_number(number) if number is not None else None,
        needed_by_before=needed_by_before,
    )
    rows = await service.page(
        db, after=finds.read_mark(after, wanted), limit=limit + 1, wanted=wanted
    )
    cases, more = cut(rows, limit)
    return {
        "items": await service.show(db, cases),
        "next": finds.write_mark(cases[-1], wanted) if more else None,
    }


@router.get(
    "/{case_id}",
    summary="Read a case",
    response_model=CaseWhole,
    responses=problems(NotFound),
    dependencies=[needs(Scope.CASES_READ)],
)
async def get_case(db: Db, case_id: UUID, response: Response) -> object:
    """Read a case by its id: what the customer got, its files, and how long she has waited."""
    return await _shown(db, response, await service.get(db, case_id))


@router.patch(
    "/{case_id}",
    summary="Correct a case",
    response_model=CaseWhole,
    responses=problems(
        NotFound, VersionMismatch, rules.NotEditable, UnknownReference, ContradictsOrder
    ),
    dependencies=[needs(Scope.CASES_WRITE)],
)
async def change_case(
    db: Db, case_id: UUID, body: CasePatch, response: Response, if_match: IfMatch = None
) -> object:
    """Correct what the body names. The same again changes nothing."""
    case = await service.change(db, case_id=case_id, patch=body, if_match=if_match)
    return await _shown(db, response, case)


@router.post(
    "/{case_id}/make-whole",
    summary="Make the customer whole",
    response_model=CaseWhole,
    responses=problems(*_ACTION, UnknownReference, rules.MoreThanReported, rules.ImpossibleTime),
    dependencies=[needs(Scope.CASES_WRITE), IDEMPOTENT],
)
async def make_case_whole(
    db: Db, case_id: UUID, body: MakeWholeIn, response: Response, if_match: IfMatch = None
) -> object:
    """Say what the customer gets: the customer's clock stops, the recovery stays open.

    It is at our expense first, always; `expense_of` says who should bear it in the end. Of two
    who do it at once exactly one is taken.
    """
    case = await service.make_whole(db, case_id=case_id, document=body, if_match=if_match)
    return await _shown(db, response, case)


@router.post(
    "/{case_id}/close-recovery",
    summary="Close the recovery",
    response_model=CaseWhole,
    responses=problems(*_ACTION, rules.ImpossibleTime, rules.StillOwed, rules.StillLost),
    dependencies=[needs(Scope.CASES_WRITE), IDEMPOTENT],
)
async def close_recovery(
    db: Db, case_id: UUID, body: CloseRecoveryIn, response: Response, if_match: IfMatch = None
) -> object:
    """Say what came of the recovery. While vendors or carriers owe us in this case it is not over.

    Written off or not pursued it may be closed all the same. Debts in the ledger are not touched:
    they stay owed until they are kept, or released there. Recovered it is only when every loss of
    the case was made good in full.
    """
    case = await service.close_recovery(db, case_id=case_id, document=body, if_match=if_match)
    return await _shown(db, response, case)


@router.post(
    "/{case_id}/close",
    summary="Close a case",
    response_model=CaseWhole,
    responses=problems(*_ACTION, rules.NotMadeWhole),
    dependencies=[needs(Scope.CASES_WRITE), IDEMPOTENT],
)
async def close_case(
    db: Db, case_id: UUID, body: CloseIn, response: Response, if_match: IfMatch = None
) -> object:
    """Say why nothing more is to be done for the customer. A recovery goes on."""
    case = await service.close(db, case_id=case_id, document=body, if_match=if_match)
    return await _shown(db, response, case)


@router.post(
    "/{case_id}/reopen",
    summary="Reopen a case",
    response_model=CaseWhole,
    responses=problems(*_ACTION, rules.ImpossibleTime),
    dependencies=[needs(Scope.CASES_WRITE), IDEMPOTENT],
)
async def reopen_case(
    db: Db, case_id: UUID, body: ReopenIn, response: Response, if_match: IfMatch = None
) -> object:
    """Take a case up again: the clock runs on, on top of what the customer waited before."""
    case = await service.reopen(db, case_id=case_id, document=body, if_match=if_match)
    return await _shown(db, response, case)
