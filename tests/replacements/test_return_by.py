"""By when the dead unit goes back: by the terms' own anchor, or as the vendor states; reminders."""

import pytest

from tests.claims.room import SERIAL, said
from tests.replacements.room import BACK, CISCO, NEW, OUT

MAIN = {"value": 10, "unit": "days", "anchor": "replacement_shipment"}


async def of_template(desk, name):
    """Apply a template of the trade to the vendor's terms."""
    await desk.offer(advance_replacement=None)
    side = {"vendor": "bigdist", "role": "distributor", "valid_from": "2026-01-01"}
    path = f"/v1/term-templates/{name}/apply"
    answer = await desk.client.post(path, json={"key": "big", "to_vendor": side})
    assert answer.is_success, answer.text


@pytest.mark.parametrize(
    ("name", "return_by", "charged_after", "basis"),
    [
        # Cisco: 10 days from receipt, list price after 30.
        ("advance_replacement_10_days", "2026-03-14", "2026-04-03", "list price"),
        # Juniper: 10 business days from receipt, else the purchase price.
        ("advance_replacement_10_business_days", "2026-03-18", None, "purchase price"),
        # Clear-Com: 14 days from receipt, else the list price of a new unit.
        ("advance_replacement_14_days", "2026-03-18", None, "list price"),
    ],
)
async def test_the_trades_own_numbers(desk, name, return_by, charged_after, basis):
    await of_template(desk, name)
    told = await desk.delivered()
    due = told["return_due"]
    assert (due["on"], due["by_terms"], due["charged_after"]) == (
        return_by,
        return_by,
        charged_after,
    )
    assert basis in told["at_risk"]["why"]
    debt = await desk.debt(told, "return")
    assert debt["due_at"] == f"{return_by}T23:59:59.999999Z"


async def test_the_list_price_that_was_seen_is_what_is_at_risk(desk):
    await desk.offer()
    prices = {
        "vendor": "bigdist",
        "seen_at": "2026-03-01T09:00:00Z",
        "prices": [
            {
                "product": "R900",
                "kind": "list",
                "price": {"amount": "310.00", "currency": "USD"},
            }
        ],
    }
    answer = await desk.client.post("/v1/products/prices", json=prices)
    assert answer.is_success, answer.text
    told = await desk.delivered()
    assert told["at_risk"]["amount"] == {"amount": "310.00", "currency": "USD"}
    assert (await desk.debt(told, "return"))["unit_value"]["amount"] == "310.00"


async def test_the_day_that_the_vendor_states_wins_and_both_are_shown(desk):
    await desk.offer()
    told = await desk.delivered()
    await desk.till("2026-03-05T10:00:00Z")
    body = said("2026-03-05T09:00:00Z", return_by="2026-03-20")
    now = await desk.step(told, "return-by", body)
    due = now["return_due"]
    assert (due["on"], due["by_terms"], due["stated"]) == (
        "2026-03-20",
        "2026-03-14",
        "2026-03-20",
    )
    debt = await desk.debt(told, "return")
    assert debt["due_at"] == "2026-03-20T23:59:59.999999Z"
    assert [each["cause"] for each in debt["due_changes"]] == ["facts_changed"]
    (event,) = [
        each
        for each in await desk.events("replacements.return_by_reckoned")
        if each["source"] == "stated"
    ]
    assert (event["was"], event["return_by"]) == ("2026-03-14", "2026-03-20")


async def test_it_is_counted_from_the_terms_own_anchor(desk):
    await desk.offer(advance_replacement=CISCO | {"return_by": MAIN, "charged_after": None})
    told = await desk.shipped()
    assert told["return_due"]["on"] == "2026-03-12"
    await desk.till("2026-03-04T16:00:00Z")
    await desk.deliver(OUT, "2026-03-04T15:00:00Z")
    assert (await desk.shown(told))["return_due"]["on"] == "2026-03-12"


async def test_days_are_counted_in_the_vendors_own_calendar(desk):
    week = {
        day: [{"opens": "08:00", "closes": "17:00"}]
        for day in ("monday", "tuesday", "wednesday", "thursday", "friday")
    }
    calendar = {
        "time_zone": "America/Los_Angeles",
        "week": week,
        "vendors": ["bigdist"],
    }
    await desk.erp.tell("calendars/west", calendar)
    ten = {"value": 10, "unit": "business_days", "anchor": "replacement_delivery"}
    await desk.offer(advance_replacement=CISCO | {"return_by": ten, "charged_after": None})
    told = await desk.delivered()
    # Delivered on Wednesday the 4th; ten working days there, midnight in Los Angeles.
    assert told["return_due"]["on"] == "2026-03-18"
    assert told["return_due"]["due_at"][11:] == "06:59:59.999999Z"


async def test_it_moves_with_the_terms(desk):
    await desk.offer()
    told = await desk.delivered()
    longer = {"value": 15, "unit": "days", "anchor": "replacement_delivery"}
    await desk.offer(advance_replacement=CISCO | {"return_by": longer})
    assert (await desk.shown(told))["return_due"]["on"] == "2026-03-19"
    debt = await desk.debt(told, "return")
    assert [each["cause"] for each in debt["due_changes"]] == ["terms_changed"]


