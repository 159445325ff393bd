"""A shipment told of, and the parcels that came of it."""

import pytest

ADDRESS = {
    "name": "Ada Smith",
    "street": ["12 Elm Street"],
    "city": "Reno",
    "region": "NV",
    "postal_code": "89501",
    "country": "US",
}


@pytest.fixture
def ship(client):
    """Tell of an order of ten widgets, and of shipments of it."""

    async def put(path, body):
        answer = await client.put(path, json=body)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()

    async def ship(key, tracking_number, *, shipped_at="2026-02-20T12:00:00Z", **more):
        await put("/v1/vendors/acme", {"name": "Acme", "roles": ["manufacturer", "distributor"]})
        await put("/v1/products/widget", {"name": "Widget", "manufacturer": "acme"})
        line = {
            "key": "1",
            "product": "widget",
            "quantity": 10,
            "unit_price": {"amount": "9.00", "currency": "USD"},
        }
        await put("/v1/purchase-orders/PO1", {"supplier": "acme", "lines": [line]})
        contents = [{"purchase_order": "PO1", "line": "1", "quantity": 1, "serials": []}]
        package = {
            "key": "1",
            "tracking_number": tracking_number,
            "carrier": "UPS",
            "contents": contents,
        }
        body = {
            "shipped_at": shipped_at,
            "shipper_of_record": {"kind": "vendor", "key": "acme"},
            "ship_to": ADDRESS,
            "packages": [package],
            **more,
        }
        return await put(f"/v1/shipments/{key}", body)

    return ship


@pytest.fixture
def parcels(client, run_jobs):
    async def parcels(**filters):
        await run_jobs()
        items = (await client.get("/v1/parcels", params=filters)).json()["items"]
        return [(await client.get(f"/v1/parcels/{item['id']}")).json() for item in items]

    return parcels
