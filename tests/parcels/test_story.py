"""From a carrier's webhook to a parcel's story, through the front door."""

import itertools
import random

import pytest

from tests.senders import delivered, detail, scanned, tracker, weighed


@pytest.fixture
def story(client, run_jobs):
    """Work everything off, then read the only parcel."""

    async def story():
        await run_jobs()
        [parcel] = (await client.get("/v1/parcels")).json()["items"]
        answer = await client.get(f"/v1/parcels/{parcel['id']}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    return story


async def test_a_carriers_webhook_becomes_scans_a_reading_and_a_proof_each_with_its_source(
    client, easypost, story
):
    await easypost.send(
        tracker(
            weight=614.4,
            status="delivered",
            signed_by="A SMITH",
            tracking_details=[
                detail("2026-02-26T09:00:00Z", "pre_transit"),
                detail("2026-03-01T18:00:00Z", "delivered"),
            ],
        )
    )
    told = await story()
    [delivery] = (await client.get("/v1/carriers/deliveries")).json()["items"]
    assert delivery["state"] == "done"
    assert told["status"] == "delivered"
    assert told["delivered_at"] == "2026-03-01T18:00:00Z"
    assert [scan["status"] for scan in told["scans"]] == ["pre_transit", "delivered"]
    [reading] = told["readings"]
    assert reading["kind"] == "carrier_reported"
    assert (reading["value"], reading["grams"]) == ("614.4", 17418)
    assert reading["why"]
    assert told["proof"]["signed_by"] == "A SMITH"
    sources = {row["delivery_id"] for row in (*told["scans"], reading, *told["proofs"])}
    assert sources == {delivery["id"]}


async def test_repeated_histories_add_nothing_twice(easypost, story):
    details = [detail(f"2026-02-2{day}T09:00:00Z", "in_transit") for day in range(5)]
    for upto in range(1, 6):
        event = tracker(event_id=f"evt_{upto}", weight=136.0, tracking_details=details[:upto])
        await easypost.send(event)
    told = await story()
    assert len(told["scans"]) == 5
    assert len(told["readings"]) == 1


async def test_any_order_of_arrival_gives_the_same_story(client, scales, run_jobs):
    events = [
        scanned("A1", "2026-02-20T09:00:00Z", "in_transit"),
        scanned("A1", "2026-02-21T09:00:00Z", "out_for_delivery"),
        delivered("A1", "2026-02-21T15:00:00Z", left_at="front door"),
        scanned("A1", "2026-02-21T16:00:00Z", "in_transit"),
        weighed("A1", "2026-02-20T10:00:00Z", "1.25", "kg"),
    ]
    seen = set()
    dice = random.Random(7)
    for turn, order in enumerate(dice.sample(list(itertools.permutations(events)), 6)):
        for part, event in enumerate([*order, *dice.sample(order, 2)]):
            number = event["data"] | {"tracking_number": f"TURN{turn}"}
            await scales.send(event | {"data": number}, event_id=f"evt_{turn}_{part}")
            if part % 2:
                await run_jobs()
        await run_jobs()
    for parcel in (await client.get("/v1/parcels")).json()["items"]:
        told = (await client.get(f"/v1/parcels/{parcel['id']}")).json()
        told["scans"] = [(s["occurred_at"], s["status"]) for s in told["scans"]]
        seen.add(str([told["status"], told["delivered_at"], told["scans"], told["proof"]]))
    assert len(seen) == 1


async def test_delivered_is_not_undone_by_an_older_scan(scales, story):
    await scales.send(delivered("A1", "2026-03-01T15:00:00Z"), event_id="1")
    assert (await story())["status"] == "delivered"
    await scales.send(scanned("A1", "2026-02-27T09:00:00Z", "in_transit"), event_id="2")
    told = await story()
    assert told["status"] == "delivered"
    assert len(told["scans"]) == 2


async def test_an_unknown_status_stays_as_text(scales, story):
    await scales.send(scanned("A1", "2026-03-01T15:00:00Z", "teleported"))
    told = await story()
    assert told["scans"][0]["status"] == "teleported"
    assert told["scans"][0]["raw_status"] == "teleported"


async def test_a_late_proof_fills_blanks_and_never_blanks_a_value(scales, story):
    at = "2026-03-01T15:00:00Z"
    await scales.send(delivered("A1", at, signed_by="SMITH"), event_id="1")
    await scales.send(delivered("A1", at, photo_url="https://pod.test/1.jpg"), event_id="2")
    await scales.send(delivered("A1", at, signed_by=None, left_at="front door"), event_id="3")
    told = await story()
    assert told["proof"]["signed_by"] == "SMITH"
    assert told["proof"]["photo_url"] == "https://pod.test/1.jpg"
    assert told["proof"]["left_at"] == "front door"
    assert len(told["proofs"]) == 3
    assert len({proof["delivery_id"] for proof in told["proofs"]}) == 3


async def test_a_later_copy_of_a_scan_fills_in_its_place(client, scales, story):
    at = "2026-03-01T15:00:00Z"
    place = {"city": "Reno", "country": "US"}
    await scales.send(scanned("A1", at, "in_transit"), event_id="1")
    await story()
    await scales.send(scanned("A1", at, "in_transit", place=place), event_id="2")
    await story()
    await scales.send(scanned("A1", at, "in_transit"), event_id="3")
    [scan] = (await story())["scans"]
    assert scan["place"]["city"] == "Reno"
    later = (await client.get("/v1/carriers/deliveries")).json()["items"][1]
    assert scan["completed_by_delivery_id"] == later["id"]


async def test_a_weight_keeps_its_value_unit_and_why_it_is_of_its_kind(scales, story):
    scale = {"name": "Hub 7", "resolution": {"value": "50", "unit": "g"}}
    await scales.send(weighed("A1", "2026-03-01T10:00:00Z", "2.500", "lb", scale=scale))
    [reading] = (await story())["readings"]
    assert (reading["value"], reading["unit"], reading["grams"]) == ("2.500", "lb", 1134)
    assert reading["kind"] == "measured"
    assert reading["resolution_g"] == "50"
    assert reading["scale"] == "Hub 7"


async def test_one_event_says_that_a_parcel_was_delivered_however_often_it_is_told(
    client, easypost, run_jobs
):
    for number in range(3):
        await easypost.send(
            tracker(
                event_id=f"evt_{number}",
                status="delivered",
                tracking_details=[detail("2026-03-01T18:00:00Z", "delivered")],
            )
        )
        await run_jobs()
    feed = (await client.get("/v1/events", params={"type": "parcels.delivered"})).json()
    assert len(feed["items"]) == 1


async def test_a_number_seen_again_after_months_is_another_parcel(client, scales, clock, run_jobs):
    await scales.send(delivered("A1", "2026-03-01T15:00:00Z"), event_id="1")
    clock.advance(days=200)
    await scales.send(scanned("A1", "2026-09-15T15:00:00Z", "in_transit"), event_id="2")
    await run_jobs()
    found = await client.get("/v1/parcels", params={"tracking_number": "a 1"})
    assert [parcel["status"] for parcel in found.json()["items"]] == ["delivered", "in_transit"]


async def test_anyones_scale_can_speak_with_a_photo(client, scales, story):
    await scales.send(scanned("A1", "2026-03-01T15:00:00Z", "in_transit"))
    parcel = await story()
    png = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + bytes(20)
    photo = await client.post("/v1/files", files={"file": ("scale.png", png, "text/html")})
    assert photo.status_code == 201, photo.text
    weighing = {
        "weight": {"value": "1.10", "unit": "kg"},
        "weighed_at": "2026-03-02T08:00:00Z",
        "weighed_by": "customer",
        "scale": {"name": "kitchen scale", "resolution": {"value": "1", "unit": "g"}},
        "photo_id": photo.json()["id"],
    }
    path = f"/v1/parcels/{parcel['id']}/weighings"
    added = await client.post(path, json=weighing)
    assert added.status_code == 201, added.text
    assert added.json()["kind"] == "measured"
    assert added.json()["grams"] == 1100
    assert (await client.post(path, json=weighing)).status_code == 409
    [reading] = (await story())["readings"]
    assert reading["photo_id"] == photo.json()["id"]
    assert reading["delivery_id"] is None


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"weight": {"value": "-1", "unit": "kg"}}, "/weight/value"),
        ({"weight": {"value": "0", "unit": "kg"}}, "/weight/value"),
        ({"weight": {"value": 1.5, "unit": "kg"}}, "/weight/value"),
        ({"weight": {"value": "1", "unit": "stone"}}, "/weight/unit"),
        ({"weight": {"value": "999999999", "unit": "kg"}}, "/weight/value"),
        ({"weighed_at": "yesterday"}, "/weighed_at"),
        ({"weighed_at": "2026-03-02T08:00:00"}, "/weighed_at"),
        ({"weighed_at": "2400-01-01T00:00:00Z"}, "/weighed_at"),
        ({"weighed_by": " "}, "/weighed_by"),
        ({"wieght": 1}, "/wieght"),
    ],
)
async def test_a_weighing_that_cannot_be_is_refused_with_a_pointer(
    client, scales, story, change, pointer
):
    await scales.send(scanned("A1", "2026-03-01T15:00:00Z", "in_transit"))
    parcel = await story()
    weighing = {
        "weight": {"value": "1", "unit": "kg"},
        "weighed_at": "2026-03-02T08:00:00Z",
        "weighed_by": "customer",
        **change,
    }
    answer = await client.post(f"/v1/parcels/{parcel['id']}/weighings", json=weighing)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_a_weighing_of_no_parcel_or_with_no_photo_is_refused(client, scales, story):
    await scales.send(scanned("A1", "2026-03-01T15:00:00Z", "in_transit"))
    parcel = await story()
    nobody = "01890000-0000-7000-8000-000000000000"
    weighing = {
        "weight": {"value": "1", "unit": "kg"},
        "weighed_at": "2026-03-02T08:00:00Z",
        "weighed_by": "customer",
    }
    assert (await client.get(f"/v1/parcels/{nobody}")).status_code == 404
    missing = await client.post(f"/v1/parcels/{nobody}/weighings", json=weighing)
    assert missing.status_code == 404
    answer = await client.post(
        f"/v1/parcels/{parcel['id']}/weighings", json=weighing | {"photo_id": nobody}
    )
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["pointer"] == "/photo_id"
