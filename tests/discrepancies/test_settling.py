"""A discrepancy comes to its end: each step is a performance or a release in the ledger."""

import asyncio

import pytest

from tests.discrepancies.room import TWENTY, packed, said, sent, told_line
from tests.obligations.documents import done, money, paid
from tests.orders.documents import content, pointers

NOTICE = {"window": {"value": 5, "unit": "business_days", "anchor": "delivery"}}


async def of_two(room, **more):
    """Two units of one line are missing."""
    return await room.open(lines=[told_line(quantity=2, **more)])


def remaining(told, line=0):
    loss = told["lines"][line]["loss"]
    return loss["remaining_quantity"], loss["remaining_value"]["amount"]


async def test_a_promise_that_is_kept_at_last_settles_it(room):
    told = await room.open()
    promise = await room.promise(told)
    shown = await room.get(told)
    assert any("Hold vendor:bigdist to obligation" in step for step in shown["next_steps"])
    settled = await room.settled(told, reference="1Z999AA199", at="2026-03-02T08:00:00Z")
    assert (settled["state"], settled["settlement"]) == ("settled", "reshipped")
    assert settled["settled_at"] == "2026-03-02T08:00:00Z"
    (step,) = settled["settlements"]
    assert (step["quantity"], step["obligation_id"]) == (1, promise["id"])
    story = await room.read(f"obligations/{promise['id']}")
    assert (story["state"], story["performances"][0]["id"]) == ("kept", step["performance_id"])
    assert remaining(settled) == (0, "0")
    assert "can be closed" in settled["next_steps"][-1]


async def test_without_a_debt_one_is_opened_on_the_ground_of_the_order(room):
    told = await room.open()
    (step,) = (await room.settled(told))["settlements"]
    debt = await room.read(f"obligations/{step['obligation_id']}")
    assert (debt["kind"], debt["state"], debt["quantity"]) == ("deliver_goods", "kept", 1)
    assert (debt["ground"]["kind"], debt["ground"]["reference"]) == ("term", "PO-1")
    assert debt["debtor"]["key"] == "bigdist"
    assert debt["about"]["case_id"] == told["case"]["id"]


async def test_a_credit_is_a_performance_in_money(room):
    told = await of_two(room)
    partly = await room.settled(told, "credited", amount=money("129.00"), reference="CM-1")
    assert (partly["state"], remaining(partly)) == ("open", (1, "129"))
    settled = await room.settled(told, "credited")
    assert (settled["state"], settled["settlement"]) == ("settled", "credited")
    amounts = [each["amount"]["amount"] for each in settled["settlements"]]
    assert [float(amount) for amount in amounts] == [129.0, 129.0]
    debts = [
        await room.read(f"obligations/{step['obligation_id']}") for step in settled["settlements"]
    ]
    assert {(debt["kind"], debt["state"]) for debt in debts} == {("pay_money", "kept")}


async def test_made_good_in_part_it_stays_open_with_what_remains(room):
    told = await of_two(room)
    partly = await room.settled(told, quantity=1)
    assert (partly["state"], partly["settlement"], remaining(partly)) == ("open", None, (1, "129"))
    settled = await room.settled(told, "credited", amount=money("129.00"))
    assert (settled["state"], settled["settlement"]) == ("settled", "credited")


async def test_each_line_is_settled_by_itself(room):
    await room.erp.tell("shipments/S-1", sent(packed(content(2), content(5, "20"))))
    told = await room.open(lines=[told_line(), told_line(TWENTY, 3)])
    answer = await room.settle(told)
    assert (answer.status_code, pointers(answer)) == (409, ["/order"])
    partly = await room.settled(told, order=TWENTY)
    assert (partly["state"], remaining(partly, 1)[0]) == ("open", 0)
    assert partly["settlements"][0]["order"] == TWENTY
    settled = await room.settled(told, order=told["lines"][0]["order"])
    assert settled["state"] == "settled"


async def test_a_denial_that_is_accepted_releases_what_was_owed(room):
    told = await room.open()
    promise = await room.promise(told)
    answer = await room.settle(told, "denied", note="They will not.")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/nothing-denied")
    await room.do(told, "denials", said())
    settled = await room.settled(told, "denied", note="They will not.")
    assert (settled["state"], settled["settlement"]) == ("settled", "denied")
    assert settled["settlements"][0]["released_ids"] == [promise["id"]]
    story = await room.read(f"obligations/{promise['id']}")
    assert story["state"] == "released"
    assert story["history"][-1]["data"]["by_name"] == "Ana Ruiz"
    # What was lost stays lost, at our cost.
    assert remaining(settled) == (1, "129")
    assert settled["next_steps"][0] == "What remained was left at our cost."


