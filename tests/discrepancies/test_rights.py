"""By when our rights end, and who may file with the carrier: in the ledger, told once."""

from tests.discrepancies.room import BIGDIST, TRACKING, sent
from tests.obligations.documents import US
from tests.senders import scanned
from tests.vendors.documents import TARIFF

NOTICE = {"window": {"value": 5, "unit": "business_days", "anchor": "delivery"}}


def named(told, right):
    (found,) = [each for each in told["deadlines"] if each["right"] == right]
    return found


async def moved(room, deadline_id):
    return (await room.read(f"deadlines/{deadline_id}"))["changes"]


async def worklist(room, told):
    return await room.ask("deadlines", case_id=told["case"]["id"], limit=200)


async def test_what_no_term_sets_is_listed_as_unknown_and_not_in_the_ledger(room):
    told = await room.open()
    shortage = named(told, "report_shortage")
    assert (shortage["last_on"], shortage["has_passed"], shortage["deadline_id"]) == (None,) * 3
    assert "no term is set" in shortage["why"]
    assert (await worklist(room, told), told["filing"]) == ([], None)


async def test_our_deadlines_are_in_the_ledger_with_their_last_safe_day_and_source(room):
    await room.terms(shortage_notice=NOTICE)
    await room.tariff()
    await room.deliver()
    told = await room.open()
    shortage = named(told, "report_shortage")
    assert shortage["toward"] == BIGDIST
    assert (shortage["last_on"], shortage["last_safe_on"]) == ("2026-03-06", "2026-03-05")
    assert (shortage["state"], shortage["has_passed"]) == ("open", False)
    assert shortage["source"] == "Terms of sale, section 4"
    kept = {each["id"]: each for each in await worklist(room, told)}[shortage["deadline_id"]]
    assert (kept["kind"], kept["last_on"], kept["last_safe_on"]) == (
        "report",
        "2026-03-06",
        "2026-03-05",
    )
    assert kept["ground"]["kind"] == "term"
    assert "5 business days from delivery" in kept["ground"]["text"]
    assert kept["loss_id"] == told["lines"][0]["loss"]["id"]
    assert "Report shortage by 2026-03-05." in told["next_steps"]


async def test_one_whose_day_has_passed_says_so(room):
    window = {"value": 24, "unit": "hours", "anchor": "delivery"}
    await room.terms(shortage_notice={"window": window})
    await room.deliver()
    told = await room.open()
    shortage = named(told, "report_shortage")
    assert shortage["has_passed"] is True
    assert shortage["last_at"] == "2026-02-28T20:00:00Z"
    (kept,) = await worklist(room, told)
    assert kept["has_passed"] is True
    assert not any(step.startswith("Report") for step in told["next_steps"])


async def test_where_only_the_vendor_may_file_that_is_its_duty(room):
    await room.tariff()
    await room.deliver()
    told = await room.open()
    filing = told["filing"]
    assert (filing["carrier"], filing["is_ours"], filing["vendor_owes"]) == ("ups", False, True)
    assert (filing["last_on"], filing["has_passed"]) == ("2026-11-27", False)
    duty = await room.read(f"obligations/{filing['obligation_id']}")
    assert (duty["kind"], duty["debtor"], duty["creditor"]["kind"]) == ("file_claim", BIGDIST, "us")
    assert duty["due_at"] == "2026-11-27T23:59:59Z"
    assert (duty["ground"]["kind"], duty["ground"]["reference"]) == (
        "tariff",
        "UPS Tariff, section 54",
    )
    # It is not ours to use, so it is no right of ours; when it ends is said all the same.
    mine = named(told, "file_with_carrier")
    assert (mine["last_on"], mine["deadline_id"]) == ("2026-11-27", None)
    assert await worklist(room, told) == []
    assert "Have the vendor file with ups by 2026-11-27: we cannot." in told["next_steps"]


async def test_where_we_may_file_it_is_a_right_of_ours(room):
    await room.erp.tell("shipments/S-1", sent(carrier_account_holder=US))
    await room.tariff()
    await room.deliver()
    told = await room.open()
    assert (told["filing"]["is_ours"], told["filing"]["obligation_id"]) == (True, None)
    kinds = {each["kind"] for each in await worklist(room, told)}
    assert kinds == {"file", "report"}
    assert named(told, "file_with_carrier")["state"] == "open"


async def test_a_duty_does_not_begin_after_the_carriers_last_day(room):
    await room.tariff(claim_within={"value": 1, "unit": "days", "anchor": "delivery"})
    await room.deliver()
    filing = (await room.open())["filing"]
    assert (filing["vendor_owes"], filing["has_passed"]) == (True, True)
    assert filing["obligation_id"] is None


async def test_delivery_terms_and_tariffs_that_come_later_are_reckoned_with_once(room):
    told = await room.open()
    await room.terms(shortage_notice=NOTICE)
    await room.tariff()
    before, told = told["version"], await room.do(told, "refresh")
    assert told["version"] > before
    assert "the date of delivery is unknown" in named(told, "report_shortage")["why"]
    assert (told["filing"]["vendor_owes"], told["filing"]["last_on"]) == (True, None)
    undated = told["filing"]["obligation_id"]
    await room.deliver()
    told = await room.get(told)
    assert named(told, "report_shortage")["last_on"] == "2026-03-06"
    assert told["filing"]["last_on"] == "2026-11-27"
    assert told["filing"]["obligation_id"] == undated
    duty = await room.read(f"obligations/{undated}")
    assert (duty["state"], duty["due_at"]) == ("open", "2026-11-27T23:59:59Z")
    assert [(each["cause"], each["was_due_at"]) for each in duty["due_changes"]] == [
        ("facts_changed", None)
    ]
    for _ in range(2):
        again = await room.do(told, "refresh")
        assert again == told
    assert len(await worklist(room, told)) == 1


