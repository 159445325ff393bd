"""Clocks of debts stand still and run on, for good reasons only, and somebody looks after them."""

import asyncio

import pytest

from tests.obligations.documents import BIGDIST, DANA, TERM, US, done, owed, promised, refusal

WAIT = {"reason": "waiting_for_customer"}
OFFICE = [{"opens": "09:00", "closes": "17:00"}]
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")


def ours(**more):
    """What we owe a customer, by Friday."""
    body = {"kind": "deliver_goods", "debtor": US, "creditor": DANA, "ground": TERM}
    return {**body, "due_at": "2026-03-06T15:00:00Z", **more}


async def test_waiting_for_the_customer_pauses_our_clock_and_what_was_left_is_left(ledger, clock):
    debt = await ledger.open(ours())
    paused = await ledger.do(debt, "pause", WAIT)
    assert (paused["due_at"], paused["paused_at"]) == (None, "2026-03-02T09:00:00Z")
    assert paused["attention"] == "Its clock is paused."
    clock.advance(days=30)
    assert (await ledger.read(debt))["is_overdue"] is False
    refusal(await ledger.post(f"obligations/{debt['id']}/break", {}), "not-running")
    resumed = await ledger.do(debt, "resume", {})
    assert (resumed["due_at"], resumed["paused_at"]) == ("2026-04-05T15:00:00Z", None)
    assert [each["cause"] for each in resumed["due_changes"]] == ["paused", "resumed"]
    assert resumed["due_changes"][1]["was_due_at"] == "2026-03-06T15:00:00Z"
    assert resumed["pauses"][0]["resumed_at"] == "2026-04-01T09:00:00Z"
    assert await ledger.types(debt) == ["opened", "paused", "resumed"]


async def test_the_time_left_is_counted_in_the_debtors_working_hours(ledger, client, clock):
    calendar = {
        "time_zone": "Europe/Berlin",
        "week": dict.fromkeys(DAYS, OFFICE),
        "closed_days": ["2026-03-23"],
        "is_ours": True,
    }
    assert (await client.put("/v1/calendars/ours", json=calendar)).is_success
    debt = await ledger.open(ours(due_at="2026-03-03T09:00:00Z"))
    await ledger.do(debt, "pause", WAIT)  # Monday 10 o'clock; due Tuesday 10 o'clock
    clock.advance(days=18, hours=6)  # Friday 16 o'clock
    resumed = await ledger.do(debt, "resume", {})
    assert resumed["due_at"] == "2026-03-24T15:00:00Z"
    change = resumed["due_changes"][-1]
    assert (change["calendar_key"], change["calendar_version"]) == ("ours", 1)


async def test_what_a_vendor_promises_is_due_by_its_own_days_and_clock(ledger, client):
    nevada = {"time_zone": "America/Los_Angeles", "week": dict.fromkeys(DAYS, OFFICE)}
    calendar = {**nevada, "closed_days": ["2026-03-03"], "vendors": ["bigdist"]}
    assert (await client.put("/v1/calendars/bigdist", json=calendar)).is_success
    debt = await ledger.open(promised("within 2 business days"))
    assert debt["due_at"] == "2026-03-06T07:59:59Z"  # not the closed Tuesday, and eight hours on
    assert debt["promise"]["due_text"].endswith("By the clock in America/Los_Angeles.")


@pytest.mark.parametrize(
    ("body", "allowed"),
    [
        (ours(), ["waiting_for_customer"]),
        (owed(due_at="2026-03-06T15:00:00Z"), ["waiting_for_us"]),
        (promised("tomorrow", kind="visit"), ["waiting_for_customer", "waiting_for_us"]),
    ],
)
async def test_only_good_reasons_stop_a_clock_and_waiting_for_a_vendor_never_does(
    ledger, body, allowed
):
    debt = await ledger.open(body)
    reasons = (
        "waiting_for_us",
        "waiting_for_customer",
        "waiting_for_vendor",
        "waiting_for_carrier",
    )
    for reason in reasons:
        answer = await ledger.post(f"obligations/{debt['id']}/pause", {"reason": reason})
        if reason in allowed:
            assert answer.is_success
            await ledger.do(debt, "resume", {})
        else:
            assert refusal(answer, "reason-not-allowed")["allowed"] == allowed


async def test_a_clock_that_does_not_run_cannot_be_stopped(ledger, clock):
    undated = await ledger.open(ours(due_at=None))
    debt = await ledger.open(ours())
    refusal(await ledger.post(f"obligations/{undated['id']}/pause", WAIT), "not-running")
    refusal(await ledger.post(f"obligations/{debt['id']}/resume", {}), "not-paused")
    clock.advance(days=10)
    refusal(await ledger.post(f"obligations/{debt['id']}/pause", WAIT), "not-running")


async def test_of_two_who_pause_or_resume_at_once_one_does(ledger):
    for _ in range(3):
        debt = await ledger.open(ours())
        for verb, body in (("pause", WAIT), ("resume", {})):
            answers = await asyncio.gather(
                *(ledger.post(f"obligations/{debt['id']}/{verb}", body) for _ in range(4))
            )
            assert sorted(each.status_code for each in answers) == [200, 409, 409, 409]


async def test_what_is_done_while_the_clock_stands_still_is_done_in_time(ledger, clock):
    debt = await ledger.open(ours())
    await ledger.do(debt, "pause", WAIT)
    clock.advance(days=30)
    kept = await ledger.do(debt, "performances", done(at="2026-03-30T09:00:00Z"))
    assert kept["state"] == "kept"


async def test_a_debt_has_an_owner_and_is_found_by_it_and_by_its_amount(ledger):
    small, large = await ledger.open(owed("10.00")), await ledger.open(owed("500.00"))
    assert (await ledger.do(small, "owner", {"owner": "ana"}))["owner"] == "ana"
    assert (await ledger.do(small, "owner", {"owner": "ana"}))["version"] == 2
    assert await ledger.ids(owner="ana") == [small["id"]]
    assert await ledger.ids(amount_from="100.00") == [large["id"]]
    assert await ledger.ids(amount_to="100.00", currency="USD") == [small["id"]]
    assert await ledger.ids(currency="EUR") == []
    assert (await ledger.do(small, "owner", {"owner": None}))["owner"] is None
    assert BIGDIST["key"] == small["debtor"]["key"]


async def test_a_calendar_that_changes_moves_what_ran_on_by_it_with_its_history(
    ledger, client, clock, run_jobs
):
    calendar = {"time_zone": "UTC", "week": dict.fromkeys(DAYS, OFFICE), "is_ours": True}
    assert (await client.put("/v1/calendars/ours", json=calendar)).is_success
    debt, other = await ledger.open(ours()), await ledger.open(ours())
    await ledger.do(debt, "pause", WAIT)
    clock.advance(days=1)
    before = await ledger.do(debt, "resume", {})
    assert before["due_at"] == "2026-03-09T15:00:00Z"
    changed = {**calendar, "closed_days": ["2026-03-09"]}
    assert (await client.put("/v1/calendars/ours", json=changed)).is_success
    await run_jobs()
    after = await ledger.read(debt)
    assert (after["due_at"], after["attend_at"]) == ("2026-03-10T15:00:00Z",) * 2
    change = after["due_changes"][-1]
    assert (change["cause"], change["was_due_at"]) == ("calendar_changed", before["due_at"])
    assert (change["calendar_key"], change["calendar_version"]) == ("ours", 2)
    assert (await ledger.types(debt))[-1] == "retimed"
    assert (await ledger.read(other))["version"] == 1
