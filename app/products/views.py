"""What rooms above join products with."""

from functools import cache
from typing import Any

import sqlalchemy as sa

from app.products.models import PartNumber, Product


def products() -> sa.Subquery:
    """Return all products.

    product_id, product_key (unique, indexed), name
    manufacturer_id, product_line   both indexed; null is unknown
    weight_g, spread_g   exact decimals; null is unknown
    """
    return _products().subquery("told_products")


@cache
def _products() -> sa.Select[*tuple[Any, ...]]:
    return sa.select(
        Product.id.label("product_id"),
        Product.key.label("product_key"),
        Product.name,
        Product.manufacturer_id,
        Product.product_line,
        Product.weight_g,
        Product.spread_g,
    )


def part_numbers() -> sa.Select[*tuple[Any, ...]]:
    """Return the numbers products go under: lookup (indexed; `rules.lookup`), kind, product_key."""
    return sa.select(PartNumber.lookup, PartNumber.kind, Product.key.label("product_key")).join(
        Product, Product.id == PartNumber.product_id
    )
