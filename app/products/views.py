"""What rooms above join products with."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from app.products.models import PartNumber, Product
from app.products.price_models import PriceChange, PricePoll, PriceSeen
from app.products.price_rules import PriceKind


@cache
def products() -> sa.Subquery:
    """Return all products.

    product_id, product_key (unique, indexed), name
    manufacturer_id, product_line   both indexed; null is unknown
    weight_g, spread_g   exact decimals; null is unknown
    """
    return sa.select(
        Product.id.label("product_id"),
        Product.key.label("product_key"),
        Product.name,
        Product.manufacturer_id,
        Product.product_line,
        Product.weight_g,
        Product.spread_g,
    ).subquery("told_products")


@cache
def prices_seen() -> sa.Select[*tuple[Any, ...]]:
    """Return the prices that vendors had, each for as long as it stood.

    product_id, vendor_id, kind (`price_rules.PriceKind`), currency, reference ("": none)
    first_seen_at, last_seen_at, amount   found by product and vendor
    """
    return sa.select(
        PriceSeen.product_id,
        PriceSeen.vendor_id,
        PriceSeen.kind,
        PriceSeen.currency,
        PriceSeen.reference,
        PriceSeen.first_seen_at,
        PriceSeen.last_seen_at,
        PriceSeen.amount,
    )


def changed_prices(poll_ids: Sequence[UUID]) -> sa.Select[*tuple[Any, ...]]:
    """Return the histories of base prices that polls changed: vendor_id, product_id, currency."""
    wanted = sa.cast(list(poll_ids), ARRAY(sa.Uuid))
    return (
        sa.select(PricePoll.vendor_id, PriceChange.product_id, PriceChange.currency)
        .join(PricePoll, PricePoll.id == PriceChange.poll_id)
        .where(PriceChange.poll_id == sa.any_(wanted))
        .distinct()
    )


def price_falls(poll_ids: Sequence[UUID]) -> sa.Subquery:
    """Return the falls of base prices in the histories that these polls changed.

    vendor_id, product_id, currency, old_amount, old_seen_at (the last sight of the old price),
    new_amount, seen_at (the first of the new one), is_confirmed (it was seen a second time),
    later_amount (what was seen after it; null if it still stands). What was seen only once is a
    slip where the prices beside it are both above or both below it: no price to fall from.
    """
    touched = changed_prices(poll_ids).cte("touched")
    seen = PriceSeen
    series = {
        "partition_by": [seen.product_id, seen.vendor_id, seen.currency],
        "order_by": seen.first_seen_at,
    }
    stretches = (
        sa.select(
            seen.vendor_id,
            seen.product_id,
            seen.currency,
            seen.amount.label("new_amount"),
            seen.first_seen_at.label("seen_at"),
            (seen.sights > 1).label("is_confirmed"),
            sa.func.lag(seen.amount).over(**series).label("old_amount"),
            sa.func.lag(seen.last_seen_at).over(**series).label("old_seen_at"),
            sa.func.lag(seen.sights).over(**series).label("old_sights"),
            sa.func.lag(seen.amount, 2).over(**series).label("older_amount"),
            sa.func.lag(seen.last_seen_at, 2).over(**series).label("older_seen_at"),
            sa.func.lead(seen.amount).over(**series).label("later_amount"),
        )
        .join(
            touched,
            sa.and_(
                touched.c.product_id == seen.product_id,
                touched.c.vendor_id == seen.vendor_id,
                touched.c.currency == seen.currency,
            ),
        )
        .where(seen.kind == PriceKind.BASE.value, seen.reference == "")
        .subquery("stretches")
    )
    found = stretches.c
    was_seen_once = found.old_sights == 1
    is_peak = sa.and_(was_seen_once, found.older_amount <= found.new_amount)
    is_pit = sa.and_(was_seen_once, found.old_amount < found.new_amount)
    old_amount = sa.case((is_pit, found.older_amount), else_=found.old_amount)
    old_seen_at = sa.case((is_pit, found.older_seen_at), else_=found.old_seen_at)
    return (
        sa.select(
            *(found.vendor_id, found.product_id, found.currency),
            *(old_amount.label("old_amount"), old_seen_at.label("old_seen_at")),
            *(found.new_amount, found.seen_at, found.is_confirmed, found.later_amount),
        )
        .where(found.new_amount < old_amount, is_peak.is_not(sa.true()))
        .subquery("price_falls")
    )


def part_numbers() -> sa.Select[*tuple[Any, ...]]:
    """Return the numbers products go under.

    lookup (indexed; `rules.lookup`), kind, product_key
    product_id (indexed), vendor_id (whose number it is, where somebody's), number (as told)
    """
    return sa.select(
        PartNumber.lookup,
        PartNumber.kind,
        Product.key.label("product_key"),
        PartNumber.product_id,
        PartNumber.vendor_id,
        PartNumber.number,
    ).join(Product, Product.id == PartNumber.product_id)
