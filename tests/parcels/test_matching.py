"""What the ERP shipped and what carriers carried find each other, whichever is told first."""

import pytest

from tests.parcels.conftest import ADDRESS
from tests.senders import delivered, scanned


async def test_a_number_nobody_knows_is_kept_and_matched_when_the_shipment_is_told(
    scales, ship, parcels
):
    await scales.send(delivered("1Z 99", "2026-02-25T15:00:00Z"))
    [unmatched] = await parcels()
    assert unmatched["packages"] == []
    await ship("S1", "1z-99")
    [matched] = await parcels()
    assert matched["id"] == unmatched["id"]
    assert matched["status"] == "delivered"
    [package] = matched["packages"]
    assert package["shipment_key"] == "S1"
    assert package["contents"] == [
        {"purchase_order": "PO1", "line": "1", "product": "widget", "quantity": 1, "serials": []}
    ]
    assert matched["ship_to"]["postal_code"] == "89501"


async def test_a_shipment_told_first_has_its_parcel_before_any_scan(scales, ship, parcels):
    await ship("S1", "1Z99")
    [before] = await parcels()
    assert before["status"] == "unknown"
    await scales.send(scanned("1Z99", "2026-02-21T09:00:00Z", "in_transit"))
    [after] = await parcels()
    assert after["id"] == before["id"]
    assert after["status"] == "in_transit"


async def test_one_parcel_may_carry_contents_of_several_shipments(ship, parcels):
    await ship("S1", "1Z99")
    await ship("S2", "1Z99", shipped_at="2026-02-21T12:00:00Z")
    [parcel] = await parcels()
    assert {package["shipment_key"] for package in parcel["packages"]} == {"S1", "S2"}
    assert len(await parcels(shipment="S2")) == 1


async def test_a_recycled_number_to_another_address_is_a_second_parcel(ship, parcels):
    await ship("S1", "1Z99")
    other = {**ADDRESS, "street": ["1 Oak Avenue"], "postal_code": "10001", "city": "New York"}
    await ship("S2", "1Z99", ship_to=other)
    assert len(await parcels(tracking_number="1Z99")) == 2


async def test_a_recycled_number_shipped_months_later_is_a_second_parcel(ship, parcels, clock):
    await ship("S1", "1Z99")
    clock.advance(days=120)
    await ship("S2", "1Z99", shipped_at="2026-06-20T12:00:00Z")
    first, second = await parcels(tracking_number="1Z99")
    assert first["packages"][0]["shipment_key"] == "S1"
    assert second["packages"][0]["shipment_key"] == "S2"


async def test_scans_go_to_the_life_of_a_recycled_number_they_belong_to(
    scales, ship, parcels, clock
):
    await ship("S1", "1Z99")
    await scales.send(delivered("1Z99", "2026-02-25T15:00:00Z"), event_id="1")
    clock.advance(days=120)
    await ship("S2", "1Z99", shipped_at="2026-06-20T12:00:00Z")
    await scales.send(scanned("1Z99", "2026-06-21T15:00:00Z", "in_transit"), event_id="2")
    first, second = await parcels(tracking_number="1Z99")
    assert (first["status"], len(first["scans"])) == ("delivered", 1)
    assert (second["status"], len(second["scans"])) == ("in_transit", 1)


async def test_scans_that_came_before_the_second_shipment_was_told_are_given_to_it(
    scales, ship, parcels, clock
):
    await ship("S1", "1Z99")
    await scales.send(delivered("1Z99", "2026-02-25T15:00:00Z"), event_id="1")
    clock.advance(days=40)
    await scales.send(scanned("1Z99", "2026-04-02T15:00:00Z", "in_transit"), event_id="2")
    [one] = await parcels(tracking_number="1Z99")
    assert len(one["scans"]) == 2
    other = {**ADDRESS, "street": ["1 Oak Avenue"], "postal_code": "10001", "city": "New York"}
    await ship("S2", "1Z99", shipped_at="2026-04-01T12:00:00Z", ship_to=other)
    first, second = await parcels(tracking_number="1Z99")
    assert (first["status"], len(first["scans"])) == ("delivered", 1)
    assert (second["status"], len(second["scans"])) == ("in_transit", 1)


async def test_a_corrected_tracking_number_moves_the_package(ship, parcels):
    await ship("S1", "WRONG")
    await parcels()
    await ship("S1", "1Z99")
    [right] = await parcels(tracking_number="1Z99")
    assert len(right["packages"]) == 1
    [wrong] = await parcels(tracking_number="WRONG")
    assert wrong["packages"] == []
    assert wrong["ship_to"] is None


async def test_a_cancelled_shipment_lets_go_of_its_parcel(ship, parcels):
    await ship("S1", "1Z99")
    await parcels()
    await ship("S1", "1Z99", cancelled_at="2026-02-28T00:00:00Z")
    [parcel] = await parcels()
    assert parcel["packages"] == []


async def test_unknown_contents_are_told_as_unknown(ship, parcels):
    package = {"key": "1", "tracking_number": "1Z99", "carrier": "UPS", "contents": None}
    await ship("S1", "1Z99", packages=[package])
    [parcel] = await parcels()
    assert parcel["packages"][0]["contents"] is None


async def test_a_match_is_told_once(client, ship, parcels):
    await ship("S1", "1Z99")
    await parcels()
    await ship("S1", "1Z99", shipped_at="2026-02-21T12:00:00Z")
    await parcels()
    feed = (await client.get("/v1/events", params={"type": "parcels.matched"})).json()
    assert len(feed["items"]) == 1


@pytest.mark.parametrize(
    ("proof", "kind"),
    [
        (
            {"place": {"street": "12 Elm St.", "postal_code": "89501", "country": "US"}},
            "as_addressed",
        ),
        ({"place": {"street": "77 Oak Ave", "postal_code": "89501", "country": "US"}}, "elsewhere"),
        ({"left_at": "Left with neighbour"}, "elsewhere"),
        ({"place": {"city": "Reno", "country": "US"}}, "unknown"),
        ({"left_at": "front door"}, "unknown"),
    ],
)
async def test_the_place_of_delivery_is_held_against_the_ship_to(
    scales, ship, parcels, proof, kind
):
    await ship("S1", "1Z99")
    await scales.send(delivered("1Z99", "2026-02-25T15:00:00Z", **proof))
    [parcel] = await parcels()
    assert parcel["place_of_delivery"]["kind"] == kind
    assert parcel["place_of_delivery"]["why"]
