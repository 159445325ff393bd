"""What is owed to us, in money's worth: aged, at our cost, and each loss once."""

import sqlalchemy as sa

from app.kit.ids import new_id
from app.obligations.exposure import counting
from app.obligations.exposure.showing import select_exposure
from tests.obligations.documents import (
    ACME,
    BIGDIST,
    DANA,
    UPS,
    US,
    deadline,
    loss,
    money,
    owed,
    paid,
    refusal,
)
from tests.obligations.documents import promised as goods
from tests.obligations.test_scale import BIG, filled, plan_of, scanned

__all__ = ["filled"]


async def exposure(ledger, **params):
    return await ledger.get("exposure", **params)


def amounts(told):
    return {
        (each["debtor"]["key"], each["currency"], each["age"]): each["amount"]
        for each in told["items"]
    }


async def test_money_is_added_up_by_debtor_currency_and_age(ledger, clock):
    days = ("2026-03-03", "2026-04-20", "2026-05-20", "2026-06-30", "2026-12-31")
    for day in days:
        await ledger.open(owed("10.00", due_at=f"{day}T00:00:00Z"))
    debt = await ledger.open(owed("10.00", "EUR", debtor=ACME))
    await ledger.do(debt, "performances", paid("4.00", currency="EUR"))
    clock.advance(days=122)  # the second of July
    told = await exposure(ledger)
    assert amounts(told) == {
        ("acme", "EUR", "no_date"): "6.00",
        ("bigdist", "USD", "not_due"): "10.00",
        ("bigdist", "USD", "overdue_to_30_days"): "10.00",
        ("bigdist", "USD", "overdue_to_60_days"): "10.00",
        ("bigdist", "USD", "overdue_to_90_days"): "10.00",
        ("bigdist", "USD", "overdue_over_90_days"): "10.00",
    }
    assert [(each["currency"], each["amount"], each["overdue"]) for each in told["totals"]] == [
        ("EUR", "6.00", "0.00"),
        ("USD", "50.00", "40.00"),
    ]
    assert [
        each["debtor"]["key"] for each in (await exposure(ledger, debtor="vendor:acme"))["items"]
    ] == ["acme"]


async def test_goods_count_at_our_cost_and_what_has_no_worth_is_said(ledger):
    await ledger.open(goods(quantity=2, unit_value=money("129.00")))
    await ledger.open(goods("tomorrow"))
    told = await exposure(ledger)
    (row,) = told["items"]
    assert (row["amount"], row["money"], row["goods_at_cost"]) == ("258.00", "0.00", "258.00")
    assert told["unvalued"] == [{"debtor": {"kind": "vendor", "key": "bigdist"}, "obligations": 1}]


async def test_one_loss_counts_once_though_vendor_and_carrier_are_pursued(ledger):
    lost = (await ledger.tell("losses", loss()))["id"]
    await ledger.open(
        goods(unit_value=money("129.00"), loss_id=lost, due_at="2026-03-09T00:00:00Z")
    )
    await ledger.open(owed("100.00", debtor=UPS, loss_id=lost))
    told = await exposure(ledger)
    assert [each["amount"] for each in told["totals"]] == ["129.00"]
    assert sorted((each["amount"], each["pursued_elsewhere"]) for each in told["items"]) == [
        ("0.00", "100.00"),
        ("129.00", "0.00"),
    ]


async def test_what_is_left_of_a_loss_is_all_that_counts(ledger):
    lost = (await ledger.tell("losses", loss()))["id"]
    first = await ledger.open(owed("129.00", loss_id=lost))
    await ledger.open(owed("129.00", debtor=UPS, loss_id=lost))
    await ledger.do(first, "performances", paid("100.00"))
    told = await exposure(ledger)
    assert [each["amount"] for each in told["totals"]] == ["29.00"]


async def test_of_alternatives_the_largest_counts(ledger):
    first = await ledger.open(owed("80.00"))
    await ledger.open(owed("100.00", alternative_to=first["id"]))
    await ledger.open(owed("5.00"))
    assert [each["amount"] for each in (await exposure(ledger))["totals"]] == ["105.00"]


async def test_what_we_owe_what_waits_and_rights_of_ours_are_no_part_of_it(ledger):
    await ledger.open(owed("10.00", debtor=US, creditor=DANA))
    await ledger.open(owed("10.00", trigger="The unit is back."))
    ended = await ledger.open(owed("10.00"))
    await ledger.do(ended, "void", {"reason": "Wrong order."})
    await ledger.tell("deadlines", deadline())
    told = await exposure(ledger)
    assert (told["items"], told["totals"], told["unvalued"]) == ([], [], [])
    assert BIGDIST


async def test_exposure_reads_what_is_owed_and_not_the_history(filled, clock):
    for debtor in (None, "vendor:v7"):
        plan = await plan_of(filled, select_exposure(clock.now(), debtor=debtor))
        assert "obligations" not in scanned(plan)
    key = sa.select(sa.cast(sa.literal(new_id()), sa.Uuid()).label("key"))
    # Nothing was given in that ledger: of an empty table nothing is proven.
    assert not scanned(await plan_of(filled, counting.count(key))) & (BIG - {"allocations"})


async def test_an_alternative_pursues_the_same_loss_and_no_other(ledger):
    lost, other = [(await ledger.tell("losses", loss()))["id"] for _ in range(2)]
    first = await ledger.open(owed("129.00", loss_id=lost))
    second = await ledger.open(goods(unit_value=money("129.00"), alternative_to=first["id"]))
    assert second["loss_id"] == lost
    assert [each["amount"] for each in (await exposure(ledger))["totals"]] == ["129.00"]
    alone = await ledger.open(owed("5.00"))
    for to, wrong in ((first, other), (alone, lost)):
        body = owed("1.00", loss_id=wrong, alternative_to=to["id"])
        refusal(await ledger.post("obligations", body), "unfit-alternative")
