"""Packages the ERP told of are matched to parcels: those known from scans, or new ones."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import Event, publish
from app.kit.db import now
from app.kit.ids import new_id
from app.orders import service as orders
from app.parcels import rules, states
from app.parcels.events import ParcelMatched
from app.parcels.lives import divide
from app.parcels.models import Parcel, ParcelPackage
from app.parcels.recording import lock, parcels_of
from app.parcels.reports import ScanStatus
from app.parcels.telling import retell, ship_to_fingerprint

Package = Mapping[str, Any]


async def match(
    session: AsyncSession, shipment_ids: Sequence[UUID], *, recycled_after: timedelta
) -> None:
    """Bring the parcels of these shipments in line with what the ERP tells of their packages.

    Idempotent: it looks at the shipments as they are now, however often it is called. The last
    to hold a shipment is the last to read it, so what it leaves is what was told last.
    """
    await lock(session, [f"shipment {shipment_id}" for shipment_id in shipment_ids])
    packages = [p for p in await orders.find_packages(session, shipment_ids) if p["is_live"]]
    before = await _links(session, shipment_ids)
    known = await _known(session, packages, before)
    linked: dict[UUID, UUID] = {}
    fresh: list[Parcel] = []
    for package in packages:
        parcel = _parcel_for(package, before, known, recycled_after)
        if parcel is None:
            parcel = _new(session, package)
            known.append(parcel)
            fresh.append(parcel)
        linked[package["package_id"]] = parcel.id
    await session.flush()
    await _link(session, packages, linked, before)
    concerned = {*before.values(), *linked.values()}
    await retell(session, [parcel for parcel in known if parcel.id in concerned])
    moved = await divide(session, fresh, known)
    events: list[Event] = [*_matched(packages, linked, before, known)]
    events += await states.refresh(session, moved)
    await publish(session, *events)


async def _known(
    session: AsyncSession, packages: Sequence[Package], before: Mapping[UUID, UUID]
) -> list[Parcel]:
    """Return, locked, the parcels that the packages are in or may belong in."""
    linked = await _parcels(session, set(before.values()))
    numbers = {_number(p) for p in packages} | {parcel.number for parcel in linked}
    told = [number for number in numbers if number]
    await lock(session, told)
    known = {parcel.id: parcel for parcel in (*linked, *await parcels_of(session, told))}
    return list(known.values())


def _number(package: Package) -> str | None:
    return rules.normalize_tracking_number(package["tracking_number"] or "") or None


async def _links(session: AsyncSession, shipment_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Return which parcel each package of these shipments is in so far."""
    rows = await session.execute(
        sa.select(ParcelPackage.package_id, ParcelPackage.parcel_id).where(
            ParcelPackage.shipment_id.in_(shipment_ids)
        )
    )
    return dict(rows.all())


async def _parcels(session: AsyncSession, parcel_ids: set[UUID]) -> Sequence[Parcel]:
    return (await session.scalars(sa.select(Parcel).where(Parcel.id.in_(parcel_ids)))).all()


def _parcel_for(
    package: Package,
    links: Mapping[UUID, UUID],
    known: Sequence[Parcel],
    recycled_after: timedelta,
) -> Parcel | None:
    number, carrier = _number(package), rules.carrier_slug(package["carrier"])
    # A package stays in its parcel while its number stays: corrections of dates and addresses
    # are corrections, not another parcel. Unless the carrier was wrong, and the right one's
    # parcel is known.
    now_in = next(
        (p for p in known if p.id == links.get(package["package_id"]) and p.number == number), None
    )
    if now_in is not None and states.carried_by(now_in, carrier):
        return now_in
    if number is None:
        return now_in
    fitting = {p.id: p for p in known if p.number == number and states.carried_by(p, carrier)}
    chosen = rules.choose_for_shipment(
        [states.candidate(parcel) for parcel in fitting.values()],
        shipped_at=package["shipped_at"],
        ship_to=ship_to_fingerprint(package),
        recycled_after=recycled_after,
    )
    return fitting[chosen.parcel_id] if chosen else now_in


def _new(session: AsyncSession, package: Package) -> Parcel:
    parcel = Parcel(
        id=new_id(),
        number=_number(package),
        tracking_number=package["tracking_number"],
        carrier=rules.carrier_slug(package["carrier"]),
        shipped_at=package["shipped_at"],
        ship_to_fingerprint=ship_to_fingerprint(package),
        status=ScanStatus.UNKNOWN.value,
        created_at=now(session),
    )
    session.add(parcel)
    return parcel


async def _link(
    session: AsyncSession,
    packages: Sequence[Package],
    linked: Mapping[UUID, UUID],
    before: Mapping[UUID, UUID],
) -> None:
    gone = set(before) - set(linked)
    if gone:
        await session.execute(sa.delete(ParcelPackage).where(ParcelPackage.package_id.in_(gone)))
    rows = [
        {
            "package_id": package["package_id"],
            "parcel_id": linked[package["package_id"]],
            "shipment_id": package["shipment_id"],
        }
        for package in packages
    ]
    if rows:
        upsert = insert(ParcelPackage)
        new = {"parcel_id": upsert.excluded.parcel_id}
        await session.execute(
            upsert.on_conflict_do_update(index_elements=["package_id"], set_=new), rows
        )


def _matched(
    packages: Sequence[Package],
    linked: Mapping[UUID, UUID],
    before: Mapping[UUID, UUID],
    known: Sequence[Parcel],
) -> list[ParcelMatched]:
    numbers = {parcel.id: parcel.tracking_number for parcel in known}
    new: dict[tuple[UUID, UUID], list[UUID]] = defaultdict(list)
    for package in packages:
        package_id = package["package_id"]
        parcel_id = linked[package_id]
        if before.get(package_id) != parcel_id:
            new[parcel_id, package["shipment_id"]].append(package_id)
    return [
        ParcelMatched(
            parcel_id=parcel_id,
            tracking_number=numbers[parcel_id],
            shipment_id=shipment_id,
            package_ids=package_ids,
        )
        for (parcel_id, shipment_id), package_ids in new.items()
    ]
