"""An ERP that has told of an order of two, drop-shipped to Dana, of which something went wrong."""

import pytest

from tests.cases.calls import Cases
from tests.orders.documents import ADDRESS, Erp, content, line, order, package, shipment


@pytest.fixture
async def erp(client):
    told = Erp(client)
    await told.tell("vendors/bigdist", {"name": "Big Dist", "roles": ["distributor"]})
    await told.tell("products/R900", {"name": "R900"})
    for key in ("dana", "omar"):
        await told.tell(f"customers/{key}", {"name": key})
    drop = {"customer": "dana", "address": ADDRESS}
    await told.tell(
        "purchase-orders/PO-1", order(line("10", drop_ship=drop), line("20", quantity=5))
    )
    packed = package(content(2), tracking_number="1Z999AA101", carrier="UPS")
    await told.tell("shipments/S-1", shipment(packed))
    return told


@pytest.fixture
def cases(client, erp):
    return Cases(client)
