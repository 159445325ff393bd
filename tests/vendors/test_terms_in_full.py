"""Terms of remedies and money: kept whole, unknown where unset, and templates with their source."""

from decimal import Decimal

import pytest

from app.vendors.terms import TEMPLATES, Target
from tests.vendors.documents import DOC, put
from tests.vendors.test_templates import ORDER, apply


def days(value, anchor, unit="days"):
    return {"value": value, "unit": unit, "anchor": anchor}


FULL = {
    "advance_replacement": {
        "is_offered": True,
        "stages": [
            {"until": days(30, "delivery"), "condition": "new", "needs_contract": False},
            {"needs_contract": True},
        ],
        "return_by": days(10, "replacement_delivery", "business_days"),
        "charged_after": days(30, "replacement_delivery"),
        "charge": {"model": "bill_on_default", "basis": "list_price"},
    },
    "replacement_warranty": {"keeps_rest": True, "at_least": days(90, "replacement_delivery")},
    "no_trouble_found_fee": {
        "percent": "15",
        "amount": {"amount": "50.00", "currency": "USD"},
        "whichever": "greater",
    },
    "missing_parts_charge": "dealer_price",
    "restocking_schedule": [
        {"until": days(3, "invoice", "months"), "fee": {"percent": "15"}},
        {"is_accepted": False},
    ],
    "credits_lower_price": True,
    "credit_after_receipt": days(14, "return_receipt"),
    "price_protection": {
        "is_granted": True,
        "look_back": {"value": 30, "unit": "days", "bought_on": "invoice"},
        "file_within": days(30, "price_change"),
        "reaches": ["drop_shipped", "on_hand"],
        "difference": "invoice_minus_new",
        "cap": {"percent": "10.5"},
    },
    "call_out": {
        "charge": {"amount": "200.00", "currency": "USD"},
        "is_charged_during_setup": False,
        "arrive_within": days(2, "request", "business_days"),
    },
    "set_off": {"is_allowed": True, "only_undisputed": True},
}


async def test_terms_in_full_are_kept_and_what_is_unset_is_null_in_every_part(client, bigdist):
    told = (await put(client, "full", terms=FULL)).json()["terms"]
    for name, value in FULL.items():
        if not isinstance(value, dict):
            continue
        assert {part: told[name][part] for part in value if not isinstance(value[part], dict)} == {
            part: value[part]
            for part in value
            if not isinstance(value[part], dict) and part != "stages"
        } | ({"stages": told[name]["stages"]} if "stages" in value else {}), name
    assert told["advance_replacement"]["must_match"] is None
    assert told["advance_replacement"]["charge"]["security"] is None
    assert told["advance_replacement"]["stages"][1]["condition"] is None
    assert told["price_protection"]["needs_serials"] is None
    assert told["call_out"]["is_charged_under_warranty"] is None
    assert (await put(client, "full", terms=FULL)).json()["version"] == 1
    bare = (await put(client, "full")).json()["terms"]
    assert {bare[name] for name in FULL} == {None}


