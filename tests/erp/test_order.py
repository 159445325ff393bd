"""In order for each subject; one that is refused is passed; after an outage all come in order."""

from collections import defaultdict

from tests.erp.receivers import ring


def refusing(receiver, *rings):
    receiver.status_of = lambda told: 500 if told.ring in rings else 200


async def test_each_subjects_events_come_in_order(endpoint, runtime, receiver, later):
    rings = [f"{bell}{n}" for n in range(1, 8) for bell in "abcde"]
    await ring(runtime, *rings)
    await later()
    by_bell = defaultdict(list)
    for told in receiver.told:
        by_bell[told.ring[0]].append((told.ring, told.body["sequence"]))
    assert dict(by_bell) == {b: [(f"{b}{n}", n) for n in range(1, 8)] for b in "abcde"}


async def test_one_that_is_refused_holds_up_its_own_subject_alone(
    endpoint, runtime, receiver, later
):
    refusing(receiver, "a1")
    await ring(runtime, "a1", "a2", "b1", "b2")
    await later()
    assert sorted(receiver.rings) == ["a1", "b1", "b2"]


async def test_after_its_fourth_failure_the_rest_flow_past_it(
    endpoint, endpoints, runtime, receiver, later
):
    refusing(receiver, "a1")
    await ring(runtime, "a1", "a2", "a3")
    await later()
    for wait in ({"seconds": 6}, {"minutes": 6}):
        await later(**wait)
        assert set(receiver.rings) == {"a1"}
    await later(minutes=36)
    assert receiver.rings == ["a1"] * 4 + ["a2", "a3"]
    states = [each["state"] for each in await endpoints.deliveries()]
    assert states == ["parked", "delivered", "delivered"]
    await ring(runtime, "a4")
    await later()
    assert receiver.rings[-1] == "a4"
    refusing(receiver)
    await later(hours=3)
    assert receiver.rings[-1] == "a1"
    assert {each["state"] for each in await endpoints.deliveries()} == {"delivered"}


async def test_a_second_one_that_fails_once_is_told_again_at_its_own_time(
    endpoint, runtime, receiver, later
):
    """Nothing else arrives meanwhile: it looks like an outage, and is none."""
    failures = {"a1": 99, "a2": 1}

    def status_of(told):
        failures[told.ring] = failures.get(told.ring, 0) - 1
        return 500 if failures[told.ring] >= 0 else 200

    receiver.status_of = status_of
    await ring(runtime, "a1", "a2", "a3")
    await later()
    for wait in ({"seconds": 6}, {"minutes": 6}, {"minutes": 36}):
        await later(**wait)
    assert receiver.rings == ["a1"] * 4 + ["a2"]
    await later(seconds=6)
    # The oldest goes again before it, in case the receiver is back; then it goes itself.
    assert receiver.rings[5:] == ["a1", "a2", "a3"]


async def test_after_a_day_of_silence_all_come_in_order(
    endpoint, endpoints, runtime, receiver, later
):
    receiver.status = 503
    for n in range(1, 13):
        await ring(runtime, f"a{n}", *([f"b{n}"] if n % 3 else []))
        await later(minutes=75)
        await later(minutes=45)
    receiver.status = 200
    receiver.told.clear()
    await ring(runtime, "a13", "c1")
    for minutes in (0, 60, 60):
        await later(minutes=minutes)
    for bell in "abc":
        rings = [each for each in receiver.rings if each[0] == bell]
        assert rings == sorted(set(rings), key=lambda each: int(each[1:])), bell
    assert len(receiver.rings) == 12 + 8 + 2
    assert {each["state"] for each in await endpoints.deliveries()} == {"delivered"}


async def test_after_an_outage_one_that_arrives_brings_the_rest_at_once(
    endpoint, runtime, receiver, later
):
    receiver.status = 503
    await ring(runtime, "a1", "a2", "b1")
    await later()
    for minutes in (1, 6, 40, 1, 6, 40):
        await later(minutes=minutes)
    receiver.status = 200
    receiver.told.clear()
    await ring(runtime, "c1")
    await later()
    assert receiver.rings[0] == "c1"
    assert [each for each in receiver.rings if each[0] == "a"] == ["a1", "a2"]


async def test_one_refused_while_others_arrive_is_no_outage_and_keeps_to_its_schedule(
    endpoint, runtime, receiver, later
):
    refusing(receiver, "a1")
    await ring(runtime, "a1")
    await later()
    for n, minutes in enumerate((1, 6, 40, 1, 1, 1, 1), 1):
        await ring(runtime, f"b{n}", f"a{n + 1}")
        await later(minutes=minutes)
    assert receiver.rings.count("a1") == 4
    assert [each for each in receiver.rings if each[0] == "a" and each != "a1"] == [
        f"a{n}" for n in range(2, 9)
    ]


async def test_what_failed_comes_again_in_order_when_a_person_asks_for_it(
    endpoint, endpoints, client, runtime, receiver, later, clock
):
    started = clock.now()
    receiver.status = 500
    await ring(runtime, "a1", "a2", "b1")
    await later()
    for _ in range(30):
        await later(hours=5)
    states = [each["state"] for each in await endpoints.deliveries()]
    assert "failed" in states
    assert "delivered" not in states
    receiver.status = 200
    receiver.told.clear()
    told = await endpoints.read(endpoint)
    path = f"/v1/webhook-endpoints/{endpoint['id']}/resend-failed"
    assert told["disabled_reason"] == "failing"
    refused = await client.post(path, json={"since": started.isoformat()})
    assert refused.status_code == 409
    await endpoints.change(endpoint, is_disabled=False)
    none = await client.post(path, json={"since": clock.now().isoformat()})
    assert none.json() == {"count": 0}
    answer = await client.post(path, json={"since": started.isoformat()})
    assert answer.status_code == 202
    assert answer.json()["count"] in {1, 2, 3}  # what was parked came back when it was enabled
    await later()
    assert sorted(receiver.rings) == ["a1", "a2", "b1"]
    assert receiver.rings.index("a1") < receiver.rings.index("a2")
