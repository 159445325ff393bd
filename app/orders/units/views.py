"""What rooms above join units with."""

from typing import Any

import sqlalchemy as sa

from app.orders.units.models import Unit, UnitReplacement, UnitReturn


def units() -> sa.Select[*tuple[Any, ...]]:
    """Return all units.

    unit_id, unit_key (unique, indexed)
    serial, serial_lookup (upper case, no blanks), serial_plain (letters and digits; indexed)
    product_id, purchase_line_id, customer_id (indexed)
    invoiced_on, shipped_on, sold_on, delivered_on, installed_on, registered_on, in_set_up_until
    cancelled_at     booked in error
    """
    return sa.select(
        Unit.id.label("unit_id"),
        Unit.key.label("unit_key"),
        Unit.serial,
        Unit.serial_lookup,
        Unit.serial_plain,
        Unit.product_id,
        Unit.purchase_line_id,
        Unit.customer_id,
        Unit.invoiced_on,
        Unit.shipped_on,
        Unit.sold_on,
        Unit.delivered_on,
        Unit.installed_on,
        Unit.registered_on,
        Unit.in_set_up_until,
        Unit.cancelled_at,
    )


def unit_returns() -> sa.Select[*tuple[Any, ...]]:
    """Return every return of a unit to a vendor.

    unit_id (indexed), rma, rma_lookup (indexed), went_back_at, came_back_at (null: still there)
    """
    return sa.select(
        UnitReturn.unit_id,
        UnitReturn.rma,
        UnitReturn.rma_lookup,
        UnitReturn.went_back_at,
        UnitReturn.came_back_at,
    )


def unit_replacements() -> sa.Select[*tuple[Any, ...]]:
    """Return what stands in for what: new_unit_id, old_unit_id (both unique), replaced_at, rma."""
    return sa.select(
        UnitReplacement.new_unit_id,
        UnitReplacement.old_unit_id,
        UnitReplacement.replaced_at,
        UnitReplacement.rma,
    )
