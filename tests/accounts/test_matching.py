"""What vendors' papers settle: found by what they refer to, and never guessed."""

import pytest

from tests.accounts.documents import memo, summary, under
from tests.obligations.documents import ACME, BIGDIST, TERM, loss, owed, paid, promised
from tests.orders.documents import content, document_line, package, shipment

UNMATCHED = ("unmatched", None, [])


async def test_a_credit_memo_keeps_the_debt_under_its_rma(accounts, ledger):
    debt = await ledger.open(under("RMA-8123"))
    (match,) = await accounts.book(memo(rma="rma 8123"))
    assert summary(match) == ("matched", "rma", [debt["number"]])
    assert (match["rest"], match["still_owed"], match["candidates"][0]["by"]) == ("0", "0", "rma")
    story = await ledger.read(debt)
    (done,) = story["performances"]
    assert (story["state"], done["id"]) == ("kept", match["parts"][0]["performance_id"])
    assert (done["reference"], done["performed_at"]) == ("CM-88123", "2026-03-02T00:00:00Z")
    assert "booked as CM-1" in done["note"]
    assert done["recorded_by"] == "listener:accounts.match"
    feed = await accounts.erp.get("events", type="accounts.document_matched")
    (told,) = [event["data"] for event in feed["items"]]
    assert (told["state"], told["obligation_ids"]) == ("matched", [debt["id"]])


async def test_each_way_to_name_a_debt_finds_it(accounts, ledger, line_id):
    await accounts.erp.tell(
        "shipments/S-1", shipment(package(content(1, "20", serials=["SN 9"]), key="1"))
    )
    second = (await accounts.erp.get("purchase-orders/PO-1"))["lines"][1]["purchase_line_id"]
    lost = await ledger.tell("losses", loss(about={"purchase_line_id": second}))
    ways = {
        "obligation": (owed("1.00"), lambda debt: {"obligation": debt["number"]}),
        "rma": (under("8123", "2.00"), {"rma": "RMA 8123"}),
        "serial": (owed("3.00", about={"serial": "FOC 1"}), {"serials": ["x", "foc1"]}),
        "order_line": (
            owed("4.00", about={"purchase_line_id": line_id}),
            {"purchase_order": "PO-1", "line": "10"},
        ),
        "order": (owed("5.00", about={"purchase_line_id": line_id}), {"purchase_order": "PO-1"}),
        "words": (under("R7-44", "6.00"), {"claim": "Credit for R7-44, thank you."}),
        # A unit that was shipped under the line whose loss the debt pursues.
        "order_line of a serial": (owed("7.00", loss_id=lost["id"]), {"serials": ["sn9"]}),
    }
    for number, (way, (body, references)) in enumerate(ways.items(), start=1):
        debt = await ledger.open(body)
        told = references(debt) if callable(references) else references
        (match,) = await accounts.book(memo(f"{number}.00", **told), f"CM-{number}")
        assert summary(match) == ("matched", way.split()[0], [debt["number"]]), way
        assert (await ledger.read(debt))["state"] == "kept", way


async def test_less_is_short_paid_until_the_rest_has_come(accounts, ledger):
    debt = await ledger.open(under("8123"))
    (match,) = await accounts.book(memo("100.00", rma="8123"))
    assert summary(match) == ("short_paid", "rma", [debt["number"]])
    assert (match["still_owed"], match["rest"]) == ("29.00", "0")
    assert [m["id"] for m in await accounts.matches(state="short_paid")] == [match["id"]]
    assert await accounts.matches(state="matched") == []
    await ledger.do(debt, "performances", paid("29.00"))
    (again,) = await accounts.matches(state="matched")
    assert (again["id"], again["state"], again["still_owed"]) == (match["id"], "matched", "0")
    assert await accounts.matches(state="short_paid") == []


async def test_more_is_overpaid_and_the_rest_belongs_to_nothing(accounts, ledger):
    debt = await ledger.open(under("8123"))
    (match,) = await accounts.book(memo("150.00", rma="8123"))
    assert (match["state"], match["rest"]) == ("overpaid", "21.00")
    assert (await ledger.read(debt))["performed"] == "129.00"
    assert len(await accounts.matches(state="overpaid")) == 1


