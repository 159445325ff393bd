"""What is done with prices seen: take a poll in, list polls, read histories."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit.db import now
from app.kit.fields import Money
from app.kit.ids import new_id
from app.kit.pages import decode_cursor, encode_cursor, refused
from app.kit.problems import NotFound
from app.kit.records import UnknownReference
from app.products.events import PricesRecorded
from app.products.models import Product
from app.products.price_models import PricePoll, PriceSeen
from app.products.price_reading import Reading
from app.products.price_recording import Recording
from app.products.price_rules import MOST_TOLD, PriceKind, require_seen
from app.products.price_schemas import PollOut, PriceSeenOut, RefusedOut, TakenOut
from app.vendors import service as vendors

PLACE = ("vendor_id", "kind", "currency", "reference", "first_seen_at")
_COUNTS = ("opened", "changed", "seen_again", "known")


async def take(session: AsyncSession, reading: Reading) -> TakenOut:
    """Keep the prices of a poll. Raises UnknownReference, Malformed."""
    told = reading.poll
    require_seen(told.seen_at, now(session))
    ids = await vendors.resolve(session, {"/vendor": told.vendor})
    poll = PricePoll(
        id=new_id(),
        vendor_id=ids[told.vendor],
        seen_at=told.seen_at,
        source=told.source,
        received_at=now(session),
        told=len(reading.rows) + reading.refused,
        refused=0,
        **dict.fromkeys(_COUNTS, 0),
    )
    session.add(poll)
    await session.flush()
    recording = Recording(session, poll)
    if reading.rows:
        await recording.record(reading.rows)
    for number, pointer, detail in recording.refused:
        reading.refuse(number, pointer, detail)
    poll.refused = reading.refused
    await session.flush()
    if poll.told > poll.refused + poll.known:
        await publish(session, _event(poll, told.vendor))
    return TakenOut(**_shown(poll, told.vendor).model_dump(), errors=_errors(reading))


def _errors(reading: Reading) -> list[RefusedOut]:
    found = sorted(reading.errors)
    return [
        RefusedOut(pointer=f"{reading.where}{number}{pointer}", detail=detail)
        for number, pointer, detail in found[:MOST_TOLD]
    ]


def _event(poll: PricePoll, vendor: str) -> PricesRecorded:
    return PricesRecorded(
        poll_id=poll.id,
        vendor=vendor,
        seen_at=poll.seen_at,
        refused=poll.refused,
        **{name: getattr(poll, name) for name in _COUNTS},
    )


def _shown(poll: PricePoll, vendor: str) -> PollOut:
    own = {name: getattr(poll, name) for name in PollOut.model_fields if name != "vendor"}
    return PollOut(**own, vendor=vendor)


async def poll(session: AsyncSession, poll_id: UUID) -> PollOut:
    """Return a poll and what became of it. Raises NotFound."""
    found = await session.get(PricePoll, poll_id)
    if found is None:
        raise NotFound(f"There is no poll of prices {poll_id}.")
    return (await show_polls(session, [found]))[0]


async def polls(
    session: AsyncSession, *, after: UUID | None, limit: int, vendor: str | None
) -> Sequence[PricePoll]:
    """Return polls, the newest first, after an id."""
    vendor_id = await _id_of(session, vendor)
    if vendor is not None and vendor_id is None:
        return []
    return (await session.scalars(select_polls(after, vendor_id).limit(limit))).all()


def select_polls(after: UUID | None, vendor_id: UUID | None) -> sa.Select[PricePoll]:
    """Return the query of polls, the newest first."""
    query = sa.select(PricePoll).order_by(PricePoll.id.desc())
    if after is not None:
        query = query.where(PricePoll.id < after)
    return query if vendor_id is None else query.where(PricePoll.vendor_id == vendor_id)


async def _id_of(session: AsyncSession, vendor: str | None) -> UUID | None:
    if vendor is None:
        return None
    try:
        return (await vendors.resolve(session, {"vendor": vendor}))[vendor]
    except UnknownReference:
        return None


async def show_polls(session: AsyncSession, found: Sequence[PricePoll]) -> list[PollOut]:
    """Return polls as they are read, in the order given."""
    keys = await vendors.keys_of(session, {each.vendor_id for each in found})
    return [_shown(each, keys[each.vendor_id]) for each in found]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which prices of a product; all that is given must hold."""

    product: str
    vendor: str | None = None
    kind: PriceKind | None = None
    currency: str | None = None


async def history(
    session: AsyncSession, wanted: Wanted, *, after: str | None, limit: int
) -> Sequence[PriceSeen]:
    """Return the prices seen of a product: each history by itself, from its first sight on.

    Raises BadCursor.
    """
    place = _place(after)
    product_id = await session.scalar(sa.select(Product.id).where(Product.key == wanted.product))
    vendor_id = await _id_of(session, wanted.vendor)
    if product_id is None or (wanted.vendor is not None and vendor_id is None):
        return []
    query = select_history(product_id, vendor_id, wanted, place)
    return (await session.scalars(query.limit(limit))).all()


_PLACE = tuple(getattr(PriceSeen, name) for name in PLACE)


def select_history(
    product_id: UUID, vendor_id: UUID | None, wanted: Wanted, after: tuple[Any, ...] | None
) -> sa.Select[PriceSeen]:
    """Return the query of a product's prices, in the order of their key."""
    query = sa.select(PriceSeen).where(PriceSeen.product_id == product_id).order_by(*_PLACE)
    if vendor_id is not None:
        query = query.where(PriceSeen.vendor_id == vendor_id)
    if wanted.kind is not None:
        query = query.where(PriceSeen.kind == wanted.kind.value)
    if wanted.currency is not None:
        query = query.where(PriceSeen.currency == wanted.currency)
    if after is not None:
        bounds = (sa.literal(x, c.type) for x, c in zip(after, _PLACE, strict=True))
        query = query.where(sa.tuple_(*_PLACE) > sa.tuple_(*bounds))
    return query


def cursor_of(row: PriceSeen) -> str:
    """Return the cursor of the page that follows a price."""
    return encode_cursor(json.dumps([str(getattr(row, name)) for name in PLACE]))


def _place(cursor: str | None) -> tuple[Any, ...] | None:
    if cursor is None:
        return None
    try:
        vendor_id, kind, currency, reference, first = json.loads(decode_cursor(cursor))
        moment = datetime.fromisoformat(first)
        place = (UUID(vendor_id), str(kind), str(currency), str(reference), moment)
    except (ValueError, TypeError, AttributeError) as error:
        raise refused() from error
    if moment.tzinfo is None or "\x00" in f"{kind}{currency}{reference}":
        raise refused()
    return place


async def show_history(
    session: AsyncSession, product: str, found: Sequence[PriceSeen]
) -> list[PriceSeenOut]:
    """Return prices as they are read, in the order given."""
    keys = await vendors.keys_of(session, {each.vendor_id for each in found})
    return [
        PriceSeenOut(
            product=product,
            vendor=keys[each.vendor_id],
            kind=PriceKind(each.kind),
            reference=each.reference or None,
            price=Money(amount=each.amount, currency=each.currency),
            first_seen_at=each.first_seen_at,
            last_seen_at=each.last_seen_at,
            sights=each.sights,
        )
        for each in found
    ]
