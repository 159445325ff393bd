"""An ERP that bought routers of Acme from Big Dist, and has told of no terms yet."""

import pytest

from tests.coverage.calls import Shop
from tests.orders.documents import order


@pytest.fixture
async def shop(client):
    told = Shop(client)
    await told.tell("vendors/acme", {"name": "Acme", "roles": ["manufacturer"]})
    await told.tell("vendors/bigdist", {"name": "Big Dist", "roles": ["distributor"]})
    router = {"name": "R900", "manufacturer": "acme", "product_line": "routers"}
    await told.tell("products/R900", router)
    await told.tell("products/R901", {"name": "R901", "manufacturer": "acme"})
    await told.tell("customers/dana", {"name": "Dana"})
    await told.tell("purchase-orders/PO-1", order(ordered_on="2026-01-05"))
    return told
