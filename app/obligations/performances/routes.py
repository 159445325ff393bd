"""What is done towards debts, and its corrections, over HTTP."""

from uuid import UUID

from fastapi import APIRouter, Response

from app.deps import Db, IfMatch, TransactionalRoute, problems
from app.files.service import UnknownFile
from app.kit.problems import NotFound, VersionMismatch
from app.kit.states import IllegalStep
from app.obligations.measures import AboveTheLoss, CurrencyMismatch, OtherMeasure
from app.obligations.obligation_schemas import ObligationStory
from app.obligations.performances import correcting, performing
from app.obligations.performances.schemas import CorrectionIn, PerformanceIn
from app.obligations.refusals import CorrectedAlready, PaidBackAlready, RecordedTwice
from app.obligations.routes import AGAIN, WRITES, story

router = APIRouter(prefix="/v1/obligations", tags=["obligations"], route_class=TransactionalRoute)


@router.post(
    "/{obligation_id}/performances",
    status_code=201,
    summary="Record what was done towards a debt",
    response_model=ObligationStory,
    responses=problems(
        *(NotFound, VersionMismatch, IllegalStep, OtherMeasure, CurrencyMismatch, RecordedTwice),
        *(AboveTheLoss, UnknownFile, *AGAIN),
    ),
    dependencies=WRITES,
)
async def add_performance(
    db: Db, obligation_id: UUID, body: PerformanceIn, response: Response, if_match: IfMatch = None
) -> object:
    """Add what was delivered, paid or answered, with what shows it. It is never changed again.

    Performed in full the debt is `kept`, or `kept_late` after its due time; what was an
    alternative to it is released. Where it pursues a loss, this settles that loss.
    """
    obligation, _ = await performing.perform(
        db, obligation_id=obligation_id, document=body, if_match=if_match
    )
    response.headers["Location"] = f"/v1/obligations/{obligation_id}"
    return await story(db, obligation, response)


@router.post(
    "/{obligation_id}/performances/{performance_id}/correct",
    summary="Correct what was recorded as done",
    response_model=ObligationStory,
    responses=problems(
        *(NotFound, VersionMismatch, CorrectedAlready, PaidBackAlready, OtherMeasure),
        *(CurrencyMismatch, RecordedTwice, AboveTheLoss, UnknownFile, *AGAIN),
    ),
    dependencies=WRITES,
)
async def correct_performance(
    db: Db,
    obligation_id: UUID,
    performance_id: UUID,
    body: CorrectionIn,
    response: Response,
    if_match: IfMatch = None,
) -> object:
    """Take back what was not done, or not so; say who says it, why, and what was done `instead`.

    Both stay on record. What was kept may be owed again, and with it the alternatives that were
    released because it was kept; what it made good of a loss is lost again.
    """
    obligation, _ = await correcting.correct(
        db,
        obligation_id=obligation_id,
        performance_id=performance_id,
        document=body,
        if_match=if_match,
    )
    return await story(db, obligation, response)
