"""Staging: a file's records are read, checked and laid down as rows, portion by portion.

Each portion is one transaction with the import's place in the file: a worker that dies leaves the
next one to go on where it was.
"""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from app.imports import ending, faults, reading, store
from app.imports.documents import Portion, Row
from app.imports.models import Import, StagedRow
from app.imports.rules import FLOW, Fault, ImportMode, ImportState
from app.kit.copying import copy_rows
from app.runtime import Runtime

_COLUMNS = (
    *("import_id", "number", "line", "key", "id", "as_of", "content_sha256", "document", "lines"),
)


class Overtaken(Exception):
    """The import is not where this worker left it: it was cancelled, or another is at it."""


async def hold(
    session: AsyncSession, import_id: UUID, *states: ImportState, through: int, column: str
) -> Import:
    """Lock the import, if it still stands where it stood. Raises Overtaken."""
    found = await session.get(Import, import_id, with_for_update=True)
    if found is None or found.state not in states or getattr(found, column) != through:
        raise Overtaken
    return found


async def stage(runtime: Runtime, begun: Import) -> None:
    """Stage what is left of a file; it can be applied then, or has failed. Raises Overtaken."""
    through = begun.staged_through
    chunks = store.read(runtime.files, begun.id)
    limits = runtime.settings.imports
    async for portion in reading.read(begun, chunks, limits, runtime.clock.now()):
        async with runtime.transaction() as session:
            found = await _held(session, begun.id, through)
            await _lay_down(session, found, portion)
        through = portion.last
    async with runtime.transaction() as session:
        found = await _held(session, begun.id, through)
        found.bytes_read = found.size_bytes
        if found.failed and found.mode == ImportMode.ALL_OR_NOTHING:
            await ending.fail(session, found, "Some records are faulty; nothing was applied.")
        else:
            FLOW.step(found, ImportState.APPLYING)


async def _held(session: AsyncSession, import_id: UUID, through: int) -> Import:
    return await hold(
        session, import_id, ImportState.STAGING, through=through, column="staged_through"
    )


async def _lay_down(session: AsyncSession, found: Import, portion: Portion) -> None:
    rows = await _without_repeats(session, found.id, portion)
    await copy_rows(
        session, StagedRow.__tablename__, _COLUMNS, (_values(found.id, row) for row in rows)
    )
    await faults.keep_new(session, found.id, portion.faults)
    found.staged_through = portion.last
    found.bytes_read = portion.bytes_read
    found.staged += len(rows) - len(portion.faults)
    found.failed += len(portion.faults)
    found.attempts = 0


def _values(import_id: UUID, row: Row) -> tuple[object, ...]:
    return (
        *(import_id, row.number, row.line, row.key, row.id, row.as_of, row.content_sha256),
        *(row.document, row.lines),
    )


async def _without_repeats(session: AsyncSession, import_id: UUID, portion: Portion) -> list[Row]:
    """Refuse records whose key stands further up in the file: nobody knows which was meant."""
    first = await _known(session, import_id, [row.key for row in portion.rows if row.key])
    rows: list[Row] = []
    for row in portion.rows:
        if row.key is None or row.key not in first:
            rows.append(row)
            if row.key is not None:
                first[row.key] = row.line
            continue
        detail = (
            f"the key stands on line {first[row.key]} already; tell each record once, with all "
            "its rows together"
        )
        portion.faults[row.number] = [Fault(row.line, detail, "/key", key=row.key)]
        rows.append(Row(row.number, row.line, None, row.id))
    return rows


async def _known(session: AsyncSession, import_id: UUID, keys: Iterable[str]) -> dict[str, int]:
    wanted = sa.literal(list(keys), ARRAY(sa.Text))
    rows = await session.execute(
        sa.select(StagedRow.key, StagedRow.line).where(
            StagedRow.import_id == import_id, StagedRow.key == sa.any_(wanted)
        )
    )
    return {key: line for key, line in rows if key is not None}
