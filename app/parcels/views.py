"""What rooms above join parcels with."""

from functools import cache
from typing import Any

import sqlalchemy as sa

from app.parcels.models import ParcelPackage


@cache
def carried() -> sa.Select[*tuple[Any, ...]]:
    """Return which parcel each package is in: package_id, shipment_id, parcel_id; all indexed.

    Only of packages that count: not removed, of no cancelled shipment.
    """
    return sa.select(ParcelPackage.package_id, ParcelPackage.shipment_id, ParcelPackage.parcel_id)
