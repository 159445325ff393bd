"""Finding orders and shipments by what an ERP knows."""

import pytest

from app.auth import Scope, create_key
from tests.orders.documents import ADDRESS, content, line, order, package, shipment


@pytest.fixture
async def told(erp):
    await erp.tell("vendors/other", {"name": "Other", "roles": ["distributor"]})
    dropped = {"customer": "dana", "address": ADDRESS}
    await erp.tell(
        "purchase-orders/PO-1",
        order(
            line("10", drop_ship=dropped, customer_order_number="SO-1"),
            line("20", product="R901", customer="omar", customer_order_number="SO-2"),
        ),
    )
    await erp.tell(
        "purchase-orders/PO-2", order(line(customer="omar", quantity=9), supplier="other")
    )
    await erp.tell(
        "shipments/S-1",
        shipment(
            package(content(1, serials=["FOC-1"]), tracking_number="1Z 99-A"),
            package(content(1, "20", serials=["SAME"]), key="2", tracking_number="1Z99B"),
        ),
    )
    await erp.tell(
        "shipments/S-2",
        shipment(
            package(content(2, purchase_order="PO-2", serials=["same"]), tracking_number="94001")
        ),
    )
    return erp


ORDERS = [
    ({}, ["PO-1", "PO-2"]),
    ({"supplier": "bigdist"}, ["PO-1"]),
    ({"supplier": "nobody"}, []),
    ({"customer": "omar"}, ["PO-1", "PO-2"]),
    ({"customer": "dana"}, ["PO-1"]),
    ({"customer": "nobody"}, []),
    ({"customer_order_number": "SO-2"}, ["PO-1"]),
    ({"customer_order_number": "SO"}, []),
    ({"product": "R900"}, ["PO-1", "PO-2"]),
    ({"product": "R901"}, ["PO-1"]),
    ({"serial": "foc-1"}, ["PO-1"]),
    ({"serial": " SAME "}, ["PO-1", "PO-2"]),
    ({"serial": "FOC"}, []),
    ({"tracking_number": "1z99a"}, ["PO-1"]),
    ({"tracking_number": "94-001"}, ["PO-2"]),
    ({"tracking_number": "1Z"}, []),
    # Of one and the same line: PO-1 is for dana and for omar, but R901 is omar's alone.
    ({"customer": "dana", "product": "R901"}, []),
    ({"customer": "omar", "product": "R901"}, ["PO-1"]),
    ({"serial": "SAME", "tracking_number": "1Z99A"}, []),
    ({"serial": "SAME", "tracking_number": "1Z99B", "supplier": "bigdist"}, ["PO-1"]),
    ({"supplier": "other", "customer": "omar", "product": "R900", "serial": "same"}, ["PO-2"]),
]
SHIPMENTS = [
    ({}, ["S-1", "S-2"]),
    ({"purchase_order": "PO-1"}, ["S-1"]),
    ({"purchase_order": "PO"}, []),
    ({"tracking_number": "1z 99 b"}, ["S-1"]),
    ({"serial": "same"}, ["S-1", "S-2"]),
    ({"customer": "omar"}, ["S-1", "S-2"]),
    ({"customer": "dana"}, ["S-1"]),
    ({"customer": "dana", "serial": "same"}, []),
    ({"customer": "omar", "purchase_order": "PO-1"}, ["S-1"]),
    ({"tracking_number": "1Z99A", "serial": "same"}, []),
    ({"tracking_number": "94001", "serial": "same", "purchase_order": "PO-2"}, ["S-2"]),
]


async def test_orders_are_found_by_all_that_is_asked(told):
    for params, keys in ORDERS:
        assert await told.keys("purchase-orders", **params) == keys, params


async def test_shipments_are_found_by_all_that_is_asked(told):
    for params, keys in SHIPMENTS:
        assert await told.keys("shipments", **params) == keys, params


async def test_lists_show_what_reading_one_shows(told):
    for noun in ("purchase-orders", "shipments", "customers"):
        for item in (await told.get(noun))["items"]:
            assert await told.get(f"{noun}/{item['key']}") == item


@pytest.mark.parametrize("noun", ["purchase-orders", "shipments", "customers"])
async def test_pages_follow_each_other_without_gap_or_repeat(told, noun):
    for n in range(5):
        body = {
            "purchase-orders": order(line(customer="omar")),
            "shipments": shipment(package(key="1")),
            "customers": {"name": str(n)},
        }[noun]
        await told.tell(f"{noun}/n{n}", body)
    whole = await told.keys(noun)
    assert len(whole) == 7
    seen, params = [], {"limit": 3}
    while True:
        page = await told.get(noun, **params)
        assert len(page["items"]) <= 3
        seen += [item["key"] for item in page["items"]]
        if page["next"] is None:
            break
        params["after"] = page["next"]
    assert seen == whole


async def test_a_question_that_does_not_parse_is_refused(told):
    for noun, question, status in (
        ("shipments", "after=x", 400),
        ("purchase-orders", "limit=51", 422),
        ("shipments", "serial=%20", 422),
        ("customers", "email=nobody", 422),
        ("purchase-orders", "customer=", 422),
    ):
        answer = await told.client.get(f"/v1/{noun}?{question}")
        assert answer.status_code == status, (question, answer.text)


async def test_an_api_key_needs_the_scope(told, runtime):
    async with runtime.transaction() as session:
        _, key = await create_key(session, runtime.vault, name="r", scopes=[Scope.ORDERS_READ])
    reader = {"Authorization": f"Bearer {key}"}
    for noun in ("purchase-orders", "shipments", "customers"):
        assert (await told.client.get(f"/v1/{noun}", headers=reader)).status_code == 200
        written = await told.client.put(f"/v1/{noun}/x", json={}, headers=reader)
        assert written.status_code == 403
    assert (await told.client.get("/v1/products", headers=reader)).status_code == 403
