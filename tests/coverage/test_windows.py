"""Warranty and DOA: by which terms, from which day, until when, and at whose door."""

import pytest

from tests.coverage.calls import days, months, vendor, window
from tests.orders.documents import content, order, package, pointers, shipment
from tests.senders import delivered


async def test_without_terms_nothing_is_known_and_unknown_is_never_yes(shop):
    await shop.unit(delivered_on="2026-02-25", shipped_on="2026-02-20", invoiced_on="2026-02-20")
    told = await shop.entitled()
    for what in ("warranty", "doa", "advance_replacement"):
        found = told[what]
        assert (found["answer"], found["ends_on"]) == ("unknown", None)
        assert [door["vendor"] for door in found["doors"]] == ["bigdist", "acme"]
    assert (told["remedies"][0]["answer"], told["best"]) == ("unknown", None)
    assert told["note"].endswith("not legal advice.")


async def test_a_term_whose_day_is_unknown_is_unknown(shop):
    await shop.terms(warranty=months(12, "installation"), doa_window=days(30, "shipment"))
    await shop.unit(delivered_on="2026-02-25")
    told = await shop.entitled()
    assert told["warranty"]["answer"] == told["doa"]["answer"] == "unknown"
    assert "the date of installation is unknown" in told["warranty"]["why"]
    assert told["warranty"]["rule"] == "12 months from installation"
    await shop.unit(installed_on="2026-02-27", shipped_on="2026-02-20")
    told = await shop.entitled()
    assert (told["warranty"]["answer"], told["warranty"]["ends_on"]) == ("yes", "2027-02-27")
    assert (told["doa"]["answer"], told["doa"]["ends_on"]) == ("yes", "2026-03-22")


async def test_the_last_day_counts_and_the_next_does_not(shop):
    await shop.terms(doa_window=days(30, "shipment"))
    await shop.unit(shipped_on="2026-02-01")
    on = ("2026-01-31", "2026-02-01", "2026-03-03", "2026-03-04")
    assert await shop.answers("doa", "U-1", *on) == ["no", "yes", "yes", "no"]


async def test_a_leap_day_and_the_end_of_a_month_keep_their_month(shop):
    await shop.terms(warranty=months(12, "delivery"))
    await shop.unit(delivered_on="2024-02-29")
    assert (await shop.entitled())["warranty"]["ends_on"] == "2025-02-28"
    await shop.terms(warranty=months(1, "delivery"))
    await shop.unit("U-2", delivered_on="2024-01-31")
    assert (await shop.entitled("U-2"))["warranty"]["ends_on"] == "2024-02-29"


async def test_days_are_those_of_the_vendor_through_a_change_of_the_clocks(shop):
    await shop.calendar("acme", "America/Los_Angeles")
    await shop.terms(doa_window=days(10, "shipment"))
    # Ten in the evening of the first of March there: the second in UTC. On the eighth the clocks
    # go forward.
    await shop.tell(
        "shipments/S-1",
        shipment(package(content(1, serials=["SN-1"])), shipped_at="2026-03-02T06:00:00Z"),
    )
    await shop.unit()
    found = (await shop.entitled())["doa"]
    assert found["ends_on"] == "2026-03-11"
    last = found["doors"][1]["findings"][0]["last_at"]
    assert last.startswith("2026-03-12T06:59:59")
    assert await shop.answers("doa", "U-1", "2026-03-11", "2026-03-12") == ["yes", "no"]


async def test_claimed_through_the_distributor_until_its_window_closes_then_direct(shop):
    await shop.terms("bigdist", doa_window=days(10, "invoice"), source="Terms of sale, 4.2")
    await shop.terms(doa_window=days(30, "shipment"), source="Warranty card")
    await shop.unit(invoiced_on="2026-02-18", shipped_on="2026-02-20")
    early = (await shop.entitled(on="2026-02-28"))["doa"]
    assert (early["answer"], vendor(early["door"]), vendor(early["owed_by"])) == (
        "yes",
        "bigdist",
        "acme",
    )
    assert (early["rule"], early["source"]) == ("10 days from the invoice", "Terms of sale, 4.2")
    assert early["next_door"] == {
        "vendor": "acme",
        "role": "manufacturer",
        "answer": "yes",
        "from": "2026-03-01",
        "closes_on": "2026-03-22",
    }
    late = (await shop.entitled(on="2026-03-01"))["doa"]
    assert (late["answer"], vendor(late["door"]), late["next_door"]) == ("yes", "acme", None)
    dead = late["doors"][0]
    assert (dead["answer"], dead["closes_on"], dead["next"]) == ("no", "2026-02-28", "acme")
    closed = "The door of bigdist as distributor closed on 2026-02-28; the next is acme."
    assert closed in late["why"]
    over = (await shop.entitled(on="2026-03-23"))["doa"]
    assert (over["answer"], over["door"], over["owed_by"]) == ("no", None, None)
    assert over["why"].startswith("No door is open for DOA.")