async def test_what_comes_above_a_loss_is_recorded_and_is_our_debt(accounts, ledger):
    lost = await ledger.tell("losses", loss())
    carrier = await ledger.open({**owed(), "debtor": ACME, "loss_id": lost["id"]})
    await ledger.do(carrier, "performances", paid("100.00"))
    await ledger.open(under("8123", loss_id=lost["id"]))
    (match,) = await accounts.book(memo(rma="8123"))
    assert (match["state"], match["parts"][0]["above_loss"]) == ("overpaid", "100.00")
    (ours,) = (await ledger.get("obligations", debtor="us"))["items"]
    assert ours["outstanding"] == "100.00"
    # And it is given back by their debit, which names that debt.
    body = memo("100.00", obligation=ours["number"]) | {"kind": "debit", "number": "D-1"}
    (given,) = await accounts.book(body, "D-1")
    assert summary(given) == ("matched", "obligation", [ours["number"]])
    assert (await ledger.read(ours))["state"] == "kept"


async def test_a_fee_on_the_same_paper_makes_it_short_and_other_lines_stand_alone(accounts, ledger):
    one, other = [await ledger.open(under(rma)) for rma in ("1000", "2000")]
    first, second = {"rma": "1000"}, {"rma": "2000"}
    lines = [
        document_line("1", "129.00", references=first),
        document_line("2", "-19.35", references=first | {"claim": "Restocking 15 %"}),
        document_line("3", "129.00", references=second),
        document_line("4", "8.00", references={"claim": "Freight"}),
    ]
    short, full, freight = await accounts.book(memo() | {"lines": lines})
    assert (summary(short), short["lines"]) == (("short_paid", "rma", [one["number"]]), ["1", "2"])
    assert (short["amount"], short["still_owed"]) == ("109.65", "19.35")
    assert (summary(full), full["lines"]) == (("matched", "rma", [other["number"]]), ["3"])
    assert (summary(freight), freight["rest"]) == (UNMATCHED, "8.00")


async def test_of_several_debts_under_one_rma_those_that_fit_else_the_oldest(accounts, ledger):
    debts = [await ledger.open(under("1000", amount)) for amount in ("10.00", "20.00", "30.00")]
    numbers = [debt["number"] for debt in debts]
    (fits,) = await accounts.book(memo("20.00", rma="1000"), "a")
    assert summary(fits) == ("matched", "rma", numbers[1:2])
    (part,) = await accounts.book(memo("15.00", rma="1000"), "b")
    assert sorted((each["number"], each["amount"]) for each in part["parts"]) == [
        (numbers[0], "10.00"),
        (numbers[2], "5.00"),
    ]
    assert (part["state"], part["still_owed"]) == ("short_paid", "25.00")
    # The rest fits to the cent: with it nothing is owed under the RMA any more.
    (rest,) = await accounts.book(memo("25.00", rma="1000"), "c")
    assert summary(rest) == ("matched", "rma", numbers[2:])
    assert [each["state"] for each in await accounts.matches()] == ["matched"] * 3


async def test_an_order_or_words_settle_only_what_the_amount_fits(accounts, ledger, line_id):
    debt = await ledger.open(owed(about={"purchase_line_id": line_id, "rma": "7-100"}))
    weak = {"a": {"purchase_order": "PO-1"}, "b": {"claim": "on PO-1"}, "c": {"claim": "7-100?"}}
    for key, references in weak.items():
        (match,) = await accounts.book(memo("100.00", **references), key)
        assert summary(match) == UNMATCHED
        assert [each["number"] for each in match["candidates"]] == [debt["number"]]
        assert "a person decides" in match["why"]
    assert (await ledger.read(debt))["performed"] == "0"


async def test_an_amount_alone_settles_nothing_and_is_proposed(accounts, ledger):
    debt = await ledger.open(owed())
    (match,) = await accounts.book(memo())
    assert summary(match) == UNMATCHED
    assert [(each["number"], each["by"]) for each in match["candidates"]] == [
        (debt["number"], "amount")
    ]
    assert "an amount alone proves nothing" in match["why"]
    assert len(await accounts.matches(state="unmatched")) == 1


