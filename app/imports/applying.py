"""Applying: staged rows become records, batch by batch, by the set-wise rules of their room."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.imports import ending, faults
from app.imports.kinds import KINDS
from app.imports.models import Import, StagedRow
from app.imports.rules import ImportKind, ImportMode, ImportState
from app.imports.staging import Overtaken, hold
from app.kit.bulk import Applied
from app.runtime import Runtime


class _Refused(Exception):
    """Something was refused, so that nothing is to stand."""


async def apply(runtime: Runtime, begun: Import) -> None:
    """Apply what is left of an import, and end it. Raises Overtaken, Contended."""
    if begun.mode == ImportMode.ALL_OR_NOTHING:
        await _apply_whole(runtime, begun)
        return
    through = begun.applied_through
    while True:
        async with runtime.transaction() as session:
            found = await _held(session, begun.id, through)
            last = await _end_of_batch(runtime, session, found.id, through)
            if last is None:
                await ending.finish(session, found)
                return
            applied = await _apply_batch(session, found, through, last)
            await faults.keep_refusals(session, found.id, applied.refused)
            done = _Sum()
            done.add(applied)
            _count(found, done)
            found.applied_through, found.attempts = last, 0
        through = last


async def _held(session: AsyncSession, import_id: UUID, through: int) -> Import:
    return await hold(
        session, import_id, ImportState.APPLYING, through=through, column="applied_through"
    )


async def _end_of_batch(
    runtime: Runtime, session: AsyncSession, import_id: UUID, after: int
) -> int | None:
    """Return the number of the last record of the next batch; None if there is none."""
    limits = runtime.settings.imports
    size = sa.func.pg_column_size(StagedRow.document)
    before = sa.func.sum(size).over(order_by=StagedRow.number) - size
    next_ = (
        sa.select(StagedRow.number, before.label("before"))
        .where(
            StagedRow.import_id == import_id,
            StagedRow.number > after,
            StagedRow.document.is_not(None),
        )
        .order_by(StagedRow.number)
        .limit(limits.batch)
        .subquery()
    )
    return await session.scalar(
        sa.select(sa.func.max(next_.c.number)).where(next_.c.before < limits.batch_bytes)
    )


async def _apply_batch(session: AsyncSession, begun: Import, after: int, last: int) -> Applied:
    staged = sa.select(
        *(StagedRow.number, StagedRow.key, StagedRow.id, StagedRow.as_of),
        *(StagedRow.content_sha256, StagedRow.document),
    ).where(
        StagedRow.import_id == begun.id,
        StagedRow.number > after,
        StagedRow.number <= last,
        StagedRow.document.is_not(None),
    )
    return await KINDS[ImportKind(begun.kind)].apply(session, staged)


@dataclass(slots=True)
class _Sum:
    """What became of records so far: how many, never which."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    failed: int = 0

    def add(self, applied: Applied) -> None:
        self.created += applied.created
        self.changed += applied.changed
        self.unchanged += applied.unchanged
        self.failed += len(applied.refused)

    def handled(self) -> int:
        return self.created + self.changed + self.unchanged + self.failed


def _count(found: Import, total: _Sum) -> None:
    found.handled += total.handled()
    found.created += total.created
    found.changed += total.changed
    found.unchanged += total.unchanged
    found.failed += total.failed


async def _apply_whole(runtime: Runtime, begun: Import) -> None:
    """Apply all of it in one transaction, or nothing."""
    async with runtime.transaction() as session:
        # What an attempt found that did not come to its end may be otherwise now.
        await faults.drop(session, begun.id)
    total = _Sum()
    try:
        async with runtime.transaction() as session:
            async for applied in _batches(runtime, session, begun):
                total.add(applied)
                await _progress(runtime, begun.id, total, applied)
            await _finish_whole(session, begun, total)
    except _Refused:
        async with runtime.transaction() as session:
            found = await _held(session, begun.id, begun.applied_through)
            found.failed = total.failed
            await ending.fail(session, found, "Some records were refused; nothing was applied.")


async def _finish_whole(session: AsyncSession, begun: Import, total: _Sum) -> None:
    if total.failed:
        raise _Refused
    found = await _held(session, begun.id, begun.applied_through)
    found.handled = 0
    _count(found, total)
    await ending.finish(session, found)


async def _batches(
    runtime: Runtime, session: AsyncSession, begun: Import
) -> AsyncIterator[Applied]:
    through = begun.applied_through
    while (last := await _end_of_batch(runtime, session, begun.id, through)) is not None:
        yield await _apply_batch(session, begun, through, last)
        through = last


async def _progress(runtime: Runtime, import_id: UUID, total: _Sum, applied: Applied) -> None:
    """Tell how far it is, and why records were refused, whatever comes of the whole."""
    async with runtime.transaction() as session:
        noted = await session.execute(
            sa.update(Import)
            .where(Import.id == import_id, Import.state == ImportState.APPLYING.value)
            .values(handled=total.handled())
        )
        if not _rows(noted):
            raise Overtaken
        await faults.keep_refusals(session, import_id, applied.refused)


def _rows(result: Any) -> int:
    return result.rowcount
