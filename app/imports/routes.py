"""Imports over HTTP."""

from collections.abc import AsyncIterator
from email.message import Message
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from app import idempotency
from app.auth import Scope, needs
from app.deps import Db, RuntimeDep, TransactionalRoute, problems
from app.idempotency import IDEMPOTENT, IdempotencyKeyReused, StillRunning
from app.imports import service
from app.imports.rules import FileRefused, ImportFormat, ImportKind, ImportMode, ImportState
from app.imports.schemas import ImportOut, KindOut
from app.imports.service import Intake
from app.kit.pages import After, Limit, Page, page_of, start_after
from app.kit.problems import BadCursor, NotFound, PayloadTooLarge, UnsupportedMediaType
from app.kit.states import IllegalStep

router = APIRouter(prefix="/v1/imports", tags=["imports"], route_class=TransactionalRoute)

_NDJSON = "application/x-ndjson"
_FORMATS = {
    _NDJSON: ImportFormat.NDJSON,
    "application/ndjson": ImportFormat.NDJSON,
    "application/jsonl": ImportFormat.NDJSON,
    "text/csv": ImportFormat.CSV,
}
_NO_LIMIT = 2**62  # the setting's is counted as the file comes in
_BODY = {
    "required": True,
    "description": "One record for each line, or a CSV with a header.",
    "content": {
        _NDJSON: {
            "schema": {"type": "string"},
            "example": '{"key": "c-17", "name": "Ada Smith"}\n{"key": "c-18", "name": "Omar"}\n',
        },
        "text/csv": {
            "schema": {"type": "string"},
            "example": "key,name\nc-17,Ada Smith\nc-18,Omar\n",
        },
    },
}
_REPORT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The report, one line for each fault, as an attachment.",
        "content": {
            _NDJSON: {"schema": {"type": "string"}},
            "text/csv": {"schema": {"type": "string"}},
        },
    }
}


@router.post(
    "",
    status_code=202,
    summary="Import a file of records",
    response_model=ImportOut,
    responses=problems(
        FileRefused, PayloadTooLarge, UnsupportedMediaType, StillRunning, IdempotencyKeyReused
    ),
    dependencies=[needs(Scope.IMPORTS_WRITE)],
    openapi_extra={"requestBody": _BODY},
    max_body_size=_NO_LIMIT,
)
async def create_import(
    request: Request,
    db: Db,
    runtime: RuntimeDep,
    response: Response,
    kind: Annotated[ImportKind, Query(description="What the records are.")],
    mode: Annotated[
        ImportMode,
        Query(
            description="`row_wise`: good records are stored, faulty ones reported. "
            "`all_or_nothing`: one faulty record, and nothing is stored."
        ),
    ] = ImportMode.ROW_WISE,
    key: idempotency.Key = None,
) -> object:
    """Take a file in, to be worked off by the rules of a PUT of each of its records.

    NDJSON holds on each line what the record's PUT takes, and its `key`. A CSV's columns are
    named as the fields, with dots; `GET /v1/imports/kinds` lists them. Files are worked off one
    after another, in the order they came. The same file again changes nothing.
    """
    format_ = _format_of(request)
    intake, digest = Intake(runtime, kind, format_), idempotency.begin(request)

    async def chunks() -> AsyncIterator[bytes]:
        async for chunk in request.stream():
            digest.update(chunk)
            yield chunk

    # Nothing may be held open while a sender takes its time.
    await db.commit()
    await intake.take(chunks())
    try:
        if key is not None:
            await idempotency.claim(request, key, digest.digest())
        found = await intake.register(db, mode)
    except BaseException:
        await intake.forget()
        raise
    response.headers["Location"] = f"/v1/imports/{found.id}"
    return found


def _format_of(request: Request) -> ImportFormat:
    given = request.headers.get("content-type", "")
    message = Message()
    message["content-type"] = given
    found = _FORMATS.get(message.get_content_type()) if given else None
    if found is None:
        raise UnsupportedMediaType(
            "Send NDJSON or CSV, and say which in Content-Type.",
            given=given or None,
            accepted=sorted(_FORMATS),
        )
    return found


@router.get(
    "",
    summary="List imports",
    response_model=Page[ImportOut],
    responses=problems(BadCursor),
    dependencies=[needs(Scope.IMPORTS_READ)],
)
async def list_imports(
    db: Db,
    limit: Limit = 50,
    after: After = None,
    state: Annotated[ImportState | None, Query(description="Only those in this state.")] = None,
) -> object:
    """List imports, the newest first."""
    rows = await service.page(db, after=start_after(after), limit=limit + 1, state=state)
    return page_of(rows, limit)


@router.get(
    "/kinds",
    summary="List what can be imported",
    response_model=list[KindOut],
    dependencies=[needs(Scope.IMPORTS_READ)],
)
async def list_import_kinds() -> object:
    """List the kinds of records that can be imported, and the columns of a CSV of each."""
    return service.kinds()


@router.get(
    "/{import_id}",
    summary="Read how far an import is",
    response_model=ImportOut,
    responses=problems(NotFound),
    dependencies=[needs(Scope.IMPORTS_READ)],
)
async def get_import(db: Db, import_id: UUID) -> object:
    """Read an import's state, and how many records were read, stored and refused so far."""
    return await service.get(db, import_id)


@router.get(
    "/{import_id}/errors",
    summary="Fetch what was refused",
    response_class=StreamingResponse,
    responses={**_REPORT, **problems(NotFound)},
    dependencies=[needs(Scope.IMPORTS_READ)],
)
async def get_import_errors(
    db: Db,
    runtime: RuntimeDep,
    import_id: UUID,
    format_: Annotated[
        ImportFormat, Query(alias="format", description="How the report is written.")
    ] = ImportFormat.NDJSON,
) -> StreamingResponse:
    """Fetch every fault with its line in the file, its record's key and a JSON pointer into it."""
    await service.get(db, import_id)
    name = f"import-{import_id}-errors.{format_.value}"
    return StreamingResponse(
        service.report(runtime, import_id, format_),
        media_type=_NDJSON if format_ is ImportFormat.NDJSON else "text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.post(
    "/{import_id}/cancel",
    summary="Cancel an import",
    response_model=ImportOut,
    responses=problems(NotFound, IllegalStep, StillRunning, IdempotencyKeyReused),
    dependencies=[needs(Scope.IMPORTS_WRITE), IDEMPOTENT],
)
async def cancel_import(db: Db, import_id: UUID) -> object:
    """End an import before its end. What was stored row by row stays; of `all_or_nothing`, none."""
    return await service.cancel(db, import_id)
