"""Products through the front door."""

import asyncio
from urllib.parse import quote

import pytest

WEIGHT = {
    "weight": {"value": "1.250", "unit": "kg"},
    "spread": {"value": "0.4", "unit": "oz"},
    "source": "catalog",
}
PRODUCT = {
    "name": "R900 router",
    "manufacturer": "acme",
    "part_numbers": [
        {"kind": "manufacturer", "number": "AC-R900"},
        {"kind": "distributor", "vendor": "bigdist", "number": "B7H 44120"},
    ],
    "unit_weight": WEIGHT,
}


@pytest.fixture
async def vendors(client):
    for key, role in (("acme", "manufacturer"), ("bigdist", "distributor")):
        answer = await client.put(f"/v1/vendors/{key}", json={"name": key, "roles": [role]})
        assert answer.is_success


async def test_a_product_is_created_read_and_listed(client, vendors):
    put = await client.put("/v1/products/R900", json=PRODUCT)
    assert put.status_code == 201, put.text
    assert put.headers["etag"] == '"1"'
    body = put.json()
    assert body["part_numbers"] == [
        {"kind": "manufacturer", "vendor": None, "number": "AC-R900"},
        {"kind": "distributor", "vendor": "bigdist", "number": "B7H 44120"},
    ]
    assert body["unit_weight"] == {
        "weight": {"value": "1.250", "unit": "kg", "exact_grams": "1250"},
        "spread": {"value": "0.4", "unit": "oz", "exact_grams": "11.33980925"},
        "source": "catalog",
    }
    got = await client.get("/v1/products/R900")
    assert got.json() == body
    assert got.headers["etag"] == '"1"'
    assert (await client.get("/v1/products")).json() == {"items": [body], "next": None}


async def test_the_same_put_twice_changes_nothing_and_tells_nobody(
    client, vendors, clock, run_jobs
):
    first = await client.put("/v1/products/R900", json=PRODUCT)
    clock.advance(minutes=5)
    again = await client.put("/v1/products/R900", json=PRODUCT)
    assert again.status_code == 200
    assert again.json() == first.json()
    changed = await client.put("/v1/products/R900", json=PRODUCT | {"name": "R900 v2"})
    assert changed.json()["version"] == 2
    await run_jobs()
    feed = (await client.get("/v1/events?type=products.recorded")).json()["items"]
    assert [(event["data"]["key"], event["data"]["version"]) for event in feed] == [
        ("R900", 1),
        ("R900", 2),
    ]


async def test_a_put_replaces_the_whole(client, vendors):
    await client.put("/v1/products/R900", json=PRODUCT)
    bare = (await client.put("/v1/products/R900", json={"name": "R900"})).json()
    assert bare["manufacturer"] is None
    assert bare["part_numbers"] == []
    assert bare["unit_weight"] is None
    assert (await client.get("/v1/products/R900")).json() == bare
    assert (await client.get("/v1/products?part_number=AC-R900")).json()["items"] == []


async def test_something_older_never_overwrites_something_newer(client, vendors):
    newer = PRODUCT | {"as_of": "2026-03-01T09:00:00Z"}
    older = {"name": "R900 of old", "as_of": "2026-03-01T10:00:00+02:00"}
    await client.put("/v1/products/R900", json=newer)
    refused = await client.put("/v1/products/R900", json=older)
    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/stale-record"
    assert (await client.get("/v1/products/R900")).json()["name"] == "R900 router"


async def test_of_two_edits_of_one_version_exactly_one_is_taken(client, vendors):
    await client.put("/v1/products/R900", json=PRODUCT)
    edits = [
        client.put("/v1/products/R900", json=PRODUCT | {"name": name}, headers={"If-Match": '"1"'})
        for name in ("left", "right")
    ]
    answers = await asyncio.gather(*edits)
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    taken = next(answer for answer in answers if answer.status_code == 200)
    assert (await client.get("/v1/products/R900")).json() == taken.json()


@pytest.mark.parametrize("key", ["A/B/7", "50% #1", " Größe 雪 ", "a?b&c", "100%25", "x+y"])
async def test_a_key_may_hold_anything(client, key):
    url = f"/v1/products/{quote(key, safe='')}"
    put = await client.put(url, json={"name": "odd"})
    assert put.status_code == 201, put.text
    assert put.json()["key"] == key
    assert (await client.get(url)).json()["key"] == key


async def test_an_unknown_key_is_not_found(client):
    assert (await client.get("/v1/products/nope")).status_code == 404


async def test_unknown_vendors_are_pointed_at_together(client):
    refused = await client.put("/v1/products/R900", json=PRODUCT)
    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/unknown-reference"
    found = {error["pointer"]: error["detail"] for error in refused.json()["errors"]}
    assert set(found) == {"/manufacturer", "/part_numbers/1/vendor"}
    assert "'acme'" in found["/manufacturer"]


