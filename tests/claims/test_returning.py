"""The way back: by parcel and carrier, by the vendor's word, by what it found; and the end."""

import asyncio

import pytest

from tests.claims.room import OTHER, SERIAL, TWENTY, refused, said

RMA = {"rma": "RMA 8123", "valid_until": "2026-04-01"}
BACK = "1Z999BB202"
SHIP = {"tracking_number": BACK, "carrier": "UPS", "sent_at": "2026-03-04T15:00:00Z"}
END = {"by_name": "Ana Ruiz"}


async def granted(room, /, **but):
    told = await room.submitted(**but)
    return await room.do(told, "authorize", said(**RMA))


async def test_the_carriers_scan_ends_our_being_late_and_the_vendors_word_the_risk(room):
    told = await granted(room)
    room.clock.advance(days=10)
    sent = await room.do(told, "return/parcels", SHIP)
    assert sent["return_leg"] == "in_transit"
    assert (await room.due(told, "ship_under_rma"))["state"] == "used"
    await room.deliver(BACK, "2026-03-06T15:00:00Z")
    there = await room.get(told)
    assert there["return_leg"] == "delivered_to_vendor"
    assert there["return_clock"] == {
        "late_clock_stopped_at": "2026-03-06T15:00:00Z",
        "risk_ended_at": None,
    }
    assert (await room.due(told, "return"))["state"] == "kept"
    confirm = await room.due(told, "confirmation")
    # Five business days from Friday.
    assert (confirm["kind"], confirm["due_at"][:10]) == ("answer", "2026-03-13")
    assert confirm["ground"]["kind"] == "policy"
    has = await room.do(told, "return/received", said("2026-03-09T10:00:00Z", serials=[SERIAL]))
    assert has["return_leg"] == "received_by_vendor"
    assert has["return_clock"]["risk_ended_at"] == "2026-03-09T10:00:00Z"
    assert (await room.due(told, "confirmation"))["state"] == "kept"


async def test_a_parcel_scanned_before_it_was_told_of_is_found(room):
    told = await granted(room)
    room.clock.advance(days=10)
    await room.scan(BACK, "2026-03-05T15:00:00Z", "in_transit")
    await room.deliver(BACK, "2026-03-06T15:00:00Z")
    sent = await room.do(told, "return/parcels", SHIP)
    assert sent["return_leg"] == "delivered_to_vendor"
    version = sent["version"]
    await room.scan(BACK, "2026-03-05T15:00:00Z", "in_transit")
    assert (await room.get(told))["version"] == version


async def test_a_unit_that_was_credited_whole_is_not_claimed_once_more(room):
    told = await room.submitted(asks_for="credit")
    await room.do(told, "authorize", said(return_required=False))
    end = END | {"settlement": "credited", "reference": "CM-1"}
    assert (await room.do(told, "settle", end))["settlement"] == "credited"
    answer = await room.try_open(await room.case(), asks_for="credit")
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (409, "/problems/unit-claimed-twice")
    assert problem["errors"][0]["pointer"] == "/lines/0/serial"
    assert f"was credited by claim {told['number']}" in problem["errors"][0]["detail"]


async def test_a_unit_that_was_repaired_may_fail_again(room):
    told = await room.submitted(asks_for="repair")
    await room.do(told, "authorize", said(return_required=False))
    await room.do(told, "settle", END | {"settlement": "repaired"})
    await room.open(asks_for="repair")


async def test_a_claim_has_so_many_parcels_and_no_more(room):
    told = await granted(room)
    room.clock.advance(days=10)
    for number in range(20):
        await room.do(told, "return/parcels", SHIP | {"tracking_number": f"1Z999BB5{number:02}"})
    more = SHIP | {"tracking_number": "1Z999BB600"}
    problem = await room.illegal(told, "return/parcels", more)
    assert (problem["type"], problem["most"]) == ("/problems/too-much-heard", 20)
    # One that is known is taken as before: what is told twice is told once.
    await room.do(told, "return/parcels", SHIP | {"tracking_number": "1Z999BB500"})


