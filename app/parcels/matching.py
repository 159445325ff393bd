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
from app.parcels.reports import Place, ScanStatus

Package = Mapping[str, Any]


async def match(
    session: AsyncSession, shipment_ids: Sequence[UUID], *, recycled_after: timedelta
) -> None:
    """Bring the parcels of these shipments in line with what the ERP tells of their packages.

    Idempotent: it looks at the shipments as they are now, however often it is called.
    """
    packages = [p for p in await orders.find_packages(session, shipment_ids) if p["is_live"]]
    links = await _links(session, shipment_ids)
    numbers = {_number(p) for p in packages} | await _numbers(session, links.values())
    await lock(session, [number for number in numbers if number])
    known = await parcels_of(session, [number for number in numbers if number])
    known += await _linked(session, links.values(), {parcel.id for parcel in known})
    linked: dict[UUID, UUID] = {}
    fresh: list[Parcel] = []
    for package in packages:
        parcel = _parcel_for(package, links, known, recycled_after)
        if parcel is None:
            parcel = _new(session, package)
            known.append(parcel)
            fresh.append(parcel)
        _tell(parcel, package)
        linked[package["package_id"]] = parcel.id
    await session.flush()
    await _link(session, packages, linked, links)
    await _retell(session, [p for p in known if p.id in set(links.values()) - set(linked.values())])
    moved = await divide(session, fresh, known)
    events: list[Event] = [*_matched(packages, linked, links, known)]
    events += await states.refresh(session, moved)
    await publish(session, *events)


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


async def _numbers(session: AsyncSession, parcel_ids: Any) -> set[str | None]:
    rows = await session.scalars(sa.select(Parcel.number).where(Parcel.id.in_(set(parcel_ids))))
    return set(rows.all())


async def _linked(session: AsyncSession, parcel_ids: Any, but: set[UUID]) -> list[Parcel]:
    wanted = set(parcel_ids) - but
    return list((await session.scalars(sa.select(Parcel).where(Parcel.id.in_(wanted)))).all())


def _parcel_for(
    package: Package,
    links: Mapping[UUID, UUID],
    known: Sequence[Parcel],
    recycled_after: timedelta,
) -> Parcel | None:
    number, carrier = _number(package), rules.carrier_slug(package["carrier"])
    now_in = links.get(package["package_id"])
    for parcel in known:
        # A package stays in its parcel while its number stays: corrections of dates and
        # addresses are corrections, not another parcel.
        if parcel.id == now_in and parcel.number == number:
            return parcel
    if number is None:
        return None
    fitting = {p.id: p for p in known if p.number == number and states.carried_by(p, carrier)}
    chosen = rules.choose_for_shipment(
        [states.candidate(parcel) for parcel in fitting.values()],
        shipped_at=package["shipped_at"],
        ship_to=_fingerprint(package),
        recycled_after=recycled_after,
    )
    return fitting[chosen.parcel_id] if chosen else None


def ship_to_place(address: Mapping[str, Any] | None) -> Place | None:
    """Return a shipment's address as a place."""
    if not address:
        return None
    street = ", ".join(address.get("street") or []) or None
    names = ("city", "region", "postal_code", "country")
    return Place(street=street, **{name: address.get(name) for name in names})


def _fingerprint(package: Package) -> str | None:
    return rules.ship_to_fingerprint(ship_to_place(package["ship_to"]))


def _new(session: AsyncSession, package: Package) -> Parcel:
    parcel = Parcel(
        id=new_id(),
        number=_number(package),
        tracking_number=package["tracking_number"],
        carrier=rules.carrier_slug(package["carrier"]),
        status=ScanStatus.UNKNOWN.value,
        created_at=now(session),
    )
    session.add(parcel)
    return parcel


def _tell(parcel: Parcel, package: Package) -> None:
    """Write what the shipment says of its package into the parcel."""
    parcel.carrier = rules.carrier_slug(package["carrier"]) or parcel.carrier
    parcel.shipped_at = package["shipped_at"] or parcel.shipped_at
    parcel.ship_to = package["ship_to"] or parcel.ship_to
    parcel.ship_to_fingerprint = _fingerprint(package) or parcel.ship_to_fingerprint


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


async def _retell(session: AsyncSession, left: Sequence[Parcel]) -> None:
    """Forget what a shipment said of parcels that carry none of its packages any more.

    What other shipments say of them is told again by their own next match.
    """
    ids = [parcel.id for parcel in left]
    others = await session.scalars(
        sa.select(ParcelPackage.parcel_id).where(ParcelPackage.parcel_id.in_(ids))
    )
    still = set(others.all())
    for parcel in left:
        if parcel.id not in still:
            parcel.shipped_at = parcel.ship_to = parcel.ship_to_fingerprint = None
    await session.flush()


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
