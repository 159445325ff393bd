"""What was recorded as done and was not: taken back by a row of its own, and what follows."""

import asyncio

import asyncpg
import pytest

from tests.obligations.documents import (
    NOBODY,
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

LATER = "2026-03-04T10:00:00Z"


def wrong(instead=None, **more):
    why = {"by_name": "Ana Ruiz", "reason": "It was of another order."}
    return {**why, "instead": instead, **more}


def path(debt, which=-1):
    performance = debt["performances"][which]
    return f"obligations/{debt['id']}/performances/{performance['id']}/correct"


async def correct(ledger, debt, instead=None, which=-1):
    return await ledger.tell(path(debt, which), wrong(instead))


async def test_what_was_kept_in_error_is_owed_again_and_both_rows_stay(ledger):
    told = await ledger.open(promised("tomorrow"))
    kept = await ledger.do(told, "performances", done(reference="1Z9"))
    again = await correct(ledger, kept)
    assert (again["state"], again["ended_at"]) == ("open", None)
    assert (again["performed"], again["outstanding"]) == ("0", "1")
    first, second = again["performances"]
    assert (first["id"], first["value"]) == (kept["performances"][0]["id"], "1")
    assert (second["corrects_id"], second["value"]) == (first["id"], "-1")
    assert (second["by_name"], second["note"]) == ("Ana Ruiz", "It was of another order.")
    assert second["recorded_by"].startswith("key:")
    assert await ledger.types(told) == ["opened", "performed", "kept", "corrected", "reopened"]
    assert await ledger.ids() == [told["id"]]
    # And it is kept again, even by the same paper.
    assert (await ledger.do(told, "performances", done(reference="1Z9")))["state"] == "kept"


async def test_what_had_been_called_broken_is_broken_again(ledger, clock):
    told = await ledger.open(promised("tomorrow"))
    clock.advance(days=3)
    await ledger.do(told, "break", {})
    kept = await ledger.do(told, "performances", done(at=LATER))
    assert kept["state"] == "kept_late"
    assert (await correct(ledger, kept))["state"] == "broken"


async def test_what_was_done_on_another_day_is_kept_otherwise(ledger, clock):
    goods = await ledger.open(promised("tomorrow"))
    credit = await ledger.open(owed(alternative_to=goods["id"]))
    clock.advance(days=5)
    late = await ledger.do(goods, "performances", done(at=LATER))
    assert late["state"] == "kept_late"
    kept = await correct(ledger, late, done(at="2026-03-03T10:00:00Z"))
    assert (kept["state"], kept["ended_at"]) == ("kept", "2026-03-03T10:00:00Z")
    assert [each["value"] for each in kept["performances"]] == ["1", "-1", "1"]
    corrected, performed, again = kept["history"][-3:]
    assert corrected["data"]["instead_id"] == performed["data"]["performance_id"]
    assert again["type"] == "obligations.kept"
    assert (await ledger.read(credit))["state"] == "released"
    back = await correct(ledger, kept, done(at=LATER))
    assert (back["state"], back["ended_at"]) == ("kept_late", LATER)


async def test_a_part_may_turn_out_to_be_the_whole_and_the_whole_a_part(ledger):
    told = await ledger.open(owed("100.00"))
    part = await ledger.do(told, "performances", paid("10.00"))
    whole = await correct(ledger, part, paid("100.00"))
    assert (whole["state"], whole["outstanding"]) == ("kept", "0.00")
    part = await correct(ledger, whole, paid("90.00"))
    assert (part["state"], part["outstanding"]) == ("open", "10.00")
    kept = await ledger.do(told, "performances", paid("10.00"))
    # Nothing else of it changes where only the note was wrong.
    same = await correct(ledger, kept, paid("10.00", note="Memo 78."))
    assert (same["state"], same["ended_at"]) == ("kept", kept["ended_at"])
    assert await ledger.types(told) == [
        *("opened", "performed", "corrected", "performed", "kept"),
        *("corrected", "performed", "reopened", "performed", "kept"),
        *("corrected", "performed"),
    ]


async def test_alternatives_are_owed_again_with_it_but_for_what_the_creditor_released(ledger):
    goods = await ledger.open(promised("tomorrow"))
    other = {"alternative_to": goods["id"]}
    credit = await ledger.open(owed(**other))
    waits = await ledger.open({**promised(trigger="It is sent in."), **other})
    repair = await ledger.open({**promised(**other), "kind": "repair_goods"})
    await ledger.do(repair, "release", {"by": US, "words": "We want no repair."})
    kept = await ledger.do(goods, "performances", done())
    states = [each["state"] for each in kept["alternatives"]]
    assert states == ["released", "released", "released"]
    again = await correct(ledger, kept)
    assert [each["state"] for each in again["alternatives"]] == ["open", "conditional", "released"]
    assert (await ledger.types(credit))[-1] == "reopened"
    # Any of them may now be the one that is kept.
    assert (await ledger.do(credit, "performances", paid("129.00")))["state"] == "kept"
    assert (await ledger.read(waits))["state"] == "released"


async def test_what_it_made_good_of_a_loss_is_lost_again(ledger, runtime):
    told = await ledger.tell("losses", loss(2, "258.00"))
    debt = await ledger.open(promised(quantity=2, loss_id=told["id"]))
    kept = await ledger.do(debt, "performances", done(2))
    assert (await ledger.get(f"losses/{told['id']}"))["restored_at"] is not None
    half = await correct(ledger, kept, done(1))
    assert (half["state"], half["outstanding"]) == ("open", "1")
    lost = await ledger.get(f"losses/{told['id']}")
    assert (lost["remaining_quantity"], lost["remaining_value"]) == (1, money("129"))
    assert lost["restored_at"] is None
    assert [each["quantity"] for each in lost["allocations"]] == [2, -2, 1]
    recovered = "SELECT sum(quantity) FROM allocations"
    assert await runtime.pool.fetchval(recovered) == 1
    unsettled = "SELECT data->>'is_restored' FROM events WHERE type = 'obligations.loss_unsettled'"
    assert await runtime.pool.fetchval(unsettled) == "false"
    # What is left is there for others.
    memo = await ledger.open(owed(loss_id=told["id"]))
    assert (await ledger.do(memo, "performances", paid("129.00")))["state"] == "kept"
    assert (await ledger.get(f"losses/{told['id']}"))["restored_at"] is not None


async def above(ledger):
    """Two who paid one loss: what the second paid is our debt."""
    told = await ledger.tell("losses", loss())
    debts = [await ledger.open(owed(loss_id=told["id"])) for _ in range(2)]
    stories = [
        await ledger.do(debt, "performances", paid("129.00", above_cap=True)) for debt in debts
    ]
    (ours,) = (await ledger.get("obligations", debtor="us"))["items"]
    return told, *stories, ours


async def test_what_came_above_the_loss_and_did_not_is_no_debt_of_ours(ledger):
    told, _, second, ours = await above(ledger)
    await correct(ledger, second)
    ended = await ledger.read(ours)
    assert ended["state"] == "void"
    assert "It was of another order." in ended["history"][-1]["data"]["reason"]
    lost = await ledger.get(f"losses/{told['id']}")
    assert [each["above_cap"] for each in lost["allocations"]] == ["0.00", "129.00", "-129.00"]
    assert lost["remaining_value"]["amount"] == "0"


async def test_what_was_paid_back_since_is_corrected_first(ledger):
    _, _, second, ours = await above(ledger)
    paid_back = await ledger.do(ours, "performances", paid("129.00"))
    answer = await ledger.post(path(second), wrong())
    assert refusal(answer, "paid-back-already")["obligation_id"] == ours["id"]
    assert (await ledger.read(second))["state"] == "kept"
    assert (await correct(ledger, paid_back))["state"] == "open"
    assert (await correct(ledger, second))["state"] == "open"
    assert (await ledger.read(ours))["state"] == "void"


async def test_what_others_left_of_a_loss_is_divided_anew_when_they_are_corrected_too(ledger):
    told, first, second, ours = await above(ledger)
    await correct(ledger, first)
    lost = await ledger.get(f"losses/{told['id']}")
    assert (lost["remaining_value"]["amount"], lost["restored_at"]) == ("129", None)
    assert (await ledger.read(ours))["state"] == "open"
    await correct(ledger, second, paid("129.00"))
    lost = await ledger.get(f"losses/{told['id']}")
    assert lost["remaining_value"]["amount"] == "0"
    assert lost["restored_at"] is not None
    assert (await ledger.read(ours))["state"] == "void"


async def test_a_debt_that_was_released_since_stays_so_and_its_sum_is_right(ledger):
    told = await ledger.open(owed("100.00"))
    part = await ledger.do(told, "performances", paid("60.00"))
    await ledger.do(told, "release", {"by": US, "words": "Keep the rest."})
    corrected = await correct(ledger, part, paid("100.00"))
    assert (corrected["state"], corrected["performed"]) == ("released", "100.00")


async def test_nothing_is_corrected_twice(ledger, runtime):
    told = await ledger.open(promised())
    kept = await ledger.do(told, "performances", done())
    again = await correct(ledger, kept)
    correction = again["performances"][1]["id"]
    for which in (0, 1):
        problem = refusal(await ledger.post(path(again, which), wrong()), "corrected-already")
        assert problem["correction_id"] == correction
    with pytest.raises(asyncpg.UniqueViolationError):
        await runtime.pool.execute(
            "INSERT INTO performances (id, obligation_id, value, performed_at, note, file_ids, "
            "recorded_at, recorded_by, corrects_id, by_name) SELECT gen_random_uuid(), "
            "obligation_id, value, performed_at, note, file_ids, recorded_at, recorded_by, "
            "corrects_id, by_name FROM performances WHERE corrects_id IS NOT NULL"
        )


async def test_only_what_was_done_towards_this_debt_can_be_corrected(ledger):
    told, other = [await ledger.open(promised()) for _ in range(2)]
    kept = await ledger.do(told, "performances", done())
    elsewhere = path(kept).replace(told["id"], other["id"])
    for where in (elsewhere, f"obligations/{told['id']}/performances/{NOBODY}/correct"):
        refusal(await ledger.post(where, wrong()), "not-found", 404)
    moved_on = await ledger.post(path(kept), wrong(), If_Match='"1"')
    refusal(moved_on, "version-mismatch", 412)


@pytest.mark.parametrize(
    ("change", "slug", "status", "wanted"),
    [
        ({"instead": done(at="2026-03-02T10:00:00Z")}, "malformed", 422, "/instead/performed_at"),
        ({"instead": done(at="yesterday")}, "malformed", 422, "/instead/performed_at"),
        ({"instead": done(file_ids=[NOBODY])}, "unknown-file", 409, "/instead/file_ids"),
        ({"file_ids": [NOBODY]}, "unknown-file", 409, "/file_ids"),
        ({"reason": " "}, "malformed", 422, "/reason"),
        ({"by_name": None}, "malformed", 422, "/by_name"),
        ({"instead": paid("1.00")}, "other-measure", 409, None),
    ],
)
async def test_a_correction_that_is_wrong_itself_changes_nothing(
    ledger, change, slug, status, wanted
):
    told = await ledger.open(promised())
    kept = await ledger.do(told, "performances", done())
    answer = await ledger.post(path(kept), wrong(**change))
    refusal(answer, slug, status)
    assert wanted is None or pointers(answer) == [wanted]
    assert (await ledger.read(told))["version"] == kept["version"]


async def test_of_two_who_correct_the_same_at_once_exactly_one_does(ledger):
    for _ in range(5):
        told = await ledger.tell("losses", loss())
        debt = await ledger.open(promised(loss_id=told["id"]))
        kept = await ledger.do(debt, "performances", done())
        answers = await asyncio.gather(*[ledger.post(path(kept), wrong()) for _ in range(2)])
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        story = await ledger.read(debt)
        assert (story["performed"], len(story["performances"])) == ("0", 2)
        assert (await ledger.get(f"losses/{told['id']}"))["remaining_quantity"] == 1


async def test_an_alternative_that_is_kept_while_the_other_is_corrected_is_kept_after_it(ledger):
    for _ in range(8):
        goods = await ledger.open(promised())
        credit = await ledger.open(owed(alternative_to=goods["id"]))
        kept = await ledger.do(goods, "performances", done())
        corrected, paid_now = await asyncio.gather(
            ledger.post(path(kept), wrong()),
            ledger.post(f"obligations/{credit['id']}/performances", paid("129.00")),
        )
        assert corrected.status_code == 200
        states = [(await ledger.read(each))["state"] for each in (goods, credit)]
        wanted = ["released", "kept"] if paid_now.is_success else ["open", "open"]
        assert states == wanted


async def test_a_loss_that_is_settled_while_another_is_corrected_is_settled_once(ledger):
    for _ in range(5):
        told = await ledger.tell("losses", loss())
        one, two = [await ledger.open(owed(loss_id=told["id"])) for _ in range(2)]
        kept = await ledger.do(one, "performances", paid("129.00"))
        corrected, settled = await asyncio.gather(
            ledger.post(path(kept), wrong()),
            ledger.post(f"obligations/{two['id']}/performances", paid("129.00")),
        )
        assert corrected.status_code == 200
        assert settled.status_code in {201, 409}
        left = (await ledger.get(f"losses/{told['id']}"))["remaining_value"]["amount"]
        assert left == ("0" if settled.is_success else "129")
