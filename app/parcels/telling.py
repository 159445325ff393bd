"""What live shipments say of a parcel: when and whereto it was shipped, and by whom."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.orders import views
from app.parcels import rules
from app.parcels.models import Parcel, ParcelPackage
from app.parcels.reports import Place

Package = Mapping[str, Any]


def ship_to_place(address: Mapping[str, Any] | None) -> Place | None:
    """Return a shipment's address as a place."""
    if not address:
        return None
    street = ", ".join(address.get("street") or []) or None
    names = ("city", "region", "postal_code", "country")
    return Place(street=street, **{name: address.get(name) for name in names})


def ship_to_fingerprint(package: Package) -> str | None:
    """Return what tells one ship-to from another; None if too little of it was told."""
    return rules.ship_to_fingerprint(ship_to_place(package["ship_to"]))


async def retell(session: AsyncSession, parcels: Sequence[Parcel]) -> None:
    """Write anew what shipments say of parcels, from all their live packages.

    Nothing is left of a shipment that was cancelled or says it no more. Where several shipments
    share a parcel, the first shipped speaks first.
    """
    said = await _packages(session, [parcel.id for parcel in parcels])
    for parcel in parcels:
        packages = said.get(parcel.id, [])
        parcel.shipped_at = _first(packages, "shipped_at")
        parcel.ship_to = _first(packages, "ship_to")
        parcel.ship_to_fingerprint = rules.ship_to_fingerprint(ship_to_place(parcel.ship_to))
        parcel.carrier = rules.carrier_slug(_first(packages, "carrier")) or parcel.carrier
    await session.flush()


def _first(packages: Sequence[Package], name: str) -> Any:
    return next((p[name] for p in packages if p[name] is not None), None)


async def _packages(
    session: AsyncSession, parcel_ids: Sequence[UUID]
) -> Mapping[UUID, list[Package]]:
    told = views.packages().subquery()
    rows = await session.execute(
        sa.select(ParcelPackage.parcel_id, told)
        .join(told, told.c.package_id == ParcelPackage.package_id)
        .where(ParcelPackage.parcel_id.in_(parcel_ids), told.c.is_live)
        .order_by(told.c.shipped_at.nulls_last(), told.c.package_id)
    )
    found: dict[UUID, list[Package]] = defaultdict(list)
    for row in rows.mappings():
        found[row["parcel_id"]].append(dict(row))
    return found
