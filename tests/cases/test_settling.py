"""The customer is made whole, and her clock never waits for the vendor's."""

import asyncio

import pytest

from tests.cases.calls import AT_VENDORS, REPLACED
from tests.orders.documents import pointers

HOUR = 3600


async def test_making_her_whole_stops_her_clock_and_leaves_the_recovery_open(cases, clock):
    case = await cases.open(reported_at="2026-03-02T08:00:00Z")
    assert case["customer_waited_s"] == HOUR
    clock.advance(hours=2)
    assert (await cases.get(case))["customer_waited_s"] == 3 * HOUR
    done = await cases.do(
        case, "make-whole", **REPLACED, reference="SO-1", note="From stock.", expense_of=AT_VENDORS
    )
    assert (done["state"], done["recovery"], done["is_customer_waiting"]) == (
        "made_whole",
        "open",
        False,
    )
    given = done["made_whole"]
    assert (given["remedy"], given["quantity"], given["amount"]) == ("replacement", 1, None)
    assert (given["paid_by"], given["expense_of"]) == ("us", AT_VENDORS)
    assert (given["reference"], given["recorded_by"][:4]) == ("SO-1", "key:")
    clock.advance(days=90)
    assert (await cases.get(case))["customer_waited_s"] == 3 * HOUR


async def test_what_nobody_else_is_to_pay_needs_no_recovery(cases):
    case = await cases.open()
    done = await cases.do(case, "make-whole", **REPLACED)
    assert (done["recovery"], done["made_whole"]["expense_of"]) == (
        "none",
        {"kind": "us", "key": None},
    )
    refused = await cases.act(case, "close-recovery", outcome="recovered")
    assert (refused.status_code, refused.json()["now"]) == (409, "none")


async def test_money_is_given_back_to_the_cent(cases):
    case = await cases.open()
    amount = {"amount": "129.10", "currency": "USD"}
    carrier = {"kind": "carrier", "key": "UPS"}
    done = await cases.do(case, "make-whole", remedy="refund", amount=amount, expense_of=carrier)
    assert done["made_whole"]["amount"] == amount
    assert done["made_whole"]["expense_of"] == {"kind": "carrier", "key": "ups"}


