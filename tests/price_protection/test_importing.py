"""Notices of a file: told, corrected and refused as one by one, and computed."""

import json

import pytest

from tests.price_protection.room import notice, price

HEADER = "key,vendor,effective_on,currency,lines.product,lines.old_price,lines.new_price"


@pytest.fixture
def bring(room):
    """Import a file, have it worked off, and read what came of it."""

    async def bring(content, media_type="application/x-ndjson"):
        if not isinstance(content, str):
            content = "".join(json.dumps(each) + "\n" for each in content)
        answer = await room.client.post(
            "/v1/imports",
            params={"kind": "price_notices"},
            content=content,
            headers={"Content-Type": media_type},
        )
        assert answer.is_success, answer.text
        await room.run_jobs()
        found = await room.erp.get(f"imports/{answer.json()['id']}")
        assert found["state"] == "finished", found
        return found

    return bring


async def faults(room, brought):
    answer = await room.client.get(f"/v1/imports/{brought['id']}/errors")
    found = [json.loads(each) for each in answer.text.splitlines()]
    return [(each["key"], each["problem"], each["pointer"]) for each in found]


async def test_notices_of_a_file_are_computed(room, bring):
    await room.grant()
    await room.buy("PO-1")
    await room.buy("PO-2", product="R300", paid="60.00")
    counts = await bring(
        f"{HEADER}\nPCN-1,bigdist,2026-03-01,USD,R900,129.00,109.00\n"
        "PCN-1,bigdist,2026-03-01,USD,R300,60.00,55.00\n"
        "PCN-2,bigdist,2026-03-02,USD,R300,55.00,50.00\n",
        "text/csv",
    )
    assert (counts["created"], counts["failed"]) == (2, 0)
    found = (await room.erp.get("price-protection/notices"))["items"]
    assert [(each["vendor_number"], each["earns"]) for each in found] == [
        ("PCN-1", "250.00"),
        ("PCN-2", "50.00"),
    ]
    assert {each["origin"] for each in found} == {"announced"}
    events = await room.erp.get("events", type="price_protection.notice_opened", limit=200)
    assert len(events["items"]) == 2


async def test_the_same_file_again_changes_nothing_and_a_corrected_one_what_it_corrects(
    room, bring
):
    await room.grant()
    await room.buy("PO-1")
    told = [notice(key="PCN-1"), notice(price("R300"), key="PCN-2")]
    await bring(told)
    again = await bring(told)
    assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, 2)
    corrected = await bring([notice(price(new="119.00"), key="PCN-1"), told[1]])
    assert (corrected["changed"], corrected["unchanged"]) == (1, 1)
    first = (await room.erp.get("price-protection/notices"))["items"][0]
    assert (first["version"], first["earns"]) == (2, "100.00")


async def test_an_older_state_of_a_notice_does_not_undo_a_newer_one(room, bring, clock):
    await bring([notice(key="PCN-1", as_of="2026-03-01T08:00:00Z")])
    clock.advance(hours=1)
    # What was true later, though long before the first file came in, is no older state.
    newer = notice(price(new="99.00"), key="PCN-1", as_of="2026-03-01T09:00:00Z")
    assert (await bring([newer]))["changed"] == 1
    older = notice(price(new="119.00"), key="PCN-1", as_of="2026-03-01T08:30:00Z")
    brought = await bring([older])
    assert await faults(room, brought) == [("PCN-1", "stale-record", "")]
    (kept,) = (await room.erp.get("price-protection/notices"))["items"]
    assert (await room.read(kept["id"]))["lines"][0]["new_price"] == "99.00"


async def test_what_is_no_notice_is_refused_and_the_others_stand(room, bring):
    withdrawn = (await room.post("notices", notice(vendor_number="PCN-9"))).json()
    done = await room.post(f"notices/{withdrawn['id']}/withdraw", {"by_name": "Ana Ruiz"})
    assert done.is_success, done.text
    await room.tell(notice(price("R300"), vendor_number="PCN-8"))
    later = {"effective_on": "2026-03-02"}
    counts = await bring(
        [
            notice(price(new="139.00"), key="rise"),
            notice(price("R1"), key="unknown", vendor="nobody"),
            notice(key="year", effective_on="2016-03-01"),
            notice(key="coin", currency="XXX"),
            notice(price("R300"), key="same"),
            notice(key="PCN-9"),
            notice(
                price(new="99.00"), key="old", vendor_number="PCN-8", as_of="2026-03-01T00:00:00Z"
            ),
            notice(price(), key="good", **later),
            notice(price(), key="twice", **later),
        ]
    )
    assert (counts["created"], counts["failed"]) == (1, 8)
    assert sorted(await faults(room, counts)) == sorted(
        [
            ("rise", "malformed", "/lines/0/new_price"),
            ("unknown", "unknown-reference", "/vendor"),
            ("unknown", "unknown-reference", "/lines/0/product"),
            ("year", "malformed", "/effective_on"),
            ("coin", "malformed", "/currency"),
            ("same", "notice-known", ""),
            ("PCN-9", "notice-is-withdrawn", ""),
            ("old", "stale-record", ""),
            ("twice", "notice-known", ""),
        ]
    )
