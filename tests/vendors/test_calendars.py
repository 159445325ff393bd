"""When parties work: told, refused, and what is counted by it says so."""

import asyncio

import pytest

from tests.vendors.documents import put

OFFICE = [{"opens": "09:00", "closes": "17:00"}]
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
DOC = {
    "time_zone": "America/New_York",
    "week": dict.fromkeys(DAYS, OFFICE),
    "holidays": {"country": "US", "subdivision": "NY"},
    "vendors": ["bigdist"],
}
NOTICE = {"value": 2, "unit": "business_days", "anchor": "delivery"}


async def tell(client, key="bigdist", **more):
    return await client.put(f"/v1/calendars/{key}", json=DOC | more)


async def judged(client, delivery, reported):
    body = {
        "ground": "shortage_notice_window",
        "claim_kind": "short_shipment",
        "facts": {"dates": {"delivery": delivery}, "reported": reported},
        "vendor": {"vendor": "bigdist", "role": "distributor", "on": "2026-01-05"},
    }
    answer = await client.post("/v1/grounds/judgements", json=body)
    assert answer.is_success, answer.text
    return answer.json()


async def test_a_calendar_is_told_read_and_listed(client, bigdist):
    first = await tell(client)
    assert (first.status_code, first.headers["etag"]) == (201, '"1"')
    assert (await tell(client)).status_code == 200
    read = (await client.get("/v1/calendars/bigdist")).json()
    assert (read["version"], read["vendors"], read["is_ours"]) == (1, ["bigdist"], False)
    assert read["week"]["monday"] == OFFICE
    assert read["week"]["sunday"] == []
    assert [each["key"] for each in (await client.get("/v1/calendars")).json()["items"]] == [
        "bigdist"
    ]


REFUSED = {
    "a zone there is not": {"time_zone": "Mars/Olympus"},
    "hours that close before they open": {
        "week": {"monday": [{"opens": "17:00", "closes": "09:00"}]}
    },
    "hours that overlap": {"week": {"monday": [*OFFICE, {"opens": "12:00", "closes": "18:00"}]}},
    "a time that is none": {"week": {"monday": [{"opens": "9", "closes": "24:30"}]}},
    "a part of the country there is not": {"holidays": {"country": "US", "subdivision": "ZZ"}},
    "not a single working hour": {"week": {}},
    "a special day told twice": {"special_days": [{"on": "2026-05-01", "hours": []}] * 2},
}


@pytest.mark.parametrize("wrong", REFUSED.values(), ids=REFUSED)
async def test_what_nothing_can_be_counted_by_is_refused(client, bigdist, wrong):
    answer = await tell(client, **wrong)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"].startswith(f"/{next(iter(wrong))}")


async def test_a_vendor_nobody_told_of_is_refused(client):
    answer = await tell(client)
    assert answer.json()["errors"][0]["pointer"] == "/vendors/0"


async def test_each_party_has_one_calendar_also_when_two_are_told_at_once(client, bigdist):
    answers = await asyncio.gather(*(tell(client, key=f"c{n}") for n in range(5)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409, 409, 409]
    problem = next(each.json() for each in answers if each.status_code == 409)
    assert problem["type"] == "/problems/party-has-calendar"
    kept = (await client.get(f"/v1/calendars/{problem['key']}")).json()
    assert (await tell(client, key=kept["key"], vendors=[])).status_code == 200
    assert (await tell(client, key="other")).status_code == 201


async def test_business_days_are_counted_by_the_vendors_calendar_and_the_answer_names_it(
    client, bigdist
):
    terms = {"terms": {"shortage_notice": {"window": NOTICE}}}
    await put(client, "t", **terms)
    # The Friday before Memorial Day, told on the Wednesday after.
    before = await judged(client, "2026-05-22", "2026-05-27")
    assert (before["applicable"], before["calendar"]) == ("yes", None)
    await tell(client)
    after = await judged(client, "2026-05-22", "2026-05-27")
    assert after["applicable"] == "no"
    assert after["calendar"] == {"key": "bigdist", "version": 1}
    assert "calendar bigdist (version 1): America/New_York, holidays of US-NY" in after["notice"]


async def test_a_vendors_day_ends_at_its_own_midnight(client, bigdist):
    await put(client, "t", terms={"shortage_notice": {"window": NOTICE}})
    await tell(client)
    # Two in the morning in UTC is still the evening before in New York.
    assert (await judged(client, "2026-03-02", "2026-03-05T02:00:00Z"))["applicable"] == "no"
    assert (await judged(client, "2026-03-02", "2026-03-05T06:00:00Z"))["applicable"] == "yes"
