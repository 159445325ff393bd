"""Vendor terms and carrier tariffs through the front door, and which of them are in force."""

import asyncio
from types import SimpleNamespace

import pytest

from app.kit.db import Context
from app.kit.records import Conditions
from app.vendors import tariff_records, term_records
from app.vendors.rules import TermsOverlap
from app.vendors.term_schemas import CarrierTariffIn, VendorTermsIn
from tests.vendors.documents import DOC, NOTICE, TARIFF, put, put_tariff


async def test_terms_are_created_read_and_listed_and_what_is_unset_is_null(client, bigdist):
    created = await put(client, "bigdist/2026")
    assert created.status_code == 201
    assert created.headers["etag"] == '"1"'
    got = (await client.get("/v1/vendor-terms/bigdist/2026")).json()
    assert got == created.json()
    assert got["terms"]["shortage_notice"]["window"]["value"] == 48
    assert got["terms"]["is_non_returnable"] is False
    assert got["terms"]["accepts_opened_returns"] is None
    assert got["terms"]["return_window"] is None
    listed = await client.get("/v1/vendor-terms?vendor=bigdist")
    assert listed.json() == {"items": [got], "next": None}
    assert (await client.get("/v1/vendor-terms?vendor=nobody")).json()["items"] == []


async def test_the_same_terms_twice_change_nothing_and_every_version_is_kept_as_an_event(
    client, bigdist, run_jobs
):
    await put(client, "t")
    assert (await put(client, "t")).json()["version"] == 1
    changed = await put(client, "t", terms={"source": "Newer terms"})
    assert changed.json()["version"] == 2
    assert changed.json()["terms"]["shortage_notice"] is None
    await run_jobs()
    feed = (await client.get("/v1/events?type=vendors.terms_recorded")).json()["items"]
    assert [event["data"]["version"] for event in feed] == [1, 2]
    assert feed[0]["data"]["terms"]["shortage_notice"] == {
        "window": {**NOTICE["window"], "counts_anchor_day": False}
    }


async def test_terms_of_an_unknown_vendor_or_an_unplayed_role_are_refused(client, bigdist):
    refused = await client.put("/v1/vendor-terms/t", json=DOC | {"vendor": "nobody"})
    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/unknown-reference"
    assert refused.json()["errors"][0]["pointer"] == "/vendor"
    refused = await client.put("/v1/vendor-terms/t", json=DOC | {"role": "manufacturer"})
    assert refused.json()["type"] == "/problems/role-not-played"
    assert refused.json()["roles"] == ["distributor"]
    assert (await client.get("/v1/vendor-terms/t")).status_code == 404


async def test_two_records_of_the_same_from_the_same_day_are_refused(client, bigdist):
    await put(client, "one")
    refused = await client.put("/v1/vendor-terms/two", json=DOC)
    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/terms-overlap"
    assert refused.json()["key"] == "one"
    await put(client, "two", product_line="Switches")
    await put(client, "three", valid_from="2026-02-01")
    moved = await client.put("/v1/vendor-terms/three", json=DOC)
    assert moved.json()["type"] == "/problems/terms-overlap"


async def _record(runtime, document, stored, go_on):
    """Record terms in a transaction of one's own; say so, and wait before the commit."""
    kind, records = document
    async with runtime.sessions(info={"context": Context(runtime.clock, "tests")}) as own:
        await records.record(own, key=stored.name, document=kind, conditions=Conditions())
        stored.event.set()
        await go_on.wait()
        await own.commit()


RACES = {
    "terms": (VendorTermsIn.model_validate(DOC), term_records),
    "tariffs": (CarrierTariffIn.model_validate(TARIFF), tariff_records),
}


@pytest.mark.parametrize("document", RACES.values(), ids=RACES)
async def test_of_two_that_are_told_at_once_the_second_is_refused_in_words(
    client, bigdist, runtime, document
):
    first, second = (SimpleNamespace(name=name, event=asyncio.Event()) for name in "ab")
    go_on = asyncio.Event()
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        tasks.create_task(_record(runtime, document, first, go_on))
        await first.event.wait()
        late = asyncio.create_task(_record(runtime, document, second, go_on))
        await asyncio.sleep(0.1)
        assert not late.done()
        go_on.set()
        with pytest.raises(TermsOverlap) as refused:
            await late
    assert refused.value.fields["key"] == "a"


def window(**more):
    return {"terms": {"return_window": {"value": 30, "unit": "days", "anchor": "invoice"} | more}}


