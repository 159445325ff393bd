"""What rooms above join vendors with."""

from functools import cache

import sqlalchemy as sa

from app.vendors.models import Vendor


@cache
def vendors() -> sa.Subquery:
    """Return all vendors: vendor_id, vendor_key (unique, indexed), roles (an array of text)."""
    return sa.select(
        Vendor.id.label("vendor_id"), Vendor.key.label("vendor_key"), Vendor.roles
    ).subquery("told_vendors")
