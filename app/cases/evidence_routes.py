"""What belongs to a case over HTTP: its files, its notes, and everything that happened."""

from uuid import UUID

from fastapi import APIRouter, Response

from app.auth import Scope, needs
from app.cases import acting, service, timeline
from app.cases.acting_schemas import ActionsOut
from app.cases.rules import FileTiedTwice, TooManyFiles
from app.cases.schemas import CaseFileIn, CaseFileOut, NoteIn, NoteOut, TimelineEvent
from app.deps import Db, TransactionalRoute, problems
from app.files.service import UnknownFile
from app.idempotency import IDEMPOTENT, IdempotencyKeyReused, StillRunning
from app.kit.pages import After, Limit, Page, cut, page_of, start_after
from app.kit.problems import BadCursor, NotFound

router = APIRouter(prefix="/v1/cases", tags=["cases"], route_class=TransactionalRoute)


@router.post(
    "/{case_id}/files",
    status_code=201,
    summary="Add a file to a case",
    response_model=CaseFileOut,
    responses=problems(
        NotFound, UnknownFile, FileTiedTwice, TooManyFiles, StillRunning, IdempotencyKeyReused
    ),
    dependencies=[needs(Scope.CASES_WRITE), IDEMPOTENT],
)
async def add_case_file(db: Db, case_id: UUID, body: CaseFileIn, response: Response) -> object:
    """Tie a photo, an invoice or a letter that is kept to the case, in whatever state it is."""
    file = await service.add_file(db, case_id=case_id, document=body)
    response.headers["Location"] = f"/v1/cases/{case_id}"
    return file


@router.post(
    "/{case_id}/notes",
    status_code=201,
    summary="Write a note",
    response_model=NoteOut,
    responses=problems(NotFound, StillRunning, IdempotencyKeyReused),
    dependencies=[needs(Scope.CASES_WRITE), IDEMPOTENT],
)
async def add_case_note(db: Db, case_id: UUID, body: NoteIn, response: Response) -> object:
    """Write something down about the case, in whatever state it is. Notes are never changed."""
    note = await service.add_note(db, case_id=case_id, text=body.text)
    response.headers["Location"] = f"/v1/cases/{case_id}/notes"
    return note


@router.get(
    "/{case_id}/notes",
    summary="List the notes of a case",
    response_model=Page[NoteOut],
    responses=problems(NotFound, BadCursor),
    dependencies=[needs(Scope.CASES_READ)],
)
async def list_case_notes(db: Db, case_id: UUID, limit: Limit = 50, after: After = None) -> object:
    """List notes in the order they were written."""
    rows = await service.page_notes(db, case_id=case_id, after=start_after(after), limit=limit + 1)
    return page_of(rows, limit)


@router.get(
    "/{case_id}/timeline",
    summary="Read everything that happened",
    response_model=Page[TimelineEvent],
    responses=problems(NotFound, BadCursor),
    dependencies=[needs(Scope.CASES_READ)],
)
async def read_timeline(db: Db, case_id: UUID, limit: Limit = 50, after: After = None) -> object:
    """Read what happened to the case, its order, shipments and parcels, and what is owed for it.

    In the order of the event log, where something just committed appears a moment later; also
    what happened before the case was opened.
    """
    rows = await service.read(db, case_id=case_id, after=timeline.read_mark(after), limit=limit + 1)
    found, more = cut(rows, limit)
    return {"items": found, "next": timeline.write_mark(found[-1]) if more else None}


@router.get(
    "/{case_id}/actions",
    summary="The order of actions of a case",
    response_model=ActionsOut,
    responses=problems(NotFound),
    dependencies=[needs(Scope.CASES_READ)],
)
async def list_case_actions(db: Db, case_id: UUID) -> object:
    """List what is to be done in time, in order, with the earliest last safe day and its source.

    What is claimed comes before what goes back; a vendor and a carrier are told side by side;
    nothing is shipped under an authorisation that has lapsed.
    """
    return await acting.actions(db, case_id)
