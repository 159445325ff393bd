"""A ledger, an ERP that books vendors' papers, and workers that match them."""

import pytest

from tests.accounts.documents import Accounts
from tests.obligations.documents import Ledger
from tests.orders.documents import Erp, line, order


@pytest.fixture
async def ledger(client):
    return Ledger(client)


@pytest.fixture
async def erp(client):
    told = Erp(client)
    for key in ("acme", "bigdist"):
        await told.tell(f"vendors/{key}", {"name": key, "roles": ["distributor"]})
    await told.tell("products/R900", {"name": "R900"})
    await told.tell("purchase-orders/PO-1", order(line("10"), line("20")))
    return told


@pytest.fixture
async def accounts(erp, run_jobs):
    return Accounts(erp, run_jobs)


@pytest.fixture
async def line_id(erp):
    told = await erp.get("purchase-orders/PO-1")
    return told["lines"][0]["purchase_line_id"]
