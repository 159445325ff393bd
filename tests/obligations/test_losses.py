"""Losses: several claims pursue one; what makes it good is capped at what was lost."""

import pytest

from app.kit.ids import new_id
from tests.obligations.documents import (
    BIGDIST,
    DANA,
    NOBODY,
    UPS,
    US,
    done,
    loss,
    money,
    owed,
    paid,
    pointers,
    promised,
    refusal,
)


async def claims(ledger, told, amount="129.00"):
    """A vendor and a carrier both owe for one loss."""
    vendor = await ledger.open(owed(amount, loss_id=told["id"]))
    carrier = await ledger.open(owed(amount, debtor=UPS, loss_id=told["id"]))
    return vendor, carrier


async def test_a_loss_is_recorded_with_what_it_is_of(ledger):
    case_id = str(new_id())
    told = await ledger.tell("losses", loss(2, "258.00", about={"case_id": case_id}))
    assert (told["quantity"], told["value"]) == (2, money("258.00"))
    assert (told["remaining_quantity"], told["remaining_value"]) == (2, money("258"))
    assert (told["borne_by"]["kind"], told["restored_at"]) == ("us", None)
    assert told["about"]["case_id"] == case_id
    assert await ledger.ids("losses", case_id=case_id) == [told["id"]]
    assert await ledger.ids("losses", case_id=NOBODY) == []
    debt = await ledger.open(promised(loss_id=told["id"]))
    assert debt["about"]["case_id"] == case_id
    assert await ledger.ids(loss_id=told["id"]) == await ledger.ids(case_id=case_id)


async def test_performing_a_debt_makes_its_loss_good(ledger):
    told = await ledger.tell("losses", loss(2, "258.00"))
    debt = await ledger.open(promised(quantity=2, loss_id=told["id"]))
    await ledger.do(debt, "performances", done(1))
    half = await ledger.get(f"losses/{told['id']}")
    assert (half["remaining_quantity"], half["remaining_value"]) == (1, money("129"))
    await ledger.do(debt, "performances", done(1, reference="1Z2"))
    whole = await ledger.get(f"losses/{told['id']}")
    assert (whole["remaining_quantity"], whole["remaining_value"]) == (0, money("0"))
    assert whole["restored_at"] is not None
    assert [each["quantity"] for each in whole["allocations"]] == [1, 1]


async def test_more_than_was_lost_is_refused_unless_it_has_really_come(ledger):
    told = await ledger.tell("losses", loss())
    vendor, carrier = await claims(ledger, told)
    await ledger.do(vendor, "performances", paid("100.00"))
    path = f"losses/{told['id']}/settlements"
    settlement = {**paid("129.00"), "obligation_id": carrier["id"]}
    problem = refusal(await ledger.post(path, settlement), "above-the-loss")
    assert (problem["remaining"], problem["currency"]) == ("29", "USD")
    assert (await ledger.read(carrier))["performances"] == []
    settled = await ledger.tell(path, {**settlement, "above_cap": True})
    first, second = settled["allocations"]
    assert (first["amount"], first["above_cap"], first["debt_id"]) == ("100.00", "0.00", None)
    assert (second["amount"], second["above_cap"]) == ("29", "100.00")
    assert settled["remaining_value"]["amount"] == "0"
    ours = await ledger.get(f"obligations/{second['debt_id']}")
    assert (ours["kind"], ours["amount"]) == ("pay_money", money("100.00"))
    assert (ours["debtor"]["kind"], ours["creditor"]) == ("us", UPS)
    assert (ours["loss_id"], ours["state"]) == (told["id"], "open")
    assert (await ledger.read(carrier))["state"] == "kept"
    # Paying it back is no recovery of the loss.
    await ledger.do(ours, "performances", paid("100.00"))
    assert len((await ledger.get(f"losses/{told['id']}"))["allocations"]) == 2


async def test_a_unit_above_the_loss_is_ours_to_return(ledger):
    told = await ledger.tell("losses", loss(1, None))
    debt = await ledger.open(promised(quantity=3, loss_id=told["id"]))
    path = f"obligations/{debt['id']}/performances"
    assert refusal(await ledger.post(path, done(2)), "above-the-loss")["remaining"] == "1"
    kept = await ledger.tell(path, done(2, above_cap=True))
    assert kept["outstanding"] == "1"
    (allocation,) = (await ledger.get(f"losses/{told['id']}"))["allocations"]
    ours = await ledger.get(f"obligations/{allocation['debt_id']}")
    assert (ours["kind"], ours["quantity"], ours["creditor"]) == ("return_goods", 1, BIGDIST)


