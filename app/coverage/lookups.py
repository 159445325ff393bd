"""What is done with warranty look-ups: record, get, page, show, and those of units."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.coverage.events import WarrantyLookupRecorded
from app.coverage.lookup_schemas import OfferOut, WarrantyLookupIn, WarrantyLookupOut
from app.coverage.models import WarrantyLookup
from app.coverage.rules import Gives, Lookup, Offer, Says
from app.events import publish
from app.kit import records
from app.kit.db import now
from app.kit.problems import Malformed
from app.kit.records import Conditions, Outcome, Put, RecordOut
from app.orders.units import service as units
from app.orders.units.views import units as told_units
from app.vendors import service as vendors

NOUN = "warranty look-up"
# How far the clock of a caller may run before ours.
_CLOCK_SKEW = timedelta(minutes=5)
_MOST = 200


async def record(
    session: AsyncSession, *, key: str, document: WarrantyLookupIn, conditions: Conditions
) -> Put[WarrantyLookup]:
    """Store what a vendor's page said.

    Raises StaleRecord, VersionMismatch, UnknownReference, Malformed.
    """
    if document.seen_at > now(session) + _CLOCK_SKEW:
        fault = {"pointer": "/seen_at", "detail": "must not lie in the future"}
        raise Malformed("Nobody has seen that page yet.", errors=[fault])

    async def fill(row: WarrantyLookup) -> None:
        unit = await units.named(session, document.unit, pointer="/unit")
        found = await vendors.resolve(session, {"/vendor": document.vendor})
        row.unit_id = unit.id
        row.vendor_id = found[document.vendor]
        row.seen_at = document.seen_at
        row.says = document.says.value
        row.source = document.source
        row.offers = [offer.model_dump(mode="json") for offer in document.offers]

    result = await records.put(
        session, WarrantyLookup, key=key, document=document, conditions=conditions, fill=fill
    )
    if result.outcome is not Outcome.UNCHANGED:
        row = result.record
        event = WarrantyLookupRecorded(
            warranty_lookup_id=row.id,
            key=key,
            version=row.version,
            unit_id=row.unit_id,
            unit=document.unit,
            vendor=document.vendor,
            says=row.says,
            seen_at=row.seen_at,
        )
        await publish(session, event)
    return result


async def get(session: AsyncSession, key: str) -> WarrantyLookup:
    """Return the look-up under a key. Raises NotFound."""
    return await records.get(session, WarrantyLookup, key, noun=NOUN)


async def page(
    session: AsyncSession, *, after: UUID | None, limit: int, unit: str | None = None
) -> Sequence[WarrantyLookup]:
    """Return look-ups in the order they were first told, after an id."""
    query = select_lookups(unit=unit, after=after)
    return (await session.scalars(query.limit(limit))).all()


def select_lookups(
    *, unit: str | None = None, after: UUID | None = None
) -> sa.Select[WarrantyLookup]:
    """Return the query of look-ups after an id; `unit`: only of this one."""
    query = sa.select(WarrantyLookup).order_by(WarrantyLookup.id)
    if after is not None:
        query = query.where(WarrantyLookup.id > after)
    if unit is not None:
        told = told_units().subquery()
        unit_id = sa.select(told.c.unit_id).where(told.c.unit_key == unit)
        query = query.where(WarrantyLookup.unit_id == unit_id.scalar_subquery())
    return query


async def show(session: AsyncSession, rows: Sequence[WarrantyLookup]) -> list[WarrantyLookupOut]:
    """Return look-ups as they are read, in the order given."""
    keys = await vendors.keys_of(session, {row.vendor_id for row in rows})
    of = await units.by_id(session, {row.unit_id for row in rows})
    return [
        WarrantyLookupOut(
            **RecordOut.model_validate(row).model_dump(),
            unit=of[row.unit_id].key,
            vendor=keys[row.vendor_id],
            seen_at=row.seen_at,
            says=Says(row.says),
            source=row.source,
            offers=[OfferOut.model_validate(offer) for offer in row.offers],
        )
        for row in rows
    ]


async def of_units(session: AsyncSession, unit_ids: Collection[UUID]) -> dict[UUID, list[Lookup]]:
    """Return what vendors' pages said of units, the last seen first."""
    found = (await session.scalars(select_of_units(unit_ids))).all()
    keys = await vendors.keys_of(session, {row.vendor_id for row in found})
    told: dict[UUID, list[Lookup]] = defaultdict(list)
    for row in found:
        told[row.unit_id].append(_lookup(row, keys[row.vendor_id]))
    return told


def select_of_units(unit_ids: Collection[UUID]) -> sa.Select[WarrantyLookup]:
    """Return the query of the look-ups of units, of each the last seen first."""
    return (
        sa.select(WarrantyLookup)
        .where(WarrantyLookup.unit_id.in_(unit_ids))
        .order_by(WarrantyLookup.unit_id, WarrantyLookup.seen_at.desc())
        .limit(_MOST)
    )


def _lookup(row: WarrantyLookup, vendor: str) -> Lookup:
    return Lookup(
        key=row.key,
        vendor=vendor,
        seen_on=row.seen_at.date(),
        says=Says(row.says),
        source=row.source,
        offers=tuple(_offer(OfferOut.model_validate(offer)) for offer in row.offers),
    )


def _offer(told: OfferOut) -> Offer:
    first: date | None = told.starts_on
    return Offer(Gives(told.gives), told.name, first, told.ends_on)
