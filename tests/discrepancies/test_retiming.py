"""Terms and tariffs that are told or changed later: what is due by them is due anew, by itself."""

import asyncio

from tests.discrepancies.test_rights import NOTICE, moved, named

SHORTER = {"value": 60, "unit": "days", "anchor": "delivery"}


def notice(days):
    return {"window": {**NOTICE["window"], "value": days}}


async def test_terms_and_a_tariff_that_are_told_later_are_reckoned_with_by_themselves(room):
    await room.deliver()
    told = await room.open()
    assert (named(told, "report_shortage")["last_on"], told["filing"]) == (None, None)
    await room.tariff()
    await room.terms(shortage_notice=NOTICE)
    await room.run_jobs()
    told = await room.get(told)
    assert named(told, "report_shortage")["last_on"] == "2026-03-06"
    assert (told["filing"]["vendor_owes"], told["filing"]["last_on"]) == (True, "2026-11-27")


async def test_a_tariff_that_changes_moves_the_vendors_duty_once_with_its_history(room):
    await room.tariff()
    await room.deliver()
    told = await room.open()
    duty = told["filing"]["obligation_id"]
    await room.tariff(claim_within=SHORTER)
    for _ in range(2):
        await room.run_jobs()
        told = await room.do(told, "refresh")
    assert (told["filing"]["last_on"], told["filing"]["obligation_id"]) == ("2026-04-28", duty)
    owed = await room.read(f"obligations/{duty}")
    assert (owed["state"], owed["due_at"]) == ("open", "2026-04-28T23:59:59Z")
    assert owed["attend_at"] == owed["due_at"]
    (change,) = owed["due_changes"]
    assert (change["cause"], change["was_due_at"]) == ("terms_changed", "2026-11-27T23:59:59Z")
    assert [each["type"] for each in owed["history"]].count("obligations.retimed") == 1


async def test_of_many_who_reckon_a_change_at_once_one_writes_it(room):
    await room.terms(shortage_notice=NOTICE)
    await room.tariff()
    await room.deliver()
    told = await room.open()
    duty, right = told["filing"]["obligation_id"], named(told, "report_shortage")["deadline_id"]
    await room.terms(shortage_notice=notice(10))
    await room.tariff(claim_within=SHORTER)
    answers = await asyncio.gather(room.run_jobs(), *(room.act(told, "refresh") for _ in range(4)))
    assert all(each.is_success for each in answers[1:])
    assert len((await room.read(f"obligations/{duty}"))["due_changes"]) == 1
    assert len(await moved(room, right)) == 1


async def test_a_duty_whose_clock_stood_still_keeps_that_time_when_the_tariff_changes(room, clock):
    await room.tariff()
    await room.deliver()
    path = f"/v1/obligations/{(await room.open())['filing']['obligation_id']}"
    for days in (3, 2):
        paused = await room.client.post(f"{path}/pause", json={"reason": "waiting_for_us"})
        assert paused.is_success, paused.text
        clock.advance(days=days)
        assert (await room.client.post(f"{path}/resume", json={})).is_success
    await room.tariff(claim_within=SHORTER)
    await room.run_jobs()
    assert (await room.read(path[4:]))["due_at"] == "2026-05-03T23:59:59Z"
    assert (await room.client.post(f"{path}/pause", json={"reason": "waiting_for_us"})).is_success
    await room.tariff(claim_within={**SHORTER, "value": 61})
    await room.run_jobs()
    duty = await room.read(path[4:])
    assert (duty["due_at"], duty["due_changes"][-1]["cause"]) == (None, "terms_changed")
    assert "2026-05-04" in duty["due_changes"][-1]["why"]
    clock.advance(days=1)
    assert (await room.client.post(f"{path}/resume", json={})).is_success
    assert (await room.read(path[4:]))["due_at"] == "2026-05-05T23:59:59Z"


async def test_a_duty_that_was_kept_and_a_right_that_lapsed_stay_when_terms_change(room, clock):
    await room.terms(shortage_notice=NOTICE)
    await room.tariff()
    await room.deliver()
    told = await room.open()
    duty, right = told["filing"]["obligation_id"], named(told, "report_shortage")["deadline_id"]
    done = {"performed_at": "2026-03-02T08:00:00Z"}
    assert (await room.client.post(f"/v1/obligations/{duty}/performances", json=done)).is_success
    clock.advance(days=30)
    await room.run_jobs()
    assert (await room.read(f"deadlines/{right}"))["state"] == "lapsed"
    await room.tariff(claim_within=SHORTER)
    await room.terms(shortage_notice=notice(90))
    await room.run_jobs()
    kept = await room.read(f"obligations/{duty}")
    assert (kept["state"], kept["due_at"]) == ("kept", "2026-11-27T23:59:59Z")
    lapsed = await room.read(f"deadlines/{right}")
    assert (lapsed["state"], lapsed["last_on"]) == ("lapsed", "2026-03-06")
    assert (await room.get(told))["filing"]["obligation_id"] == duty


async def test_what_has_become_overdue_and_gains_time_is_told_of_again_when_that_is_up(room, clock):
    await room.tariff(claim_within={"value": 4, "unit": "days", "anchor": "delivery"})
    await room.deliver()
    duty = (await room.open())["filing"]["obligation_id"]
    clock.advance(days=10)
    await room.run_jobs()
    await room.tariff(claim_within=SHORTER)
    await room.run_jobs()
    assert (await room.read(f"obligations/{duty}"))["is_overdue"] is False
    clock.advance(days=60)
    await room.run_jobs()
    types = [each["type"] for each in (await room.read(f"obligations/{duty}"))["history"]]
    assert types.count("obligations.overdue") == 2