async def test_a_day_that_moves_keeps_its_history_and_one_that_was_used_stays(room):
    await room.terms(shortage_notice=NOTICE)
    await room.deliver()
    told = await room.open()
    before = named(told, "report_shortage")["deadline_id"]
    longer = {"window": NOTICE["window"] | {"value": 10}}
    await room.terms(shortage_notice=longer)
    told = await room.do(told, "refresh")
    after = named(told, "report_shortage")
    assert (after["last_on"], after["deadline_id"]) == ("2026-03-13", before)
    assert [each["id"] for each in await worklist(room, told)] == [before]
    (change,) = await moved(room, before)
    assert (change["cause"], change["was_last_on"]) == ("terms_changed", "2026-03-06")
    used = await room.client.post(
        f"/v1/deadlines/{after['deadline_id']}/use", json={"used_at": "2026-03-02T08:00:00Z"}
    )
    assert used.is_success, used.text
    await room.terms(shortage_notice=NOTICE)
    told = await room.do(told, "refresh")
    again = named(told, "report_shortage")
    assert (again["deadline_id"], again["state"]) == (after["deadline_id"], "used")
    assert len(await moved(room, before)) == 1
    assert (await room.read(f"deadlines/{before}"))["last_on"] == "2026-03-13"


async def test_what_the_records_no_longer_say_is_taken_back(room):
    stop = {"value": 30, "unit": "days", "anchor": "delivery"}
    await room.terms(shortage_notice=NOTICE | {"hard_stop": stop})
    await room.tariff()
    await room.deliver()
    told = await room.open()
    assert len([each for each in told["deadlines"] if each["right"] == "report_shortage"]) == 2
    assert len(await worklist(room, told)) == 2
    duty = told["filing"]["obligation_id"]
    await room.terms(shortage_notice=NOTICE)
    await room.erp.tell("shipments/S-1", sent(shipper_of_record=US))
    told = await room.do(told, "refresh")
    assert (named(told, "report_shortage")["is_final"], told["filing"]["is_ours"]) == (True, True)
    assert told["filing"]["obligation_id"] is None
    assert (await room.read(f"obligations/{duty}"))["state"] == "void"
    mine = named(told, "file_with_carrier")
    assert mine["state"] == "open"
    await room.erp.tell("shipments/S-1", sent())
    told = await room.do(told, "refresh")
    assert (await room.read(f"deadlines/{mine['deadline_id']}"))["state"] == "waived"
    assert named(told, "file_with_carrier")["deadline_id"] is None
    assert told["filing"]["obligation_id"] not in {None, duty}


async def test_how_far_it_went_is_told_by_its_scans(room):
    abroad = {"claim_within": {"value": 21, "unit": "days", "anchor": "shipment"}}
    tariff = TARIFF | {"area": "international", "terms": abroad}
    await room.erp.tell("carrier-tariffs/abroad", tariff)
    await room.erp.tell("carrier-tariffs/home", TARIFF | {"area": "domestic"})
    told = await room.open()
    assert told["filing"] is None
    for n, (country, last_on) in enumerate((("us", None), ("CA", "2026-03-17"))):
        body = scanned(
            TRACKING, f"2026-02-25T0{n}:00:00Z", "in_transit", place={"country": country}
        )
        assert (await room.scales.send(body, event_id=f"evt_s{n}")).is_success
        await room.run_jobs()
        told = await room.do(told, "refresh")
        assert told["filing"]["carrier"] == "ups"
        assert told["filing"]["last_on"] == last_on


async def test_a_calendar_or_terms_that_change_move_the_last_day_by_themselves(room):
    await room.terms(shortage_notice=NOTICE)
    await room.deliver()
    told = await room.open()
    before = named(told, "report_shortage")
    assert before["last_on"] == "2026-03-06"
    hours = [{"opens": "09:00", "closes": "17:00"}]
    days = ("monday", "tuesday", "wednesday", "thursday", "friday")
    calendar = {
        "time_zone": "America/New_York",
        "week": dict.fromkeys(days, hours),
        "closed_days": ["2026-03-04"],
        "vendors": ["bigdist"],
    }
    assert (await room.client.put("/v1/calendars/bigdist", json=calendar)).is_success
    await room.run_jobs()
    after = named(await room.get(told), "report_shortage")
    assert (after["last_on"], after["last_at"]) == ("2026-03-09", "2026-03-10T03:59:59.999999Z")
    assert "calendar bigdist (version 1)" in after["why"]
    assert after["deadline_id"] == before["deadline_id"]
    await room.terms(shortage_notice={"window": {**NOTICE["window"], "value": 6}})
    await room.run_jobs()
    assert named(await room.get(told), "report_shortage")["last_on"] == "2026-03-10"
    # What was reckoned first stays on record.
    assert [
        (each["cause"], each["was_last_at"]) for each in await moved(room, before["deadline_id"])
    ] == [("calendar_changed", "2026-03-06T23:59:59Z"), ("terms_changed", after["last_at"])]