async def test_one_debt_may_settle_a_loss_it_did_not_name(ledger):
    first, second = [await ledger.tell("losses", loss(1, "50.00")) for _ in range(2)]
    memo = await ledger.open(owed("100.00"))
    for told in (first, second):
        body = {**paid("50.00"), "obligation_id": memo["id"]}
        settled = await ledger.tell(f"losses/{told['id']}/settlements", body)
        assert settled["restored_at"] is not None
    assert (await ledger.read(memo))["state"] == "kept"


async def test_what_makes_no_loss_good_is_refused(ledger):
    told, other = [await ledger.tell("losses", loss()) for _ in range(2)]
    path = f"losses/{told['id']}/settlements"
    for body in (
        {**promised(), "kind": "answer"},
        {**promised(), "kind": "pay_money"},
        owed(debtor=US, creditor=DANA),
    ):
        debt = await ledger.open(body)
        answer = await ledger.post(path, {**done(), "obligation_id": debt["id"]})
        refusal(answer, "makes-nothing-good")
    elsewhere = await ledger.open(owed(loss_id=other["id"]))
    answer = await ledger.post(path, {**paid("1.00"), "obligation_id": elsewhere["id"]})
    assert refusal(answer, "other-loss")["loss_id"] == other["id"]
    answer = await ledger.post(path, {**done(), "obligation_id": NOBODY})
    refusal(answer, "unknown-reference")
    assert pointers(answer) == ["/obligation_id"]
    answer = await ledger.post(f"losses/{NOBODY}/settlements", {**done(), "obligation_id": NOBODY})
    refusal(answer, "not-found", 404)
    assert (await ledger.client.get(f"/v1/losses/{NOBODY}")).status_code == 404


async def test_our_own_remedy_to_the_customer_recovers_nothing(ledger):
    told = await ledger.tell("losses", loss())
    ours = await ledger.open(promised(debtor=US, creditor=DANA, loss_id=told["id"]))
    assert (await ledger.do(ours, "performances", done()))["state"] == "kept"
    assert (await ledger.get(f"losses/{told['id']}"))["allocations"] == []


async def test_a_debt_is_measured_as_its_loss_is(ledger):
    units = await ledger.tell("losses", loss(1, None))
    value = await ledger.tell("losses", loss(None, "50.00"))
    for body, slug in (
        (owed(loss_id=units["id"]), "other-measure"),
        (promised(loss_id=value["id"]), "other-measure"),
        (owed("5.00", "EUR", loss_id=value["id"]), "currency-mismatch"),
    ):
        refusal(await ledger.post("obligations", body), slug)
    memo = await ledger.open(owed("5.00", "EUR"))
    body = {**paid("5.00", currency="EUR"), "obligation_id": memo["id"]}
    answer = await ledger.post(f"losses/{value['id']}/settlements", body)
    assert refusal(answer, "currency-mismatch")["currency"] == "USD"
    assert (await ledger.read(memo))["performances"] == []


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"quantity": None, "value": None}, ""),
        ({"quantity": 0}, "/quantity"),
        ({"value": money("0")}, "/value"),
        ({"description": " "}, "/description"),
        ({"borne_by": {"kind": "carrier"}}, "/borne_by/key"),
    ],
)
async def test_a_malformed_loss_is_pointed_at(ledger, change, pointer):
    answer = await ledger.post("losses", {**loss(), **change})
    refusal(answer, "malformed", 422)
    assert pointers(answer) == [pointer]


async def test_what_happens_to_a_loss_is_in_the_log(ledger, runtime):
    told = await ledger.tell("losses", loss())
    debt = await ledger.open(promised(loss_id=told["id"]))
    await ledger.do(debt, "performances", done())
    rows = await runtime.pool.fetch("SELECT type, subject FROM events ORDER BY id")
    types = [row["type"] for row in rows if row["type"].startswith("obligations.")]
    assert types == [
        "obligations.loss_opened",
        "obligations.opened",
        "obligations.performed",
        "obligations.loss_settled",
        "obligations.kept",
    ]
    assert rows[-2]["subject"] == f"losses/{told['id']}"
