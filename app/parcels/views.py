"""What rooms above join parcels with."""

from functools import cache
from typing import Any

import sqlalchemy as sa

from app.parcels.models import Parcel, ParcelPackage


@cache
def carried() -> sa.Select[*tuple[Any, ...]]:
    """Return which parcel each package is in: package_id, shipment_id, parcel_id; all indexed.

    Only of packages that count: not removed, of no cancelled shipment.
    """
    return sa.select(ParcelPackage.package_id, ParcelPackage.shipment_id, ParcelPackage.parcel_id)


def arrived() -> sa.Select[*tuple[Any, ...]]:
    """Return the packages that carriers delivered: package_id, delivered_at; both indexed."""
    return (
        sa.select(ParcelPackage.package_id, Parcel.delivered_at)
        .join(Parcel, Parcel.id == ParcelPackage.parcel_id)
        .where(Parcel.delivered_at.is_not(None))
    )