async def test_what_is_written_off_is_at_our_cost_and_nobody_needs_to_file(room):
    await room.terms(shortage_notice=NOTICE)
    await room.tariff()
    await room.deliver()
    told = await room.open()
    promise = await room.promise(told)
    settled = await room.settled(told, "written_off", note="Not worth the pursuit.")
    assert (settled["state"], settled["settlement"]) == ("settled", "written_off")
    released = settled["settlements"][0]["released_ids"]
    assert set(released) == {promise["id"], told["filing"]["obligation_id"]}
    states = {each["right"]: each["state"] for each in settled["deadlines"]}
    assert states["report_shortage"] == "waived"
    assert await room.ask("worklist", limit=200) == []


async def test_once_made_good_rights_leave_the_worklist_and_the_duty_to_file_ends(room):
    await room.terms(
        shortage_notice={"window": {"value": 24, "unit": "hours", "anchor": "delivery"}}
    )
    await room.tariff()
    await room.deliver()
    told = await room.open()
    settled = await room.settled(told)
    duty = await room.read(f"obligations/{told['filing']['obligation_id']}")
    assert duty["state"] == "released"
    states = {each["right"]: each["state"] for each in settled["deadlines"]}
    assert states["report_shortage"] == "lapsed"
    assert await room.ask("worklist", limit=200) == []


async def test_what_the_ledger_made_good_settles_it_by_itself(room):
    told = await room.open()
    promise = await room.promise(told)
    answer = await room.client.post(f"/v1/obligations/{promise['id']}/performances", json=done())
    assert answer.is_success, answer.text
    await room.run_jobs()
    settled = await room.get(told)
    assert (settled["state"], settled["settlement"]) == ("settled", "elsewhere")
    assert settled["settlements"] == []
    await room.run_jobs()
    events = await room.ask("events", subject=f"discrepancies/{told['id']}", limit=200)
    assert [event["type"] for event in events].count("discrepancies.settled") == 1


async def test_what_came_too_much_is_settled_by_giving_it_back(room):
    case = await room.case(kind="over_shipment")
    told = await room.open(case, kind="over_shipment", lines=[told_line(quantity=3)])
    for settlement, more in (("credited", {}), ("written_off", {"note": "Theirs."})):
        answer = await room.settle(told, settlement, **more)
        assert (answer.status_code, pointers(answer)) == (409, ["/settlement"])
    partly = await room.settled(told, quantity=1)
    assert partly["state"] == "open"
    settled = await room.settled(told)
    assert (settled["state"], settled["settlements"][1]["quantity"]) == ("settled", 2)
    debt = await room.read(f"obligations/{told['lines'][0]['debt_id']}")
    assert debt["state"] == "kept"


async def test_a_vendor_that_leaves_us_what_came_too_much_settles_it(room):
    case = await room.case(kind="over_shipment")
    told = await room.open(case, kind="over_shipment", lines=[told_line(quantity=3)])
    answer = await room.client.post(
        f"/v1/obligations/{told['lines'][0]['debt_id']}/release",
        json={"by": {"kind": "vendor", "key": "bigdist"}, "words": "Keep them."},
    )
    assert answer.is_success, answer.text
    await room.run_jobs()
    assert (await room.get(told))["settlement"] == "elsewhere"


