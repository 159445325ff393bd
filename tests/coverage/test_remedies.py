"""A replacement first, on whose terms; and which remedy helps by the day it is needed."""

from tests.coverage.calls import days, months, vendor, window

CONTRACT = {"gives": "contract", "name": "AWR", "ends_on": "2026-12-31"}


async def swap(shop, **params):
    return (await shop.entitled(**params))["advance_replacement"]


async def test_cisco_ten_days_and_the_list_price_after_thirty(shop):
    await shop.template("advance_replacement_10_days")
    await shop.terms("bigdist", warranty=months(12, "shipment"))
    await shop.unit(shipped_on="2026-02-20")
    found = await swap(shop)
    assert (found["answer"], vendor(found["door"])) == ("yes", "acme")
    told = found["terms"]
    assert told["return_by"] == "10 days from delivery of the replacement"
    assert told["charged_after"] == "30 days from delivery of the replacement"
    assert (told["charge_basis"], told["charge_model"]) == ("list_price", "bill_on_default")
    assert told["must_match"] is told["default_ends_service"] is True


async def test_juniper_ten_business_days_and_the_purchase_price(shop):
    await shop.template("advance_replacement_10_business_days")
    await shop.terms("bigdist", warranty=months(12, "shipment"))
    await shop.unit(shipped_on="2026-02-20")
    told = (await swap(shop))["terms"]
    assert told["return_by"] == "10 business days from delivery of the replacement"
    assert told["charge_basis"] == "purchase_price"


async def test_clear_com_new_for_thirty_days_refurbished_to_ninety_then_by_contract(shop):
    await shop.template("advance_replacement_14_days")
    await shop.terms("bigdist", warranty=months(24, "shipment"))
    await shop.unit(shipped_on="2026-01-01")
    seen = []
    for day in ("2026-01-31", "2026-02-01", "2026-04-01", "2026-04-02"):
        found = await swap(shop, on=day)
        terms = found["terms"]
        seen.append((found["answer"], terms["condition"], terms["needs_contract"]))
        assert terms["return_by"] == "14 days from delivery of the replacement"
    assert seen == [
        ("yes", "new", False),
        ("yes", "refurbished", False),
        ("yes", "refurbished", False),
        ("unknown", None, True),
    ]
    await shop.lookup(offers=[CONTRACT])
    assert (await swap(shop, on="2026-04-02"))["answer"] == "yes"
    await shop.lookup(offers=[{**CONTRACT, "ends_on": "2026-03-31"}])
    gone = await swap(shop, on="2026-04-02")
    assert [door["answer"] for door in gone["doors"]] == ["unknown", "no"]


async def test_an_age_that_is_unknown_is_no_yes(shop):
    await shop.template("advance_replacement_14_days")
    await shop.terms("bigdist", warranty=months(24, "invoice"))
    await shop.unit(invoiced_on="2026-02-20")
    assert (await shop.entitled())["warranty"]["answer"] == "yes"
    assert (await swap(shop))["answer"] == "unknown"


async def test_no_replacement_comes_first_for_what_is_not_covered(shop):
    await shop.terms(
        warranty=months(12, "shipment"),
        doa_window=days(30, "shipment"),
        advance_replacement={"is_offered": True},
    )
    await shop.terms(
        "bigdist",
        advance_replacement={"is_offered": False},
        warranty=days(1, "shipment"),
        doa_window=days(1, "shipment"),
    )
    await shop.unit(shipped_on="2025-02-20")
    found = await swap(shop)
    assert (found["answer"], found["door"]) == ("no", None)
    assert "It is not covered" in found["doors"][1]["findings"][0]["why"]
    await shop.unit(shipped_on="2026-02-20")
    assert (await swap(shop))["answer"] == "yes"


TERMS = {
    "warranty": months(12, "shipment"),
    "answer_to_return_request": window(2, "business_days", "request"),
    "repair": days(14, "return_receipt"),
    "advance_replacement": {
        "is_offered": True,
        "ships_within": window(1, "business_days", "request"),
        "return_by": window(10, "business_days", "replacement_delivery"),
    },
}


async def test_two_weeks_depot_against_a_swap(shop):
    await shop.calendar("acme", "America/New_York", holidays={"country": "US"})
    await shop.terms(**TERMS)
    await shop.unit(shipped_on="2026-02-20")
    # Asked on Monday the second at nine in UTC; needed on Wednesday of the week after.
    told = await shop.entitled(needed_by="2026-03-11", transit_days=2)
    first, second = told["remedies"]
    assert (first["remedy"], first["helps_by"], first["in_time"]) == (
        "advance_replacement",
        "2026-03-06",
        "yes",
    )
    assert first["return_by"] == "2026-03-20"
    assert [(step["what"], step["by"]) for step in second["steps"]] == [
        ("the vendor answers", "2026-03-04"),
        ("the unit arrives at the vendor's", "2026-03-06"),
        ("it is repaired and shipped", "2026-03-20"),
        ("it is back", "2026-03-24"),
    ]
    assert (second["remedy"], second["helps_by"], second["in_time"]) == (
        "depot_repair",
        "2026-03-24",
        "no",
    )
    assert told["best"] == "advance_replacement"
    late = await shop.entitled(needed_by="2026-03-05", transit_days=2)
    assert [each["in_time"] for each in late["remedies"]] == ["no", "no"]
    assert late["best"] is None


async def test_what_no_term_promises_has_no_day_but_may_be_too_late_already(shop):
    await shop.terms(**TERMS)
    await shop.unit(shipped_on="2026-02-20")
    told = await shop.entitled(needed_by="2026-03-03")
    found = {each["remedy"]: each for each in told["remedies"]}
    depot = found["depot_repair"]
    assert (depot["helps_by"], depot["not_before_on"], depot["in_time"]) == (
        None,
        "2026-03-04",
        "no",
    )
    assert told["best"] is None
    later = await shop.entitled(needed_by="2026-12-31")
    assert {each["in_time"] for each in later["remedies"]} == {"unknown"}
    bare = await shop.entitled()
    assert {each["in_time"] for each in bare["remedies"]} == {None}


async def test_a_visit_is_compared_where_the_terms_say_when_somebody_comes(shop):
    await shop.terms(
        warranty=months(12, "shipment"),
        call_out={
            "arrive_within": window(2, "business_days", "request"),
            "is_charged_under_warranty": False,
        },
    )
    await shop.unit(shipped_on="2026-02-20")
    told = await shop.entitled(needed_by="2026-03-04")
    visit = told["remedies"][0]
    assert (visit["remedy"], visit["helps_by"], visit["in_time"]) == (
        "on_site_visit",
        "2026-03-04",
        "yes",
    )
    assert visit["notes"] == ["A visit is free under warranty."]
    assert told["best"] == "on_site_visit"
