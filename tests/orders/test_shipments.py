"""Shipments through the front door."""

import pytest

from tests.orders.documents import ADDRESS, content, line, order, package, pointers, shipment

BIGDIST = {"kind": "vendor", "key": "bigdist"}
WHOLE = shipment(
    package(
        content(2, serials=["FOC1", "FOC2"]),
        content(1, "20"),
        tracking_number="1Z 999-AA1",
        carrier="UPS",
        tare={"value": "0.35", "unit": "KGS"},
        declared_weight={"value": "6.20", "unit": "lb"},
    ),
    {"key": "SSCC/2", "contents": None},
    {"key": "empty", "contents": []},
    shipped_at="2026-02-27T16:40:00-06:00",
    shipper_of_record=BIGDIST,
    carrier_account_holder={"kind": "us"},
    ship_to=ADDRESS,
)


@pytest.fixture
async def ordered(erp):
    await erp.tell(
        "purchase-orders/PO-1",
        order(line("10", quantity=3), line("20", quantity=2), line("30", product="R901")),
    )
    await erp.tell("purchase-orders/PO-2", order(line("10", quantity=3)))
    return erp


async def test_a_shipment_is_created_and_read_back(ordered):
    put = await ordered.put("shipments/S-1", WHOLE)
    assert put.status_code == 201, put.text
    assert put.headers["etag"] == '"1"'
    body = put.json()
    assert body["shipped_at"] == "2026-02-27T22:40:00Z"
    assert body["shipper_of_record"] == BIGDIST
    assert body["carrier_account_holder"] == {"kind": "us", "key": None}
    first, unknown, empty = body["packages"]
    assert first["contents"] == [
        {"purchase_order": "PO-1", "line": "10", "quantity": 2, "serials": ["FOC1", "FOC2"]},
        {"purchase_order": "PO-1", "line": "20", "quantity": 1, "serials": []},
    ]
    assert first["tare"] == {"value": "0.35", "unit": "KGS", "grams": 350}
    assert first["declared_weight"] == {"value": "6.20", "unit": "lb", "grams": 2812}
    assert first["tracking_number"] == "1Z 999-AA1"
    assert (unknown["contents"], empty["contents"]) == (None, [])
    assert await ordered.get("shipments/S-1") == body
    lines = (await ordered.get("purchase-orders/PO-1"))["lines"]
    assert [one["shipped_quantity"] for one in lines] == [2, 1, 0]


async def test_the_same_put_twice_changes_nothing_and_tells_nobody(ordered, clock, run_jobs):
    first = await ordered.tell("shipments/S-1", WHOLE)
    clock.advance(minutes=5)
    again = await ordered.put("shipments/S-1", WHOLE)
    assert (again.status_code, again.json()) == (200, first)
    same_moment = WHOLE | {"shipped_at": "2026-02-27T22:40:00Z"}
    assert (await ordered.put("shipments/S-1", same_moment)).json() == first
    await ordered.tell("shipments/S-1", WHOLE | {"cancelled_at": "2026-03-01T00:00:00Z"})
    await run_jobs()
    feed = await ordered.get("events", type="orders.shipment_recorded")
    told = [
        (e["data"]["key"], e["data"]["version"], e["data"]["is_cancelled"]) for e in feed["items"]
    ]
    assert told == [("S-1", 1, False), ("S-1", 2, True)]


async def test_something_older_never_overwrites_something_newer(ordered):
    await ordered.tell("shipments/S-1", WHOLE | {"as_of": "2026-03-02T08:00:00Z"})
    older = shipment(package(content(1)), as_of="2026-03-02T07:00:00Z")
    refused = await ordered.put("shipments/S-1", older)
    assert refused.json()["type"] == "/problems/stale-record"
    assert len((await ordered.get("shipments/S-1"))["packages"]) == 3


