"""What is done with calendars: record, get, page, show, and by whose something is counted."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit import records
from app.kit.business_time import works_within_a_year
from app.kit.db import now
from app.kit.records import Conditions, Outcome, Put, RecordOut
from app.vendors import vendor_records
from app.vendors.calendar_schemas import CalendarIn, CalendarOut, Week
from app.vendors.events import CalendarRecorded
from app.vendors.models import BusinessCalendar, CalendarParty, Vendor
from app.vendors.rules import NeverOpen, PartyHasCalendar
from app.vendors.terms import NOBODYS, Counting

_WEEK = set(Week.model_fields)


async def record(
    session: AsyncSession, *, key: str, document: CalendarIn, conditions: Conditions
) -> Put[BusinessCalendar]:
    """Store a calendar, and whose it is.

    Raises StaleRecord, VersionMismatch, UnknownReference, NeverOpen, PartyHasCalendar.
    """

    async def fill(row: BusinessCalendar) -> None:
        if not works_within_a_year(document.calendar(), now(session).date()):
            detail = "no working hour is left in the coming year"
            raise NeverOpen(
                "Nothing can be counted by a calendar without working hours.",
                errors=[{"pointer": "/week", "detail": detail}],
            )
        named = {f"/vendors/{n}": each for n, each in enumerate(document.vendors)}
        await vendor_records.resolve(session, named)
        row.calendar = document.model_dump(mode="json", include=_WEEK, exclude_none=True)

    result = await records.put(
        session, BusinessCalendar, key=key, document=document, conditions=conditions, fill=fill
    )
    if result.outcome is not Outcome.UNCHANGED:
        row = result.record
        before = await _give(session, row, document.parties())
        event = CalendarRecorded(
            calendar_id=row.id,
            key=key,
            version=row.version,
            parties=sorted({*before, *document.parties()}),
            calendar=row.calendar,
        )
        await publish(session, event)
    return result


async def _give(session: AsyncSession, row: BusinessCalendar, parties: list[str]) -> list[str]:
    """Make a calendar that of these parties alone; return whose it was."""
    # Of two that are told at once the second must see the first.
    name = sa.func.hashtextextended("calendars of parties", 0)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(name)))
    own = CalendarParty.calendar_id == row.id
    taken = await session.execute(
        sa.select(CalendarParty.party, BusinessCalendar.key)
        .join(BusinessCalendar, BusinessCalendar.id == CalendarParty.calendar_id)
        .where(CalendarParty.party.in_(parties), ~own)
        .order_by(CalendarParty.party)
    )
    for party, other in taken:
        raise PartyHasCalendar(f"{party} has the calendar {other!r} already.", key=other)
    before = await session.scalars(
        sa.delete(CalendarParty).where(own).returning(CalendarParty.party)
    )
    was = sorted(before)
    if parties:
        rows = [{"party": party, "calendar_id": row.id} for party in parties]
        await session.execute(sa.insert(CalendarParty), rows)
    return was


async def get(session: AsyncSession, key: str) -> BusinessCalendar:
    """Return the calendar under a key. Raises NotFound."""
    return await records.get(session, BusinessCalendar, key, noun="calendar")


async def page(
    session: AsyncSession, *, after: UUID | None, limit: int
) -> Sequence[BusinessCalendar]:
    """Return calendars in the order they were first told, after an id."""
    query = sa.select(BusinessCalendar).order_by(BusinessCalendar.id)
    if after is not None:
        query = query.where(BusinessCalendar.id > after)
    return (await session.scalars(query.limit(limit))).all()


async def show(session: AsyncSession, rows: Sequence[BusinessCalendar]) -> list[CalendarOut]:
    """Return calendars as they are read, in the order given."""
    ids = [row.id for row in rows]
    told = await session.execute(
        sa.select(CalendarParty.calendar_id, CalendarParty.party)
        .where(CalendarParty.calendar_id.in_(ids))
        .order_by(CalendarParty.party)
    )
    parties: dict[UUID, list[tuple[str, str]]] = {identity: [] for identity in ids}
    for identity, party in told:
        kind, _, key = party.partition(":")
        parties[identity].append((kind, key))
    return [
        CalendarOut(
            **RecordOut.model_validate(row).model_dump(),
            **dict(Week.model_validate(row.calendar)),
            vendors=[key for kind, key in parties[row.id] if kind == "vendor"],
            carriers=[key for kind, key in parties[row.id] if kind == "carrier"],
            is_ours=("us", "") in parties[row.id],
        )
        for row in rows
    ]


async def of_parties(session: AsyncSession, parties: Collection[str]) -> Mapping[str, Counting]:
    """Return by whose calendar time is counted, of parties that have one."""
    rows = await session.execute(
        sa.select(CalendarParty.party, BusinessCalendar)
        .join(BusinessCalendar, BusinessCalendar.id == CalendarParty.calendar_id)
        .where(CalendarParty.party.in_(parties))
    )
    return {
        party: Counting(Week.model_validate(row.calendar).calendar(), row.key, row.version)
        for party, row in rows
    }


async def of_party(session: AsyncSession, party: str) -> Counting:
    """Return by whose calendar the time of a party is counted: `vendor:acme`, `carrier:ups`."""
    return (await of_parties(session, [party])).get(party, NOBODYS)


async def of_vendor(session: AsyncSession, vendor_id: UUID) -> Counting:
    """Return by whose calendar the time of a vendor is counted."""
    key = await session.scalar(sa.select(Vendor.key).where(Vendor.id == vendor_id))
    return NOBODYS if key is None else await of_party(session, f"vendor:{key}")
