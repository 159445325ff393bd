"""What was refused, kept to be read as a report."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.imports.documents import line_at
from app.imports.models import ImportFault, StagedRow
from app.imports.rules import Fault, faults_of
from app.kit.bulk import Refusal
from app.kit.copying import copy_rows

_COLUMNS = (
    *("import_id", "number", "position", "line", "key"),
    *("problem", "pointer", "detail"),
)
_Faults: TypeAlias = Mapping[int, Sequence[Fault]]


async def keep_new(session: AsyncSession, import_id: UUID, faults: _Faults) -> None:
    """Keep what is wrong with records, by number, none of which was kept before."""
    if faults:
        await copy_rows(session, ImportFault.__tablename__, _COLUMNS, _rows(import_id, faults))


async def keep(session: AsyncSession, import_id: UUID, faults: _Faults) -> None:
    """Keep what is wrong with records, by number. What is kept already stays as it is."""
    rows = [dict(zip(_COLUMNS, row, strict=True)) for row in _rows(import_id, faults)]
    if rows:
        await session.execute(insert(ImportFault).on_conflict_do_nothing(), rows)


def _rows(import_id: UUID, faults: _Faults) -> Iterator[tuple[Any, ...]]:
    for number, found in faults.items():
        for position, fault in enumerate(found):
            yield (
                *(import_id, number, position, fault.line, fault.key),
                *(fault.problem, fault.pointer, fault.detail),
            )


async def keep_refusals(
    session: AsyncSession, import_id: UUID, refusals: Sequence[Refusal]
) -> None:
    """Keep why staged records were refused, each fault with the line of its row."""
    if not refusals:
        return
    numbers = sa.literal([refusal.number for refusal in refusals], ARRAY(sa.Integer))
    rows = await session.execute(
        sa.select(StagedRow.number, StagedRow.line, StagedRow.key, StagedRow.lines).where(
            StagedRow.import_id == import_id, StagedRow.number == sa.any_(numbers)
        )
    )
    places = {row.number: row for row in rows}
    faults: dict[int, list[Fault]] = {}
    for refusal in refusals:
        place = places[refusal.number]
        faults[refusal.number] = [
            Fault(
                line_at(fault.pointer, place.line, place.lines),
                *(fault.detail, fault.pointer, fault.problem, place.key),
            )
            for fault in faults_of(refusal.problem, line=place.line, key=place.key)
        ]
    await keep(session, import_id, faults)


async def read(
    session: AsyncSession, import_id: UUID, *, after: tuple[int, int], limit: int
) -> Sequence[Any]:
    """Return faults in the order of the file, after a number and a position."""
    place = sa.tuple_(ImportFault.number, ImportFault.position)
    query = (
        sa.select(ImportFault)
        .where(ImportFault.import_id == import_id, place > sa.tuple_(*map(sa.literal, after)))
        .order_by(ImportFault.number, ImportFault.position)
        .limit(limit)
    )
    return (await session.scalars(query)).all()


async def drop(session: AsyncSession, import_id: UUID) -> None:
    """Drop what an attempt found that came to nothing."""
    await session.execute(sa.delete(ImportFault).where(ImportFault.import_id == import_id))