async def test_of_two_who_tie_one_parcel_at_once_exactly_one_does(room):
    told = await granted(room)
    room.clock.advance(days=10)
    same = [SHIP, SHIP | {"tracking_number": "1z 999 bb202"}, SHIP]
    answers = await asyncio.gather(*(room.act(told, "return/parcels", body) for body in same))
    assert {answer.status_code for answer in answers} == {200}
    back = await room.read(f"claims/{told['id']}/return")
    assert len(back["parcels"]) == 1
    (sent,) = await _events(room, told, "claims.return_sent")
    assert sent["data"]["tracking_number"] == back["parcels"][0]["tracking_number"]


async def test_two_parcels_tied_at_once_are_both_followed(room):
    told = await granted(room)
    room.clock.advance(days=10)
    numbers = [BACK, "1Z999BB303"]
    await asyncio.gather(
        *(room.act(told, "return/parcels", SHIP | {"tracking_number": each}) for each in numbers)
    )
    for each in numbers:
        assert (await room.get(told))["return_leg"] == "in_transit"
        await room.deliver(each, "2026-03-06T15:00:00Z")
    assert (await room.get(told))["return_leg"] == "delivered_to_vendor"


async def _events(room, told, kind):
    await room.run_jobs()
    feed = await room.ask("events", subject=f"claims/{told['id']}")
    return [each for each in feed if each["type"] == kind]


async def test_what_comes_back_must_be_sent_again(room):
    told = await granted(room)
    room.clock.advance(days=10)
    await room.do(told, "return/parcels", SHIP)
    await room.scan(BACK, "2026-03-06T15:00:00Z", "return_to_sender")
    assert (await room.get(told))["return_leg"] == "awaiting_return"
    again = SHIP | {"tracking_number": "1Z999BB303", "sent_at": "2026-03-08T15:00:00Z"}
    assert (await room.do(told, "return/parcels", again))["return_leg"] == "in_transit"
    lost = {"tracking_number": "1z999bb303", "at": "2026-03-11T09:00:00Z"}
    assert (await room.do(told, "return/lost", lost))["return_leg"] == "lost_in_transit"
    back = await room.read(f"claims/{told['id']}/return")
    assert [each["came_back_at"] is None for each in back["parcels"]] == [False, True]


async def test_a_consent_warns_then_lapses_by_itself_and_frees_the_unit(room):
    told = await granted(room)
    room.clock.advance(days=24)
    await room.run_jobs()
    types = [e["type"] for e in await room.ask("events", subject=f"claims/{told['id']}")]
    assert types.count("claims.rma_expiring") == 1
    assert (await room.get(told))["authorization"] == "authorized"
    room.clock.advance(days=7)
    await room.run_jobs()
    gone = await room.get(told)
    assert (gone["authorization"], gone["return_leg"], gone["is_open"]) == (
        "expired",
        "not_required",
        False,
    )
    assert {due["purpose"] for due in gone["dues"]} == {"answer"}
    types = [e["type"] for e in await room.ask("events", subject=f"claims/{told['id']}")]
    assert types.count("claims.rma_expiring") == 1
    renewed = said("2026-04-02T08:00:00Z", rma="RMA 8123", valid_until="2026-05-01")
    assert (await room.do(told, "authorize", renewed))["authorization"] == "authorized"


async def test_what_was_on_its_way_in_time_does_not_lapse_however_late_we_hear_of_it(room):
    told = await granted(room)
    room.clock.advance(days=40)
    await room.run_jobs()
    assert (await room.get(told))["authorization"] == "expired"
    back = await room.do(told, "return/parcels", SHIP)
    assert (back["authorization"], back["return_leg"]) == ("authorized", "in_transit")