async def test_a_dead_door_names_the_next_even_where_that_is_unknown(shop):
    await shop.terms("bigdist", doa_window=days(10, "invoice"))
    await shop.unit(invoiced_on="2026-02-01")
    found = (await shop.entitled())["doa"]
    assert (found["answer"], vendor(found["door"])) == ("unknown", "acme")
    assert found["doors"][0]["next"] == "acme"


async def test_what_only_the_distributor_grants_it_owes(shop):
    await shop.terms("bigdist", doa_window=days(30, "invoice"))
    await shop.terms(doa_window=days(5, "shipment"))
    await shop.unit(invoiced_on="2026-02-18", shipped_on="2026-02-01")
    found = (await shop.entitled())["doa"]
    assert (found["answer"], vendor(found["owed_by"])) == ("yes", "bigdist")


async def test_terms_are_those_of_the_order_and_of_the_product_line(shop):
    await shop.terms(valid_from="2025-01-01", warranty=months(12, "delivery"))
    await shop.terms(valid_from="2026-02-01", warranty=months(3, "delivery"))
    await shop.unit(delivered_on="2026-02-25")
    told = await shop.entitled()
    assert (told["terms_on"], told["warranty"]["ends_on"]) == ("2026-01-05", "2027-02-25")
    await shop.terms(valid_from="2025-01-01", line="routers", warranty=months(36, "delivery"))
    told = await shop.entitled()
    assert (told["product_line"], told["warranty"]["ends_on"]) == ("routers", "2029-02-25")
    await shop.unit("U-2", product="R901", delivered_on="2026-02-25")
    assert (await shop.entitled("U-2"))["warranty"]["ends_on"] == "2027-02-25"


async def test_a_supplier_that_made_it_has_one_door(shop):
    await shop.tell("purchase-orders/PO-2", order(supplier="acme"))
    await shop.terms(doa_window=days(30, "invoice"))
    line = {"purchase_order": "PO-2", "line": "10"}
    await shop.unit(invoiced_on="2026-02-18", order_line=line)
    found = (await shop.entitled())["doa"]
    assert [door["vendor"] for door in found["doors"]] == ["acme"]
    assert found["answer"] == "yes"


async def test_of_a_unit_of_unknown_origin_only_its_maker_can_be_asked(shop):
    await shop.terms(warranty=months(12, "delivery"))
    await shop.unit(order_line=None, delivered_on="2026-02-25")
    told = await shop.entitled()
    assert (told["supplier"], vendor(told["warranty"]["door"])) == (None, "acme")
    assert told["terms_on"] == "2026-02-25"
    assert "Who sold it to us is unknown" in told["warnings"][0]
    await shop.tell("products/no-name", {"name": "?"})
    await shop.unit("U-2", order_line=None, product="no-name")
    told = await shop.entitled("U-2")
    assert (told["warranty"]["answer"], told["warranty"]["doors"]) == ("unknown", [])


async def test_days_of_several_sources_stand_side_by_side_and_a_paper_counts(shop):
    await shop.terms(warranty=months(12, "invoice"))
    await shop.unit(invoiced_on="2026-02-01")
    invoice = {
        "kind": "invoice",
        "vendor": "bigdist",
        "number": "INV-7",
        "issued_on": "2026-02-18",
        "currency": "USD",
        "references": {"serials": ["sn-1"]},
        "lines": [{"key": "1", "amount": "129.00"}],
    }
    await shop.tell("vendor-documents/INV-7", invoice)
    told = await shop.entitled()
    (date,) = told["dates"]
    assert (date["used"]["when"], date["used"]["weight"]) == ("2026-02-18", "proven")
    assert [each["when"] for each in date["others"]] == ["2026-02-01"]
    assert date["disagree"]
    assert told["warranty"]["ends_on"] == "2027-02-18"
    await shop.tell("vendor-documents/INV-7", {**invoice, "cancelled_at": "2026-03-01T00:00:00Z"})
    assert (await shop.entitled())["warranty"]["ends_on"] == "2027-02-01"


async def test_the_carriers_delivery_of_its_package_proves_the_day(shop, scales, run_jobs):
    await shop.terms(doa_window=days(14, "delivery"))
    packed = package(content(1, serials=["sn-1"]), tracking_number="1Z99", carrier="UPS")
    await shop.tell("shipments/S-1", shipment(packed))
    await scales.send(delivered("1Z99", "2026-02-25T15:00:00Z"))
    await run_jobs()
    await shop.unit(delivered_on="2026-02-01")
    told = await shop.entitled()
    assert told["doa"]["ends_on"] == "2026-03-11"
    (date,) = told["dates"]
    assert date["used"]["source"] == "the carrier's delivery of package 1 of shipment S-1"
    # Another product's unit of the same serial number is another unit.
    await shop.unit("U-2", serial="SN-1", product="R901", delivered_on="2026-02-01")
    assert (await shop.entitled("U-2"))["doa"]["ends_on"] == "2026-02-15"


