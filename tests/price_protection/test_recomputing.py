"""What is told of orders after a notice was computed changes by itself what it reaches."""

import json

import pytest

from app.price_protection.exposure import computing, marking
from tests.orders.documents import content, package, shipment
from tests.price_protection.filing_claims import BY, SAID
from tests.price_protection.room import notice, price


async def told_and_worked(room, notice_id):
    await room.run_jobs()
    found = await room.read(notice_id)
    assert found["is_computed"]
    return found


@pytest.fixture
async def first(room):
    """A notice that reaches ten units in stock."""
    await room.grant(reaches=["on_hand", "in_transit"])
    await room.buy("PO-1", quantity=10)
    told = await room.tell()
    assert told["earns"] == "200.00"
    return told["id"]


async def test_a_refusal_that_was_accepted_stands_when_all_is_computed_again(claims):
    room = claims.room
    line = await room.buy("PO-1", quantity=10)
    claim = await claims.step(await claims.filed(), "answer", **SAID, others_are_approved=False)
    await claims.step(claim, "accept", **BY, words="It is so.")
    await room.buy("PO-2", quantity=3)
    told = await told_and_worked(room, claim["notice_id"])
    assert told["trouble"] is None
    assert told["earns"] == "260.00"
    refused = {
        each["purchase_order"]: each["refused_at"] for each in await room.exposure(told["id"])
    }
    assert refused["PO-1"] is not None
    assert refused["PO-2"] is None
    # A later fall reaches what the vendor refused as though it had not been protected.
    later = await room.tell(notice(price(new="99.00", old="109.00"), effective_on="2026-03-02"))
    parts = {each["purchase_line_id"]: each for each in await room.exposure(later["id"])}
    assert parts[line]["unit_credit"] == "30.00"


async def test_an_order_that_is_told_later_is_reached(room, first):
    await room.buy("PO-2", quantity=3)
    assert (await told_and_worked(room, first))["earns"] == "260.00"


async def test_an_order_that_is_corrected_is_reached_as_it_is_now(room, first):
    await room.buy("PO-1", quantity=10, sales=[{"on": "2026-02-25", "quantity": 4}])
    assert (await told_and_worked(room, first))["earns"] == "120.00"
    await room.buy("PO-1", quantity=10, on="2026-03-01")
    assert (await told_and_worked(room, first))["totals"] == []


async def test_a_line_that_is_of_another_product_now_is_reached_no_more(room, first):
    await room.buy("PO-1", quantity=10, product="R300")
    assert (await told_and_worked(room, first))["totals"] == []


async def test_a_shipment_that_is_told_later_is_on_its_way(room, first):
    await room.buy("PO-2", quantity=3, receipts=None)
    packed = package(content(3, purchase_order="PO-2"))
    await room.erp.tell("shipments/S-1", shipment(packed, shipped_at="2026-02-24T12:00:00Z"))
    assert (await told_and_worked(room, first))["earns"] == "260.00"
    await room.erp.tell(
        "shipments/S-1",
        shipment(packed, shipped_at="2026-02-24T12:00:00Z", cancelled_at="2026-02-25T12:00:00Z"),
    )
    assert (await told_and_worked(room, first))["earns"] == "200.00"


async def test_units_that_are_told_one_by_one_are_on_their_way_or_sold(room, first):
    await room.grant(reaches=["on_hand", "in_transit", "sold"])
    await room.buy("PO-2", quantity=5, receipts=None)
    unit = {"product": "R900", "order_line": {"purchase_order": "PO-2", "line": "10"}}
    shipped = unit | {"shipped_on": "2026-02-24"}
    sold = shipped | {"delivered_on": "2026-02-26"}
    late = unit | {"shipped_on": "2026-03-01"}
    for n, told in enumerate((sold, shipped, shipped, late), start=1):
        await room.erp.tell(f"units/U-{n}", told | {"serial": f"SN-{n}"})
    assert (await told_and_worked(room, first))["earns"] == "260.00"
    parts = [part for part in await room.parts(first) if part[0] == "PO-2"]
    assert parts == [
        ("PO-2", 1, "sold", "eligible", "20.00"),
        ("PO-2", 2, "in_transit", "eligible", "40.00"),
        ("PO-2", 2, "unshipped", "unshipped", "0.00"),
    ]
    # One booked in error counts no more; one that stands in for another is not one more.
    wrong = {"serial": "SN-3", "cancelled_at": "2026-02-27T12:00:00Z"}
    await room.erp.tell("units/U-3", shipped | wrong)
    swap = {"serial": "SN-5", "replaces": {"unit": "U-2", "at": "2026-02-27T12:00:00Z"}}
    await room.erp.tell("units/U-5", shipped | swap)
    assert (await told_and_worked(room, first))["earns"] == "240.00"


async def test_units_that_were_lost_or_sent_back_are_reached_no_more(room, first):
    line = (await room.exposure(first))[0]["purchase_line_id"]
    lost = await room.client.post(
        "/v1/losses",
        json={"description": "Gone.", "quantity": 2, "about": {"purchase_line_id": line}},
    )
    assert lost.is_success, lost.text
    assert (await told_and_worked(room, first))["earns"] == "160.00"
    memo = {
        "kind": "credit_memo",
        "vendor": "bigdist",
        "number": "CM-1",
        "issued_on": "2026-03-01",
        "currency": "USD",
        "lines": [
            {
                "key": "1",
                "amount": "387.00",
                "quantity": 3,
                "references": {"rma": "RMA 1", "purchase_order": "PO-1", "line": "10"},
            }
        ],
    }
    told = await room.erp.put("vendor-documents/CM-1", memo)
    assert told.is_success, told.text
    assert (await told_and_worked(room, first))["earns"] == "100.00"