BAD = {
    "an advance replacement of nothing": ({"advance_replacement": {}}, "say something"),
    "terms of what is not offered": (
        {"advance_replacement": {"is_offered": False, "must_match": True}},
        "not offered",
    ),
    "a return counted from the invoice": (
        {"advance_replacement": {"return_by": days(10, "invoice")}},
        "replacement_delivery",
    ),
    "a charge before the return is due": (
        {
            "advance_replacement": {
                "return_by": days(30, "replacement_delivery"),
                "charged_after": days(10, "replacement_delivery"),
            }
        },
        "before return_by",
    ),
    "a stage after one without an end": (
        {"advance_replacement": {"stages": [{}, {"until": days(30, "delivery")}]}},
        "no end",
    ),
    "stages out of order": (
        {
            "advance_replacement": {
                "stages": [{"until": days(90, "delivery")}, {"until": days(30, "delivery")}]
            }
        },
        "each stage ends after",
    ),
    "a warranty counted from the replacement": (
        {"warranty": days(90, "replacement_delivery")},
        "counted from one of",
    ),
    "a fee of nothing": ({"no_trouble_found_fee": {}}, "give percent"),
    "a fee of both and no word which": (
        {
            "no_trouble_found_fee": {
                "percent": "15",
                "amount": {"amount": "50.00", "currency": "USD"},
            }
        },
        "whichever",
    ),
    "more than all": ({"no_trouble_found_fee": {"percent": "101"}}, "less than or equal"),
    "a fee where there is none": (
        {"charges_restocking": False, "restocking_schedule": [{"fee": {"percent": "15"}}]},
        "charges_restocking",
    ),
    "a fee for what is not taken back": (
        {"restocking_schedule": [{"is_accepted": False, "fee": {"percent": "15"}}]},
        "no fee",
    ),
    "price protection not granted, with terms": (
        {"price_protection": {"is_granted": False, "needs_serials": True}},
        "not granted",
    ),
    "a look-back of hours": (
        {"price_protection": {"look_back": {"value": 9, "unit": "hours", "bought_on": "order"}}},
        "counted in days",
    ),
    "a place twice": ({"price_protection": {"reaches": ["sold", "sold"]}}, "once"),
    "a cap of nothing": ({"price_protection": {"cap": {}}}, "give amount"),
    "a set-off of no word": ({"set_off": {}}, "required"),
    "a visit of nothing": ({"call_out": {}}, "say something"),
    "a credit counted from the sale": (
        {"credit_after_receipt": days(9, "invoice")},
        "return_receipt",
    ),
}


@pytest.mark.parametrize(("terms", "hint"), BAD.values(), ids=BAD)
async def test_terms_that_contradict_themselves_are_refused(client, bigdist, terms, hint):
    refused = await client.put("/v1/vendor-terms/t", json=DOC | {"terms": terms})
    assert refused.status_code == 422, refused.text
    (error,) = refused.json()["errors"]
    assert error["pointer"].startswith("/terms")
    assert hint in error["detail"]


NUMBERS = {
    "advance_replacement_10_days": (10, "days", "list_price", 30),
    "advance_replacement_10_business_days": (10, "business_days", "purchase_price", None),
    "advance_replacement_14_days": (14, "days", "list_price", None),
    "advance_replacement_usual": (10, "business_days", "list_price", 30),
}


@pytest.mark.parametrize(("name", "numbers"), NUMBERS.items(), ids=NUMBERS)
async def test_the_trade_s_numbers_for_a_return_are_those_that_were_read(
    client, bigdist, name, numbers
):
    terms = (await apply(client, name)).json()["vendor_terms"]["terms"]
    told = terms["advance_replacement"]
    charged = told["charged_after"]
    assert (
        told["return_by"]["value"],
        told["return_by"]["unit"],
        told["charge"]["basis"],
        charged and charged["value"],
    ) == numbers
    assert told["return_by"]["anchor"] == "replacement_delivery"
    assert terms["sources"]["advance_replacement"].startswith(f"template {name}")


async def test_from_day_31_a_refurbished_unit_and_from_day_91_only_by_contract(client, bigdist):
    done = await apply(client, "advance_replacement_14_days")
    stages = done.json()["vendor_terms"]["terms"]["advance_replacement"]["stages"]
    told = [
        (x["until"] and x["until"]["value"], x["condition"], x["needs_contract"]) for x in stages
    ]
    assert told == [(30, "new", False), (90, "refurbished", False), (None, None, True)]


async def test_two_templates_of_one_term_do_not_overwrite_each_other(client, bigdist):
    await apply(client, "advance_replacement_10_days")
    second = await apply(client, "advance_replacement_14_days")
    assert second.json()["type"] == "/problems/terms-already-set"
    both = await apply(client, "price_protection_30_days")
    assert both.json()["use"]["terms"] == ["price_protection"]


