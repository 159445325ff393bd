"""Purchase orders through the front door."""

import pytest

from tests.orders.documents import (
    ADDRESS,
    content,
    line,
    order,
    package,
    pointers,
    quoted,
    shipment,
)

DROPPED = {"customer": "dana", "address": ADDRESS}


async def test_an_order_is_created_and_read_back(erp):
    told = order(
        line(drop_ship=DROPPED, customer_order_number="SO-1", is_back_ordered=True),
        line("20", product="R901", quantity=5, customer="omar"),
        ordered_on="2026-02-20",
    )
    put = await erp.put("purchase-orders/PO-1", told)
    assert put.status_code == 201, put.text
    assert put.headers["etag"] == '"1"'
    body = put.json()
    assert (body["supplier"], body["ordered_on"]) == ("bigdist", "2026-02-20")
    first, second = body["lines"]
    assert first["drop_ship"]["customer"] == first["customer"] == "dana"
    assert first["drop_ship"]["address"]["street"] == ["12 Elm Street"]
    assert first["unit_price"] == {"amount": "129.00", "currency": "USD"}
    assert first["is_back_ordered"] is True
    assert (second["customer"], second["drop_ship"]) == ("omar", None)
    assert second["shipped_quantity"] == 0
    assert await erp.get("purchase-orders/PO-1") == body


async def test_what_came_to_our_stock_and_went_from_it_is_read_back(erp):
    told = {
        "invoiced_on": "2026-02-21",
        "receipts": [{"on": "2026-02-24", "quantity": 1}, {"on": "2026-02-25", "quantity": 1}],
        "sales": [{"on": "2026-02-26", "quantity": 2}],
        "is_special_bid": True,
        "pass_through_percent": "50",
    }
    body = await erp.tell("purchase-orders/PO-1", order(line(**told)))
    assert {name: body["lines"][0][name] for name in told} == told
    assert await erp.get("purchase-orders/PO-1") == body


async def test_no_more_comes_and_goes_than_was_ordered(erp):
    two = [{"on": "2026-02-24", "quantity": 2}]
    for name in ("receipts", "sales"):
        answer = await erp.put("purchase-orders/PO-1", order(line(**{name: two * 2})))
        assert (answer.status_code, pointers(answer)) == (422, ["/lines/0"])
        dropped = order(line(drop_ship=DROPPED, **{name: two}))
        assert (await erp.put("purchase-orders/PO-1", dropped)).status_code == 422


async def test_the_same_put_twice_changes_nothing_and_tells_nobody(erp, clock, run_jobs):
    first = await erp.tell("purchase-orders/PO-1", order())
    clock.advance(minutes=5)
    again = await erp.put("purchase-orders/PO-1", order())
    assert (again.status_code, again.json()) == (200, first)
    ended = order(cancelled_at="2026-03-02T10:00:00+01:00")
    cancelled = await erp.tell("purchase-orders/PO-1", ended)
    assert cancelled["cancelled_at"] == "2026-03-02T09:00:00Z"
    await run_jobs()
    feed = await erp.get("events", type="orders.purchase_order_recorded")
    told = [(e["data"]["version"], e["data"]["is_cancelled"]) for e in feed["items"]]
    assert told == [(1, False), (2, True)]


async def test_something_older_never_overwrites_something_newer(erp):
    newer = order(line(quantity=3), as_of="2026-03-02T08:00:00Z")
    await erp.tell("purchase-orders/PO-1", newer)
    older = order(line(quantity=1), as_of="2026-03-02T07:59:59Z")
    refused = await erp.put("purchase-orders/PO-1", older)
    assert refused.json()["type"] == "/problems/stale-record"
    assert (await erp.get("purchase-orders/PO-1"))["lines"][0]["quantity"] == 3


async def test_a_put_replaces_the_whole_and_a_line_keeps_its_id(erp):
    gone = line("40", product="R901", customer="omar")
    before = await erp.tell("purchase-orders/PO-1", order(line("10"), line("20"), gone))
    after = await erp.tell(
        "purchase-orders/PO-1", order(line("30"), line("20", product="R901", quantity=7))
    )
    assert [(one["key"], one["quantity"]) for one in after["lines"]] == [("30", 2), ("20", 7)]
    assert after["lines"][1]["product"] == "R901"
    ids = {one["key"]: one["purchase_line_id"] for one in before["lines"]}
    assert after["lines"][1]["purchase_line_id"] == ids["20"]
    back = await erp.tell("purchase-orders/PO-1", order(line("10")))
    assert [one["purchase_line_id"] for one in back["lines"]] == [ids["10"]]
    assert await erp.get("purchase-orders/PO-1") == back
    assert await erp.keys("purchase-orders", product="R901") == []
    assert await erp.keys("purchase-orders", customer="omar") == []


@pytest.mark.parametrize("key", ["PO/2026/117", "# 7", "Bestellung Ä 1", "雪/50%"])
async def test_keys_of_orders_and_lines_may_hold_anything(erp, key):
    path = f"purchase-orders/{quoted(key)}"
    await erp.tell(path, order(line(key)))
    await erp.tell(
        f"shipments/{quoted(key)}",
        shipment(package(content(line=key, purchase_order=key), key=key)),
    )
    got = await erp.get(path)
    assert (got["key"], got["lines"][0]["key"]) == (key, key)
    assert got["lines"][0]["shipped_quantity"] == 1
    sent = await erp.get(f"shipments/{quoted(key)}")
    assert sent["packages"][0]["contents"][0]["line"] == key
    assert await erp.keys("shipments", purchase_order=key) == [key]


