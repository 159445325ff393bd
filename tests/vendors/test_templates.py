"""Templates of terms: nothing is assumed; somebody applies one, and that is on record."""

import asyncio

import pytest

from app.vendors.terms import TEMPLATES

SIDE = {"vendor": "bigdist", "role": "distributor", "valid_from": "2026-01-01"}
ORDER = {"key": "bigdist/2026", "to_vendor": SIDE, "note": "Their desk says so."}
UPS = {"key": "ups/us", "to_carrier": {"carrier": "ups", "valid_from": "2026-01-01"}}


pytestmark = pytest.mark.usefixtures("bigdist")


async def apply(client, name="usual_notice", order=ORDER, **more):
    return await client.post(f"/v1/term-templates/{name}/apply", json=order | more)


async def test_templates_are_listed_with_where_they_were_read(client):
    items = (await client.get("/v1/term-templates")).json()["items"]
    assert [item["name"] for item in items] == list(TEMPLATES)
    assert all(item["source"] for item in items)
    usual = next(item for item in items if item["name"] == "usual_notice")
    assert usual["vendor_terms"]["shortage_notice"]["hard_stop"]["value"] == 5
    assert usual["tariff"] is None


async def test_a_template_is_applied_by_somebody_and_every_term_says_so(client, run_jobs):
    applied = await apply(client)
    assert applied.status_code == 201, applied.text
    use, terms = applied.json()["use"], applied.json()["vendor_terms"]["terms"]
    assert use["terms"] == ["damage_notice", "shortage_notice", "wrong_item_notice"]
    assert use["applied_by"].startswith("key:")
    assert use["note"] == "Their desk says so."
    assert terms["shortage_notice"]["window"]["value"] == 48
    assert "template usual_notice" in terms["sources"]["shortage_notice"]
    assert terms["return_window"] is None
    stored = (await client.get("/v1/vendor-terms/bigdist/2026")).json()
    assert stored == applied.json()["vendor_terms"]
    uses = (await client.get("/v1/term-templates/usual_notice/uses")).json()
    assert uses == {"items": [use], "next": None}
    await run_jobs()
    feed = (await client.get("/v1/events?type=vendors.template_applied")).json()["items"]
    assert [event["data"]["template"] for event in feed] == ["usual_notice"]


async def test_a_second_template_adds_its_terms_to_the_record(client):
    await apply(client)
    both = (await apply(client, "doa_14_days_from_delivery")).json()["vendor_terms"]
    assert both["version"] == 2
    assert both["terms"]["doa_window"]["value"] == 14
    assert both["terms"]["shortage_notice"]["window"]["value"] == 48


async def test_the_same_template_twice_changes_nothing_and_is_noted_once(client):
    first = (await apply(client)).json()
    again = (await apply(client)).json()
    assert again == first
    uses = (await client.get("/v1/term-templates/usual_notice/uses")).json()["items"]
    assert len(uses) == 1


async def test_what_the_vendor_said_itself_is_not_overwritten_unless_asked(client):
    own = {"value": 7, "unit": "days", "anchor": "delivery"}
    terms = {"source": "Terms of sale", "shortage_notice": {"window": own}}
    await client.put("/v1/vendor-terms/bigdist/2026", json=SIDE | {"terms": terms})
    refused = await apply(client)
    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/terms-already-set"
    assert refused.json()["terms"] == ["shortage_notice"]
    stored = (await client.get("/v1/vendor-terms/bigdist/2026")).json()
    assert stored["terms"]["shortage_notice"]["window"]["value"] == 7
    assert stored["terms"]["damage_notice"] is None
    done = await apply(client, replace=True)
    assert done.json()["use"]["replaced"] == ["shortage_notice"]
    assert done.json()["vendor_terms"]["terms"]["source"] == "Terms of sale"


async def test_a_carriers_template_makes_a_tariff(client):
    applied = (await apply(client, "ups_us_damage", UPS)).json()
    assert applied["vendor_terms"] is None
    tariff = applied["carrier_tariff"]
    assert (tariff["carrier"], tariff["kind"]) == ("ups", "damage_or_missing_contents")
    assert tariff["terms"]["claim_within"]["unit"] == "months"
    assert tariff["terms"]["may_file"] is None
    assert "template ups_us_damage" in tariff["terms"]["sources"]["report_within"]
    assert (await client.get("/v1/carrier-tariffs/ups/us")).json() == tariff


REFUSED = {
    "a vendor's template for a carrier": ("usual_notice", UPS, 409, "unfit-template"),
    "a carrier's template for a vendor": ("ups_us_damage", ORDER, 409, "unfit-template"),
    "a template nobody knows": ("nice_terms", ORDER, 404, "not-found"),
    "a vendor nobody knows": (
        "usual_notice",
        ORDER | {"to_vendor": SIDE | {"vendor": "nobody"}},
        409,
        "unknown-reference",
    ),
    "a role it does not play": (
        "usual_notice",
        ORDER | {"to_vendor": SIDE | {"role": "service"}},
        409,
        "role-not-played",
    ),
    "nobody": ("usual_notice", {"key": "x"}, 422, "malformed"),
    "both": ("usual_notice", ORDER | UPS, 422, "malformed"),
}


@pytest.mark.parametrize(("name", "order", "status", "problem"), REFUSED.values(), ids=REFUSED)
async def test_a_template_is_not_applied_to(client, name, order, status, problem):
    refused = await apply(client, name, order)
    assert refused.status_code == status, refused.text
    assert refused.json()["type"] == f"/problems/{problem}"
    assert (await client.get("/v1/vendor-terms")).json()["items"] == []


async def test_a_template_is_not_applied_to_a_record_of_another_day(client):
    await apply(client)
    moved = await apply(client, to_vendor=SIDE | {"valid_from": "2026-02-01"})
    assert moved.status_code == 409
    assert moved.json()["type"] == "/problems/other-record"
    assert moved.json()["differs"] == ["valid_from"]
    await apply(client, "ups_us_damage", UPS)
    other = await apply(client, "ups_us_non_delivery", UPS)
    assert other.json()["differs"] == ["kind"]


async def test_of_two_templates_applied_at_once_none_is_lost(client):
    await apply(client)
    names = ("doa_14_days_from_delivery", "rma_valid_30_days")
    answers = await asyncio.gather(*(apply(client, name) for name in names))
    stored = (await client.get("/v1/vendor-terms/bigdist/2026")).json()
    taken = [answer for answer in answers if answer.status_code == 201]
    assert {answer.status_code for answer in answers} <= {201, 412}
    assert stored["version"] == 1 + len(taken)
    for answer in taken:
        assert all(stored["terms"][name] for name in answer.json()["use"]["terms"])


async def test_of_two_that_make_the_record_at_once_the_second_is_told_to_look_again(client):
    answers = await asyncio.gather(*(apply(client) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) in ([201, 201], [201, 412])
    assert (await client.get("/v1/vendor-terms/bigdist/2026")).json()["version"] == 1


async def test_a_retry_with_its_key_applies_nothing_twice(client):
    headers = {"Idempotency-Key": "once"}
    url = "/v1/term-templates/usual_notice/apply"
    first = await client.post(url, json=ORDER, headers=headers)
    again = await client.post(url, json=ORDER, headers=headers)
    assert again.headers["Idempotent-Replay"] == "true"
    assert again.json() == first.json()
