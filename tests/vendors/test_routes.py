"""Vendors through the front door."""

VENDOR = {"name": "Acme Networks", "roles": ["manufacturer", "service"]}


async def test_a_vendor_is_created_read_and_listed(client):
    put = await client.put("/v1/vendors/acme", json=VENDOR)
    assert put.status_code == 201, put.text
    assert put.headers["etag"] == '"1"'
    got = await client.get("/v1/vendors/acme")
    assert got.json() == put.json()
    assert got.json()["roles"] == ["manufacturer", "service"]
    listed = await client.get("/v1/vendors")
    assert listed.json() == {"items": [put.json()], "next": None}


async def test_the_same_put_twice_changes_nothing(client, clock, run_jobs):
    first = await client.put("/v1/vendors/acme", json=VENDOR)
    clock.advance(minutes=5)
    again = await client.put("/v1/vendors/acme", json=VENDOR)
    assert again.status_code == 200
    assert again.json() == first.json()
    await run_jobs()
    feed = (await client.get("/v1/events")).json()["items"]
    assert [event["type"] for event in feed] == ["vendors.recorded"]
