"""Grounds through the front door: the vocabulary, and judgements that store nothing."""

import pytest

from app.vendors.grounds import ClaimKind, Ground

FACTS = {
    "dates": {"shipment": "2026-01-08", "delivery": "2026-01-12T15:00:00Z"},
    "reported": "2026-05-08",
    "weighed": {
        "shipped": "supports_full",
        "at_last_weighing": "supports_full",
        "last_weighed": "2026-01-09T04:10:00Z",
        "last_weighed_at": "the hub in Louisville",
    },
    "is_drop_shipped": True,
    "promise": {"by": "Sam, sales desk", "made": "2026-05-08", "taken_back": "2026-05-11"},
}
BODY = {"ground": "weight", "claim_kind": "short_shipment", "facts": FACTS}
TERMS = {
    "source": "Terms of sale",
    "return_window": {"value": 30, "unit": "days", "anchor": "invoice"},
    "shortage_notice": {"window": {"value": 48, "unit": "hours", "anchor": "delivery"}},
}


async def judged(client, **more):
    answer = await client.post("/v1/grounds/judgements", json=BODY | more)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_every_ground_is_told_with_how_it_is_judged(client):
    items = (await client.get("/v1/grounds")).json()["items"]
    assert [item["ground"] for item in items] == [ground.value for ground in Ground]
    for item in items:
        assert [rule["claim_kind"] for rule in item["judged"]] == [k.value for k in ClaimKind]
        assert all(rule["says"] for rule in item["judged"])
    assert next(item for item in items if item["ground"] == "time_limit")["x12"] == "RT"


async def test_the_first_story_the_weight_and_the_return_policy_are_no_grounds(client):
    weight = await judged(client, terms=TERMS)
    assert weight["applicable"] == "no"
    assert "the hub in Louisville" in weight["why"]
    assert weight["outweighed"]["taken_back_on"] == "2026-05-11"
    policy = await judged(client, ground="return_window", terms=TERMS)
    assert (policy["applicable"], policy["rule"]) == ("no", "not_a_return")
    best = policy["next_best"]
    assert (best["ground"], best["applicable"]) == ("shortage_notice_window", "yes")
    assert (best["is_term_set"], best["standing"]) == (True, "missed")
    assert best["by"][0]["last_on"] == "2026-01-14"
    assert best["by"][0]["source"] == "Terms of sale"
    assert policy["vendor_terms"] is None


async def test_terms_in_force_decide_and_are_named(client):
    vendor = {"name": "Big Distribution", "roles": ["distributor"]}
    await client.put("/v1/vendors/bigdist", json=vendor)
    side = {"vendor": "bigdist", "role": "distributor"}
    record = side | {"valid_from": "2026-01-01", "terms": TERMS}
    await client.put("/v1/vendor-terms/bigdist/2026", json=record)
    found = await judged(client, ground="time_limit", vendor=side | {"on": "2026-01-05"})
    assert found["applicable"] == "yes"
    assert found["vendor_terms"] == {
        "key": "bigdist/2026",
        "version": 1,
        "valid_from": "2026-01-01",
    }
    before = await judged(client, ground="time_limit", vendor=side | {"on": "2025-12-31"})
    assert (before["applicable"], before["vendor_terms"]) == ("unknown", None)


async def test_a_tariff_tells_whose_it_is_to_file(client):
    tariff = {
        "claim_within": {"value": 9, "unit": "months", "anchor": "delivery"},
        "may_file": ["shipper_of_record"],
    }
    carriage = {"carrier": "ups", "on": "2026-01-08"}
    facts = FACTS | {"sides": {"shipper_of_record": "vendor"}}
    about = {"ground": "contact_the_carrier", "facts": facts}
    given = await judged(client, **about, carriage=carriage | {"tariff": tariff})
    assert "it is the vendor who must file by 2026-10-12" in given["why"]
    unset = await judged(client, **about, carriage=carriage)
    assert "must file" not in unset["why"]
    record = {
        "carrier": "ups",
        "kind": "damage_or_missing_contents",
        "valid_from": "2026-01-01",
        "terms": tariff,
    }
    await client.put("/v1/carrier-tariffs/ups", json=record)
    stored = await judged(client, **about, carriage=carriage)
    assert stored["carrier_tariff"]["key"] == "ups"
    assert "it is the vendor who must file by 2026-10-12" in stored["why"]


async def test_a_ground_nobody_knows_is_not_judged(client):
    found = await judged(client, ground="Our system says no.")
    assert (found["applicable"], found["rule"]) == ("not_judged", None)
    assert found["ground"] == "Our system says no."


async def test_a_judgement_stores_nothing(client, run_jobs):
    await judged(client)
    await run_jobs()
    assert (await client.get("/v1/events")).json()["items"] == []


async def test_an_unknown_vendor_is_pointed_at(client):
    side = {"vendor": "nobody", "role": "distributor", "on": "2026-01-05"}
    refused = await client.post("/v1/grounds/judgements", json=BODY | {"vendor": side})
    assert refused.status_code == 409
    assert refused.json()["errors"][0]["pointer"] == "/vendor/vendor"


MALFORMED = {
    "a claim nobody knows": ({"claim_kind": "sadness"}, "/claim_kind", "short_shipment"),
    "no ground": ({"ground": " "}, "/ground", "blank"),
    "a day that is none": (
        {"facts": {"dates": {"delivery": "2026-02-30"}}},
        "/facts/dates/delivery",
        "date",
    ),
    "an instant without its offset": (
        {"facts": {"reported": "2026-05-08T10:00:00"}},
        "/facts/reported",
        "timezone",
    ),
    "seconds since 1970": ({"facts": {"reported": 1778230000}}, "/facts/reported", "ISO 8601"),
    "an anchor nobody knows": (
        {"facts": {"dates": {"birth": "2026-01-01"}}},
        "/facts/dates/birth/[key]",
        "invoice",
    ),
    "a verdict nobody gives": (
        {"facts": {"weighed": {"shipped": "yes", "at_last_weighing": "inconclusive"}}},
        "/facts/weighed/shipped",
        "supports_full",
    ),
    "terms and a vendor": (
        {"terms": {}, "vendor": {"vendor": "x", "role": "service", "on": "2026-01-01"}},
        "/terms",
        "either",
    ),
}


@pytest.mark.parametrize(("change", "pointer", "hint"), MALFORMED.values(), ids=MALFORMED)
async def test_what_does_not_parse_is_pointed_at(client, change, pointer, hint):
    refused = await client.post("/v1/grounds/judgements", json=BODY | change)
    assert refused.status_code == 422, refused.text
    errors = refused.json()["errors"]
    assert [error["pointer"] for error in errors] == [pointer]
    assert hint in errors[0]["detail"]
