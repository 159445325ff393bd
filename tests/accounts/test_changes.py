"""The same paper, a changed one, one booked twice, and what is corrected in the ledger itself."""

from tests.accounts.documents import instead, memo, summary, under
from tests.obligations.documents import owed, paid, refusal


async def states(ledger, *debts):
    return [(await ledger.read(debt))["state"] for debt in debts]


async def test_the_same_document_again_changes_nothing(accounts, ledger):
    debt = await ledger.open(under("1000"))
    first = await accounts.book(memo(rma="1000"))
    assert await accounts.book(memo(rma="1000")) == first
    # Even where what changed matters nothing to what it settles.
    changed = memo(rma="1000")
    changed["lines"][0]["description"] = "Credit"
    assert await accounts.book(changed) == first
    assert len((await ledger.read(debt))["performances"]) == 1


async def test_a_changed_document_is_matched_anew_and_the_old_match_taken_back(accounts, ledger):
    one, other = [await ledger.open(under(rma)) for rma in ("1000", "2000")]
    (old,) = await accounts.book(memo(rma="1000"))
    assert await states(ledger, one, other) == ["kept", "open"]
    (new,) = await accounts.book(memo("100.00", rma="2000"))
    assert await states(ledger, one, other) == ["open", "open"]
    assert (summary(new), new["replaces_id"]) == (
        ("short_paid", "rma", [other["number"]]),
        old["id"],
    )
    first, back = (await ledger.read(one))["performances"]
    assert (back["corrects_id"], back["by_name"]) == (first["id"], "Makegood")
    assert back["note"] == "The document CM-1 says so no longer."
    feed = await accounts.erp.get("events", type="accounts.match_taken_back")
    assert [e["data"]["obligation_ids"] for e in feed["items"]] == [[one["id"]]]


async def test_lines_that_stay_keep_their_match_and_a_person_s_word(accounts, ledger):
    one, other = [await ledger.open(under(rma)) for rma in ("1000", "2000")]
    third = await ledger.open(owed("5.00"))
    body = memo()
    body["lines"][0]["references"] = {"rma": "1000"}
    line = {"key": "2", "amount": "5.00", "references": {"claim": "nothing known"}}
    body["lines"].append(line)
    first, second = await accounts.book(body)
    word = (await accounts.correct(second, instead(third))).json()
    body["lines"].append({"key": "3", "amount": "129.00", "references": {"rma": "2000"}})
    ids = [match["id"] for match in await accounts.book(body)]
    assert ids[:2] == sorted([first["id"], word["id"]])
    assert await states(ledger, one, other, third) == ["kept", "kept", "kept"]


async def test_a_cancelled_document_settles_nothing_any_more(accounts, ledger):
    debt = await ledger.open(under("1000"))
    await accounts.book(memo(rma="1000"))
    assert await accounts.book(memo(rma="1000") | {"cancelled_at": "2026-03-02T08:00:00Z"}) == []
    assert await states(ledger, debt) == ["open"]
    (again,) = await accounts.book(memo(rma="1000"))
    assert again["state"] == "matched"


async def test_a_document_moved_to_another_vendor_is_taken_back_and_sought_there(accounts, ledger):
    debt = await ledger.open(under("1000"))
    await accounts.book(memo(rma="1000"))
    (moved,) = await accounts.book(memo(rma="1000") | {"vendor": "acme"})
    assert (moved["vendor"], moved["state"]) == ("acme", "unmatched")
    assert await states(ledger, debt) == ["open"]


async def test_the_same_paper_booked_twice_counts_once(accounts, ledger):
    debt = await ledger.open(under("1000", "258.00"))
    await accounts.book(memo(rma="1000"), "CM-1")
    (twin,) = await accounts.book(memo(rma="1000"), "CM-1 again")
    assert twin["state"] == "unmatched"
    assert "booked as CM-1 too" in twin["why"]
    assert (await ledger.read(debt))["performed"] == "129.00"


async def test_two_lines_of_one_amount_for_one_debt_are_two_performances(accounts, ledger):
    debt = await ledger.open(owed("258.00", about={"rma": "1000", "serial": "S1"}))
    body = memo() | {
        "lines": [
            {"key": "1", "amount": "129.00", "references": {"rma": "1000"}},
            {"key": "2", "amount": "129.00", "references": {"serials": ["S1"]}},
        ]
    }
    assert [match["by"] for match in await accounts.book(body)] == ["rma", "serial"]
    story = await ledger.read(debt)
    assert (story["state"], story["performed"]) == ("kept", "258.00")
    assert [each["reference"] for each in story["performances"]] == [
        "CM-88123",
        "CM-88123, line 2",
    ]
    assert [match["state"] for match in await accounts.matches()] == ["matched", "matched"]


async def test_a_paper_that_somebody_wrote_down_by_hand_counts_once(accounts, ledger):
    debt = await ledger.open(under("1000", "258.00"))
    by_hand = paid("129.00", at="2026-03-02T00:00:00Z", reference="CM-88123")
    told = await ledger.do(debt, "performances", by_hand)
    (match,) = await accounts.book(memo(rma="1000"))
    assert match["parts"][0]["performance_id"] == told["performances"][0]["id"]
    assert (await ledger.read(debt))["performed"] == "129.00"


async def test_what_is_corrected_in_the_ledger_is_matched_no_more(accounts, ledger):
    one, other = [await ledger.open(under("1000", amount)) for amount in ("100.00", "29.00")]
    (match,) = await accounts.book(memo(rma="1000"))
    wrong = next(p for p in match["parts"] if p["number"] == one["number"])
    await ledger.tell(
        f"obligations/{one['id']}/performances/{wrong['performance_id']}/correct",
        {"by_name": "Omar", "reason": "It was for another unit."},
    )
    await accounts.run_jobs()
    after = await accounts.one()
    assert (summary(after), after["rest"]) == (("overpaid", "rma", [other["number"]]), "100.00")
    assert (after["by_name"], after["reason"]) == ("Omar", "It was for another unit.")
    # It is not sought again by itself: a person has said that it was not so.
    assert await states(ledger, one, other) == ["open", "kept"]
    corrected = await accounts.correct(after, instead(other), instead(one))
    assert corrected.json()["state"] == "matched"
    assert await states(ledger, one, other) == ["kept", "kept"]


async def test_what_was_paid_back_since_cannot_be_taken_back_by_itself(accounts, ledger):
    lost = await ledger.tell("losses", {"description": "One.", "value": owed("100.00")["amount"]})
    await ledger.open(under("1000", loss_id=lost["id"]))
    await accounts.book(memo(rma="1000"))
    (ours,) = (await ledger.get("obligations", debtor="us"))["items"]
    await ledger.do(ours, "performances", paid("29.00"))
    stands, new = await accounts.book(memo("50.00", rma="1000"))
    assert "paid back since" in stands["trouble"]
    assert (stands["state"], stands["ended_at"]) == ("overpaid", None)
    assert "could not be taken back" in new["why"]
    refusal(await accounts.correct(stands), "paid-back-already")
