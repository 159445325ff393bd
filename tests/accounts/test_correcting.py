"""A person knows better: what the machine found is taken back, and something else is settled."""

import asyncio

import pytest

from tests.accounts.documents import instead, memo, summary, under
from tests.obligations.documents import ACME, NOBODY, owed, paid, pointers, promised, refusal


async def test_a_person_says_what_it_really_settles_and_both_words_stay(accounts, ledger):
    wrong, right = await ledger.open(under("1000")), await ledger.open(owed())
    (match,) = await accounts.book(memo(rma="1000"))
    answer = await accounts.correct(match, instead(right))
    assert answer.status_code == 201, answer.text
    new = answer.json()
    assert summary(new) == ("matched", "person", [right["number"]])
    assert (new["by_name"], new["replaces_id"]) == ("Ana Ruiz", match["id"])
    assert new["recorded_by"].startswith("key:")
    old = await accounts.erp.get(f"document-matches/{match['id']}")
    assert (old["replaced_by_id"], old["state"]) == (new["id"], "matched")
    assert (await ledger.read(wrong))["state"] == "open"
    assert (await ledger.read(right))["state"] == "kept"
    back = (await ledger.read(wrong))["performances"][1]
    assert (back["by_name"], back["note"]) == ("Ana Ruiz", "It is for something else.")
    assert [m["id"] for m in await accounts.matches(decided=True)] == [new["id"]]
    assert len(await accounts.matches(with_ended=True, obligation_id=wrong["id"])) == 1
    # Nor does the worker find it again for what it was not.
    await accounts.run_jobs()
    assert (await accounts.one())["id"] == new["id"]


async def test_nothing_instead_leaves_it_unmatched_for_good(accounts, ledger):
    debt = await ledger.open(under("1000"))
    (match,) = await accounts.book(memo(rma="1000"))
    new = (await accounts.correct(match)).json()
    assert (new["state"], new["by"], new["rest"]) == ("unmatched", "person", "129.00")
    await ledger.open(under("1000", "5.00"))
    await accounts.run_jobs()
    assert (await accounts.one())["id"] == new["id"]
    assert (await ledger.read(debt))["state"] == "open"
    assert await accounts.matches(state="unmatched", decided=False) == []


async def test_a_paper_is_divided_as_the_person_says(accounts, ledger):
    debts = [await ledger.open(owed(amount)) for amount in ("100.00", "20.00", "50.00")]
    (match,) = await accounts.book(memo("129.00"))
    answer = await accounts.correct(match, instead(debts[0], "90.00"), instead(debts[1]))
    new = answer.json()
    assert {p["number"]: p["amount"] for p in new["parts"]} == {
        debts[0]["number"]: "90.00",
        debts[1]["number"]: "20.00",
    }
    assert (new["state"], new["rest"], new["still_owed"]) == ("overpaid", "19.00", "10.00")
    last = await accounts.correct(new, *[instead(debt) for debt in debts])
    told = sorted((p["number"], p["amount"]) for p in last.json()["parts"])
    numbers = [debt["number"] for debt in debts]
    assert told == list(zip(numbers, ["100.00", "20.00", "9.00"], strict=True))
    assert (last.json()["state"], last.json()["still_owed"]) == ("short_paid", "41.00")


REFUSED = {
    "of another vendor": (owed(debtor=ACME), "other-account"),
    "in another currency": (owed("1.00", "EUR"), "other-account"),
    "goods": (promised(), "other-account"),
    "not owed yet": (owed(trigger="It is received."), "illegal-step"),
}


@pytest.mark.parametrize(("body", "slug"), REFUSED.values(), ids=REFUSED)
async def test_a_debt_that_it_cannot_settle_is_refused_and_nothing_is_changed(
    accounts, ledger, body, slug
):
    found, other = await ledger.open(under("1000")), await ledger.open(body)
    (match,) = await accounts.book(memo(rma="1000"))
    refusal(await accounts.correct(match, instead(other)), slug)
    assert (await ledger.read(found))["state"] == "kept"
    assert await accounts.one() == match


async def test_what_does_not_add_up_or_is_not_known_is_pointed_at(accounts, ledger):
    debt = await ledger.open(under("1000"))
    (match,) = await accounts.book(memo(rma="1000"))
    unknown = await accounts.correct(match, instead(debt), instead({"id": NOBODY}))
    refusal(unknown, "unknown-reference")
    assert pointers(unknown) == ["/instead/1/obligation_id"]
    twice = await accounts.correct(match, instead(debt), instead(debt))
    assert (twice.status_code, pointers(twice)) == (422, ["/instead/1/obligation_id"])
    much = await accounts.correct(match, instead(debt, "130.00"))
    assert refusal(much, "more-than-the-paper")["amount"] == "129.00"
    silent = await accounts.correct(match, reason=" ")
    assert (silent.status_code, pointers(silent)) == (422, ["/reason"])
    gone = await accounts.correct({"id": NOBODY})
    refusal(gone, "not-found", 404)
    assert await accounts.one() == match


async def test_of_two_who_correct_one_match_at_once_exactly_one_does(accounts, ledger):
    for n in range(4):
        found = await ledger.open(under(f"100{n}"))
        others = [await ledger.open(owed()) for _ in "ab"]
        (match,) = await accounts.book(memo(rma=f"100{n}"), f"CM-{n}")
        answers = await asyncio.gather(*[accounts.correct(match, instead(o)) for o in others])
        assert sorted(answer.status_code for answer in answers) == [201, 409]
        (won,) = [answer.json() for answer in answers if answer.status_code == 201]
        (lost,) = [answer for answer in answers if answer.status_code == 409]
        assert refusal(lost, "match-replaced")["match_id"] == won["id"]
        states = [(await ledger.read(each))["state"] for each in (found, *others)]
        assert sorted(states) == ["kept", "open", "open"]


async def test_a_paper_matched_while_its_debt_is_paid_by_hand_settles_it_once(accounts, ledger):
    for n in range(4):
        debt = await ledger.open(under(f"100{n}"))
        await accounts.erp.tell(f"vendor-documents/CM-{n}", memo(rma=f"100{n}"))
        _, by_hand = await asyncio.gather(
            accounts.run_jobs(),
            ledger.post(f"obligations/{debt['id']}/performances", paid("129.00")),
        )
        await accounts.run_jobs()
        story = await ledger.read(debt)
        assert (story["state"], story["performed"]) == ("kept", "129.00")
        match = await accounts.one(document=f"CM-{n}")
        assert match["state"] == ("unmatched" if by_hand.is_success else "matched")


async def test_a_debt_opened_while_its_paper_is_matched_is_found(accounts, ledger):
    for n in range(4):
        await accounts.erp.tell(f"vendor-documents/CM-{n}", memo(rma=f"100{n}"))
        await asyncio.gather(accounts.run_jobs(), ledger.open(under(f"100{n}")))
        await accounts.run_jobs()
        assert (await accounts.one(document=f"CM-{n}"))["state"] == "matched"


async def test_matches_need_their_scopes(client):
    client.headers["Authorization"] = "Bearer nothing"
    assert (await client.get("/v1/document-matches")).status_code == 401
    assert (await client.post(f"/v1/document-matches/{NOBODY}/correct", json={})).status_code == 401