MALFORMED = {
    "a window of nothing": (window(value=0), "/terms/return_window/value", "greater than"),
    "a window of half a day": (window(value=0.5), "/terms/return_window/value", "integer"),
    "a window in fortnights": (window(unit="fortnights"), "/terms/return_window/unit", "hours"),
    "a window from nothing": (window(anchor="birth"), "/terms/return_window/anchor", "invoice"),
    "a right counted from a request": (
        window(anchor="request"),
        "/terms/return_window",
        "not from a request",
    ),
    "an answer counted from an invoice": (
        {"terms": {"answer_to_claim": window()["terms"]["return_window"]}},
        "/terms/answer_to_claim",
        "from the request",
    ),
    "a notice of nothing": (
        {"terms": {"damage_notice": {}}},
        "/terms/damage_notice",
        "name a window",
    ),
    "a hard stop before the window": (
        {
            "terms": {
                "damage_notice": {
                    "window": {"value": 9, "unit": "days", "anchor": "delivery"},
                    "hard_stop": {"value": 5, "unit": "days", "anchor": "delivery"},
                }
            }
        },
        "/terms/damage_notice/hard_stop",
        "before the window ends",
    ),
    "yes in words": ({"terms": {"is_non_returnable": "yes"}}, "/terms/is_non_returnable", "bool"),
    "a source of what is not set": (
        {"terms": {"sources": {"warranty": "page 3"}}},
        "/terms/sources/warranty",
        "no member that is set",
    ),
    "a term nobody knows": ({"terms": {"courtesy": True}}, "/terms/courtesy", "not permitted"),
    "an unknown role": ({"role": "friend"}, "/role", "manufacturer"),
    "no day": ({"valid_from": "soon"}, "/valid_from", "ISO 8601"),
    "a risk without a rule": (
        {"terms": {"risk_in_transit": {"bearer": "us"}}},
        "/terms/risk_in_transit/rule",
        "required",
    ),
}


@pytest.mark.parametrize(("change", "pointer", "hint"), MALFORMED.values(), ids=MALFORMED)
async def test_terms_that_do_not_parse_are_pointed_at(client, bigdist, change, pointer, hint):
    refused = await client.put("/v1/vendor-terms/t", json=DOC | change)
    assert refused.status_code == 422, refused.text
    errors = refused.json()["errors"]
    assert [error["pointer"] for error in errors] == [pointer]
    assert hint in errors[0]["detail"]


BAD_TARIFFS = {
    "a name that is no slug": ({"carrier": "U.P.S."}, "/carrier", "pattern"),
    "an unknown kind": ({"kind": "theft"}, "/kind", "non_delivery"),
    "an unknown area": ({"area": "lunar"}, "/area", "domestic"),
    "a filer named twice": (
        {"terms": {"may_file": ["consignee", "consignee"]}},
        "/terms/may_file",
        "once",
    ),
    "no filer at all": ({"terms": {"may_file": []}}, "/terms/may_file", "at least 1"),
    "a window that no carrier sees": (
        {"terms": {"claim_within": {"value": 9, "unit": "months", "anchor": "invoice"}}},
        "/terms/claim_within",
        "from what it sees",
    ),
}


@pytest.mark.parametrize(("change", "pointer", "hint"), BAD_TARIFFS.values(), ids=BAD_TARIFFS)
async def test_tariffs_that_do_not_parse_are_pointed_at(client, change, pointer, hint):
    refused = await client.put("/v1/carrier-tariffs/t", json=TARIFF | change)
    assert refused.status_code == 422, refused.text
    errors = refused.json()["errors"]
    assert [error["pointer"] for error in errors] == [pointer]
    assert hint in errors[0]["detail"]


async def test_a_tariff_is_created_read_listed_and_replaced_whole(client):
    created = await put_tariff(client, "ups/us")
    assert created.status_code == 201
    got = (await client.get("/v1/carrier-tariffs/ups/us")).json()
    assert got == created.json()
    assert got["terms"]["claim_within"] is None
    assert (await client.get("/v1/carrier-tariffs?carrier=ups")).json()["items"] == [got]
    assert (await client.get("/v1/carrier-tariffs?carrier=fedex")).json()["items"] == []
    bare = await put_tariff(client, "ups/us", terms={})
    assert bare.json()["terms"]["may_file"] is None


async def test_terms_need_their_scopes(client):
    client.headers["Authorization"] = "Bearer nothing"
    assert (await client.get("/v1/vendor-terms")).status_code == 401
    assert (await client.put("/v1/carrier-tariffs/t", json=TARIFF)).status_code == 401
    assert (await client.post("/v1/grounds/judgements", json={})).status_code == 401
