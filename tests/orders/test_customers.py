"""Customers through the front door."""

import pytest

from tests.orders.documents import ADDRESS, quoted

DANA = {
    "name": "Dana Whitfield",
    "email": "Dana@Example.com",
    "phone": "+1 217 555 0134",
    "address": ADDRESS,
}


async def test_a_customer_is_created_read_and_replaced_whole(client):
    put = await client.put("/v1/customers/C-1", json=DANA)
    assert put.status_code == 201, put.text
    assert put.json()["address"] == {
        "name": "Dana Whitfield",
        "street": ["12 Elm Street"],
        "city": "Springfield",
        "region": None,
        "postal_code": None,
        "country": None,
    }
    assert (await client.get("/v1/customers/C-1")).json() == put.json()
    again = await client.put("/v1/customers/C-1", json=DANA)
    assert (again.status_code, again.json()) == (200, put.json())
    bare = (await client.put("/v1/customers/C-1", json={"name": "Dana"})).json()
    assert (bare["version"], bare["email"], bare["address"]) == (2, None, None)
    assert (await client.get("/v1/customers/nope")).status_code == 404


async def test_customers_are_found_by_their_address_in_any_case(client):
    await client.put("/v1/customers/C-1", json=DANA)
    await client.put("/v1/customers/C-2", json={"name": "Omar", "email": "omar@example.com"})

    async def found(**params):
        answer = await client.get("/v1/customers", params=params)
        return [item["key"] for item in answer.json()["items"]]

    assert await found(email="dana@example.COM") == ["C-1"]
    assert await found(email="example@example.com") == []
    assert await found() == ["C-1", "C-2"]


async def test_a_change_is_told_and_a_repetition_is_not(client, run_jobs):
    for body in (DANA, DANA, DANA | {"phone": None}):
        assert (await client.put("/v1/customers/C-1", json=body)).is_success
    await run_jobs()
    feed = (await client.get("/v1/events?type=orders.customer_recorded")).json()["items"]
    assert [event["data"]["version"] for event in feed] == [1, 2]


@pytest.mark.parametrize("key", ["A/B", "#7", "Zoë Müller", "雪"])
async def test_a_key_may_hold_anything(client, key):
    url = f"/v1/customers/{quoted(key)}"
    assert (await client.put(url, json=DANA)).status_code == 201
    assert (await client.get(url)).json()["key"] == key


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"email": "not an address"}, "/email"),
        ({"email": "a\x00@b"}, "/email"),
        ({"email": "a" * 250 + "@b.com"}, "/email"),
        ({"phone": "1" * 201}, "/phone"),
        ({"address": {"country": "Freedonia"}}, "/address/country"),
        ({"address": {"street": ["x"] * 5}}, "/address/street"),
        ({"as_of": "2026-03-02T09:00:00"}, "/as_of"),
        ({"as_of": "2027-03-02T09:00:00Z"}, "/as_of"),
        ({"as_of": "0001-01-01T00:00:00+14:00"}, "/as_of"),
        ({"as_of": "9999-12-31T23:59:59-14:00"}, "/as_of"),
    ],
)
async def test_what_does_not_parse_is_pointed_at(client, change, pointer):
    refused = await client.put("/v1/customers/C-1", json=DANA | change)
    assert refused.status_code == 422, refused.text
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
