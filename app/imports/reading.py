"""A file's records, read and checked in a thread, one portion ahead of the database."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import datetime

from app.imports import csvs, ndjson, texts
from app.imports.columns import columns_of
from app.imports.documents import Portion, portions
from app.imports.kinds import KINDS
from app.imports.models import Import
from app.imports.rules import ImportFormat, ImportKind, Told, refused_file
from app.settings import Imports

LONGEST_HEAD = 64 * 1024


def require_beginning(kind: ImportKind, format_: ImportFormat, head: bytes) -> None:
    """Refuse a file that shows by its first bytes that it cannot be read. Raises FileRefused."""
    if not head:
        raise refused_file("the file is empty")
    first = next(texts.lines_of([head], longest=LONGEST_HEAD - 1))
    is_cut = len(head) >= LONGEST_HEAD and first.fault is not None
    if format_ is ImportFormat.NDJSON:
        if first.fault is None:
            ndjson.require_beginning(first.text)
        elif not is_cut:
            raise refused_file(first.fault)
        return
    if first.fault is not None:
        raise refused_file("the header is too long" if is_cut else first.fault)
    csvs.header_of(first.text.rstrip("\r"), columns_of(KINDS[kind].document))


def _told(kind: ImportKind, format_: ImportFormat, lines: Iterator[texts.Line]) -> Iterator[Told]:
    if format_ is ImportFormat.CSV:
        return csvs.records(lines, columns_of(KINDS[kind].document))
    return ndjson.records(lines)


async def read(
    found: Import, chunks: Iterable[bytes], limits: Imports, moment: datetime
) -> AsyncIterator[Portion]:
    """Yield what is still to be staged of a file."""
    kind = ImportKind(found.kind)
    lines = texts.lines_of(chunks, longest=limits.max_record_bytes)
    source = portions(
        _told(kind, ImportFormat(found.format), lines),
        KINDS[kind],
        moment=moment,
        after=found.staged_through,
        records=limits.batch,
        size=limits.batch_bytes,
    )
    coming = asyncio.ensure_future(asyncio.to_thread(next, source, None))
    try:
        while (portion := await coming) is not None:
            coming = asyncio.ensure_future(asyncio.to_thread(next, source, None))
            yield portion
    finally:
        # A thread cannot be told to stop; it ends with its portion.
        await asyncio.gather(coming, return_exceptions=True)
