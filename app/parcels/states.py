"""A parcel's derived state: computed from all its scans, so that their order cannot matter."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import Event
from app.parcels import rules
from app.parcels.events import ParcelDelivered, ParcelStatusChanged
from app.parcels.models import Parcel, Scan
from app.parcels.reports import ScanReport
from app.parcels.rules import Candidate


def candidate(parcel: Parcel) -> Candidate:
    """Return what the rules of identity look at."""
    return Candidate(
        parcel_id=parcel.id,
        shipped_at=parcel.shipped_at,
        first_seen_at=parcel.first_seen_at,
        last_seen_at=parcel.last_seen_at,
        ship_to=parcel.ship_to_fingerprint,
    )


def carried_by(parcel: Parcel, carrier: str | None) -> bool:
    """Whether a report of `carrier` may speak of this parcel; who is not told may be anybody."""
    return (
        parcel.carrier is None
        or carrier is None
        or parcel.carrier == carrier
        # Who says "DHL" may mean any of its companies.
        or f"{carrier}_".startswith(f"{parcel.carrier}_")
        or f"{parcel.carrier}_".startswith(f"{carrier}_")
    )


def saw(parcel: Parcel, span: tuple[datetime, datetime]) -> None:
    """Stretch a parcel's life over events from the first to the second instant."""
    first, last = span
    parcel.first_seen_at = min(parcel.first_seen_at or first, first)
    parcel.last_seen_at = max(parcel.last_seen_at or last, last)


async def refresh(session: AsyncSession, parcels: Sequence[Parcel]) -> list[Event]:
    """Compute the parcels' states anew; returns an event for each that changed."""
    told = await _scans(session, [parcel.id for parcel in parcels])
    events = [event for p in parcels for event in _changes(p, told.get(p.id, ()))]
    await session.flush()
    return events


def _changes(parcel: Parcel, scans: Sequence[ScanReport]) -> Iterator[Event]:
    state = rules.status_of(scans)
    before, delivered_before = parcel.status, parcel.delivered_at
    parcel.status = str(state.status)
    parcel.status_at = state.status_at
    parcel.delivered_at = state.delivered_at
    number = parcel.tracking_number
    if parcel.status != before:
        yield ParcelStatusChanged(
            parcel_id=parcel.id,
            tracking_number=number,
            before=before,
            status=parcel.status,
            status_at=parcel.status_at,
        )
    if state.delivered_at is not None and delivered_before is None:
        yield ParcelDelivered(
            parcel_id=parcel.id, tracking_number=number, delivered_at=state.delivered_at
        )


async def _scans(
    session: AsyncSession, parcel_ids: Sequence[UUID]
) -> Mapping[UUID, Sequence[ScanReport]]:
    rows = await session.execute(
        sa.select(Scan.parcel_id, Scan.occurred_at, Scan.status).where(
            Scan.parcel_id.in_(parcel_ids)
        )
    )
    told: dict[UUID, list[ScanReport]] = defaultdict(list)
    for parcel_id, occurred_at, status in rows:
        told[parcel_id].append(ScanReport(occurred_at=occurred_at, status=status))
    return told