def test_every_template_names_its_source_and_sets_something():
    for template in TEMPLATES.values():
        assert template.source
        content = template.vendor_terms or template.tariff
        assert content is not None
        assert content.told(), template.name
    fee = TEMPLATES["advance_replacement_purchase_order"].vendor_terms.no_trouble_found_fee
    assert (fee.percent, fee.amount.amount) == (Decimal(15), Decimal("50.00"))
    steps = TEMPLATES["restocking_in_steps"].vendor_terms.restocking_schedule
    assert [str(step.fee.percent) for step in steps[:3]] == ["15", "30", "50"]
    assert not steps[3].is_accepted
    assert sum(each.applies_to is Target.VENDOR for each in TEMPLATES.values()) > 20
    assert ORDER["to_vendor"]


async def ask(client, **more):
    body = {
        "rights": ["return_defective"],
        "dates": {"replacement_delivery": "2026-03-02"},
        "terms": {
            "source": "Terms",
            "advance_replacement": {"return_by": days(10, "replacement_delivery")},
        },
    }
    return await client.post("/v1/term-deadlines", json=body | more)


async def test_a_day_that_the_vendor_names_wins_and_both_are_shown(client):
    (computed,) = (await ask(client)).json()["items"]
    assert (computed["last_on"], computed["stated_by"]) == ("2026-03-12", None)
    word = {"return_defective": {"when": "2026-03-09", "by": "RMA 8123, portal"}}
    (told,) = (await ask(client, stated=word)).json()["items"]
    assert (told["last_on"], told["computed_last_on"]) == ("2026-03-09", "2026-03-12")
    assert (told["stated_by"], told["last_safe_on"]) == ("RMA 8123, portal", "2026-03-06")
    assert told["last_at"].startswith("2026-03-09T23:59:59")
    assert "names 2026-03-09 (RMA 8123, portal)" in told["why"]
    assert "By the term it would be 2026-03-12: 10 days from delivery" in told["why"]
    # Also where no term is set at all: the word stands alone.
    (alone,) = (await ask(client, terms={}, stated=word)).json()["items"]
    assert (alone["last_on"], alone["computed_last_on"]) == ("2026-03-09", None)
    assert "no term is set" in alone["why"]


async def test_the_time_to_act_stays_computed_beside_a_stated_end(client):
    notice = {"window": days(2, "delivery"), "hard_stop": days(9, "delivery")}
    answer = await ask(
        client,
        rights=["report_damage"],
        dates={"delivery": "2026-03-02"},
        terms={"damage_notice": notice},
        stated={"report_damage": {"when": "2026-03-31T12:00:00Z", "by": "Kim, by phone"}},
    )
    act, last = answer.json()["items"]
    assert (act["last_on"], act["is_final"], act["stated_by"]) == ("2026-03-04", False, None)
    assert (last["last_at"], last["computed_last_on"]) == ("2026-03-31T12:00:00Z", "2026-03-11")


async def test_by_the_terms_in_force_and_unknown_without_any(client, bigdist):
    door = {"vendor": "bigdist", "role": "distributor", "on": "2026-02-01"}
    (unknown,) = (await ask(client, terms=None, vendor=door)).json()["items"]
    assert unknown["last_on"] is None
    await put(client, "t", terms=FULL)
    answer = (await ask(client, terms=None, vendor=door)).json()
    assert answer["items"][0]["last_on"] == "2026-03-16"
    assert answer["vendor_terms"]["key"] == "t"
    for change, status in (
        ({"rights": ["file_with_carrier"]}, 422),
        ({"rights": []}, 422),
        ({"vendor": door}, 422),
        ({"dates": {"birthday": "2026-01-01"}}, 422),
        ({"terms": None, "vendor": door | {"vendor": "nobody"}}, 409),
    ):
        assert (await ask(client, **change)).status_code == status, change
