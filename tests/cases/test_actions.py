"""What is to be done in a case first, and until when it is safe."""

import pytest

from tests.cases.calls import Cases

TERM = {"kind": "term", "text": "Terms of sale, section 4."}
VENDOR, CARRIER = {"kind": "vendor", "key": "bigdist"}, {"kind": "carrier", "key": "ups"}


@pytest.fixture
async def case(cases: Cases):
    return await cases.open()


@pytest.fixture
def right(client, case):
    async def tell(kind, last_on, toward=VENDOR, **more):
        body = {
            "kind": kind,
            "description": f"{kind} it.",
            "toward": toward,
            "last_on": last_on,
            "ground": TERM,
            "about": {"case_id": case["id"]},
            **more,
        }
        answer = await client.post("/v1/deadlines", json=body)
        assert answer.is_success, answer.text
        return answer.json()["id"]

    return tell


@pytest.fixture
def actions(client, case):
    async def read():
        answer = await client.get(f"/v1/cases/{case['id']}/actions")
        assert answer.is_success, answer.text
        return answer.json()

    return read


async def test_a_claim_comes_before_the_return_though_that_ends_earlier(right, actions):
    back = await right("return", "2026-03-05")
    claim = await right("file", "2026-03-20")
    told = await actions()
    assert [each["deadline_id"] for each in told["items"]] == [claim, back]
    assert told["items"][1]["after"] == [claim]
    assert "lower of the price paid" in told["items"][1]["because"][0]


async def test_vendor_and_carrier_are_told_side_by_side(right, actions):
    await right("report", "2026-03-05")
    await right("report", "2026-05-01", CARRIER)
    because = [each["because"] for each in (await actions())["items"]]
    assert because == [
        ["Tell carrier:ups too: its clock runs beside this one."],
        ["Tell vendor:bigdist too: its clock runs beside this one."],
    ]


async def test_nothing_is_shipped_under_an_authorisation_that_has_lapsed(right, actions, clock):
    await right("ship", "2026-03-05")
    back = await right("return", "2026-03-20")
    assert {each["blocked"] for each in (await actions())["items"]} == {None}
    clock.advance(days=5)
    (left,) = (await actions())["items"]
    assert left["deadline_id"] == back
    assert left["blocked"].startswith("Do not ship: the authorisation lapsed on 2026-03-05")
    await right("ship", "2026-03-18")
    assert {each["blocked"] for each in (await actions())["items"]} == {None}


async def test_the_earliest_last_safe_day_is_told_with_its_source(right, actions):
    assert await actions() == {"last_safe_day": None, "items": []}
    await right("file", "2026-03-06")
    safe = {"last_safe_on": "2026-03-04", "last_safe_source": "A business day before the end."}
    first = await right("report", "2026-03-09", **safe)
    day = (await actions())["last_safe_day"]
    assert (day["on"], day["deadline_id"], day["source"]) == (
        "2026-03-04",
        first,
        "A business day before the end.",
    )


async def test_a_case_there_is_not_has_no_actions(client, case):
    answer = await client.get("/v1/cases/01980000-0000-7000-8000-000000000000/actions")
    assert answer.status_code == 404
