"""A ledger whose parties are known."""

import pytest

from tests.obligations.documents import Ledger


@pytest.fixture
async def ledger(client):
    for key in ("acme", "bigdist"):
        body = {"name": key, "roles": ["distributor"]}
        assert (await client.put(f"/v1/vendors/{key}", json=body)).is_success
    assert (await client.put("/v1/customers/dana", json={"name": "Dana"})).is_success
    return Ledger(client)
