"""What vendors' papers settle, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import correcting, reading
from app.accounts.models import DocumentMatch
from app.accounts.reading import MatchFilter
from app.accounts.rules import MatchReplaced, MoreThanThePaper, OtherAccount, State
from app.accounts.schemas import DocumentMatchOut, MatchCorrectionIn
from app.auth import Scope, needs
from app.deps import Db, TransactionalRoute, problems
from app.idempotency import IDEMPOTENT, IdempotencyKeyReused, StillRunning
from app.kit.fields import ErpKey
from app.kit.pages import After, Limit, Page, page_of, start_after
from app.kit.problems import BadCursor, NotFound
from app.kit.records import UnknownReference
from app.kit.states import IllegalStep
from app.obligations.service import (
    CurrencyMismatch,
    OtherMeasure,
    PaidBackAlready,
    RecordedTwice,
)

router = APIRouter(prefix="/v1/document-matches", tags=["accounts"], route_class=TransactionalRoute)


async def _shown(db: AsyncSession, row: DocumentMatch) -> DocumentMatchOut:
    return (await reading.show(db, [row]))[0]


@router.get(
    "",
    summary="List what vendors' documents settle",
    response_model=Page[DocumentMatchOut],
    responses=problems(BadCursor),
    dependencies=[needs(Scope.ACCOUNTS_READ)],
)
async def list_document_matches(
    db: Db,
    limit: Limit = 50,
    after: After = None,
    state: Annotated[
        State | None,
        Query(description="`short_paid` only as long as something of it is still owed."),
    ] = None,
    vendor: Annotated[ErpKey | None, Query(description="Only this vendor's: its key.")] = None,
    document: Annotated[ErpKey | None, Query(description="Only of this document: its key.")] = None,
    obligation_id: Annotated[UUID | None, Query(description="Only for this debt.")] = None,
    decided: Annotated[bool | None, Query(description="true: a person decided it.")] = None,
    with_ended: Annotated[
        bool | None, Query(description="true: also those that were replaced or taken back.")
    ] = None,
) -> object:
    """List credit memos, debits and charges, by what their lines are for, and what they settled.

    A credit memo is found to settle what the vendor owes us; a debit or a charge for what was not
    returned, what we owe it. An invoice asks, gives nothing and shows nothing, so it is never
    matched; one that names a debt stands beside it in `GET /v1/vendors/{key}/statement`. What
    came in an import and settles nothing is listed here, and no event tells of it.
    """
    wanted = MatchFilter(state, vendor, document, obligation_id, decided, with_ended)
    rows = await reading.page(db, after=start_after(after), limit=limit + 1, wanted=wanted)
    return {**page_of(rows, limit), "items": await reading.show(db, rows[:limit])}


@router.get(
    "/{match_id}",
    summary="Read what a vendor's document settles",
    response_model=DocumentMatchOut,
    responses=problems(NotFound),
    dependencies=[needs(Scope.ACCOUNTS_READ)],
)
async def get_document_match(db: Db, match_id: UUID) -> object:
    """Read a match, standing or not."""
    return await _shown(db, await reading.get(db, match_id))


@router.post(
    "/{match_id}/correct",
    status_code=201,
    summary="Correct what a vendor's document settles",
    response_model=DocumentMatchOut,
    responses=problems(
        *(NotFound, MatchReplaced, OtherAccount, MoreThanThePaper, UnknownReference, IllegalStep),
        *(PaidBackAlready, CurrencyMismatch, OtherMeasure, RecordedTwice, StillRunning),
        IdempotencyKeyReused,
    ),
    dependencies=[needs(Scope.ACCOUNTS_WRITE), IDEMPOTENT],
)
async def correct_document_match(
    db: Db, match_id: UUID, body: MatchCorrectionIn, response: Response
) -> object:
    """Say who knows better and why: what it settled is owed again, and `instead` is settled.

    The answer is the match that takes its place; the old one stays on record. Of two who correct
    the same at once exactly one does.
    """
    row = await correcting.correct(db, match_id=match_id, document=body)
    response.headers["Location"] = f"/v1/document-matches/{row.id}"
    return await _shown(db, row)