OTHERS = {
    "another vendor's": {"debtor": ACME},
    "in another currency": {"amount": {"amount": "129.00", "currency": "EUR"}},
    "ours": {"debtor": {"kind": "us"}, "creditor": BIGDIST},
    "of another RMA": {"about": {"rma": "9999", "serial": "S1"}},
    "not owed yet": {"trigger": "The unit is received."},
}


@pytest.mark.parametrize("change", OTHERS.values(), ids=OTHERS)
async def test_what_is_not_such_a_debt_is_no_candidate(accounts, ledger, change):
    await ledger.open({**under("1000"), **change})
    (match,) = await accounts.book(memo(rma="1000", serials=["S1"]))
    assert summary(match) == UNMATCHED


async def test_goods_and_answers_are_not_settled_by_money(accounts, ledger):
    await ledger.open(promised(about={"rma": "1000"}))
    (match,) = await accounts.book(memo(rma="1000"))
    assert (summary(match), match["candidates"]) == (UNMATCHED, [])


async def test_a_credit_whose_amount_nobody_said_is_kept_by_the_memo(accounts, ledger):
    body = {"kind": "pay_money", "debtor": BIGDIST, "ground": TERM, "about": {"rma": "1000"}}
    debt = await ledger.open(body)
    (match,) = await accounts.book(memo("42.00", rma="1000"))
    assert (summary(match), match["parts"][0]["amount"]) == (
        ("matched", "rma", [debt["number"]]),
        None,
    )
    assert (await ledger.read(debt))["state"] == "kept"


async def test_of_alternatives_one_is_settled_and_the_rest_is_released(accounts, ledger):
    goods = await ledger.open(promised("tomorrow", about={"rma": "1000"}))
    credit = await ledger.open(under("1000", alternative_to=goods["id"]))
    more = await ledger.open(under("1000", "150.00", alternative_to=goods["id"]))
    (match,) = await accounts.book(memo(rma="1000"))
    assert summary(match) == ("matched", "rma", [credit["number"]])
    states = [(await ledger.read(each))["state"] for each in (goods, credit, more)]
    assert states == ["released", "kept", "released"]


async def test_an_invoice_settles_nothing_and_a_charge_settles_what_we_owe(accounts, ledger):
    ours = {**under("1000"), "debtor": {"kind": "us"}, "creditor": BIGDIST}
    debt = await ledger.open(ours)
    assert await accounts.book(memo(rma="1000") | {"kind": "invoice"}, "I-1") == []
    charge = memo(rma="1000") | {"kind": "non_return_charge"}
    (match,) = await accounts.book(charge, "N-1")
    assert summary(match) == ("matched", "rma", [debt["number"]])
    # What was booked as a charge was only an invoice: it is taken back.
    assert await accounts.book(charge | {"kind": "invoice"}, "N-1") == []
    assert (await ledger.read(debt))["state"] == "open"
    assert [bool(each["ended_at"]) for each in await accounts.matches(with_ended=True)] == [True]


async def test_a_debt_that_is_recorded_after_its_paper_is_found_by_it(accounts, ledger):
    (waits,) = await accounts.book(memo(rma="1000"))
    assert summary(waits) == UNMATCHED
    other = await ledger.open(under("2000"))
    later = await ledger.open(under("1000"))
    await accounts.run_jobs()
    match = await accounts.one()
    assert summary(match) == ("matched", "rma", [later["number"]])
    assert match["replaces_id"] == waits["id"]
    old = await accounts.erp.get(f"document-matches/{waits['id']}")
    assert (old["replaced_by_id"], bool(old["ended_at"])) == (match["id"], True)
    assert (await ledger.read(other))["state"] == "open"


async def test_what_only_takes_off_gives_nothing(accounts, ledger):
    debt = await ledger.open(under("1000"))
    (match,) = await accounts.book(memo("-5.00", rma="1000"))
    assert (summary(match), match["rest"]) == (UNMATCHED, "-5.00")
    assert await accounts.book(memo("0", rma="1000"), "CM-2") == []
    assert (await ledger.read(debt))["performed"] == "0"
