"""Losses, deadlines and the whole worklist over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.deps import Db, IfMatch, TransactionalRoute, problems
from app.files.service import UnknownFile
from app.kit.etags import etag
from app.kit.fields import Instant
from app.kit.pages import After, Limit, Page, cut, page_of, start_after
from app.kit.problems import BadCursor, NotFound, VersionMismatch
from app.kit.records import UnknownReference
from app.kit.states import IllegalStep
from app.obligations import reading, seeking
from app.obligations.losses import deadlines, losses
from app.obligations.losses.deadlines import DeadlineFilter
from app.obligations.losses.models import Deadline, Loss
from app.obligations.losses.schemas import (
    DeadlineIn,
    DeadlineOut,
    DeadlineStory,
    LossIn,
    LossOut,
    UseIn,
    WaiveIn,
    WorkOut,
)
from app.obligations.measures import AboveTheLoss, CurrencyMismatch, OtherMeasure
from app.obligations.performances import performing
from app.obligations.performances.schemas import PerformanceIn, SettlementIn
from app.obligations.refusals import MakesNothingGood, OtherLoss, RecordedTwice, TooLate
from app.obligations.routes import AGAIN, READS, WRITES, OfCase, PartyText, party_text
from app.obligations.rules import DeadlineState
from app.obligations.seeking import ObligationFilter, Place

router = APIRouter(prefix="/v1", tags=["obligations"], route_class=TransactionalRoute)


@router.get(
    "/worklist",
    summary="Debts and deadlines, in one list",
    response_model=Page[WorkOut],
    responses=problems(BadCursor),
    dependencies=READS,
)
async def list_work(
    db: Db,
    limit: Limit = 50,
    after: After = None,
    case_id: OfCase = None,
    before: Annotated[
        Instant | None, Query(description="Only what wants a look before this instant.")
    ] = None,
) -> object:
    """List what is owed, either way, and what rights of ours end: the most pressing first."""
    place = seeking.place_after(after)
    owed = ObligationFilter(case_id=case_id, attend_before=before)
    ours = DeadlineFilter(case_id=case_id, before=before)
    debts = await seeking.page(db, owed, after=place, limit=limit + 1)
    rights = await deadlines.page(db, ours, after=place, limit=limit + 1)
    rows, more = cut(sorted([*debts, *rights], key=Place.of), limit)
    told = {row.id: row for row in await reading.show(db, [r for r in debts if r in rows])}
    days = {row.id: row for row in reading.show_deadlines(db, rights)}
    items = [
        {
            "attend_at": row.attend_at,
            "obligation": told.get(row.id),
            "deadline": days.get(row.id),
        }
        for row in rows
    ]
    return {"items": items, "next": Place.of(rows[-1]).cursor() if more else None}


async def _loss(db: AsyncSession, loss: Loss, response: Response) -> LossOut:
    response.headers["ETag"] = etag(loss.version)
    return (await reading.show_losses(db, [loss]))[0]


@router.post(
    "/losses",
    status_code=201,
    summary="Record a loss",
    response_model=LossOut,
    responses=problems(UnknownReference, *AGAIN),
    dependencies=WRITES,
)
async def open_loss(db: Db, body: LossIn, response: Response) -> object:
    """Record one thing lost once. Several claims may pursue it; what makes it good is capped."""
    loss = await losses.open_loss(db, document=body)
    response.headers["Location"] = f"/v1/losses/{loss.id}"
    return await _loss(db, loss, response)


@router.get(
    "/losses",
    summary="List losses",
    response_model=Page[LossOut],
    responses=problems(BadCursor),
    dependencies=READS,
)
async def list_losses(
    db: Db, limit: Limit = 50, after: After = None, case_id: OfCase = None
) -> object:
    """List losses in the order they were recorded, and what is left of each."""
    rows = await losses.page(db, after=start_after(after), limit=limit + 1, case_id=case_id)
    page = page_of(rows, limit)
    return {**page, "items": await reading.show_losses(db, rows[:limit])}


@router.get(
    "/losses/{loss_id}",
    summary="Read a loss",
    response_model=LossOut,
    responses=problems(NotFound),
    dependencies=READS,
)
async def get_loss(db: Db, loss_id: UUID, response: Response) -> object:
    """Read a loss: what made it good so far, and what is left."""
    return await _loss(db, await losses.get(db, loss_id), response)


@router.post(
    "/losses/{loss_id}/settlements",
    status_code=201,
    summary="Record what makes a loss good",
    response_model=LossOut,
    responses=problems(
        *(NotFound, UnknownReference, OtherLoss, MakesNothingGood, IllegalStep, OtherMeasure),
        *(CurrencyMismatch, RecordedTwice, AboveTheLoss, UnknownFile, *AGAIN),
    ),
    dependencies=WRITES,
)
async def settle_loss(db: Db, loss_id: UUID, body: SettlementIn, response: Response) -> object:
    """Record a performance of a debt against a loss, no more than what is left of it.

    Of two who settle the same loss at once one is told what the other left. What has really come
    above it is recorded with `above_cap`, and is then our debt to whoever gave it.
    """
    told = body.model_dump(exclude={"obligation_id"})
    loss, _ = await performing.settle(
        db,
        loss_id=loss_id,
        obligation_id=body.obligation_id,
        document=PerformanceIn.model_validate(told),
    )
    response.headers["Location"] = f"/v1/losses/{loss_id}"
    return await _loss(db, loss, response)


def _deadline(db: AsyncSession, deadline: Deadline, response: Response) -> DeadlineOut:
    response.headers["ETag"] = etag(deadline.version)
    return reading.show_deadlines(db, [deadline])[0]


@router.post(
    "/deadlines",
    status_code=201,
    summary="Record a right of ours that ends",
    response_model=DeadlineOut,
    responses=problems(UnknownReference, *AGAIN),
    dependencies=WRITES,
)
async def open_deadline(db: Db, body: DeadlineIn, response: Response) -> object:
    """Record until when we can report, file, return or appeal. One that has passed says so."""
    deadline = await deadlines.open_deadline(db, document=body)
    response.headers["Location"] = f"/v1/deadlines/{deadline.id}"
    return _deadline(db, deadline, response)


@router.get(
    "/deadlines",
    summary="List deadlines",
    response_model=Page[DeadlineOut],
    responses=problems(BadCursor),
    dependencies=READS,
)
async def list_deadlines(
    db: Db,
    limit: Limit = 50,
    after: After = None,
    state: Annotated[
        DeadlineState, Query(description="Open ones, unless said otherwise.")
    ] = DeadlineState.OPEN,
    passed: Annotated[bool | None, Query(description="By the clock, now.")] = None,
    toward: PartyText | None = None,
    case_id: OfCase = None,
) -> object:
    """List rights of ours by their last safe instant."""
    wanted = DeadlineFilter(state=state, passed=passed, toward=party_text(toward), case_id=case_id)
    rows = await deadlines.page(db, wanted, after=seeking.place_after(after), limit=limit + 1)
    shown, more = cut(rows, limit)
    return {
        "items": reading.show_deadlines(db, shown),
        "next": Place.of(shown[-1]).cursor() if more else None,
    }


@router.get(
    "/deadlines/{deadline_id}",
    summary="Read a deadline",
    response_model=DeadlineStory,
    responses=problems(NotFound),
    dependencies=READS,
)
async def get_deadline(db: Db, deadline_id: UUID, response: Response) -> object:
    """Read a right of ours, until when it lasts and lasted before, and what became of it."""
    deadline = await deadlines.get(db, deadline_id)
    response.headers["ETag"] = etag(deadline.version)
    return await reading.tell_deadline(db, deadline)


@router.post(
    "/deadlines/{deadline_id}/use",
    summary="Record that a right was used",
    response_model=DeadlineOut,
    responses=problems(NotFound, VersionMismatch, IllegalStep, TooLate, *AGAIN),
    dependencies=WRITES,
)
async def use_deadline(
    db: Db, deadline_id: UUID, body: UseIn, response: Response, if_match: IfMatch = None
) -> object:
    """Record that we reported, filed, returned or appealed in time."""
    deadline = await deadlines.use(db, deadline_id=deadline_id, document=body, if_match=if_match)
    return _deadline(db, deadline, response)


@router.post(
    "/deadlines/{deadline_id}/waive",
    summary="Choose not to use a right",
    response_model=DeadlineOut,
    responses=problems(NotFound, VersionMismatch, IllegalStep, *AGAIN),
    dependencies=WRITES,
)
async def waive_deadline(
    db: Db, deadline_id: UUID, body: WaiveIn, response: Response, if_match: IfMatch = None
) -> object:
    """Take it out of the worklist: somebody of ours chose not to use it, and says why."""
    deadline = await deadlines.waive(db, deadline_id=deadline_id, document=body, if_match=if_match)
    return _deadline(db, deadline, response)
