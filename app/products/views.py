"""What rooms above join products with."""

from functools import cache
from typing import Any

import sqlalchemy as sa

from app.products.models import Product


def products() -> sa.Subquery:
    """Return all products: product_id, product_key, name, weight_g and spread_g.

    Grams are exact decimals; null is unknown.
    """
    return _products().subquery("told_products")


@cache
def _products() -> sa.Select[*tuple[Any, ...]]:
    return sa.select(
        Product.id.label("product_id"),
        Product.key.label("product_key"),
        Product.name,
        Product.weight_g,
        Product.spread_g,
    )
