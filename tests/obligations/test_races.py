"""Two at once, by real requests: what is decided under a lock holds."""

import asyncio

from tests.obligations.documents import US, done, loss, owed, paid, promised, refusal


def statuses(answers):
    return sorted(answer.status_code for answer in answers)


async def test_of_two_who_keep_one_debt_exactly_one_does(ledger):
    for _ in range(5):
        told = await ledger.open(promised())
        path = f"obligations/{told['id']}/performances"
        answers = await asyncio.gather(*[ledger.post(path, done(reference=n)) for n in "ab"])
        assert statuses(answers) == [201, 409]
        story = await ledger.read(told)
        assert (story["state"], len(story["performances"]), story["performed"]) == ("kept", 1, "1")
        assert [e["type"] for e in story["history"]].count("obligations.kept") == 1


async def test_many_part_payments_at_once_add_up(ledger):
    told = await ledger.open(owed("100.00"))
    path = f"obligations/{told['id']}/performances"
    answers = await asyncio.gather(*[ledger.post(path, paid("12.50")) for _ in range(8)])
    assert statuses(answers) == [201] * 8
    story = await ledger.read(told)
    assert (story["performed"], story["state"], story["version"]) == ("100.00", "kept", 9)


async def test_of_two_alternatives_kept_at_once_exactly_one_is(ledger):
    for _ in range(5):
        goods = await ledger.open(promised())
        credit = await ledger.open(owed(alternative_to=goods["id"]))
        answers = await asyncio.gather(
            ledger.post(f"obligations/{goods['id']}/performances", done()),
            ledger.post(f"obligations/{credit['id']}/performances", paid("129.00")),
        )
        assert statuses(answers) == [201, 409]
        states = sorted([(await ledger.read(each))["state"] for each in (goods, credit)])
        assert states == ["kept", "released"]


async def test_an_alternative_that_comes_while_another_is_kept_is_refused_or_released(ledger):
    for _ in range(8):
        goods = await ledger.open(promised())
        kept, added = await asyncio.gather(
            ledger.post(f"obligations/{goods['id']}/performances", done()),
            ledger.post("obligations", owed(alternative_to=goods["id"])),
        )
        assert kept.status_code == 201
        if added.is_success:
            assert (await ledger.read(added.json()))["state"] == "released"
        else:
            refusal(added, "unfit-alternative")


async def test_of_two_who_settle_one_loss_at_once_the_second_is_told_what_is_left(ledger):
    for _ in range(5):
        told = await ledger.tell("losses", loss())
        debts = [await ledger.open(owed(loss_id=told["id"])) for _ in range(2)]
        answers = await asyncio.gather(
            *[
                ledger.post(
                    f"losses/{told['id']}/settlements",
                    {**paid("129.00"), "obligation_id": debt["id"]},
                )
                for debt in debts
            ]
        )
        assert statuses(answers) == [201, 409]
        (refused,) = [answer for answer in answers if answer.status_code == 409]
        assert refusal(refused, "above-the-loss")["remaining"] == "0"
        settled = await ledger.get(f"losses/{told['id']}")
        assert [each["amount"] for each in settled["allocations"]] == ["129.00"]


async def test_money_that_really_came_twice_at_once_is_kept_and_owed_back_once(ledger):
    for _ in range(5):
        told = await ledger.tell("losses", loss())
        debts = [await ledger.open(owed(loss_id=told["id"])) for _ in range(2)]
        # One by the loss, one by the debt: both ways lead to the same lock.
        answers = await asyncio.gather(
            ledger.post(
                f"losses/{told['id']}/settlements",
                {**paid("129.00"), "obligation_id": debts[0]["id"], "above_cap": True},
            ),
            ledger.post(
                f"obligations/{debts[1]['id']}/performances", paid("129.00", above_cap=True)
            ),
        )
        assert statuses(answers) == [201, 201]
        settled = await ledger.get(f"losses/{told['id']}")
        assert sorted(each["amount"] for each in settled["allocations"]) == ["0", "129.00"]
        ours = (await ledger.get("obligations", debtor="us", loss_id=told["id"]))["items"]
        assert [each["outstanding"] for each in ours] == ["129.00"]


async def test_a_debt_is_not_both_released_and_kept(ledger):
    for _ in range(5):
        told = await ledger.open(promised())
        path = f"obligations/{told['id']}"
        answers = await asyncio.gather(
            ledger.post(f"{path}/performances", done()),
            ledger.post(f"{path}/release", {"by": US, "words": "Enough."}),
        )
        assert sorted(answer.is_success for answer in answers) == [False, True]


async def test_two_that_take_each_others_place_at_once_do_not_lock_for_ever(ledger):
    for _ in range(5):
        one, two = [await ledger.open(promised()) for _ in range(2)]
        async with asyncio.timeout(10):
            answers = await asyncio.gather(
                *[
                    ledger.post(f"obligations/{a['id']}/supersede", {"by_obligation_id": b["id"]})
                    for a, b in ((one, two), (two, one))
                ]
            )
        assert statuses(answers) == [200, 409]
