"""A reseller that bought from a distributor, and notices that its prices fall."""

import pytest

from tests.orders.documents import Erp
from tests.price_protection.filing_claims import Claims
from tests.price_protection.room import Room


@pytest.fixture
async def erp(client):
    told = Erp(client)
    await told.tell("vendors/bigdist", {"name": "Big", "roles": ["distributor"]})
    await told.tell("vendors/acme", {"name": "Acme", "roles": ["manufacturer"]})
    await told.tell("products/R900", {"name": "R900", "manufacturer": "acme"})
    await told.tell("products/R300", {"name": "R300", "manufacturer": "acme"})
    await told.tell("customers/C-1001", {"name": "Dana Whitfield"})
    return told


@pytest.fixture
async def room(erp, client, run_jobs):
    return Room(erp, client, run_jobs)


@pytest.fixture
async def claims(room, clock):
    await room.grant(reaches=["on_hand", "in_transit", "sold", "drop_shipped"])
    return Claims(room, clock)