async def test_an_invoice_of_the_line_counts_where_it_names_no_serials(shop):
    await shop.terms(warranty=months(12, "invoice"))
    await shop.unit()
    invoice = {
        "kind": "invoice",
        "vendor": "bigdist",
        "number": "INV-7",
        "issued_on": "2026-02-18",
        "currency": "USD",
        "references": {"purchase_order": "PO-1", "line": "10"},
        "lines": [{"key": "1", "amount": "129.00"}],
    }
    await shop.tell("vendor-documents/INV-7", invoice)
    assert (await shop.entitled())["warranty"]["ends_on"] == "2027-02-18"
    other = {"purchase_order": "PO-1", "line": "10", "serials": ["SN-9"]}
    await shop.tell("vendor-documents/INV-7", {**invoice, "references": other})
    assert (await shop.entitled())["warranty"]["answer"] == "unknown"


async def test_a_serial_is_asked_for_and_several_units_are_all_named(shop):
    await shop.unit("U-1", serial="SN-1", customer="dana")
    assert (await shop.get("entitlements", serial="s/n sn1"))["unit"] == "U-1"
    await shop.unit("U/2", serial="SN-1", product="R901")
    several = await shop.client.get("/v1/entitlements", params={"serial": "SN-1"})
    assert several.status_code == 300
    told = several.json()["candidates"]
    assert [(each["unit"], each["product"]) for each in told] == [("U-1", "R900"), ("U/2", "R901")]
    there = await shop.client.get(told[1]["href"])
    assert (there.status_code, there.json()["unit"]) == (200, "U/2")
    assert (await shop.get("entitlements", serial="SN-1", product="R901"))["unit"] == "U/2"


async def test_what_is_asked_badly_is_refused(shop):
    await shop.unit()
    asked = {
        404: [({"serial": "SN-9"}, None), ({"unit": "U-9"}, None)],
        422: [
            ({}, "query:serial"),
            ({"serial": "SN-1", "unit": "U-1"}, "query:serial"),
            ({"unit": "U-1", "product": "R900"}, "query:product"),
            ({"unit": "U-1", "on": "1"}, "query:on"),
            ({"unit": "U-1", "on": "soon"}, "query:on"),
            ({"unit": "U-1", "transit_days": -1}, "query:transit_days"),
        ],
    }
    for status, each in asked.items():
        for params, pointer in each:
            refused = await shop.client.get("/v1/entitlements", params=params)
            assert refused.status_code == status, (params, refused.text)
            if pointer is not None:
                assert pointers(refused) == [pointer], refused.text


async def test_the_first_and_the_last_day_of_all_are_answered_too(shop):
    await shop.calendar("acme", "Asia/Tokyo", holidays={"country": "JP"})
    await shop.terms(
        warranty=window(36_500, "days", "shipment"),
        doa_window=window(8, "business_hours", "shipment"),
        repair=window(36_500, "business_days", "return_receipt"),
        advance_replacement={
            "is_offered": True,
            "ships_within": window(36_500, "hours", "request"),
            "return_by": window(36_500, "months", "replacement_delivery"),
        },
    )
    for first in ("0001-01-01", "9999-12-31", None):
        known = {} if first == "9999-12-31" else {"shipped_on": first}
        await shop.unit(**known)
        for day in ("0001-01-01", "9999-12-31"):
            told = await shop.entitled(on=day, needed_by=day, transit_days=365)
            assert told["on"] == day


async def test_a_unit_that_went_back_or_was_replaced_says_so(shop):
    gone = {"rma": "RMA 8123", "at": "2026-03-01T10:00:00Z"}
    await shop.unit(went_back=gone)
    await shop.unit("U-2", order_line=None, replaces={"unit": "U-1", "at": "2026-03-01T10:00:00Z"})
    told = (await shop.entitled())["warnings"]
    assert told == [
        "This serial went back in RMA 8123 on 2026-03-01.",
        "Another unit stands in for this one already.",
    ]


@pytest.mark.parametrize(
    ("template", "facts", "last", "after"),
    [
        ("doa_30_days_from_shipment", {"shipped_on": "2026-02-01"}, "2026-03-03", "2026-03-04"),
        ("doa_14_days_from_delivery", {"delivered_on": "2026-02-16"}, "2026-03-02", "2026-03-03"),
        ("doa_14_days_from_invoice", {"invoiced_on": "2026-02-16"}, "2026-03-02", "2026-03-03"),
        ("doa_30_days_from_invoice", {"invoiced_on": "2026-02-01"}, "2026-03-03", "2026-03-04"),
        ("doa_10_days_from_invoice", {"invoiced_on": "2026-02-20"}, "2026-03-02", "2026-03-03"),
        # Two weekends lie between.
        (
            "doa_10_business_days_from_shipment",
            {"shipped_on": "2026-02-16"},
            "2026-03-02",
            "2026-03-03",
        ),
    ],
)
async def test_the_numbers_of_the_trade(shop, template, facts, last, after):
    await shop.template(template)
    await shop.unit(**facts)
    assert await shop.answers("doa", "U-1", last, after) == ["yes", "no"]
    assert template in (await shop.entitled())["doa"]["source"]