async def test_no_trouble_found_costs_what_the_terms_say_and_can_be_contested(room):
    fee = {
        "percent": "15",
        "amount": {"amount": "50.00", "currency": "USD"},
        "whichever": "greater",
    }
    await room.terms(no_trouble_found_fee=fee)
    told = await granted(room)
    found = {"line": 1, "outcome": "no_trouble_found"}
    seen = await room.do(told, "return/inspected", said(lines=[found]))
    assert seen["return_leg"] == "inspected"
    (finding,) = (await room.read(f"claims/{told['id']}/return"))["findings"]
    assert finding["fee"] == {"amount": "50.00", "currency": "USD"}
    assert (finding["x12_response"], finding["fee_state"]) == ("IN", "open")
    debt = await room.read(f"obligations/{finding['fee_obligation_id']}")
    assert (debt["debtor"]["kind"], debt["creditor"]["key"]) == ("us", "bigdist")
    words = {"by_name": "Ana Ruiz", "words": "It failed on our bench too."}
    path = f"findings/{finding['id']}"
    disputed = (await room.do(told, f"{path}/dispute", words))["findings"][0]
    assert disputed["judgement"]["applicable"] == "unknown"
    again = await room.illegal(told, f"{path}/dispute", words)
    assert again["type"] == "/problems/no-fee"
    over = (await room.do(told, f"{path}/resolve", {"resolution": "waived"}))["findings"][0]
    assert (over["fee_state"], over["resolution"]) == ("released", "waived")


async def test_a_fee_that_no_term_knows_says_so(room):
    told = await granted(room)
    found = {
        "line": 1,
        "outcome": "wrong_serial",
        "serial_found": "FTX0000",
        "fee": {"amount": "99.00", "currency": "USD"},
    }
    await room.do(told, "return/inspected", said(lines=[found]))
    (finding,) = (await room.read(f"claims/{told['id']}/return"))["findings"]
    assert (finding["fee_by_terms"], finding["serial_found"]) == (None, "FTX0000")
    assert "by its terms it would be nothing" in finding["fee_why"]


async def test_units_are_received_and_looked_at_one_by_one(room):
    told = await room.submitted(lines=[{"serial": SERIAL}, {"serial": OTHER}])
    await room.do(told, "authorize", said(**RMA))
    room.clock.advance(days=20)
    for number in (BACK, "1Z999BB303"):
        await room.do(told, "return/parcels", SHIP | {"tracking_number": number})
    one = said("2026-03-09T10:00:00Z", serials=[SERIAL])
    first = await room.do(told, "return/received", one)
    assert (first["return_leg"], first["return_clock"]["risk_ended_at"]) == ("in_transit", None)
    await room.deliver(BACK, "2026-03-08T15:00:00Z")
    await room.deliver("1Z999BB303", "2026-03-10T15:00:00Z")
    found = {"outcome": "accepted"}
    seen = said("2026-03-11T10:00:00Z", lines=[{"line": 2, **found}])
    both = await room.do(told, "return/inspected", seen)
    assert (both["return_leg"], both["return_clock"]["risk_ended_at"]) == (
        "received_by_vendor",
        "2026-03-11T10:00:00Z",
    )
    assert (await room.due(told, "confirmation"))["state"] == "kept"
    seen = said("2026-03-12T10:00:00Z", lines=[{"line": 1, **found}])
    assert (await room.do(told, "return/inspected", seen))["return_leg"] == "inspected"
    assert await room.do(told, "return/inspected", seen) == await room.get(told)
    twice = said("2026-03-13T10:00:00Z", lines=[{"line": 1, "outcome": "damaged"}])
    problem = await room.illegal(told, "return/inspected", twice)
    assert [error["pointer"] for error in problem["errors"]] == ["/lines/0/line"]
    assert len((await room.read(f"claims/{told['id']}/return"))["findings"]) == 2


@pytest.mark.parametrize(
    ("what", "body", "pointer"),
    [
        ("return/parcels", SHIP | {"sent_at": "2026-05-09T00:00:00Z"}, "/sent_at"),
        ("return/parcels", SHIP | {"tracking_number": "--"}, "/tracking_number"),
        ("return/lost", {"tracking_number": BACK, "at": "2026-03-02T00:00:00Z"}, None),
        ("return/received", said(serials=["NOT-OURS"]), "/serials/0"),
        ("return/inspected", said(lines=[{"line": 2, "outcome": "damaged"}]), "/lines/0/line"),
        ("settle", END | {"settlement": "replaced", "line": 2}, "/line"),
        ("settle", END | {"settlement": "replaced", "at": "2026-03-01T00:00:00Z"}, "/at"),
    ],
)
async def test_what_cannot_have_been_is_pointed_at(room, what, body, pointer):
    told = await granted(room)
    room.clock.advance(days=10)
    problem = await room.illegal(told, what, body)
    assert [error["pointer"] for error in problem["errors"]] == [pointer or "/tracking_number"]


