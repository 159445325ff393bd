"""What is done with files: keep, get, fetch."""

import hashlib
from collections.abc import Collection
from collections.abc import Set as AbstractSet
from uuid import UUID

import sqlalchemy as sa
from obstore.store import ObjectStore
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.files.models import File
from app.files.rules import media_type_of
from app.kit.db import now
from app.kit.ids import new_id
from app.kit.problems import NotFound, Problem


class UnknownFile(Problem):
    """The record names a file that was never uploaded; POST it to /v1/files first."""

    status = 409


def path_of(sha256: str) -> str:
    """Return where the bytes lie in the store."""
    return f"{sha256[:2]}/{sha256}"


async def keep(
    session: AsyncSession, store: ObjectStore, *, content: bytes, name: str | None
) -> tuple[File, bool]:
    """Keep a file; returns it and whether it is new. Raises FileTypeRefused.

    The bytes are stored before the row, outside any transaction: a row never lacks its bytes.
    """
    media_type = media_type_of(content)
    sha256 = hashlib.sha256(content).hexdigest()
    await session.commit()
    await store.put_async(path_of(sha256), content)
    row = {
        "id": new_id(),
        "sha256": sha256,
        "name": name,
        "media_type": media_type,
        "size_bytes": len(content),
        "created_at": now(session),
    }
    added = await session.scalar(
        insert(File).values(row).on_conflict_do_nothing().returning(File.id)
    )
    file = (await session.scalars(sa.select(File).where(File.sha256 == sha256))).one()
    return file, added is not None


async def get(session: AsyncSession, file_id: UUID) -> File:
    """Return what is known of a file. Raises NotFound."""
    file = await session.get(File, file_id)
    if file is None:
        raise NotFound(f"There is no file {file_id}.")
    return file


async def fetch(session: AsyncSession, store: ObjectStore, file_id: UUID) -> tuple[File, bytes]:
    """Return a file and its bytes. Raises NotFound."""
    file = await get(session, file_id)
    await session.commit()
    found = await store.get_async(path_of(file.sha256))
    return file, bytes(await found.bytes_async())


async def get_many(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, File]:
    """Return what is known of files, by id."""
    rows = await session.scalars(sa.select(File).where(File.id.in_(ids)))
    return {row.id: row for row in rows}


async def read(store: ObjectStore, file: File) -> bytes | None:
    """Return a file's bytes; None where the store has lost them. Asks nothing of the database."""
    try:
        found = await store.get_async(path_of(file.sha256))
    except FileNotFoundError:
        return None
    return bytes(await found.bytes_async())


async def require(session: AsyncSession, ids: AbstractSet[UUID], *, pointer: str) -> None:
    """Refuse ids of files that were never uploaded. Raises UnknownFile."""
    known = set((await session.scalars(sa.select(File.id).where(File.id.in_(ids)))).all())
    missing = sorted(str(identity) for identity in ids - known)
    if missing:
        errors = [{"pointer": pointer, "detail": f"there is no file {each}"} for each in missing]
        raise UnknownFile("Upload the file with POST /v1/files first.", errors=errors)
