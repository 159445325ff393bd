"""Whose scans are whose: under corrections, cancellations, races and reused numbers."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.parcels.matching import match
from app.parcels.recording import lock
from tests.parcels.conftest import ADDRESS
from tests.senders import detail, scanned, tracker

D = timedelta(days=90)


def pkg(number, carrier="UPS", key="1"):
    return {
        "key": key,
        "tracking_number": number,
        "carrier": carrier,
        "contents": [{"purchase_order": "PO1", "line": "1", "quantity": 1, "serials": []}],
    }


async def test_carrier_corrected_joins_the_scans(scales, ship, parcels):
    """ERP says UPS, the carrier FedEx scans; the ERP corrects: one parcel, with scans."""
    await scales.send(
        scanned("794600001111", "2026-02-21T09:00:00Z", "in_transit", carrier="FedEx"), "m1"
    )
    await ship("S1", "794600001111")  # carrier UPS by mistake
    assert len(await parcels()) == 2
    await ship("S1", "794600001111", packages=[pkg("794600001111", "FedEx")])
    found = await parcels(shipment="S1")
    assert len(found) == 1
    assert found[0]["carrier"] == "fedex"
    assert found[0]["scans"], [
        (p["carrier"], len(p["scans"]), len(p["packages"])) for p in await parcels()
    ]


async def test_divide_leaves_other_carriers_alone(scales, ship, parcels):
    await ship("S1", "794600001111", shipped_at="2026-02-20T12:00:00Z")
    await scales.send(scanned("794600001111", "2026-02-23T09:00:00Z", "in_transit"), "m1")
    [ups] = await parcels()
    assert len(ups["scans"]) == 1
    await ship(
        "S2",
        "794600001111",
        shipped_at="2026-02-22T12:00:00Z",
        packages=[pkg("794600001111", "FedEx")],
    )
    got = {p["carrier"]: len(p["scans"]) for p in await parcels()}
    assert got == {"ups": 1, "fedex": 0}


async def test_cancelled_shipment_takes_its_words_with_it(ship, parcels):
    await ship("S1", "1Z5")  # with ADDRESS
    await ship("S2", "1Z5", ship_to=None, shipped_at="2026-02-22T12:00:00Z")
    [one] = await parcels()
    assert {p["shipment_key"] for p in one["packages"]} == {"S1", "S2"}
    await ship("S1", "1Z5", cancelled_at="2026-02-25T12:00:00Z")
    [one] = await parcels()
    assert {p["shipment_key"] for p in one["packages"]} == {"S2"}
    assert one["ship_to"] is None  # S1's address; S2 never said one


async def test_put_replaces_whole_also_in_the_parcel(ship, parcels):
    await ship("S1", "1Z6")
    await parcels()
    await ship("S1", "1Z6", ship_to=None, shipped_at=None)
    [one] = await parcels()
    assert one["ship_to"] is None


@pytest.mark.parametrize(
    ("erp", "carrier"),
    [
        ("UPS 2nd Day Air", "UPS"),
        ("USPS Priority Mail", "USPS"),
        ("DHL", "DHLExpress"),
        ("UPS Next Day Air Saver", "UPS"),
        ("Fed Ex", "FedEx"),
        ("FDX", "FedEx"),
        ("U.P.S.", "UPS"),
        ("US Postal Service", "USPS"),
    ],
)
async def test_services_names(erp, carrier, scales, ship, parcels):
    await ship("S1", "1Z7", packages=[pkg("1Z7", erp)])
    await scales.send(scanned("1Z7", "2026-02-21T09:00:00Z", "in_transit", carrier=carrier), "m1")
    assert [(p["carrier"], len(p["scans"])) for p in await parcels()] == [
        (carrier.lower(), 1)
    ] or len(await parcels()) == 1


async def test_match_does_not_write_what_it_read_before_it_waited(
    runtime, client, ship, parcels, run_jobs
):
    """Match of version 1 waits for its number; version 2 is told and matched meanwhile."""
    await ship("S1", "1ZOLD")
    async with runtime.transaction() as s:
        sid = await s.scalar(sa.text("select id from shipments where key='S1'"))

    async def do_match():
        async with runtime.transaction() as s:
            await match(s, [sid], recycled_after=D)

    # somebody (a batch of scans) holds the number 1ZOLD
    async with runtime.transaction() as held:
        await lock(held, ["1ZOLD"])
        first = asyncio.create_task(do_match())
        await asyncio.sleep(0.3)
        await ship("S1", "1ZNEW")  # corrected by the ERP
        second = asyncio.create_task(do_match())  # is through at once
        await asyncio.sleep(0.5)
    await asyncio.gather(first, second)
    async with runtime.transaction() as s:
        now_in = (
            await s.execute(
                sa.text(
                    "select p.number from parcels p join parcel_packages pp on pp.parcel_id=p.id"
                )
            )
        ).all()
    assert [tuple(r) for r in now_in] == [("1ZNEW",)]


async def test_two_matches_of_a_package_without_number(runtime, ship):
    await ship("S1", None)
    async with runtime.transaction() as s:
        sid = await s.scalar(sa.text("select id from shipments where key='S1'"))

    async def do_match():
        async with runtime.transaction() as s:
            await match(s, [sid], recycled_after=D)
            await asyncio.sleep(0.2)

    await asyncio.gather(do_match(), do_match())
    async with runtime.transaction() as s:
        assert await s.scalar(sa.text("select count(*) from parcels")) == 1


async def test_same_reading_in_two_lives_moves_to_third(easypost, ship, parcels, runtime, clock):
    """Two earlier lives hold the same words; the third is told, takes both, and the job breaks."""
    other = {**ADDRESS, "street": ["99 Oak Road"], "postal_code": "10001"}
    third = {**ADDRESS, "street": ["5 Pine Way"], "postal_code": "60601"}
    await ship("S1", "1Z8", shipped_at="2026-02-20T12:00:00Z")
    await easypost.send(
        tracker(
            "1Z8",
            "evt_1",
            weight=41.6,
            updated_at="2026-02-21T10:00:00Z",
            tracking_details=[detail("2026-02-21T10:00:00Z", "in_transit")],
        ),
        "evt_1",
    )
    await parcels()
    await ship("S2", "1Z8", shipped_at="2026-01-01T12:00:00Z", ship_to=other)
    await parcels()
    await easypost.send(
        tracker(
            "1Z8",
            "evt_2",
            weight=41.6,
            updated_at="2026-01-03T10:00:00Z",
            tracking_details=[detail("2026-01-02T10:00:00Z", "in_transit")],
        ),
        "evt_2",
    )
    before = await parcels()
    assert [len(p["readings"]) for p in before] == [1, 1]
    await ship("S3", "1Z8", shipped_at="2026-02-25T12:00:00Z", ship_to=third)
    await ship("S4", "OTHER")  # has nothing to do with it
    after = await parcels()
    jobs = [
        tuple(r) for r in await runtime.pool.fetch("select status::text, attempts from pgqueuer")
    ]
    assert {p["tracking_number"] for p in after} == {"1Z8", "OTHER"}, jobs


async def test_a_late_told_life_takes_the_reading_of_the_first(easypost, ship, parcels):
    """A weight without a time of its own is moved by the time of its receipt."""
    other = {**ADDRESS, "street": ["99 Oak Road"], "postal_code": "10001"}
    await ship("S1", "1Z8", shipped_at="2025-06-01T12:00:00Z")
    await easypost.send(
        tracker(
            "1Z8",
            "evt_1",
            weight=41.6,
            updated_at="2025-06-03T10:00:00Z",
            tracking_details=[detail("2025-06-02T10:00:00Z", "in_transit")],
        ),
        "evt_1",
    )
    await parcels()
    await ship("S2", "1Z8", shipped_at="2025-12-01T12:00:00Z", ship_to=other)
    got = {p["shipped_at"][:10]: (len(p["scans"]), len(p["readings"])) for p in await parcels()}
    assert got == {"2025-06-01": (1, 1), "2025-12-01": (0, 0)}
