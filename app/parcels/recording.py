"""Reports become scans, readings and proofs: in any order, repeated, late, many at once.

Set-wise: a batch costs the same handful of statements whether it holds one report or hundreds.
Numbers are locked in one order first, so batches of several workers cannot cross.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import Event, publish
from app.kit.db import now
from app.kit.ids import new_id
from app.parcels import rules, states
from app.parcels.events import ParcelProofReceived, ParcelWeighed
from app.parcels.evidence import (
    Arrival,
    Row,
    completed,
    proof_row,
    reading_row,
    scan_row,
)
from app.parcels.models import Parcel, Proof, Reading, Scan
from app.parcels.reports import ScanStatus

Seen = dict[tuple[UUID, bytes], Row]


@dataclass(slots=True)
class _Batch:
    """The rows of a batch, each saying once."""

    scans: Seen = field(default_factory=dict)
    readings: Seen = field(default_factory=dict)
    proofs: Seen = field(default_factory=dict)


async def lock(session: AsyncSession, numbers: Iterable[str]) -> None:
    """Hold these tracking numbers until the end of the transaction, taken in one order."""
    keys = sa.select(
        sa.func.hashtextextended(
            sa.func.unnest(sa.cast(sorted(set(numbers)), sa.ARRAY(sa.Text))), 7
        ).label("key")
    ).subquery()
    ordered = sa.select(keys.c.key).distinct().order_by(keys.c.key).subquery()
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(ordered.c.key)))


async def parcels_of(session: AsyncSession, numbers: Iterable[str]) -> list[Parcel]:
    """Return all parcels that bear one of these numbers, in every life of it."""
    query = sa.select(Parcel).where(Parcel.number.in_(set(numbers))).order_by(Parcel.id)
    return list((await session.scalars(query)).all())


async def record(
    session: AsyncSession, arrivals: Sequence[Arrival], *, recycled_after: timedelta
) -> None:
    """Merge reports into the parcels they speak of; what nobody knows yet becomes a parcel."""
    numbered = [(rules.normalize_tracking_number(a.report.tracking_number), a) for a in arrivals]
    await lock(session, [number for number, _ in numbered])
    known = await parcels_of(session, [number for number, _ in numbered])
    batch = _Batch()
    touched: dict[UUID, Parcel] = {}
    for number, arrival in numbered:
        parcel = _find(known, number, arrival, recycled_after)
        if parcel is None:
            parcel = _new(session, number, arrival)
            known.append(parcel)
        states.saw(parcel, rules.span_of(arrival.report, otherwise=arrival.origin.received_at))
        if arrival.report.is_return is not None:
            parcel.is_return = arrival.report.is_return
        touched[parcel.id] = parcel
        _collect(batch, parcel.id, arrival)
    await session.flush()
    events = await _write(session, batch, touched)
    await publish(session, *events, *await states.refresh(session, list(touched.values())))


def _find(
    known: Sequence[Parcel], number: str, arrival: Arrival, recycled_after: timedelta
) -> Parcel | None:
    carrier = rules.carrier_slug(arrival.report.carrier)
    fitting = {p.id: p for p in known if p.number == number and states.carried_by(p, carrier)}
    span = rules.span_of(arrival.report, otherwise=arrival.origin.received_at)
    candidates = [states.candidate(parcel) for parcel in fitting.values()]
    chosen = rules.choose_parcel(candidates, span, recycled_after=recycled_after)
    if chosen is None:
        return None
    parcel = fitting[chosen.parcel_id]
    parcel.carrier = parcel.carrier or carrier
    return parcel


def _new(session: AsyncSession, number: str, arrival: Arrival) -> Parcel:
    parcel = Parcel(
        id=new_id(),
        number=number,
        tracking_number=arrival.report.tracking_number,
        carrier=rules.carrier_slug(arrival.report.carrier),
        status=ScanStatus.UNKNOWN.value,
        created_at=now(session),
    )
    session.add(parcel)
    return parcel


def _collect(batch: _Batch, parcel_id: UUID, arrival: Arrival) -> None:
    for scan in arrival.report.scans:
        row = scan_row(parcel_id, scan, arrival.origin)
        kept = batch.scans.setdefault((parcel_id, row["fingerprint"]), row)
        kept.update(completed(kept, row) or {})
    for reading in arrival.report.readings:
        row = reading_row(parcel_id, reading, arrival.origin)
        batch.readings.setdefault((parcel_id, row["fingerprint"]), row)
    for proof in arrival.report.proofs:
        row = proof_row(parcel_id, proof, arrival.origin)
        batch.proofs.setdefault((parcel_id, row["fingerprint"]), row)


async def _write(
    session: AsyncSession, batch: _Batch, touched: Mapping[UUID, Parcel]
) -> list[Event]:
    await _write_scans(session, batch.scans)
    readings = await _fresh(session, Reading, batch.readings)
    proofs = await _fresh(session, Proof, batch.proofs)
    return [
        *(weighed(touched[row["parcel_id"]], row) for row in readings),
        *(_proven(touched[row["parcel_id"]], row) for row in proofs),
    ]


def weighed(parcel: Parcel, row: Row) -> ParcelWeighed:
    """Return the event of a new reading."""
    return ParcelWeighed(
        parcel_id=parcel.id,
        tracking_number=parcel.tracking_number,
        reading_id=row["id"],
        kind=row["kind"],
        grams=row["grams"],
    )


def _proven(parcel: Parcel, row: Row) -> ParcelProofReceived:
    return ParcelProofReceived(
        parcel_id=parcel.id, tracking_number=parcel.tracking_number, proof_id=row["id"]
    )


async def _write_scans(session: AsyncSession, scans: Seen) -> None:
    kept = await _kept(session, Scan, scans, Scan.place, Scan.status_detail)
    new = [row for key, row in scans.items() if key not in kept]
    if new:
        await session.execute(sa.insert(Scan), new)
    more = [
        {**kept[key], **added, "completed_by_delivery_id": row["delivery_id"]}
        for key, row in scans.items()
        if key in kept and (added := completed(kept[key], row))
    ]
    if more:
        columns = ("id", "status_detail", "place", "completed_by_delivery_id")
        await session.execute(sa.update(Scan), [{c: row[c] for c in columns} for row in more])


async def _fresh(session: AsyncSession, model: type[Reading | Proof], rows: Seen) -> list[Row]:
    """Insert the rows that are not kept yet, and return those."""
    kept = await _kept(session, model, rows)
    new = [row for key, row in rows.items() if key not in kept]
    if new:
        await session.execute(sa.insert(model), new)
    return new


async def _kept(
    session: AsyncSession, model: type[Scan | Reading | Proof], rows: Seen, *columns: Any
) -> Seen:
    """Return what the parcels of `rows` have already. The numbers are locked, so it stays so."""
    if not rows:
        return {}
    query = sa.select(model.id, model.parcel_id, model.fingerprint, *columns).where(
        model.parcel_id.in_({parcel_id for parcel_id, _ in rows})
    )
    found = (await session.execute(query)).mappings()
    return {(row["parcel_id"], row["fingerprint"]): dict(row) for row in found}