async def test_who_makes_nothing_is_no_manufacturer(client, vendors):
    refused = await client.put("/v1/products/R900", json=PRODUCT | {"manufacturer": "bigdist"})
    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/manufacturer-role-missing"
    assert refused.json()["roles"] == ["distributor"]
    assert refused.json()["errors"][0]["pointer"] == "/manufacturer"
    assert (await client.get("/v1/products/R900")).status_code == 404


def weighing(**more):
    return {"unit_weight": WEIGHT | more}


MALFORMED = {
    "a weight of nothing": (
        weighing(weight={"value": "0", "unit": "kg"}),
        "/unit_weight/weight/value",
        "greater than 0",
    ),
    "a negative weight": (
        weighing(weight={"value": "-1", "unit": "kg"}),
        "/unit_weight/weight/value",
        "greater than",
    ),
    "a weight through a float": (
        weighing(weight={"value": 1.25, "unit": "kg"}),
        "/unit_weight/weight/value",
        "in a string",
    ),
    "an unknown unit": (
        weighing(weight={"value": "1", "unit": "stone"}),
        "/unit_weight/weight/unit",
        "mg, g, kg, oz, lb",
    ),
    "more than a hundred tonnes": (
        weighing(weight={"value": "100001", "unit": "kg"}),
        "/unit_weight/weight/value",
        "hundred tonnes",
    ),
    "no spread at all told as zero": (
        weighing(spread={"value": "0", "unit": "g"}),
        "/unit_weight/spread/value",
        "greater than 0",
    ),
    "a spread above the weight": (
        weighing(spread={"value": "2", "unit": "kg"}),
        "/unit_weight/spread",
        "above the weight",
    ),
    "an unknown source": (weighing(source="guess"), "/unit_weight/source", "'catalog'"),
    "a distributor's number of nobody": (
        {"part_numbers": [{"kind": "distributor", "number": "1"}]},
        "/part_numbers/0/vendor",
        "which distributor",
    ),
    "a bar code of a distributor": (
        {"part_numbers": [{"kind": "upc", "vendor": "bigdist", "number": "1"}]},
        "/part_numbers/0/vendor",
        "leave `vendor` out",
    ),
    "a number told twice": (
        {"part_numbers": [{"kind": "upc", "number": "1"}, {"kind": "upc", "number": "1"}]},
        "/part_numbers/1/number",
        "once",
    ),
    "too many numbers": (
        {"part_numbers": [{"kind": "upc", "number": str(n)} for n in range(51)]},
        "/part_numbers",
        "at most 50",
    ),
    "a member we do not know": ({"colour": "red"}, "/colour", "not permitted"),
    "no name": ({"name": " "}, "/name", "blank"),
    "a NUL": ({"name": "a\x00b"}, "/name", "NUL"),
}


@pytest.mark.parametrize(("change", "pointer", "hint"), MALFORMED.values(), ids=MALFORMED)
async def test_what_does_not_parse_is_pointed_at(client, vendors, change, pointer, hint):
    refused = await client.put("/v1/products/R900", json=PRODUCT | change)
    assert refused.status_code == 422, refused.text
    errors = refused.json()["errors"]
    assert [error["pointer"] for error in errors] == [pointer]
    assert hint in errors[0]["detail"]


async def test_a_unit_far_below_a_gram_keeps_its_weight(client):
    screw = {"weight": {"value": "0.0001", "unit": "mg"}, "source": "measured"}
    put = await client.put("/v1/products/screw", json={"name": "screw", "unit_weight": screw})
    assert put.json()["unit_weight"]["weight"]["exact_grams"] == "0.0000001"
    assert put.json()["unit_weight"]["spread"] is None


async def test_products_are_found_by_anybodys_number_and_by_who_makes_them(client, vendors):
    await client.put("/v1/products/R900", json=PRODUCT)
    await client.put("/v1/products/other", json={"name": "Other"})

    async def found(**params):
        answer = await client.get("/v1/products", params=params)
        assert answer.status_code == 200, answer.text
        return [item["key"] for item in answer.json()["items"]]

    assert await found(part_number="b7h-44120") == ["R900"]
    assert await found(part_number="acr900") == ["R900"]
    assert await found(part_number="R900") == []
    assert await found(manufacturer="acme") == ["R900"]
    assert await found(manufacturer="bigdist") == []
    assert await found(manufacturer="nobody") == []
    assert await found(manufacturer="acme", part_number="B7H44120") == ["R900"]
    assert await found() == ["R900", "other"]


async def test_pages_follow_each_other_without_gap_or_repeat(client):
    for n in range(5):
        await client.put(f"/v1/products/p{n}", json={"name": f"p{n}"})
    seen, cursor = [], None
    while True:
        params = {"limit": 2} | ({"after": cursor} if cursor else {})
        page = (await client.get("/v1/products", params=params)).json()
        seen += [item["key"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == ["p0", "p1", "p2", "p3", "p4"]
    assert (await client.get("/v1/products?after=nonsense")).status_code == 400