async def test_everything_unknown_is_pointed_at_together(erp):
    refused = await erp.put(
        "purchase-orders/PO-1",
        order(
            line("10", product="nope"),
            line("20", customer="nobody"),
            line("30", drop_ship={"customer": "ghost", "address": {}}),
            supplier="who",
        ),
    )
    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/unknown-reference"
    assert sorted(pointers(refused)) == [
        "/lines/0/product",
        "/lines/1/customer",
        "/lines/2/drop_ship/customer",
        "/supplier",
    ]
    assert (await erp.client.get("/v1/purchase-orders/PO-1")).status_code == 404


def priced(**more):
    return order(line(unit_price={"amount": "129.00", "currency": "USD"} | more))


MALFORMED = {
    "no lines": (order() | {"lines": []}, "/lines", "at least 1"),
    "too many lines": (order(*[line(str(n)) for n in range(1001)]), "/lines", "at most 1000"),
    "a line twice": (order(line(), line(), line()), "/lines/1/key", "/lines/0/key"),
    "nothing ordered": (order(line(quantity=0)), "/lines/0/quantity", "greater than"),
    "half a unit": (order(line(quantity=1.5)), "/lines/0/quantity", "integer"),
    "a quantity in words": (order(line(quantity="2")), "/lines/0/quantity", "integer"),
    "too much of it": (order(line(quantity=2**40)), "/lines/0/quantity", "less than"),
    "a currency of the past": (priced(currency="DEM"), "/lines/0/unit_price/currency", "ISO 4217"),
    "a negative price": (priced(amount="-1"), "/lines/0/unit_price/amount", "greater than"),
    "a price through a float": (priced(amount=1.1), "/lines/0/unit_price/amount", "in a string"),
    "a price too fine": (priced(amount="0.00001"), "/lines/0/unit_price/amount", "decimal places"),
    "an odd flag": (order(line(is_back_ordered="no")), "/lines/0/is_back_ordered", "boolean"),
    "two customers": (
        order(line(drop_ship=DROPPED, customer="omar")),
        "/lines/0/customer",
        "leave `customer` out",
    ),
    "no day": (order(ordered_on="yesterday"), "/ordered_on", "2026-03-02"),
    "a day as seconds": (order(ordered_on=86400), "/ordered_on", "2026-03-02"),
    "no zone": (order(cancelled_at="2026-03-02T09:00:00"), "/cancelled_at", "timezone"),
    "a typo": (order(line(qty=2)), "/lines/0/qty", "not permitted"),
}


@pytest.mark.parametrize(("body", "pointer", "hint"), MALFORMED.values(), ids=MALFORMED)
async def test_what_does_not_parse_is_pointed_at(erp, body, pointer, hint):
    refused = await erp.put("purchase-orders/PO-1", body)
    assert refused.status_code == 422, refused.text
    assert pointers(refused)[0] == pointer
    assert hint in refused.json()["errors"][0]["detail"]


async def test_a_line_that_was_shipped_is_neither_removed_nor_shrunk(erp):
    await erp.tell("purchase-orders/PO-1", order(line("10", quantity=4), line("20"), line("30")))
    await erp.tell("shipments/S-1", shipment(package(content(2), content(1, "20"))))
    await erp.tell("shipments/S-2", shipment(package(content(1)), package(key="2")))
    refused = await erp.put("purchase-orders/PO-1", order(line("30"), line("10", quantity=2)))
    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/line-has-shipments"
    shrunk, removed = refused.json()["errors"]
    assert shrunk["pointer"] == "/lines/1/quantity"
    assert (shrunk["line"], shrunk["least_quantity"]) == ("10", 3)
    assert shrunk["shipments"] == [
        {"key": "S-1", "quantity": 2},
        {"key": "S-2", "quantity": 1},
    ]
    assert (removed["pointer"], removed["line"]) == ("/lines", "20")
    assert removed["shipments"] == [{"key": "S-1", "quantity": 1}]
    kept = await erp.get("purchase-orders/PO-1")
    assert [one["shipped_quantity"] for one in kept["lines"]] == [3, 1, 0]
    least = await erp.put("purchase-orders/PO-1", order(line("10", quantity=3), line("20")))
    assert least.status_code == 200, least.text


async def test_an_order_or_a_line_that_was_shipped_can_be_cancelled(erp):
    await erp.tell("purchase-orders/PO-1", order(line(quantity=2)))
    await erp.tell("shipments/S-1", shipment(package(content(1))))
    ended = "2026-03-02T08:00:00Z"
    told = order(line(quantity=2, cancelled_at=ended), cancelled_at=ended)
    body = await erp.tell("purchase-orders/PO-1", told)
    assert body["cancelled_at"] == body["lines"][0]["cancelled_at"] == ended
    assert body["lines"][0]["shipped_quantity"] == 1
    # The vendor ships nonetheless, and that is a fact.
    assert (await erp.put("shipments/S-2", shipment(package(content(1))))).status_code == 201


async def test_what_a_cancelled_shipment_held_counts_for_nothing(erp):
    await erp.tell("purchase-orders/PO-1", order(line("10"), line("20")))
    sent = shipment(package(content(2)))
    await erp.tell("shipments/S-1", sent)
    cancelled = sent | {"cancelled_at": "2026-03-02T08:00:00Z"}
    await erp.tell("shipments/S-1", cancelled)
    assert (await erp.get("purchase-orders/PO-1"))["lines"][0]["shipped_quantity"] == 0
    assert (await erp.put("purchase-orders/PO-1", order(line("20")))).status_code == 200
    # It is still told of, and can be corrected, but not brought back.
    assert (await erp.get("shipments/S-1"))["packages"][0]["contents"][0]["line"] == "10"
    assert (await erp.put("shipments/S-1", cancelled | {"ship_to": ADDRESS})).status_code == 200
    back = await erp.put("shipments/S-1", sent)
    assert back.status_code == 409
    assert pointers(back) == ["/packages/0/contents/0/line"]