@pytest.mark.parametrize(
    "body",
    [
        {"settlement": "unsettled"},
        {"settlement": "replaced", "amount": {"amount": "1.00", "currency": "USD"}},
        {"settlement": "credited", "quantity": 1},
        {"settlement": "written_off"},
        {"settlement": "kept_with_allowance"},
        {"settlement": "repaired", "replacement_serial": "X"},
    ],
)
async def test_a_settlement_that_contradicts_itself_is_malformed(room, body):
    await room.illegal(await granted(room), "settle", END | body, status=422)


async def test_a_replacement_settles_it_and_of_two_at_once_exactly_one_does(room):
    told = await granted(room)
    body = END | {"settlement": "replaced", "reference": "1ZNEW"}
    answers = await asyncio.gather(*(room.act(told, "settle", body) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    over = await room.get(told)
    assert (over["settlement"], over["is_open"]) == ("replaced", False)
    assert (await room.due(told, "remedy"))["state"] == "kept"
    loss = await room.read(f"losses/{over['lines'][0]['loss_id']}")
    assert loss["restored_at"]
    assert len(await room.ask(f"claims/{told['id']}/settlements")) == 1


async def test_lines_end_in_their_own_ways(room):
    told = await room.submitted(lines=[{"serial": SERIAL}, {"order": TWENTY, "quantity": 2}])
    await room.do(told, "authorize", said(remedy="credit"))
    first = await room.do(told, "settle", END | {"settlement": "credited", "line": 1})
    assert (first["settlement"], first["lines"][0]["settled"]) == ("partially_settled", "credited")
    one = {"settlement": "replaced", "line": 2, "quantity": 1}
    part = await room.do(told, "settle", END | one)
    assert (part["lines"][1]["settled"], part["lines"][1]["settled_quantity"]) == (
        "partially_settled",
        1,
    )
    rest = {"settlement": "written_off", "line": 2, "note": "Not worth it."}
    over = await room.do(told, "settle", END | rest)
    assert (over["settlement"], over["is_open"]) == ("credited", False)
    live = [due for due in over["dues"] if due["state"] in {"open", "conditional"}]
    assert live == []


async def test_what_may_be_kept_need_not_go_back(room):
    told = await granted(room, asks_for="credit")
    money = {"amount": "40.00", "currency": "USD"}
    body = END | {"settlement": "kept_with_allowance", "amount": money}
    over = await room.do(told, "settle", body)
    assert (over["settlement"], over["return_leg"], over["x12"]["disposition"]) == (
        "kept_with_allowance",
        "not_required",
        "KA",
    )
    assert {due["purpose"] for due in over["dues"]} == {"answer", "remedy"}


async def test_a_credit_memo_of_the_erp_settles_it_too(room):
    told = await granted(room, asks_for="credit")
    room.clock.advance(days=10)
    await room.do(told, "return/parcels", SHIP)
    await room.deliver(BACK, "2026-03-06T15:00:00Z")
    due = await room.due(told, "remedy")
    body = {
        "amount": {"amount": "129.00", "currency": "USD"},
        "performed_at": "2026-03-10T09:00:00Z",
    }
    answer = await room.client.post(f"/v1/obligations/{due['id']}/performances", json=body)
    assert answer.is_success, answer.text
    await room.run_jobs()
    assert (await room.get(told))["settlement"] == "credited"


async def test_a_denial_after_consent_leaves_the_word_on_record(room):
    told = await granted(room)
    room.clock.advance(hours=2)
    denial = await room.do(told, "denials", refused(at="2026-03-02T10:00:00Z"))
    assert denial["judgement"]["applicable"] in {"no", "unknown"}
    now = await room.get(told)
    assert (now["authorization"], now["return_leg"]) == ("denied", "not_required")
    assert (await room.due(told, "remedy"))["state"] == "open"
