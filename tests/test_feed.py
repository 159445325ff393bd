"""The feed for one who follows only some of it."""


async def test_a_filtered_feed_advances_past_what_it_passed_over(client, run_jobs):
    for number in range(5):
        vendor = {"name": "x", "roles": ["manufacturer"]}
        await client.put(f"/v1/vendors/v{number}", json=vendor)
    await run_jobs()
    page = (await client.get("/v1/events", params={"type": "nothing.of_this"})).json()
    whole = (await client.get("/v1/events")).json()
    assert page["items"] == []
    assert page["next"] == whole["next"]


async def test_a_full_filtered_page_goes_on_where_it_ended(client, run_jobs):
    for number in range(4):
        vendor = {"name": "x", "roles": ["manufacturer"]}
        await client.put(f"/v1/vendors/v{number}", json=vendor)
        await client.put(f"/v1/customers/c{number}", json={"name": "y"})
    await run_jobs()
    seen, cursor = [], None
    for _ in range(3):
        asked = {"type": "vendors.recorded", "limit": 2, **({"after": cursor} if cursor else {})}
        page = (await client.get("/v1/events", params=asked)).json()
        seen += [event["data"]["key"] for event in page["items"]]
        cursor = page["next"]
    assert seen == ["v0", "v1", "v2", "v3"]
