"""Customers get their share of a credit: by contract, by our policy, or as a person decides."""

import asyncio
from uuid import UUID

import pytest

from app.price_protection.claims import passing
from app.settings import PriceProtection
from tests.orders.documents import pointers
from tests.price_protection.filing_claims import BY, SAID


async def test_a_person_says_what_customers_are_due_who_have_no_contract(claims):
    await claims.room.buy("PO-1", customer="C-1001", sales=[{"on": "2026-02-25", "quantity": 10}])
    claim = await claims.credit(await claims.filed(), "200.00")
    assert (claim["state"], claim["undecided_units"], claim["shares"]) == ("credited", 10, [])
    claim = await claims.step(claim, "pass-through", **BY, percent="33.3")
    assert [each["amount"] for each in claim["shares"]] == ["66.60"]
    assert claim["undecided_units"] == 0
    again = await claims.room.post(f"claims/{claim['id']}/pass-through", BY | {"percent": "50"})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/passed-on-already")


async def test_of_a_credit_that_was_paid_short_customers_get_their_part(claims):
    await claims.room.buy(
        "PO-1",
        customer="C-1001",
        sales=[{"on": "2026-02-25", "quantity": 10}],
        pass_through_percent="100",
    )
    claim = await claims.credit(await claims.filed(), "133.33")
    claim = await claims.step(claim, "accept", **BY, words="It is what came.")
    assert [each["amount"] for each in claim["shares"]] == ["133.33"]


async def test_a_customers_share_is_rounded_once_and_not_line_by_line(claims):
    for key, units in (("PO-1", 3), ("PO-2", 1)):
        sales = [{"on": "2026-02-25", "quantity": units}]
        await claims.room.buy(
            key, customer="C-1001", quantity=units, sales=sales, pass_through_percent="33.33"
        )
    claim = await claims.credit(await claims.filed(), "80.00")
    assert [each["amount"] for each in claim["shares"]] == ["26.66"]


async def test_of_a_third_that_came_customers_get_a_third_and_no_cent_less(claims):
    sales = [{"on": "2026-02-25", "quantity": 15}]
    await claims.room.buy(
        "PO-1", customer="C-1001", quantity=15, sales=sales, pass_through_percent="50"
    )
    claim = await claims.credit(await claims.filed(), "100.00")
    claim = await claims.step(claim, "accept", **BY, words="It is what came.")
    assert [each["amount"] for each in claim["shares"]] == ["50.00"]


@pytest.fixture
def settings(settings, request):
    policy = PriceProtection(
        pass_through_percent=getattr(request, "param", None), pass_on_within_days=10
    )
    return settings.model_copy(update={"price_protection": policy})


SOLD = [{"on": "2026-02-25", "quantity": 10}]


async def test_of_two_who_decide_at_once_exactly_one_does(claims):
    await claims.room.buy("PO-1", customer="C-1001", sales=SOLD)
    claim = await claims.credit(await claims.filed(), "200.00")
    answers = await asyncio.gather(
        *(claims.ask(claim, "pass-through", **BY, percent=each) for each in ("50", "100"))
    )
    assert sorted(each.status_code for each in answers) == [200, 409]
    claim = await claims.again(claim)
    (share,) = claim["shares"]
    assert share["amount"] in {"100.00", "200.00"}
    work = (await claims.client.get("/v1/obligations", params={"debtor": "us"})).json()["items"]
    assert [each["amount"]["amount"] for each in work] == [share["amount"]]


async def test_customers_are_decided_of_one_by_one_and_contracts_stand(claims):
    await claims.room.erp.tell("customers/C-1002", {"name": "Lee Park"})
    await claims.room.buy("PO-1", customer="C-1001", sales=SOLD)
    await claims.room.buy("PO-2", customer="C-1002", sales=SOLD)
    await claims.room.buy("PO-3", customer="C-1002", sales=SOLD, pass_through_percent="10")
    claim = await claims.credit(await claims.filed(), "600.00")
    assert claim["undecided_units"] == 20
    claim = await claims.step(claim, "pass-through", **BY, percent="100", customer="C-1001")
    assert (claim["state"], claim["undecided_units"]) == ("credited", 10)
    claim = await claims.step(claim, "pass-through", **BY, percent="0")
    assert sorted((each["customer"], each["amount"]) for each in claim["shares"]) == [
        ("C-1001", "200.00"),
        ("C-1002", "20.00"),
    ]
    nobody = await claims.ask(claim, "pass-through", **BY, percent="5", customer="C-9")
    assert (nobody.status_code, pointers(nobody)) == (409, ["/customer"])


