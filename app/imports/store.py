"""The bytes of a file while its import runs, in the file store."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import obstore
from obstore.store import ObjectStore

_CHUNK = 1024 * 1024
_PART = 8 * _CHUNK  # object stores take no smaller ones


def path_of(import_id: UUID) -> str:
    """Return where a file lies in the store."""
    return f"imports/{import_id}"


async def write(store: ObjectStore, import_id: UUID, chunks: AsyncIterator[bytes]) -> None:
    """Write a file as it comes in; who sends faster than the store takes it waits."""
    path = path_of(import_id)
    try:
        async with obstore.open_writer_async(store, path, buffer_size=_PART) as file:
            async for chunk in chunks:
                await file.write(chunk)
    except BaseException:
        await asyncio.shield(remove(store, import_id))
        raise


def read(store: ObjectStore, import_id: UUID) -> Iterator[bytes]:
    """Yield a file in pieces. It waits for the store: not for the event loop's thread."""
    for chunk in obstore.get(store, path_of(import_id)).stream(min_chunk_size=_CHUNK):
        yield bytes(chunk)


async def remove(store: ObjectStore, import_id: UUID) -> None:
    """Remove a file, or what there is of it."""
    try:
        await obstore.delete_async(store, path_of(import_id))
    except FileNotFoundError:
        return