async def test_a_put_replaces_the_whole_and_a_package_keeps_its_id(ordered):
    before = await ordered.tell("shipments/S-1", WHOLE)
    ids = {one["key"]: one["package_id"] for one in before["packages"]}
    after = await ordered.tell(
        "shipments/S-1", shipment(package(content(1, "30", serials=["X1"]), key="SSCC/2"))
    )
    assert [one["package_id"] for one in after["packages"]] == [ids["SSCC/2"]]
    assert after["packages"][0]["contents"][0]["serials"] == ["X1"]
    assert (after["shipped_at"], after["shipper_of_record"]) == (None, None)
    lines = (await ordered.get("purchase-orders/PO-1"))["lines"]
    assert [one["shipped_quantity"] for one in lines] == [0, 0, 1]
    assert await ordered.keys("shipments", tracking_number="1Z999AA1") == []
    assert await ordered.keys("shipments", serial="FOC1") == []
    back = await ordered.tell("shipments/S-1", WHOLE)
    assert {one["key"]: one["package_id"] for one in back["packages"]} == ids


async def test_everything_unknown_is_pointed_at_together(ordered):
    refused = await ordered.put(
        "shipments/S-1",
        shipment(
            package(content(), content(line="99"), content(purchase_order="PO-9")),
            shipper_of_record={"kind": "vendor", "key": "who"},
            carrier_account_holder={"kind": "customer", "key": "ghost"},
        ),
    )
    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/unknown-reference"
    assert sorted(pointers(refused)) == [
        "/carrier_account_holder/key",
        "/packages/0/contents/1/line",
        "/packages/0/contents/2/purchase_order",
        "/shipper_of_record/key",
    ]
    assert (await ordered.client.get("/v1/shipments/S-1")).status_code == 404


async def test_no_more_is_shipped_than_was_ordered(ordered):
    await ordered.tell("shipments/S-1", shipment(package(content(2))))
    refused = await ordered.put(
        "shipments/S-2",
        shipment(
            package(content(1, purchase_order="PO-2"), content(1)), package(content(1), key="2")
        ),
    )
    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/line-overfilled"
    assert pointers(refused) == [
        "/packages/0/contents/1/quantity",
        "/packages/1/contents/0/quantity",
    ]
    first = refused.json()["errors"][0]
    assert (first["ordered"], first["shipped_elsewhere"], first["would_be"]) == (3, 2, 4)
    assert "1 at the most" in first["detail"]
    assert (await ordered.client.get("/v1/shipments/S-2")).status_code == 404
    # Its own former content does not stand in its way.
    assert (await ordered.put("shipments/S-1", shipment(package(content(3))))).status_code == 200


async def test_a_package_taken_out_of_a_shipment_frees_its_line(ordered):
    await ordered.tell("shipments/S-1", shipment(package(content(3)), package(key="2")))
    await ordered.tell("shipments/S-1", shipment(package(key="2")))
    assert (await ordered.put("shipments/S-2", shipment(package(content(3))))).status_code == 201


async def test_a_cancelled_shipment_frees_its_lines_and_comes_back_only_where_there_is_room(
    ordered,
):
    sent = shipment(package(content(3)))
    await ordered.tell("shipments/S-1", sent)
    await ordered.tell("shipments/S-1", sent | {"cancelled_at": "2026-03-01T00:00:00Z"})
    await ordered.tell("shipments/S-2", sent)
    back = await ordered.put("shipments/S-1", sent)
    assert back.json()["type"] == "/problems/line-overfilled"
    assert (await ordered.get("shipments/S-1"))["cancelled_at"] == "2026-03-01T00:00:00Z"


async def test_a_serial_stands_once_for_a_product(ordered):
    twice = shipment(
        package(content(1, serials=["FOC 1"])),
        package(content(1, "20", serials=["foc1"]), key="2"),
    )
    refused = await ordered.put("shipments/S-1", twice)
    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/serial-repeated"
    assert pointers(refused) == ["/packages/1/contents/0/serials/0"]
    assert "/packages/0/contents/0/serials/0" in refused.json()["errors"][0]["detail"]
    # Another product has serials of its own.
    other = shipment(package(content(1, serials=["FOC1"]), content(1, "30", serials=["FOC1"])))
    assert (await ordered.put("shipments/S-1", other)).status_code == 201


