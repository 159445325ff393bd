"""Prices seen over HTTP."""

import asyncio
from email.message import Message
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from app import idempotency
from app.auth import Scope, needs
from app.deps import Db, TransactionalRoute, problems
from app.idempotency import IdempotencyKeyReused, StillRunning
from app.kit.fields import Currency, ErpKey
from app.kit.pages import After, Limit, Page, cut, encode_cursor, start_after
from app.kit.problems import BadCursor, NotFound, PayloadTooLarge, UnsupportedMediaType
from app.kit.records import UnknownReference
from app.products import price_reading, prices
from app.products.price_rules import PriceKind
from app.products.price_schemas import PollOut, PriceSeenOut, PricesIn, TakenOut
from app.products.prices import Wanted

router = APIRouter(prefix="/v1/products/prices", tags=["products"], route_class=TransactionalRoute)
seen = APIRouter(prefix="/v1/product-prices", tags=["products"], route_class=TransactionalRoute)

_MOST_BYTES = 64 * 1024 * 1024
_NDJSON = "application/x-ndjson"
_READ = {
    "application/json": price_reading.of_json,
    _NDJSON: price_reading.of_ndjson,
    "application/ndjson": price_reading.of_ndjson,
    "application/jsonl": price_reading.of_ndjson,
}
_LINES = (
    '{"vendor": "bigdist", "seen_at": "2026-03-02T06:00:00Z"}\n'
    '{"product": "R900", "price": {"amount": "129.00", "currency": "USD"}}\n'
)
_BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": price_reading.schema_of(PricesIn)},
        _NDJSON: {"schema": {"type": "string"}, "example": _LINES},
    },
}


@router.post(
    "",
    status_code=201,
    summary="Tell prices that were seen",
    response_model=TakenOut,
    responses=problems(
        UnknownReference, PayloadTooLarge, UnsupportedMediaType, StillRunning, IdempotencyKeyReused
    ),
    dependencies=[needs(Scope.PRODUCTS_WRITE)],
    openapi_extra={"requestBody": _BODY},
    max_body_size=_MOST_BYTES,
)
async def record_prices(request: Request, db: Db, key: idempotency.Key = None) -> object:
    """Take in a look at a vendor's prices: up to 200,000 of them, in whatever order polls come.

    They become a history for each product, currency, kind and number: a price seen again makes
    its time longer, another one begins a new time. Prices within a rounding of each other are
    one. A price that cannot be kept (of an unknown product, or of nothing) is told in `errors`,
    the others stand. JSON that does not parse is refused as a whole; of NDJSON (`vendor`,
    `seen_at` on the first line, one price on each other) only the lines that do not parse.
    """
    read, digest = _reader(request), idempotency.begin(request)
    # Nothing may be held open while a sender takes its time.
    await db.commit()
    body = await request.body()
    digest.update(body)
    if key is not None:
        await idempotency.claim(request, key, digest.digest())
    return await prices.take(db, await asyncio.to_thread(read, body))


def _reader(request: Request) -> price_reading.Reader:
    given = request.headers.get("content-type", "")
    message = Message()
    message["content-type"] = given
    found = _READ.get(message.get_content_type()) if given else None
    if found is None:
        raise UnsupportedMediaType(
            "Send JSON or NDJSON, and say which in Content-Type.",
            given=given or None,
            accepted=sorted(_READ),
        )
    return found


@seen.get(
    "",
    summary="Read the prices seen of a product",
    response_model=Page[PriceSeenOut],
    responses=problems(BadCursor),
    dependencies=[needs(Scope.PRODUCTS_READ)],
)
async def list_prices(
    db: Db,
    product: Annotated[ErpKey, Query(description="Of this product: its key.")],
    limit: Limit = 50,
    after: After = None,
    vendor: Annotated[ErpKey | None, Query(description="Only this vendor's: its key.")] = None,
    kind: Annotated[PriceKind | None, Query(description="Only of this kind.")] = None,
    currency: Annotated[Currency | None, Query(description="Only in this currency.")] = None,
) -> object:
    """Read the histories of a product's prices, one after another, each from its beginning."""
    wanted = Wanted(product, vendor, kind, currency)
    rows = await prices.history(db, wanted, after=after, limit=limit + 1)
    items, more = cut(rows, limit)
    return {
        "items": await prices.show_history(db, product, items),
        "next": prices.cursor_of(items[-1]) if more else None,
    }


@seen.get(
    "/polls",
    summary="List looks at prices",
    response_model=Page[PollOut],
    responses=problems(BadCursor),
    dependencies=[needs(Scope.PRODUCTS_READ)],
)
async def list_price_polls(
    db: Db,
    limit: Limit = 50,
    after: After = None,
    vendor: Annotated[ErpKey | None, Query(description="Only at this vendor's: its key.")] = None,
) -> object:
    """List what was taken in, the newest first."""
    rows = await prices.polls(db, after=start_after(after), limit=limit + 1, vendor=vendor)
    items, more = cut(rows, limit)
    return {
        "items": await prices.show_polls(db, items),
        "next": encode_cursor(str(items[-1].id)) if more else None,
    }


@seen.get(
    "/polls/{poll_id}",
    summary="Read what became of a look at prices",
    response_model=PollOut,
    responses=problems(NotFound),
    dependencies=[needs(Scope.PRODUCTS_READ)],
)
async def get_price_poll(db: Db, poll_id: UUID) -> object:
    """Read how many prices of a poll were new, changed, seen again or refused."""
    return await prices.poll(db, poll_id)
