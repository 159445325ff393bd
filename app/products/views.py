"""What rooms above join products with."""

import sqlalchemy as sa

from app.products.models import Product


def products() -> sa.Subquery:
    """Return all products.

    product_id, product_key (unique, indexed), name
    manufacturer_id, product_line   null: unknown, none
    weight_g, spread_g   exact decimals; null: unknown
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