async def test_orders_that_are_imported_are_reached(room, first, runtime):
    orders = [
        {
            "key": f"PO-9{n}",
            "supplier": "bigdist",
            "ordered_on": "2026-02-20",
            "lines": [
                {
                    "key": "10",
                    "product": "R900",
                    "quantity": 1,
                    "unit_price": {"amount": "129.00", "currency": "USD"},
                    "receipts": [{"on": "2026-02-21", "quantity": 1}],
                }
            ],
        }
        for n in range(5)
    ]
    answer = await room.client.post(
        "/v1/imports",
        params={"kind": "purchase_orders"},
        content="".join(json.dumps(each) + "\n" for each in orders),
        headers={"Content-Type": "application/x-ndjson"},
    )
    assert answer.is_success, answer.text
    assert (await told_and_worked(room, first))["earns"] == "300.00"
    events = await room.erp.get("events", type="orders.purchase_orders_imported", limit=200)
    assert len(events["items"]) == 1


async def test_a_product_that_joins_the_family_is_reached(room):
    await room.grant()
    await room.erp.tell("products/R900", {"name": "R900", "product_line": "routers"})
    await room.buy("PO-1")
    await room.buy("PO-2", product="R300")
    told = await room.tell(notice({"product_line": "routers", "new_price": "109.00"}))
    assert told["earns"] == "200.00"
    await room.erp.tell("products/R300", {"name": "R300", "product_line": "routers"})
    assert (await told_and_worked(room, told["id"]))["earns"] == "400.00"


async def test_what_has_nothing_to_do_with_a_notice_does_not_compute_it(room, first, clock):
    before = (await room.read(first))["computed_at"]
    clock.advance(minutes=5)
    await room.buy("PO-2", on="2026-03-02", receipts=None)  # after the new price had begun
    await room.buy("PO-3", on="2025-10-01", receipts=None)  # long before the window
    await room.buy("PO-4", product="R300")
    await room.run_jobs()
    assert (await room.read(first))["computed_at"] == before


async def test_the_same_again_is_no_event(room, first):
    seen = await room.erp.get("events", type="price_protection.exposure_computed", limit=200)
    await room.buy("PO-1", paid="130.00")
    await room.buy("PO-1")
    await told_and_worked(room, first)
    again = await room.erp.get("events", type="price_protection.exposure_computed", limit=200)
    assert again["items"] == seen["items"]


async def test_units_of_another_line_are_an_event_though_they_earn_as_much(room, first):
    await room.buy("PO-1", sales=[{"on": "2026-02-22", "quantity": 10}])
    await room.buy("PO-2")
    assert (await told_and_worked(room, first))["earns"] == "200.00"
    assert [each[0] for each in await room.parts(first, eligibility="eligible")] == ["PO-2"]
    events = await room.erp.get("events", type="price_protection.exposure_computed", limit=200)
    assert len(events["items"]) == 2


async def test_a_notice_that_nothing_was_told_of_is_computed_again_within_a_day(
    room, first, runtime, clock
):
    await room.buy("PO-2", quantity=1, receipts=None)
    packed = package(content(1, purchase_order="PO-2"))
    sent = {"shipped_at": "2026-02-24T12:00:00Z"}
    await room.erp.tell("shipments/S-1", shipment(packed, **sent))
    assert (await told_and_worked(room, first))["earns"] == "220.00"
    # The package holds something else after all: no event says of what it was thought to hold.
    await room.buy("PO-3", quantity=1, product="R300", receipts=None)
    other = package(content(1, purchase_order="PO-3"))
    await room.erp.tell("shipments/S-1", shipment(other, **sent))
    clock.advance(days=1, minutes=1)
    async with runtime.transaction() as session:
        await marking.mark_anyway(session)
    assert (await told_and_worked(room, first))["earns"] == "200.00"


async def test_a_notice_that_reaches_much_rests_between_two_computations(
    room, first, clock, monkeypatch
):
    monkeypatch.setattr(computing, "_LARGE", 1)
    await room.buy("PO-2", quantity=1)
    assert (await told_and_worked(room, first))["earns"] == "220.00"
    await room.buy("PO-3", quantity=1)
    await room.run_jobs()
    resting = await room.read(first)
    assert (resting["earns"], resting["is_computed"]) == ("220.00", False)
    clock.advance(seconds=3)
    assert (await told_and_worked(room, first))["earns"] == "240.00"


async def test_terms_that_are_told_later_of_whoever_sells_a_makers_products_count(room):
    await room.erp.tell("vendors/small", {"name": "Small", "roles": ["distributor"]})
    await room.buy("PO-1", supplier="small", on="2025-11-25")
    told = await room.tell(notice(vendor="acme"))
    # Bought so long before that it is not even listed while no window is known.
    assert told["totals"] == []
    await room.grant("small", look_back={"value": 120, "unit": "days", "bought_on": "order"})
    assert (await told_and_worked(room, told["id"]))["earns"] == "200.00"