async def test_whoever_has_the_unit_is_reminded_five_two_and_no_working_days_before(desk):
    await desk.offer()
    told = await desk.delivered()
    # Back by Saturday the 14th: five working days before is Monday the 9th.
    days = []
    for at in ("2026-03-08", "2026-03-09", "2026-03-11", "2026-03-12", "2026-03-13"):
        await desk.till(f"{at}T12:00:00Z")
        await desk.run_jobs()
        days.append(len(await desk.events("replacements.return_reminder")))
    assert days == [0, 1, 1, 2, 2]
    await desk.till("2026-03-14T12:00:00Z")
    found = await desk.events("replacements.return_reminder")
    assert [each["working_days_left"] for each in found] == [5, 2, 0]
    assert {each["holder"] for each in found} == {"customer:dana"}
    assert {each["serial"] for each in found} == {SERIAL}
    assert (await desk.shown(told))["state"] == "delivered"
    await desk.till("2026-03-15T12:00:00Z")
    await desk.run_jobs()
    assert (await desk.shown(told))["state"] == "overdue"
    assert len(await desk.events("replacements.return_reminder")) == 3


async def test_nobody_is_reminded_of_what_is_on_its_way(desk):
    await desk.offer()
    told = await desk.sent_back(await desk.delivered())
    await desk.till("2026-03-14T12:00:00Z")
    assert await desk.events("replacements.return_reminder") == []
    await desk.till("2026-03-16T12:00:00Z")
    await desk.run_jobs()
    # What is not there by its day is late, on its way or not.
    late = await desk.shown(told)
    assert (late["state"], late["return_leg"]) == ("overdue", "in_transit")
    await desk.deliver(BACK, "2026-03-16T10:00:00Z")
    now = await desk.shown(told)
    assert now["state"] == "return_delivered"
    assert (await desk.debt(told, "return"))["state"] == "kept_late"


async def test_the_holder_that_is_on_record_is_named(desk):
    await desk.offer()
    told = await desk.delivered()
    move = {
        "unit": "u1",
        "right": "holder",
        "to": {"kind": "us"},
        "since": "2026-03-04T17:00:00Z",
        "why": "Picked up on site.",
    }
    answer = await desk.client.post("/v1/unit-moves", json=move)
    if answer.status_code == 422:
        move = {**{k: v for k, v in move.items() if k != "to"}, "kind": "us"}
    await desk.till("2026-03-04T18:00:00Z")
    answer = await desk.client.post("/v1/unit-moves", json=move)
    assert answer.is_success, answer.text
    assert (await desk.shown(told))["holder"] == {"kind": "us", "key": None}


async def test_a_return_lost_on_its_way_is_the_loss_of_whom_the_terms_name(desk):
    risk = {"bearer": "vendor", "rule": "UCC 2-509(1)(a), shipment contract"}
    await desk.offer(risk_in_transit=risk)
    told = await desk.sent_back(await desk.delivered())
    assert told["lost_on_its_way"]["bearer"] == "vendor"
    await desk.till("2026-03-20T10:00:00Z")
    body = {"tracking_number": BACK, "at": "2026-03-20T09:00:00Z"}
    now = await desk.step(told, "return/lost", body)
    assert (now["state"], now["outcome"]) == ("closed", "lost_at_vendors_risk")
    assert (await desk.debt(told, "return"))["state"] == "released"


async def test_a_return_lost_at_our_risk_is_owed_still(desk):
    await desk.offer(risk_in_transit={"bearer": "us", "rule": "Clause 9"})
    told = await desk.sent_back(await desk.delivered())
    await desk.till("2026-03-20T10:00:00Z")
    body = {"tracking_number": BACK, "at": "2026-03-20T09:00:00Z"}
    now = await desk.step(told, "return/lost", body)
    assert (now["state"], now["return_leg"]) == ("overdue", "lost_in_transit")
    assert (await desk.debt(told, "return"))["state"] == "open"


async def test_what_the_vendor_wants_no_more_is_released(desk):
    await desk.offer()
    told = await desk.delivered()
    await desk.till("2026-03-05T10:00:00Z")
    now = await desk.step(told, "return/waived", said("2026-03-05T09:00:00Z", words="Scrap it."))
    assert (now["state"], now["outcome"]) == ("closed", "waived")
    assert (await desk.debt(told, "return"))["state"] == "released"


async def test_another_serial_at_the_dock_is_no_return(desk):
    await desk.offer()
    told = await desk.came_back(await desk.delivered())
    await desk.till("2026-03-10T10:00:00Z")
    problem = await desk.turned_down(
        told, "return/received", said("2026-03-10T09:00:00Z", serials=[NEW])
    )
    assert [error["pointer"] for error in problem["errors"]] == ["/serials/0"]
    wrong = said("2026-03-10T09:00:00Z", serials=["XX1"], outcome="wrong_serial")
    now = await desk.step(told, "return/received", wrong)
    assert (now["state"], now["late_clock_stopped_at"]) == ("delivered", None)
    assert (await desk.debt(told, "return"))["state"] == "open"
