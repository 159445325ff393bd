"""Keyset pages: a cursor names the last item seen, so nothing is skipped or counted."""

import base64
from collections.abc import Sequence
from typing import Annotated, Generic, Protocol, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel

from app.kit.problems import BadCursor

MAX_PAGE = 200
T = TypeVar("T")

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="How many items at the most.")]
After = Annotated[
    str | None,
    Query(max_length=400, description="The `next` of the page before; opaque."),
]


class Page(BaseModel, Generic[T]):
    """One page of a list. `next` is null on the last page."""

    items: list[T]
    next: str | None


def encode_cursor(value: str) -> str:
    """Return an opaque cursor that carries `value`."""
    return base64.urlsafe_b64encode(value.encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> str:
    """Return what `encode_cursor` was given. Raises BadCursor."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return base64.b64decode(padded.encode(), altchars=b"-_", validate=True).decode()
    except ValueError as error:
        raise refused() from error


def refused() -> BadCursor:
    """Return the problem of a cursor that this list never gave out."""
    return BadCursor("This cursor was not given out by this list; start again without one.")


class _HasId(Protocol):
    @property
    def id(self) -> UUID: ...


def start_after(cursor: str | None) -> UUID | None:
    """Return the id a page starts after. Raises BadCursor."""
    if cursor is None:
        return None
    try:
        return UUID(decode_cursor(cursor))
    except ValueError as error:
        raise refused() from error


def page_of(rows: Sequence[_HasId], limit: int) -> dict[str, object]:
    """Return the page of rows that were fetched in the order of their ids, one too many."""
    items, more = cut(rows, limit)
    return {"items": items, "next": encode_cursor(str(items[-1].id)) if more else None}


def cut(rows: Sequence[T], limit: int) -> tuple[list[T], bool]:
    """Split `limit + 1` fetched rows into a page and whether more follow."""
    return list(rows[:limit]), len(rows) > limit
