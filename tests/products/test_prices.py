"""Prices seen become histories: nothing is counted twice, and what comes late finds its place."""

import asyncio
import json

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from app.kit.ids import new_id
from app.products import views
from app.products.prices import Wanted, select_history, select_polls
from tests.orders.test_scale import counting

DAY = "2026-02-{:02}T06:00:00Z"


@pytest.fixture
async def catalog(client):
    roles = {"name": "BigDist", "roles": ["distributor"]}
    for vendor in ("bigdist", "otherdist"):
        await client.put(f"/v1/vendors/{vendor}", json=roles)
    for product in ("R900", "S/24", "T1"):
        await client.put(f"/v1/products/{product}", json={"name": product})


def price(amount, product="R900", currency="USD", **more):
    return {"product": product, "price": {"amount": amount, "currency": currency}} | more


class Prices:
    """A distributor's prices, looked at on days of February."""

    def __init__(self, client):
        self.client = client

    async def saw(self, day, *prices, vendor="bigdist"):
        told = [price(each) if isinstance(each, str) else each for each in prices]
        body = {"vendor": vendor, "seen_at": DAY.format(day), "prices": told}
        answer = await self.client.post("/v1/products/prices", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def lines(self, *lines):
        return await self.client.post(
            "/v1/products/prices",
            content="\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines),
            headers={"Content-Type": "application/x-ndjson"},
        )

    async def history(self, product="R900", **wanted):
        found, after = [], {}
        while True:
            answer = await self.client.get(
                "/v1/product-prices", params={"product": product, "limit": 2} | wanted | after
            )
            assert answer.status_code == 200, answer.text
            page = answer.json()
            found += page["items"]
            if page["next"] is None:
                return found
            after = {"after": page["next"]}

    async def stretches(self, product="R900", **wanted):
        """Return amounts with the days of their first and last sight, and how often."""
        return [
            (
                found["price"]["amount"],
                int(found["first_seen_at"][8:10]),
                int(found["last_seen_at"][8:10]),
                found["sights"],
            )
            for found in await self.history(product, **wanted)
        ]


@pytest.fixture
def prices(client, catalog):
    return Prices(client)


def counts(poll):
    names = ("opened", "changed", "seen_again", "known", "refused")
    return {name: poll[name] for name in names if poll[name]}


async def test_a_price_seen_again_lasts_longer_and_another_begins_anew(prices):
    assert counts(await prices.saw(1, "100.00")) == {"opened": 1}
    assert counts(await prices.saw(2, "100.00")) == {"seen_again": 1}
    assert counts(await prices.saw(3, "80.00")) == {"changed": 1}
    assert await prices.stretches() == [("100.00", 1, 2, 2), ("80.00", 3, 3, 1)]


async def test_histories_are_kept_apart_by_vendor_currency_kind_and_number(prices):
    bid = {"kind": "special_bid", "reference": "B-1"}
    await prices.saw(
        1,
        price("100.00"),
        price("90.00", currency="EUR"),
        price("70.00", **bid),
        price("65.00", kind="special_bid", reference="B-2"),
        price("75.00", kind="promotion"),
        price("149.00", kind="list"),
    )
    await prices.saw(1, "101.00", vendor="otherdist")
    found = await prices.history()
    assert len(found) == 7
    assert {one["sights"] for one in found} == {1}
    of_bids = await prices.history(kind="special_bid", vendor="bigdist")
    assert [(one["reference"], one["price"]["amount"]) for one in of_bids] == [
        ("B-1", "70.00"),
        ("B-2", "65.00"),
    ]
    assert await prices.stretches(vendor="otherdist") == [("101.00", 1, 1, 1)]
    assert await prices.stretches(currency="EUR") == [("90.00", 1, 1, 1)]
    assert await prices.history(vendor="nobody") == []
    assert await prices.history("nothing") == []


async def test_the_same_poll_twice_counts_once(prices, run_jobs):
    first = await prices.saw(1, "100.00")
    again = await prices.saw(1, "100.00")
    assert counts(again) == {"known": 1}
    assert await prices.stretches() == [("100.00", 1, 1, 1)]
    await run_jobs()
    feed = await prices.client.get("/v1/events?type=products.prices_recorded")
    assert [each["data"]["poll_id"] for each in feed.json()["items"]] == [first["id"]]


async def test_of_two_polls_at_once_none_is_lost_and_none_counts_twice(prices):
    await asyncio.gather(*(prices.saw(1, "100.00") for _ in range(4)))
    assert await prices.stretches() == [("100.00", 1, 1, 1)]
    days = [prices.saw(day, "100.00" if day < 5 else "80.00") for day in (6, 3, 5, 2, 4)]
    await asyncio.gather(*days)
    # In whatever order they went: what one of them saw amid the others' time is not counted.
    found = [each[:3] for each in await prices.stretches()]
    assert found == [("100.00", 1, 4), ("80.00", 5, 6)]


ORDERS = {
    "before all": ((5, "80.00"), (1, "100.00"), [("100.00", 1, 1, 1), ("80.00", 5, 5, 1)]),
    "the same, earlier": ((5, "80.00"), (1, "80.00"), [("80.00", 1, 5, 2)]),
}


@pytest.mark.parametrize(("first", "late", "expected"), ORDERS.values(), ids=ORDERS)
async def test_what_comes_late_finds_its_place(prices, first, late, expected):
    await prices.saw(*first)
    await prices.saw(*late)
    assert await prices.stretches() == expected


async def test_another_price_amid_a_stretch_parts_it_where_nothing_is_known(prices):
    for day in (1, 4, 9):
        await prices.saw(day, "100.00")
    assert counts(await prices.saw(6, "80.00")) == {"changed": 1}
    parted = [("100.00", 1, 1, 2), ("80.00", 6, 6, 1), ("100.00", 9, 9, 1)]
    assert await prices.stretches() == parted
    assert counts(await prices.saw(6, "80.00")) == {"known": 1}
    await prices.saw(4, "100.00")
    assert (await prices.stretches())[0] == ("100.00", 1, 4, 3)


async def test_two_prices_of_one_instant_contradict_each_other(prices):
    await prices.saw(1, "100.00")
    refused = await prices.saw(1, "80.00", price("5.00", "T1"))
    assert counts(refused) == {"opened": 1, "refused": 1}
    assert refused["errors"] == [
        {
            "pointer": "/prices/0/price/amount",
            "detail": "at this instant 100.00 is on record; one of the two is wrong",
        }
    ]
    assert await prices.stretches() == [("100.00", 1, 1, 1)]


async def test_rounding_is_no_change_but_what_creeps_is(prices):
    await prices.saw(1, "12.3456", price("0.0500", "T1"))
    assert counts(await prices.saw(2, "12.35", price("0.0400", "T1"))) == {
        "seen_again": 1,
        "changed": 1,
    }
    assert counts(await prices.saw(3, "12.34")) == {"seen_again": 1}
    assert counts(await prices.saw(4, "12.33")) == {"changed": 1}
    yen = [price(amount, "S/24", "JPY") for amount in ("1200", "1199", "1198")]
    told = [counts(await prices.saw(day, one)) for day, one in enumerate(yen, start=1)]
    assert told == [{"opened": 1}, {"seen_again": 1}, {"changed": 1}]


async def test_each_row_that_cannot_be_kept_is_pointed_at_and_the_others_stand(prices):
    poll = await prices.saw(
        1,
        price("100.00"),
        price("1.00", "unheard-of"),
        price("0.00", "T1"),
        price("99.00"),
        price("5", "S/24"),
    )
    assert counts(poll) == {"opened": 2, "refused": 3}
    found = {each["pointer"]: each["detail"] for each in poll["errors"]}
    assert list(found) == ["/prices/1/product", "/prices/2/price/amount", "/prices/3"]
    assert "PUT it first" in found["/prices/1/product"]
    assert "above zero" in found["/prices/2/price/amount"]
    assert "stands at /prices/0 already" in found["/prices/3"]
    assert await prices.stretches("S/24") == [("5", 1, 1, 1)]
    kept = await prices.client.get(f"/v1/product-prices/polls/{poll['id']}")
    assert kept.json() == {name: value for name, value in poll.items() if name != "errors"}


async def test_of_ndjson_only_the_lines_that_do_not_parse_are_refused(prices):
    answer = await prices.lines(
        {"vendor": "bigdist", "seen_at": DAY.format(1), "source": "price list"},
        price("100.00"),
        "",
        "{nonsense",
        price("-5", "T1"),
        price("5", "T1", "XYZ"),
        price("99999999999999999999", "T1"),
        price("5", "T1", colour="red"),
        price("5.00", "S/24"),
        '{"product": "T1", "product": "T1"}',
        price("4", "T1", reference="B-1"),
        "[1]",
    )
    assert answer.status_code == 201, answer.text
    poll = answer.json()
    assert counts(poll) == {"opened": 2, "refused": 8}
    assert [each["pointer"] for each in poll["errors"]] == [
        *("/4", "/5/price/amount", "/6/price/currency", "/7/price/amount", "/8/colour"),
        *("/10", "/11", "/12"),
    ]


MALFORMED = {
    "no vendor": ({"vendor": None}, "/vendor"),
    "of the future": ({"seen_at": "2026-03-05T00:00:00Z"}, "/seen_at"),
    "without an instant": ({"seen_at": "2026-03-05"}, "/seen_at"),
    "of a negative price": ({"prices": [price("-1")]}, "/prices/0/price/amount"),
    "of a huge price": ({"prices": [price("9" * 16)]}, "/prices/0/price/amount"),
    "of a price through a float": ({"prices": [price(1.5)]}, "/prices/0/price/amount"),
    "of no currency": ({"prices": [price("1", currency="ABC")]}, "/prices/0/price/currency"),
    "with a NUL": ({"prices": [price("1", "a\x00b")]}, "/prices/0/product"),
    "of no kind": ({"prices": [price("1", kind="odd")]}, "/prices/0/kind"),
    "of nothing": ({"prices": []}, "/prices"),
}


@pytest.mark.parametrize(("change", "pointer"), MALFORMED.values(), ids=MALFORMED)
async def test_json_that_does_not_parse_is_refused_as_a_whole(prices, change, pointer):
    body = {"vendor": "bigdist", "seen_at": DAY.format(1), "prices": [price("1.00")]} | change
    answer = await prices.client.post("/v1/products/prices", json=body)
    assert answer.status_code == 422, answer.text
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]
    assert await prices.stretches() == []


