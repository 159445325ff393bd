"""In order for each subject; one that is refused is passed; after an outage all come in order."""

from collections import defaultdict

import pytest

from app import worker
from app.erp.jobs import LOOPS
from tests.erp.receivers import ring


@pytest.fixture
async def later(clock, runtime):
    """Let time pass, then do what is due by then."""

    async def later(**delta):
        clock.advance(**delta)
        while await worker.relay_step(runtime) + await LOOPS[0].step(runtime):
            pass

    return later


def refusing(receiver, *rings):
    receiver.status_of = lambda told: 500 if told.ring in rings else 200


async def test_each_subjects_events_come_in_order(endpoint, runtime, receiver, run_jobs):
    rings = [f"{bell}{n}" for n in range(1, 8) for bell in "abcde"]
    await ring(runtime, *rings)
    await run_jobs()
    by_bell = defaultdict(list)
    for told in receiver.told:
        by_bell[told.ring[0]].append((told.ring, told.body["sequence"]))
    assert dict(by_bell) == {b: [(f"{b}{n}", n) for n in range(1, 8)] for b in "abcde"}


async def test_one_that_is_refused_holds_up_its_own_subject_alone(
    endpoint, runtime, receiver, run_jobs
):
    refusing(receiver, "a1")
    await ring(runtime, "a1", "a2", "b1", "b2")
    await run_jobs()
    assert sorted(receiver.rings) == ["a1", "b1", "b2"]


async def test_after_its_fourth_failure_the_rest_flow_past_it(
    endpoint, endpoints, runtime, receiver, later, run_jobs
):
    refusing(receiver, "a1")
    await ring(runtime, "a1", "a2", "a3")
    await run_jobs()
    for wait in ({"seconds": 6}, {"minutes": 6}):
        await later(**wait)
        assert set(receiver.rings) == {"a1"}
    await later(minutes=36)
    assert receiver.rings == ["a1"] * 4 + ["a2", "a3"]
    states = [each["state"] for each in await endpoints.deliveries()]
    assert states == ["parked", "delivered", "delivered"]
    await ring(runtime, "a4")
    await run_jobs()
    assert receiver.rings[-1] == "a4"
    refusing(receiver)
    await later(hours=3)
    assert receiver.rings[-1] == "a1"
    assert {each["state"] for each in await endpoints.deliveries()} == {"delivered"}


async def test_a_second_one_that_fails_once_is_told_again_at_its_own_time(
    endpoint, runtime, receiver, later, run_jobs
):
    """Nothing else arrives meanwhile: it looks like an outage, and is none."""
    failures = {"a1": 99, "a2": 1}

    def status_of(told):
        failures[told.ring] = failures.get(told.ring, 0) - 1
        return 500 if failures[told.ring] >= 0 else 200

    receiver.status_of = status_of
    await ring(runtime, "a1", "a2", "a3")
    await run_jobs()
    for wait in ({"seconds": 6}, {"minutes": 6}, {"minutes": 36}):
        await later(**wait)
    assert receiver.rings == ["a1"] * 4 + ["a2"]
    await later(seconds=6)
    # The oldest goes again before it, in case the receiver is back; then it goes itself.
    assert receiver.rings[5:] == ["a1", "a2", "a3"]


async def test_after_a_day_of_silence_all_come_in_order(
    endpoint, endpoints, runtime, receiver, later, run_jobs
):
    receiver.status = 503
    for hour in range(24):
        await ring(runtime, f"a{hour + 1}", *([f"b{hour + 1}"] if hour % 3 else []))
        for minutes in (0, 30, 30):
            await later(minutes=minutes)
    receiver.status = 200
    receiver.told.clear()
    await ring(runtime, "a25", "c1")
    for _ in range(20):
        await later(minutes=30)
    for bell in "abc":
        rings = [each for each in receiver.rings if each[0] == bell]
        assert rings == sorted(set(rings), key=lambda each: int(each[1:])), bell
    assert len(receiver.rings) == 24 + 16 + 2
    assert {each["state"] for each in await endpoints.deliveries()} == {"delivered"}


async def test_after_an_outage_one_that_arrives_brings_the_rest_at_once(
    endpoint, runtime, receiver, later, run_jobs
):
    receiver.status = 503
    await ring(runtime, "a1", "a2", "b1")
    await run_jobs()
    for minutes in (1, 6, 40, 1, 6, 40):
        await later(minutes=minutes)
    receiver.status = 200
    receiver.told.clear()
    await ring(runtime, "c1")
    await run_jobs()
    assert receiver.rings[0] == "c1"
    assert [each for each in receiver.rings if each[0] == "a"] == ["a1", "a2"]


async def test_one_refused_while_others_arrive_is_no_outage_and_keeps_to_its_schedule(
    endpoint, runtime, receiver, later, run_jobs
):
    refusing(receiver, "a1")
    await ring(runtime, "a1")
    await run_jobs()
    for n, minutes in enumerate((1, 6, 40, 1, 1, 1, 1), 1):
        await ring(runtime, f"b{n}", f"a{n + 1}")
        await later(minutes=minutes)
    assert receiver.rings.count("a1") == 4
    assert [each for each in receiver.rings if each[0] == "a" and each != "a1"] == [
        f"a{n}" for n in range(2, 9)
    ]


async def test_what_failed_comes_again_in_order_when_a_person_asks_for_it(
    endpoint, endpoints, client, runtime, receiver, later, run_jobs, clock
):
    started = clock.now()
    receiver.status = 500
    await ring(runtime, "a1", "a2", "b1")
    await run_jobs()
    for _ in range(60):
        await later(hours=2)
    states = [each["state"] for each in await endpoints.deliveries()]
    assert set(states) <= {"failed", "parked"}
    assert "failed" in states
    receiver.status = 200
    receiver.told.clear()
    told = await endpoints.read(endpoint)
    path = f"/v1/webhook-endpoints/{endpoint['id']}/resend-failed"
    if told["disabled_at"]:
        refused = await client.post(path, json={"since": started.isoformat()})
        assert refused.status_code == 409
        await endpoints.change(endpoint, is_disabled=False)
    none = await client.post(path, json={"since": clock.now().isoformat()})
    assert none.json() == {"count": 0}
    answer = await client.post(path, json={"since": started.isoformat()})
    # The alert that it failed is the fourth.
    assert (answer.status_code, answer.json()) == (202, {"count": 4})
    await run_jobs()
    assert sorted(receiver.rings) == ["a1", "a2", "b1"]
    assert receiver.rings.index("a1") < receiver.rings.index("a2")
