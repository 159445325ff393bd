"""What is done with imports: receive, get, page, cancel, report."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.imports import ending, faults, reading, store
from app.imports.columns import columns_of
from app.imports.kinds import KINDS
from app.imports.models import Import
from app.imports.rules import ImportFormat, ImportKind, ImportMode, ImportState
from app.imports.schemas import ColumnOut, ImportErrorOut, KindOut
from app.kit import sheets
from app.kit.db import now
from app.kit.ids import new_id
from app.kit.problems import NotFound, PayloadTooLarge
from app.runtime import Runtime

_REPORTED_AT_ONCE = 1000


class Intake:
    """A file on its way in: counted, digested, looked at, and written to the store."""

    def __init__(self, runtime: Runtime, kind: ImportKind, format_: ImportFormat) -> None:
        self.id = new_id()
        self.size = 0
        self.digest = hashlib.sha256()
        self._runtime = runtime
        self._kind = kind
        self._format = format_

    async def take(self, chunks: AsyncIterator[bytes]) -> None:
        """Write the file to the store. Raises FileRefused, PayloadTooLarge."""
        await store.write(self._runtime.files, self.id, self._looked_at(chunks))

    async def _looked_at(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        head: bytes | None = b""
        limit = self._runtime.settings.imports.max_bytes
        async for chunk in chunks:
            self.size += len(chunk)
            if self.size > limit:
                detail = "The file is larger than this service takes; send it in parts."
                raise PayloadTooLarge(detail, limit_bytes=limit)
            self.digest.update(chunk)
            if head is None:
                yield chunk
                continue
            head += chunk
            if len(head) >= reading.LONGEST_HEAD:
                self._require_beginning(head)
                yield head
                head = None
        if head is not None:
            self._require_beginning(head)
            yield head

    def _require_beginning(self, head: bytes) -> None:
        start = head[: reading.LONGEST_HEAD]
        reading.require_beginning(self._kind, self._format, start)

    async def forget(self) -> None:
        """Remove the file again: it is of no use."""
        await store.remove(self._runtime.files, self.id)

    async def register(self, session: AsyncSession, mode: ImportMode) -> Import:
        """Keep what was taken in as an import that waits for its turn."""
        found = Import(
            id=self.id,
            kind=self._kind.value,
            mode=mode.value,
            format=self._format.value,
            state=ImportState.RECEIVED.value,
            size_bytes=self.size,
            sha256=self.digest.hexdigest(),
            received_at=now(session),
        )
        session.add(found)
        await session.flush()
        return found


async def get(session: AsyncSession, import_id: UUID) -> Import:
    """Return an import. Raises NotFound."""
    found = await session.get(Import, import_id)
    if found is None:
        raise NotFound(f"There is no import {import_id}.")
    return found


async def page(
    session: AsyncSession, *, after: UUID | None, limit: int, state: ImportState | None = None
) -> Sequence[Import]:
    """Return imports, the newest first, before an id."""
    query = sa.select(Import)
    if after is not None:
        query = query.where(Import.id < after)
    if state is not None:
        query = query.where(Import.state == state.value)
    return (await session.scalars(query.order_by(Import.id.desc()).limit(limit))).all()


async def cancel(session: AsyncSession, import_id: UUID) -> Import:
    """End an import; what was applied stays. Raises NotFound, IllegalStep."""
    await get(session, import_id)
    found = await session.get_one(Import, import_id, with_for_update=True, populate_existing=True)
    await ending.cancel(session, found)
    return found


def kinds() -> list[KindOut]:
    """Return what can be imported, and by which columns."""
    return [
        KindOut(
            kind=name,
            columns=[
                ColumnOut(
                    name=column.name,
                    is_required=column.is_required,
                    per_row=column.lists[-1] if column.lists else None,
                )
                for column in columns_of(kind.document).values()
            ],
        )
        for name, kind in KINDS.items()
    ]


async def report(runtime: Runtime, import_id: UUID, format_: ImportFormat) -> AsyncIterator[bytes]:
    """Yield the report of faults, in the order of the file, in flat memory."""
    names = list(ImportErrorOut.model_fields)
    if format_ is ImportFormat.CSV:
        yield sheets.MARK + sheets.rows_of([names])
    after = (-1, -1)
    while True:
        async with runtime.transaction() as session:
            found = await faults.read(session, import_id, after=after, limit=_REPORTED_AT_ONCE)
        if not found:
            return
        after = (found[-1].number, found[-1].position)
        rows = [[getattr(fault, name) for name in names] for fault in found]
        if format_ is ImportFormat.CSV:
            yield sheets.rows_of(rows)
        else:
            lines = [orjson.dumps(dict(zip(names, row, strict=True))) for row in rows]
            yield b"\n".join(lines) + b"\n"
