"""The event feed over HTTP: what changed, for an ERP that follows a cursor."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from app import events
from app.auth import Scope, needs
from app.deps import Db, TransactionalRoute, problems
from app.kit.fields import Out, ShortText
from app.kit.pages import After, Limit, decode_cursor, encode_cursor, refused
from app.kit.problems import BadCursor

router = APIRouter(prefix="/v1/events", tags=["events"], route_class=TransactionalRoute)


class EventOut(Out):
    """One thing that happened."""

    id: UUID
    type: str = Field(description="`room.verb`, past tense.", examples=["orders.shipment_recorded"])
    version: int = Field(description="Of this type's `data`.")
    subject: str = Field(description="What it happened to.", examples=["parcels/0190c7e2-..."])
    occurred_at: datetime
    caller: str = Field(description="Who caused it: `key:...`, or `makegood` itself.")
    request_id: str | None
    data: dict[str, Any]


class Feed(BaseModel):
    """A stretch of the feed. `next` is never null: ask it again for what comes later."""

    items: list[EventOut]
    next: str


@router.get(
    "",
    summary="Follow what changed",
    response_model=Feed,
    responses=problems(BadCursor),
    dependencies=[needs(Scope.EVENTS_READ)],
)
async def list_events(
    db: Db,
    limit: Limit = 100,
    after: After = None,
    type_: Annotated[
        list[ShortText] | None, Query(alias="type", description="Only these types.")
    ] = None,
    subject: Annotated[ShortText | None, Query(description="Only of this subject.")] = None,
) -> object:
    """Read events in the order they were committed, after a cursor; without one, from the start.

    Keep the last `next` and ask again: no event is skipped, and none comes twice.
    """
    position = _position(after)
    # Read before the events are: what is placed meanwhile comes with the next page.
    newest = max(position, await events.last_position(db))
    rows = await events.read(db, after=position, limit=limit, types=type_ or (), subject=subject)
    # A filtered page that is not full has seen all there is: the next need not look again.
    last = rows[-1].position if len(rows) == limit else newest
    return {"items": rows, "next": encode_cursor(f"e{max(last or 0, _of(rows))}")}


def _of(rows: Sequence[events.StoredEvent]) -> int:
    return (rows[-1].position or 0) if rows else 0


def _position(cursor: str | None) -> int:
    if cursor is None:
        return 0
    text = decode_cursor(cursor)
    digits = text.removeprefix("e")
    # 18 digits fit a bigint.
    if not text.startswith("e") or not digits.isascii() or not digits.isdigit() or len(digits) > 18:  # noqa: PLR2004
        raise refused()
    return int(digits)
