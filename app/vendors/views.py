"""What rooms above join vendors with."""

from functools import cache
from typing import Any

import sqlalchemy as sa

from app.vendors.models import Vendor


def vendors() -> sa.Subquery:
    """Return all vendors: vendor_id, vendor_key (unique, indexed), roles (an array of text)."""
    return _vendors().subquery("told_vendors")


@cache
def _vendors() -> sa.Select[*tuple[Any, ...]]:
    return sa.select(Vendor.id.label("vendor_id"), Vendor.key.label("vendor_key"), Vendor.roles)