async def test_a_vendor_that_was_never_sent_is_pointed_at(prices):
    body = {"vendor": "nobody", "seen_at": DAY.format(1), "prices": [price("1.00")]}
    answer = await prices.client.post("/v1/products/prices", json=body)
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["pointer"] == "/vendor"


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"{", b'"text"', b"[" * 100_000])
async def test_bytes_that_are_no_poll_are_refused_in_either_form(prices, body):
    for kind in ("application/json", "application/x-ndjson"):
        answer = await prices.client.post(
            "/v1/products/prices", content=body, headers={"Content-Type": kind}
        )
        assert answer.status_code == 422, answer.text
    answer = await prices.client.post("/v1/products/prices", content=body)
    assert answer.status_code == 415


async def test_a_retry_with_the_same_idempotency_key_is_answered_as_the_first(prices):
    body = {"vendor": "bigdist", "seen_at": DAY.format(1), "prices": [price("1.00")]}
    keyed = {"Idempotency-Key": "poll-1"}
    answers = [
        await prices.client.post("/v1/products/prices", json=body, headers=keyed) for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["idempotent-replay"] == "true"
    listed = await prices.client.get("/v1/product-prices/polls?vendor=bigdist")
    assert [each["id"] for each in listed.json()["items"]] == [answers[0].json()["id"]]


async def test_a_cursor_of_another_list_is_refused(prices):
    for cursor in ("nonsense", "WzEsMiwzLDQsNV0", "e30"):
        answer = await prices.client.get(f"/v1/product-prices?product=R900&after={cursor}")
        assert answer.status_code == 400


async def falls(runtime, *polls):
    """Return what fell, as rooms above read it."""
    async with runtime.transaction() as session:
        found = views.price_falls([poll["id"] for poll in polls])
        rows = (await session.execute(sa.select(found))).mappings().all()
        return [
            (str(row["old_amount"]), str(row["new_amount"]), row["is_confirmed"]) for row in rows
        ]


async def test_a_fall_is_told_when_it_is_seen_and_again_when_it_is_confirmed(prices, runtime):
    first = await prices.saw(1, "100.00")
    assert await falls(runtime, first) == []
    assert await falls(runtime, await prices.saw(2, "80.00")) == [("100.00", "80.00", False)]
    assert await falls(runtime, await prices.saw(3, "80.00")) == [("100.00", "80.00", True)]
    assert await falls(runtime, await prices.saw(4, "80.00")) == []
    assert await falls(runtime, await prices.saw(5, "90.00")) == [("100.00", "80.00", True)]


async def test_a_fall_that_shows_by_what_came_late_is_told(prices, runtime):
    await prices.saw(5, "80.00")
    assert await falls(runtime, await prices.saw(1, "100.00")) == [("100.00", "80.00", False)]


async def test_only_base_prices_fall_and_a_slip_is_no_price_to_fall_from(prices, runtime):
    special = [
        [price(amount, kind=kind) for kind in ("promotion", "special_bid", "list")]
        for amount in ("50.00", "40.00")
    ]
    await prices.saw(1, "100.00", *special[0])
    assert await falls(runtime, await prices.saw(2, "100.00", *special[1])) == []
    await prices.saw(3, "1000.00")
    assert await falls(runtime, await prices.saw(4, "100.00")) == []


async def test_a_poll_costs_as_many_statements_as_one_price_and_finds_rest_on_indexes(
    prices, runtime, client
):
    async with runtime.transaction() as session:
        await session.execute(
            sa.text(
                "INSERT INTO products (id, key, name, version, as_of, content_sha256, created_at, "
                "updated_at) SELECT gen_random_uuid(), 'P' || n, 'P', 1, now(), '', now(), now() "
                "FROM generate_series(1, 2000) n"
            )
        )
    many = [price("10.00", f"P{n}") for n in range(1, 2001)]
    costs = []
    for told in ([price("5.00", "T1")], many):
        with counting(runtime) as seen:
            assert counts(await prices.saw(1, *told)) == {"opened": len(told)}
        costs.append(len(seen))
    assert costs[0] == costs[1]
    async with runtime.transaction() as session:
        await session.execute(sa.text("ANALYZE prices_seen"))
        await session.execute(sa.text("ANALYZE price_polls"))
        await session.execute(sa.text("SET LOCAL enable_seqscan = off"))
        for query in (
            select_history(new_id(), None, Wanted("R900"), None).limit(50),
            select_history(
                new_id(),
                new_id(),
                Wanted("R900"),
                (new_id(), "base", "USD", "", runtime.clock.now()),
            ).limit(50),
            select_polls(new_id(), None).limit(50),
            select_polls(new_id(), new_id()).limit(50),
            sa.select(views.price_falls([new_id()])),
        ):
            told = query.compile(
                dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}
            )
            plan = "\n".join(await session.scalars(sa.text(f"EXPLAIN {told}")))
            assert "Seq Scan" not in plan, plan
            assert "Index" in plan