async def test_of_two_who_settle_one_loss_at_once_exactly_one_does(room):
    for first, second in (
        ("reshipped", "reshipped"),
        ("reshipped", "credited"),
        ("credited", "written_off"),
        ("written_off", "reshipped"),
    ):
        told = await room.open()
        await room.promise(told)
        answers = await asyncio.gather(
            *[room.settle(told, each, note="So it is.") for each in (first, second)]
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        (refused,) = [answer for answer in answers if answer.status_code == 409]
        assert refused.json()["type"] == "/problems/illegal-step"
        settled = await room.get(told)
        assert len(settled["settlements"]) == 1
        loss = await room.read(f"losses/{told['lines'][0]['loss']['id']}")
        assert len(loss["allocations"]) <= 1
        if not loss["allocations"]:
            await room.client.post(
                f"/v1/losses/{loss['id']}/settlements",
                json={**paid("129.00"), "obligation_id": await credit(room, loss)},
            )


async def credit(room, loss):
    """Make room for the next round: what was written off counts as lost otherwise."""
    owed = {
        "kind": "pay_money",
        "debtor": {"kind": "vendor", "key": "bigdist"},
        "amount": money("129.00"),
        "ground": {"kind": "term", "text": "A late credit."},
        "loss_id": loss["id"],
    }
    answer = await room.client.post("/v1/obligations", json=owed)
    assert answer.is_success, answer.text
    return answer.json()["id"]


async def test_here_and_in_the_ledger_at_once_it_is_made_good_once(room):
    for _ in range(4):
        told = await room.open()
        promise = await room.promise(told)
        loss_id = told["lines"][0]["loss"]["id"]
        path = f"/v1/losses/{loss_id}/settlements"
        body = {**paid("129.00"), "obligation_id": await credit(room, {"id": loss_id})}
        answers = await asyncio.gather(
            room.settle(told, obligation_id=promise["id"]), room.client.post(path, json=body)
        )
        assert sorted(answer.is_success for answer in answers) == [False, True]
        assert {409} == {answer.status_code for answer in answers if not answer.is_success}
        await room.run_jobs()
        assert (await room.get(told))["state"] == "settled"
        assert len((await room.read(f"losses/{loss_id}"))["allocations"]) == 1


async def test_where_several_debts_pursue_it_one_must_be_named(room):
    told = await room.open()
    one, two = [await room.promise(told) for _ in range(2)]
    answer = await room.settle(told)
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (409, "/problems/which-obligation")
    assert [each["id"] for each in problem["obligations"]] == [one["id"], two["id"]]
    settled = await room.settled(told, obligation_id=two["id"])
    assert "is still open: release it" in settled["next_steps"][0]


async def test_more_than_is_left_is_refused_and_says_how_much_that_is(room):
    told = await room.open()
    answer = await room.settle(told, quantity=2)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/above-the-loss")
    assert answer.json()["remaining"] == "1"
    answer = await room.settle(told, "credited", amount=money("500.00"))
    assert answer.json()["remaining"] == "129"
    answer = await room.settle(told, "credited", amount=money("1.00", "EUR"))
    assert answer.json()["type"] == "/problems/currency-mismatch"
    assert (await room.get(told))["settlements"] == []


async def test_more_that_has_really_come_is_recorded_and_is_our_debt(room):
    told = await room.open()
    settled = await room.settled(told, quantity=2, above_cap=True)
    assert (settled["state"], settled["settlements"][0]["quantity"]) == ("settled", 2)
    (ours,) = await room.ask("obligations", debtor="us", case_id=told["case"]["id"])
    assert (ours["kind"], ours["quantity"]) == ("return_goods", 1)


@pytest.mark.parametrize(
    ("settlement", "but"),
    [
        ("elsewhere", {}),
        ("written_off", {}),
        ("denied", {"note": "x", "quantity": 1}),
        ("reshipped", {"amount": money("1.00")}),
        ("credited", {"quantity": 1}),
        ("written_off", {"note": "x", "obligation_id": "01980c1e-7e5a-7000-8000-000000000001"}),
        ("reshipped", {"by_name": " "}),
        ("credited", {"amount": money("0.00")}),
        ("forgotten", {}),
    ],
)
async def test_a_settlement_that_contradicts_itself_is_malformed(room, settlement, but):
    answer = await room.settle(await room.open(), settlement, **but)
    assert answer.status_code == 422, answer.text


async def test_a_settlement_that_cannot_be_is_pointed_at(room):
    told = await room.open()
    answer = await room.settle(told, at="2026-04-01T00:00:00Z")
    assert (answer.status_code, pointers(answer)) == (409, ["/at"])
    nobody = "01980c1e-7e5a-7000-8000-000000000001"
    answer = await room.settle(told, obligation_id=nobody)
    assert (answer.status_code, pointers(answer)) == (409, ["/obligation_id"])
    answer = await room.settle(told, order=TWENTY)
    assert (answer.status_code, pointers(answer)) == (409, ["/order"])
    path = f"/v1/discrepancies/{told['id']}/settle"
    body = {"settlement": "reshipped", "by_name": "Ana Ruiz"}
    stale = await room.client.post(path, json=body, headers={"If-Match": '"7"'})
    assert stale.status_code == 412
    current = await room.client.post(path, json=body, headers={"If-Match": f'"{told["version"]}"'})
    assert current.status_code == 200
