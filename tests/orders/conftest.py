"""An ERP that has told its catalog."""

import pytest

from tests.orders.documents import ADDRESS, Erp


@pytest.fixture
async def erp(client):
    told = Erp(client)
    await told.tell("vendors/acme", {"name": "Acme", "roles": ["manufacturer"]})
    await told.tell("vendors/bigdist", {"name": "Big Dist", "roles": ["distributor"]})
    for key in ("R900", "R901"):
        await told.tell(f"products/{key}", {"name": key, "manufacturer": "acme"})
    await told.tell(
        "customers/dana", {"name": "Dana", "email": "dana@example.com", "address": ADDRESS}
    )
    await told.tell("customers/omar", {"name": "Omar"})
    return told
