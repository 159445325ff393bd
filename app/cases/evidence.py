"""Files and notes of a case. They come at any time, also once it is closed."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.cases import keeping
from app.cases.events import CaseFileAdded, CaseNoteAdded
from app.cases.models import CaseFile, CaseNote
from app.cases.rules import MAX_FILES, FileTiedTwice, TooManyFiles
from app.cases.schemas import CaseFileIn
from app.events import publish
from app.files import service as files
from app.kit.db import context_of, now
from app.kit.ids import new_id


async def add_file(session: AsyncSession, *, case_id: UUID, document: CaseFileIn) -> CaseFile:
    """Tie a file that is kept to a case.

    Raises NotFound, UnknownFile, FileTiedTwice, TooManyFiles.
    """
    case = await keeping.take(session, case_id)
    await files.require(session, {document.file_id}, pointer="/file_id")
    tied = await files_of(session, case_id)
    if document.file_id in {each.file_id for each in tied}:
        raise FileTiedTwice(
            "The file belongs to the case already.",
            errors=[{"pointer": "/file_id", "detail": "belongs to the case already"}],
        )
    if len(tied) >= MAX_FILES:
        raise TooManyFiles(f"A case can have {MAX_FILES} files.", most=MAX_FILES)
    file = CaseFile(
        id=new_id(),
        case_id=case_id,
        file_id=document.file_id,
        what=document.what.value,
        note=document.note,
        added_at=now(session),
        added_by=context_of(session).caller,
    )
    session.add(file)
    await session.flush()
    event = CaseFileAdded(
        **keeping.named(case),
        case_file_id=file.id,
        file_id=file.file_id,
        what=file.what,
        note=file.note,
    )
    await publish(session, event)
    return file


async def files_of(session: AsyncSession, case_id: UUID) -> Sequence[CaseFile]:
    """Return the files of a case in the order they were added: never more than MAX_FILES."""
    query = sa.select(CaseFile).where(CaseFile.case_id == case_id).order_by(CaseFile.id)
    return (await session.scalars(query)).all()


async def add_note(session: AsyncSession, *, case_id: UUID, text: str) -> CaseNote:
    """Write something down about a case. Raises NotFound."""
    case = await keeping.get(session, case_id)
    note = CaseNote(
        id=new_id(),
        case_id=case_id,
        text=text,
        added_at=now(session),
        added_by=context_of(session).caller,
    )
    session.add(note)
    await session.flush()
    await publish(session, CaseNoteAdded(**keeping.named(case), note_id=note.id, text=text))
    return note


async def page_notes(
    session: AsyncSession, *, case_id: UUID, after: UUID | None, limit: int
) -> Sequence[CaseNote]:
    """Return notes in the order they were written, after an id. Raises NotFound."""
    await keeping.get(session, case_id)
    query = sa.select(CaseNote).where(CaseNote.case_id == case_id)
    if after is not None:
        query = query.where(CaseNote.id > after)
    return (await session.scalars(query.order_by(CaseNote.id).limit(limit))).all()
