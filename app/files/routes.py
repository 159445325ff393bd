"""Files over HTTP."""

import re
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, File, Response, UploadFile

from app.auth import Scope, needs
from app.deps import Db, RuntimeDep, TransactionalRoute, problems
from app.files import service
from app.files.rules import ACCEPTED, MAX_FILE_BYTES, FileTypeRefused
from app.files.schemas import FileOut
from app.kit.problems import Malformed, NotFound

router = APIRouter(prefix="/v1/files", tags=["files"], route_class=TransactionalRoute)

_LONGEST_NAME = 200


@router.post(
    "",
    status_code=201,
    summary="Keep a photo or a document",
    response_model=FileOut,
    responses={
        200: {"model": FileOut, "description": "These bytes are kept already."},
        **problems(FileTypeRefused),
    },
    dependencies=[needs(Scope.FILES_WRITE)],
    max_body_size=MAX_FILE_BYTES,
)
async def upload_file(
    db: Db,
    runtime: RuntimeDep,
    file: Annotated[UploadFile, File(description="A photo or a PDF, at most 20 MB.")],
    response: Response,
) -> object:
    """Keep a file; its `id` can then be named as evidence. The same bytes are the same file."""
    content = await file.read()
    if not content:
        raise Malformed("The file is empty.", errors=[{"pointer": "/file", "detail": "is empty"}])
    name = _plain_name(file.filename)
    kept, is_new = await service.keep(db, runtime.files, content=content, name=name)
    response.status_code = 201 if is_new else 200
    response.headers["Location"] = f"/v1/files/{kept.id}"
    return kept


@router.get(
    "/{file_id}",
    summary="Read about a file",
    response_model=FileOut,
    responses=problems(NotFound),
    dependencies=[needs(Scope.FILES_READ)],
)
async def get_file(db: Db, file_id: UUID) -> object:
    """Read what a file is, without its bytes."""
    return await service.get(db, file_id)


@router.get(
    "/{file_id}/content",
    summary="Fetch a file's bytes",
    response_class=Response,
    responses={
        200: {
            "description": "The bytes, as an attachment.",
            "content": {
                kind: {"schema": {"type": "string", "format": "binary"}}
                for kind in sorted(ACCEPTED)
            },
        },
        **problems(NotFound),
    },
    dependencies=[needs(Scope.FILES_READ)],
)
async def get_file_content(db: Db, runtime: RuntimeDep, file_id: UUID) -> Response:
    """Fetch the bytes. Always as an attachment: what others sent is never shown as a page."""
    file, content = await service.fetch(db, runtime.files, file_id)
    name = quote(file.name or str(file.id), safe="")
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        "Content-Security-Policy": "sandbox",
    }
    return Response(content, media_type=file.media_type, headers=headers)


def _plain_name(name: str | None) -> str | None:
    """Return a name without folders, control characters and excess."""
    last = re.split(r"[/\\]", name or "")[-1]
    plain = "".join(char for char in last if char.isprintable())
    return plain[:_LONGEST_NAME] or None