async def test_of_two_who_make_her_whole_at_once_exactly_one_is_taken(cases, runtime):
    for _ in range(5):
        case = await cases.open()
        answers = await asyncio.gather(
            cases.act(case, "make-whole", **REPLACED, note="left"),
            cases.act(case, "make-whole", **REPLACED, note="right"),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        won, lost = sorted(answers, key=lambda answer: answer.status_code)
        assert lost.json()["type"] == "/problems/illegal-step"
        assert (lost.json()["now"], lost.json()["allowed"]) == ("made_whole", ["open", "closed"])
        assert (await cases.get(case)) == won.json()
    count = await runtime.pool.fetchval(
        "SELECT count(*) FROM events WHERE type = 'cases.made_whole'"
    )
    assert count == await runtime.pool.fetchval("SELECT count(*) FROM make_wholes") == 5


async def test_the_second_waits_for_the_first_to_decide(cases, runtime):
    case = await cases.open()
    async with runtime.pool.acquire() as holder, holder.transaction():
        await holder.execute("SELECT FROM cases FOR NO KEY UPDATE")
        both = [asyncio.create_task(cases.act(case, "make-whole", **REPLACED)) for _ in range(2)]
        async with asyncio.timeout(10):
            while await holder.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted") < 2:
                await asyncio.sleep(0.01)
    assert sorted([(await each).status_code for each in both]) == [200, 409]


@pytest.mark.parametrize(
    "body",
    [
        {"remedy": "replacement"},
        {"remedy": "repair", "quantity": 1, "amount": {"amount": "1", "currency": "USD"}},
        {"remedy": "refund"},
        {"remedy": "credit", "quantity": 1, "amount": {"amount": "1", "currency": "USD"}},
        {"remedy": "refund", "amount": {"amount": "0", "currency": "USD"}},
        {"remedy": "refund", "amount": {"amount": "1", "currency": "XXX"}},
        {"remedy": "nothing_owed"},
        {"remedy": "nothing_owed", "note": "Why.", "expense_of": AT_VENDORS},
        {"remedy": "replacement", "quantity": 1, "expense_of": {"kind": "vendor"}},
        {"remedy": "replacement", "quantity": 1, "expense_of": {"kind": "us", "key": "x"}},
        {"remedy": "replacement", "quantity": 1, "note": "\x00"},
        {"remedy": "apology"},
    ],
)
async def test_what_does_not_agree_with_itself_is_refused(cases, body):
    case = await cases.open()
    assert (await cases.act(case, "make-whole", **body)).status_code == 422
    assert (await cases.get(case)) == case


async def test_nobody_gets_more_than_the_case_is_about(cases):
    case = await cases.open(quantity=1)
    answer = await cases.act(case, "make-whole", remedy="replacement", quantity=2)
    assert (answer.status_code, pointers(answer)) == (409, ["/quantity"])
    assert answer.json()["reported"] == 1


async def test_a_vendor_nobody_knows_cannot_bear_the_expense(cases):
    case = await cases.open()
    nobody = {"kind": "vendor", "key": "nobody"}
    answer = await cases.act(case, "make-whole", **REPLACED, expense_of=nobody)
    assert (answer.status_code, pointers(answer)) == (409, ["/expense_of/key"])
    assert (await cases.get(case))["state"] == "open"


@pytest.mark.parametrize("at", ["2026-03-02T09:06:00Z", "2026-03-01T07:59:59Z"])
async def test_she_was_not_made_whole_tomorrow_nor_before_she_reported(cases, at):
    case = await cases.open(reported_at="2026-03-01T08:00:00Z")
    answer = await cases.act(case, "make-whole", **REPLACED, at=at)
    assert (answer.status_code, pointers(answer)) == (409, ["/at"])


async def test_a_case_may_be_closed_with_the_recovery_still_open(cases, clock):
    case = await cases.open()
    await cases.do(case, "make-whole", **REPLACED, expense_of=AT_VENDORS)
    closed = await cases.do(case, "close", reason="resolved")
    assert (closed["state"], closed["recovery"]) == ("closed", "open")
    clock.advance(days=60)
    done = await cases.do(case, "close-recovery", outcome="recovered", note="Credit memo 5512.")
    assert (done["state"], done["recovery"]) == ("closed", "done")
    assert done["recovery_closed_at"] == "2026-05-01T09:00:00Z"
    assert done["closed_at"] == "2026-03-02T09:00:00Z"
    again = await cases.act(case, "close-recovery", outcome="written_off")
    assert (again.status_code, again.json()["allowed"]) == (409, ["open"])


OWED = {
    "kind": "pay_money",
    "debtor": AT_VENDORS,
    "amount": {"amount": "129.00", "currency": "USD"},
    "ground": {"kind": "term", "text": "Shortages are credited."},
}


async def owe(client, case, **but):
    body = {**OWED, "about": {"case_id": case["id"]}, **but}
    answer = await client.post("/v1/obligations", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_recovery_is_not_over_while_anybody_owes_us_in_this_case(cases, client):
    case, other = await cases.open(), await cases.open()
    await cases.do(case, "make-whole", **REPLACED, expense_of=AT_VENDORS)
    vendor = await owe(client, case)
    carrier = await owe(client, case, debtor={"kind": "carrier", "key": "ups"})
    waits = await owe(client, case, trigger="The claim is paid.")
    # What we owe, what a customer owes and what is owed in another case stand in nobody's way.
    dana = {"kind": "customer", "key": "dana"}
    await owe(client, case, debtor={"kind": "us"}, creditor=AT_VENDORS)
    await owe(client, case, debtor=dana)
    await owe(client, other)
    for outcome in ("recovered", "partly_recovered"):
        refused = await cases.act(case, "close-recovery", outcome=outcome)
        problem = refused.json()
        assert (refused.status_code, problem["type"]) == (409, "/problems/still-owed")
        assert {each["id"] for each in problem["obligations"]} == {
            each["id"] for each in (vendor, carrier, waits)
        }
    assert problem["obligations"][0]["debtor"] == "vendor:bigdist"
    assert (await cases.get(case))["recovery"] == "open"
    paid = {"amount": OWED["amount"], "performed_at": "2026-03-02T08:00:00Z"}
    path = f"/v1/obligations/{vendor['id']}/performances"
    assert (await client.post(path, json=paid)).is_success
    release = {"by": {"kind": "us"}, "words": "The vendor has paid."}
    for debt in (carrier, waits):
        path = f"/v1/obligations/{debt['id']}/release"
        assert (await client.post(path, json=release)).is_success
    assert (await cases.do(case, "close-recovery", outcome="recovered"))["recovery"] == "done"


async def test_what_was_lost_in_this_case_is_recovered_only_when_it_was_made_good(cases, client):
    case, other = await cases.open(), await cases.open()
    await cases.do(case, "make-whole", **REPLACED, expense_of=AT_VENDORS)
    lost = []
    for each, worth in ((case, "129.00"), (other, "5.00")):
        told = {"description": "Never arrived.", "value": OWED["amount"] | {"amount": worth}}
        answer = await client.post("/v1/losses", json=told | {"about": {"case_id": each["id"]}})
        lost.append(answer.json())
    debt = await owe(client, case, loss_id=lost[0]["id"])
    paid = {"amount": OWED["amount"], "performed_at": "2026-03-02T08:00:00Z"}
    less = await owe(client, case, amount=OWED["amount"] | {"amount": "29.00"})
    for each in (debt, less):
        release = {"by": {"kind": "us"}, "words": "We let it go."}
        answer = await client.post(f"/v1/obligations/{each['id']}/release", json=release)
        assert answer.is_success, answer.text
    refused = (await cases.act(case, "close-recovery", outcome="recovered")).json()
    assert (refused["type"], refused["errors"][0]["pointer"]) == (
        "/problems/still-lost",
        "/outcome",
    )
    assert refused["losses"] == [{"id": lost[0]["id"], "number": lost[0]["number"]}]
    again = await owe(client, case, loss_id=lost[0]["id"])
    path = f"/v1/obligations/{again['id']}/performances"
    assert (await client.post(path, json=paid)).is_success
    assert (await cases.do(case, "close-recovery", outcome="recovered"))["recovery"] == "done"
    await cases.do(other, "make-whole", **REPLACED, expense_of=AT_VENDORS)
    done = await cases.do(other, "close-recovery", outcome="partly_recovered")
    assert done["recovery"] == "done"


@pytest.mark.parametrize("outcome", ["written_off", "not_pursued"])
async def test_a_recovery_that_is_given_up_ends_and_what_is_owed_stays_owed(cases, client, outcome):
    case = await cases.open()
    await cases.do(case, "make-whole", **REPLACED, expense_of=AT_VENDORS)
    debt = await owe(client, case)
    assert (await cases.do(case, "close-recovery", outcome=outcome))["recovery"] == "done"
    assert (await client.get(f"/v1/obligations/{debt['id']}")).json()["state"] == "open"


async def test_making_her_whole_opens_no_loss_and_no_debt(cases, client):
    case = await cases.open()
    await cases.do(case, "make-whole", **REPLACED, expense_of=AT_VENDORS)
    for what in ("losses", "obligations"):
        found = await client.get(f"/v1/{what}", params={"case_id": case["id"]})
        assert found.json()["items"] == []


async def test_a_case_that_is_not_ours_is_closed_with_its_reason(cases, clock):
    case = await cases.open()
    refused = await cases.act(case, "close", reason="resolved")
    assert (refused.status_code, pointers(refused)) == (409, ["/reason"])
    assert (await cases.act(case, "close", reason="other")).status_code == 422
    clock.advance(hours=1)
    closed = await cases.do(case, "close", reason="withdrawn", note="Behind the door.")
    assert (closed["state"], closed["close_reason"]) == ("closed", "withdrawn")
    clock.advance(hours=1)
    assert (await cases.get(case))["customer_waited_s"] == HOUR
    for what, body in (("close", {"reason": "withdrawn"}), ("make-whole", REPLACED)):
        assert (await cases.act(case, what, **body)).json()["allowed"] == ["open"]


async def test_what_she_waited_before_still_counts_when_she_waits_again(cases, clock):
    case = await cases.open()
    clock.advance(hours=1)
    first = await cases.do(case, "make-whole", **REPLACED, expense_of=AT_VENDORS)
    clock.advance(hours=5)
    await cases.do(case, "close", reason="resolved")
    clock.advance(hours=5)
    again = await cases.do(case, "reopen", note="The replacement was lost too.")
    assert (again["state"], again["is_customer_waiting"]) == ("open", True)
    assert (again["made_whole"], again["close_reason"], again["recovery"]) == (None, None, "open")
    clock.advance(hours=2)
    assert (await cases.get(case))["customer_waited_s"] == 3 * HOUR
    done = await cases.do(case, "make-whole", **REPLACED)
    assert done["made_whole"]["id"] != first["made_whole"]["id"]
    assert done["customer_waited_s"] == 3 * HOUR


async def test_she_may_have_waited_all_along(cases, clock):
    case = await cases.open()
    clock.advance(hours=1)
    done = await cases.do(case, "make-whole", **REPLACED)
    clock.advance(hours=5)
    for wrong in ("2026-03-02T09:59:59Z", "2026-03-03T09:00:00Z"):
        answer = await cases.act(case, "reopen", note="x", waiting_since=wrong)
        assert (answer.status_code, pointers(answer)) == (409, ["/waiting_since"])
    again = await cases.do(case, "reopen", note="x", waiting_since=done["made_whole_at"])
    assert again["customer_waited_s"] == 6 * HOUR
    answer = await cases.act(case, "reopen", note="x")
    assert (answer.status_code, answer.json()["now"]) == (409, "open")


async def test_an_action_names_the_version_it_was_decided_on(cases, client):
    case = await cases.open()
    await cases.patch(case, quantity=2)
    answer = await client.post(
        f"/v1/cases/{case['id']}/make-whole", json=REPLACED, headers={"If-Match": '"1"'}
    )
    assert answer.status_code == 412
    assert (await cases.get(case))["state"] == "open"


async def test_a_retry_makes_nobody_whole_twice(cases, client, runtime):
    case = await cases.open()
    path, headers = f"/v1/cases/{case['id']}/make-whole", {"Idempotency-Key": "once"}
    first = await client.post(path, json=REPLACED, headers=headers)
    again = await client.post(path, json=REPLACED, headers=headers)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()
    assert await runtime.pool.fetchval("SELECT count(*) FROM make_wholes") == 1