async def test_what_is_decided_before_the_credit_comes_is_owed_when_it_comes(claims):
    await claims.room.buy("PO-1", customer="C-1001", sales=SOLD)
    claim = await claims.step(await claims.filed(), "pass-through", **BY, percent="25")
    assert claim["shares"] == []
    claim = await claims.credit(claim, "200.00")
    assert [each["amount"] for each in claim["shares"]] == ["50.00"]
    assert claim["shares"][0]["said"] == "A person's decision"


@pytest.mark.parametrize("settings", ["40"], indirect=True)
async def test_our_policy_counts_where_no_contract_says_anything(claims):
    await claims.room.buy("PO-1", customer="C-1001", sales=SOLD)
    claim = await claims.credit(await claims.filed(), "200.00")
    (share,) = claim["shares"]
    assert (share["amount"], share["said"]) == ("80.00", "Our policy")
    assert (await claims.owed(share["obligation_id"]))["due_at"].startswith("2026-03-12")


async def test_a_customer_who_lets_us_off_is_passed_through_too(claims):
    await claims.room.buy("PO-1", customer="C-1001", sales=SOLD, pass_through_percent="50")
    claim = await claims.credit(await claims.filed(), "200.00")
    (share,) = claim["shares"]
    answer = await claims.client.post(
        f"/v1/obligations/{share['obligation_id']}/release",
        json={
            "by": {"kind": "customer", "key": "C-1001"},
            "by_name": "Dana Whitfield",
            "words": "Keep it, for your trouble.",
        },
    )
    assert answer.is_success, answer.text
    assert (await claims.again(claim))["state"] == "passed_through"


async def test_a_job_that_runs_twice_owes_a_share_once(claims, runtime):
    await claims.room.buy("PO-1", customer="C-1001", sales=SOLD, pass_through_percent="50")
    claim = await claims.credit(await claims.filed(), "200.00")
    (share,) = claim["shares"]
    async with runtime.transaction("tests") as session:
        await passing.owe(session, UUID(share["id"]))
    work = (await claims.client.get("/v1/obligations", params={"debtor": "us"})).json()["items"]
    assert [each["id"] for each in work] == [share["obligation_id"]]


async def of_two_customers(claims):
    await claims.room.erp.tell("customers/C-1002", {"name": "Lee Park"})
    whole = {"sales": SOLD, "pass_through_percent": "100"}
    first = await claims.room.buy("PO-1", customer="C-1001", **whole)
    second = await claims.room.buy("PO-2", customer="C-1002", **whole)
    return await claims.filed(), first, second


def shared(claim):
    return {each["customer"]: each["amount"] for each in claim["shares"]}


async def test_what_was_denied_and_credited_all_the_same_is_shared_too(claims):
    claim, *_ = await of_two_customers(claims)
    claim = await claims.step(claim, "answer", **SAID, others_are_approved=False)
    claim = await claims.credit(claim, "400.00")
    assert (claim["state"], shared(claim)) == (
        "credited",
        {"C-1001": "200.00", "C-1002": "200.00"},
    )


async def test_what_came_above_what_was_approved_is_for_what_had_been_refused(claims):
    claim, first, _ = await of_two_customers(claims)
    answer = {"purchase_line_id": first, "is_approved": True}
    claim = await claims.step(claim, "answer", **SAID, lines=[answer], others_are_approved=False)
    claim = await claims.credit(claim, "250.01")
    claim = await claims.step(claim, "accept", **BY, words="It is what came.")
    assert shared(claim) == {"C-1001": "200.00", "C-1002": "50.01"}


async def test_customers_never_get_more_than_came_where_not_all_was_answered(claims):
    claim, first, _ = await of_two_customers(claims)
    part = {"purchase_line_id": first, "first_unit": 1, "is_approved": True}
    lines = [part | {"approved_amount": "20.00"}]
    claim = await claims.step(claim, "answer", **SAID, lines=lines)
    claim = await claims.credit(claim, "110.00")
    claim = await claims.step(
        claim, "accept", **BY, words="It is what came.", although_approved=True
    )
    # 20 of the 220 that were approved or are still claimed: a half of each.
    assert shared(claim) == {"C-1001": "10.00", "C-1002": "100.00"}
