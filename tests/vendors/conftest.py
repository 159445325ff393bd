"""A vendor to have terms with, and documents an ERP sends of them."""

import pytest


@pytest.fixture
async def bigdist(client):
    body = {"name": "Big Distribution", "roles": ["distributor"]}
    assert (await client.put("/v1/vendors/bigdist", json=body)).is_success