def weighed(**more):
    return shipment(package(content(), **more))


MALFORMED = {
    "no packages": (shipment(), "/packages", "at least 1"),
    "too many packages": (
        shipment(*[package(key=str(n)) for n in range(501)]),
        "/packages",
        "at most 500",
    ),
    "a package twice": (shipment(package(), package()), "/packages/1/key", "/packages/0/key"),
    "a line twice in a package": (
        shipment(package(content(), content())),
        "/packages/0/contents/1/line",
        "/packages/0/contents/0/line",
    ),
    "more serials than units": (
        shipment(package(content(1, serials=["a", "b"]))),
        "/packages/0/contents/0/serials",
        "2 serials for 1 units",
    ),
    "nothing in it": (shipment(package(content(0))), "/packages/0/contents/0/quantity", "greater"),
    "a negative tare": (
        weighed(tare={"value": "-1", "unit": "g"}),
        "/packages/0/tare/value",
        "greater",
    ),
    "a declared weight of nothing": (
        weighed(declared_weight={"value": "0.0", "unit": "kg"}),
        "/packages/0/declared_weight/value",
        "greater than 0",
    ),
    "less than a scale can tell": (
        weighed(tare={"value": "0.4", "unit": "g"}),
        "/packages/0/tare/value",
        "half a gram",
    ),
    "an unknown unit": (
        weighed(tare={"value": "1", "unit": "cwt"}),
        "/packages/0/tare/unit",
        "mg, g, kg, oz, lb",
    ),
    "a vendor without a name": (
        weighed() | {"shipper_of_record": {"kind": "vendor"}},
        "/shipper_of_record/key",
        "which vendor",
    ),
    "us by a key": (
        weighed() | {"carrier_account_holder": {"kind": "us", "key": "x"}},
        "/carrier_account_holder/key",
        "leave `key` out",
    ),
    "somebody else": (
        weighed() | {"shipper_of_record": {"kind": "carrier", "key": "ups"}},
        "/shipper_of_record/kind",
        "'vendor'",
    ),
    "the year one": (
        weighed() | {"shipped_at": "0001-01-01T00:00:00+14:00"},
        "/shipped_at",
        "1900",
    ),
    "an endless number": (weighed(tracking_number="1" * 201), "/packages/0/tracking_number", "200"),
}


@pytest.mark.parametrize(("body", "pointer", "hint"), MALFORMED.values(), ids=MALFORMED)
async def test_what_does_not_parse_is_pointed_at(ordered, body, pointer, hint):
    refused = await ordered.put("shipments/S-1", body)
    assert refused.status_code == 422, refused.text
    assert pointers(refused) == [pointer]
    assert hint in refused.json()["errors"][0]["detail"]


async def test_numbers_that_grow_when_made_comparable_are_kept(ordered):
    # U+FDFA becomes eighteen letters; an index takes no row of more than 2,700 bytes.
    long = "".join(chr(0xFDFA + n % 2) for n in range(200))
    body = shipment(package(content(1, serials=[long]), tracking_number=long))
    put = await ordered.put("shipments/S-1", body)
    assert put.status_code == 201, put.text
    assert await ordered.keys("shipments", serial=long, tracking_number=long) == ["S-1"]


async def test_a_number_of_dashes_alone_is_kept_but_found_by_nothing(ordered):
    await ordered.tell("shipments/S-1", shipment(package(content(), tracking_number="---")))
    assert (await ordered.get("shipments/S-1"))["packages"][0]["tracking_number"] == "---"
    assert await ordered.keys("shipments", tracking_number="-") == []
