"""The clocks of debts over HTTP: paused, run on; and who looks after a debt."""

from uuid import UUID

from fastapi import APIRouter, Response

from app.deps import Db, IfMatch, TransactionalRoute, problems
from app.kit.problems import NotFound, VersionMismatch
from app.obligations.clocks import clocks
from app.obligations.clocks.rules import NotPaused, NotRunning, ReasonNotAllowed
from app.obligations.clocks.schemas import OwnerIn, PauseIn, ResumeIn
from app.obligations.obligation_schemas import ObligationStory
from app.obligations.routes import AGAIN, WRITES, story

router = APIRouter(prefix="/v1/obligations", tags=["obligations"], route_class=TransactionalRoute)


@router.post(
    "/{obligation_id}/pause",
    summary="Stop the clock of a debt",
    response_model=ObligationStory,
    responses=problems(NotFound, VersionMismatch, ReasonNotAllowed, NotRunning, *AGAIN),
    dependencies=WRITES,
)
async def pause_obligation(
    db: Db, obligation_id: UUID, body: PauseIn, response: Response, if_match: IfMatch = None
) -> object:
    """Let its time stand still: it has no due time until it runs on.

    Waiting for the customer pauses what we owe; waiting for a vendor or a carrier pauses nothing.
    """
    obligation = await clocks.pause(
        db, obligation_id=obligation_id, document=body, if_match=if_match
    )
    return await story(db, obligation, response)


@router.post(
    "/{obligation_id}/resume",
    summary="Let the clock of a debt run on",
    response_model=ObligationStory,
    responses=problems(NotFound, VersionMismatch, NotPaused, *AGAIN),
    dependencies=WRITES,
)
async def resume_obligation(
    db: Db, obligation_id: UUID, body: ResumeIn, response: Response, if_match: IfMatch = None
) -> object:
    """Let it run on with the time that was left, counted by the debtor's calendar if known."""
    obligation = await clocks.resume(
        db, obligation_id=obligation_id, document=body, if_match=if_match
    )
    return await story(db, obligation, response)


@router.post(
    "/{obligation_id}/owner",
    summary="Say who looks after a debt",
    response_model=ObligationStory,
    responses=problems(NotFound, VersionMismatch, *AGAIN),
    dependencies=WRITES,
)
async def assign_obligation(
    db: Db, obligation_id: UUID, body: OwnerIn, response: Response, if_match: IfMatch = None
) -> object:
    """Say who among us looks after it, or that nobody does. The same again changes nothing."""
    obligation = await clocks.assign(
        db, obligation_id=obligation_id, document=body, if_match=if_match
    )
    return await story(db, obligation, response)
