"""Lists: every item once, whatever is added meanwhile; a cursor is ours or refused."""

import base64

import pytest


async def _fill(client, count, first=0):
    for n in range(first, first + count):
        await client.put(f"/v1/vendors/v{n}", json={"name": f"V {n}", "roles": ["service"]})


async def _follow(client, url):
    keys, after = [], ""
    while after is not None:
        page = (await client.get(f"{url}&after={after}" if after else url)).json()
        keys += [item["key"] for item in page["items"]]
        after = page["next"]
    return keys


@pytest.mark.parametrize(("count", "limit"), [(0, 2), (2, 2), (5, 2), (5, 1), (5, 200)])
async def test_pages_hold_every_item_once_in_order(client, count, limit):
    await _fill(client, count)
    found = await _follow(client, f"/v1/vendors?limit={limit}")
    assert found == [f"v{n}" for n in range(count)]


async def test_what_is_added_while_pages_are_read_comes_at_the_end(client):
    await _fill(client, 3)
    page = (await client.get("/v1/vendors?limit=2")).json()
    await _fill(client, 2, first=3)
    rest = await _follow(client, f"/v1/vendors?limit=2&after={page['next']}")
    assert rest == ["v2", "v3", "v4"]


async def test_a_filter_holds_on_every_page(client):
    await _fill(client, 3)
    await client.put("/v1/vendors/m", json={"name": "M", "roles": ["manufacturer"]})
    assert await _follow(client, "/v1/vendors?limit=1&role=manufacturer") == ["m"]


def _cursor(text):
    return base64.urlsafe_b64encode(text if isinstance(text, bytes) else text.encode()).decode()


GARBAGE = [
    "garbage",
    "%20",
    "!!!",
    "ä",
    "a",
    _cursor("4711"),
    _cursor(b"\xff\xfe"),
    _cursor("e"),
    _cursor("e-1"),
    _cursor("e²"),
    _cursor("e" + "9" * 19),
    _cursor("x" * 200),
]


@pytest.mark.parametrize("cursor", GARBAGE)
@pytest.mark.parametrize("url", ["/v1/vendors", "/v1/events"])
async def test_a_cursor_that_was_not_given_out_is_refused(client, url, cursor):
    answer = await client.get(f"{url}?after={cursor}")
    assert answer.status_code == 400
    assert answer.json()["type"] == "/problems/bad-cursor"


async def test_a_cursor_of_another_list_is_refused(client):
    await _fill(client, 2)
    vendors = (await client.get("/v1/vendors?limit=1")).json()["next"]
    events = (await client.get("/v1/events")).json()["next"]
    assert (await client.get(f"/v1/events?after={vendors}")).status_code == 400
    assert (await client.get(f"/v1/vendors?after={events}")).status_code == 400


@pytest.mark.parametrize("limit", ["0", "-1", "201", "x", "", "1.5", "9" * 30])
async def test_a_limit_out_of_bounds_is_refused(client, limit):
    assert (await client.get(f"/v1/vendors?limit={limit}")).status_code == 422
