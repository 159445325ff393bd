"""What vendors' warranty pages say: kept, weighed against the terms, shown beside them."""

import pytest

from tests.coverage.calls import months
from tests.orders.documents import pointers

YEAR = {"gives": "warranty", "name": "1 year", "starts_on": "2026-02-01", "ends_on": "2027-01-31"}
OLD = {"gives": "warranty", "name": "1 year", "starts_on": "2024-02-01", "ends_on": "2025-01-31"}
CONTRACT = {"gives": "contract", "name": "SNTC 8x5", "ends_on": "2026-12-31"}


async def warranty(shop, **params):
    return (await shop.entitled(**params))["warranty"]


async def test_a_look_up_is_told_and_read(shop, run_jobs):
    await shop.unit()
    told = await shop.lookup("L/1", offers=[YEAR])
    assert (told["unit"], told["vendor"], told["offers"][0]["ends_on"]) == (
        "U-1",
        "acme",
        "2027-01-31",
    )
    assert await shop.get("warranty-lookups/L/1") == told
    assert (await shop.lookup("L/1", offers=[YEAR]))["version"] == 1
    await shop.unit("U-2")
    await shop.lookup("L-2", unit="U-2")
    assert await shop.keys("warranty-lookups", unit="U-2") == ["L-2"]
    first = await shop.get("warranty-lookups", limit=1)
    assert await shop.keys("warranty-lookups", after=first["next"]) == ["L-2"]
    await run_jobs()
    feed = await shop.get("events", type="coverage.lookup_recorded")
    assert [each["data"]["key"] for each in feed["items"]] == ["L/1", "L-2"]


async def test_the_page_outweighs_days_that_were_only_told_and_both_stand_there(shop):
    await shop.terms(warranty=months(12, "shipment"))
    await shop.unit(shipped_on="2026-02-20")
    await shop.lookup(offers=[YEAR])
    found = await warranty(shop)
    assert (found["answer"], found["ends_on"], found["disagree"]) == ("yes", "2027-01-31", True)
    told = found["doors"][1]["findings"]
    assert [(each["basis"], each["ends_on"], each["is_used"]) for each in told] == [
        ("terms", "2027-02-20", False),
        ("lookup", "2027-01-31", True),
    ]
    assert (told[1]["lookup"], told[1]["seen_on"]) == ("L-1", "2026-03-01")


async def test_a_day_that_a_paper_proves_outweighs_a_page_that_counts_from_another(shop):
    await shop.terms(warranty=months(12, "invoice"))
    await shop.unit()
    await shop.lookup(offers=[OLD])
    assert (await warranty(shop))["answer"] == "no"
    invoice = {
        "kind": "invoice",
        "vendor": "bigdist",
        "number": "INV-7",
        "issued_on": "2026-02-18",
        "currency": "USD",
        "lines": [{"key": "1", "amount": "1.00", "references": {"serials": ["SN-1"]}}],
    }
    await shop.tell("vendor-documents/INV-7", invoice)
    found = await warranty(shop)
    assert (found["answer"], found["ends_on"], found["disagree"]) == ("yes", "2027-02-18", True)
    assert "the invoice INV-7, which names the serial" in found["why"]
    # A page that counts from that very day knows better how long it is.
    longer = {"gives": "warranty", "starts_on": "2026-02-18", "ends_on": "2029-02-18"}
    await shop.lookup("L-2", offers=[longer], seen_at="2026-03-02T08:00:00Z")
    found = await warranty(shop)
    assert (found["ends_on"], found["disagree"]) == ("2029-02-18", True)


async def test_of_two_look_ups_the_last_seen_counts(shop):
    await shop.unit()
    await shop.lookup("L-1", offers=[YEAR], seen_at="2026-02-20T09:00:00Z")
    await shop.lookup("L-2", offers=[OLD], seen_at="2026-03-01T09:00:00Z")
    found = await warranty(shop)
    assert (found["answer"], found["ends_on"], found["disagree"]) == ("no", "2025-01-31", True)


async def test_what_a_page_says_without_a_last_day_is_said_of_that_day_alone(shop):
    await shop.unit()
    await shop.lookup()
    on = ("2026-02-28", "2026-03-01", "2026-03-02")
    assert await shop.answers("warranty", "U-1", *on) == ["unknown", "yes", "unknown"]
    await shop.lookup(says="not_covered")
    assert await shop.answers("warranty", "U-1", *on) == ["unknown", "no", "no"]
    told = (await warranty(shop))["doors"][1]
    assert (told["answer"], told["next"]) == ("no", None)


@pytest.mark.parametrize("says", ["not_found", "ambiguous"])
async def test_a_page_that_does_not_know_the_unit_says_nothing(shop, says):
    await shop.terms(warranty=months(12, "shipment"))
    await shop.unit(shipped_on="2026-02-20")
    await shop.lookup(says=says)
    found = await warranty(shop)
    assert (found["answer"], found["ends_on"]) == ("yes", "2027-02-20")
    assert found["doors"][1]["findings"][1]["answer"] == "unknown"


async def test_a_contract_is_no_warranty(shop):
    await shop.unit()
    await shop.lookup(offers=[CONTRACT])
    told = await shop.entitled()
    assert told["warranty"]["answer"] == "unknown"
    assert (told["contract"]["answer"], told["contract"]["ends_on"]) == ("yes", "2026-12-31")


BAD = {
    "a page not yet seen": ({"seen_at": "2026-03-03T00:00:00Z"}, 422, "/seen_at"),
    "an end before its start": (
        {"offers": [{"gives": "warranty", "starts_on": "2026-02-02", "ends_on": "2026-02-01"}]},
        422,
        "/offers/0",
    ),
    "an offer for a unit it does not know": ({"says": "not_found", "offers": [YEAR]}, 422, ""),
    "a unit nobody told of": ({"unit": "U-9"}, 409, "/unit"),
    "a vendor nobody told of": ({"vendor": "nobody"}, 409, "/vendor"),
}


@pytest.mark.parametrize(("change", "status", "pointer"), BAD.values(), ids=BAD)
async def test_what_a_look_up_cannot_be_is_pointed_at(shop, change, status, pointer):
    await shop.unit()
    body = {
        "unit": "U-1",
        "vendor": "acme",
        "seen_at": "2026-03-01T09:00:00Z",
        "says": "covered",
        "source": "acme.example",
        **change,
    }
    refused = await shop.put("warranty-lookups/L-1", body)
    assert (refused.status_code, pointers(refused)) == (status, [pointer]), refused.text
