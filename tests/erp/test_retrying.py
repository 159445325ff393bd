"""When an event is told again, and when an endpoint is told no more."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from app import worker
from app.erp import forgetting, rules
from app.erp.sending import Sender
from app.kit.outbound import Answer
from tests.erp.receivers import ring


@pytest.fixture
def even(monkeypatch):
    """Jitter is in other tests; here the schedule is exact."""
    monkeypatch.setattr("app.erp.recording.random.uniform", lambda _low, _high: 0.0)


def _at(text):
    return datetime.fromisoformat(text)


async def test_the_schedule_is_kept_and_every_attempt_is_on_record(
    even, endpoint, endpoints, runtime, receiver, clock, later
):
    receiver.status, receiver.body = 500, b"no \x00 \xff" + b"x" * 5000
    await ring(runtime, "a1")
    await later()
    started, times = clock.now(), [clock.now()]
    (delivery,) = await endpoints.deliveries()
    while delivery["due_at"]:
        clock.moment = _at(delivery["due_at"]) - timedelta(seconds=1)
        await later()
        assert len(receiver.told) == len(times)
        clock.moment = _at(delivery["due_at"])
        times.append(clock.now())
        await later()
        (delivery,) = await endpoints.deliveries()
    waits = [after - before for before, after in zip([started, *times], times, strict=False)]
    assert waits == list(rules.SCHEDULE)
    story = await endpoints.story(delivery)
    assert (story["state"], story["attempts"], story["due_at"]) == ("failed", 10, None)
    assert [_at(each["at"]) for each in story["tries"]] == times
    assert {each["status"] for each in story["tries"]} == {500}
    assert story["tries"][0]["answer"] == "no \ufffd \ufffd" + "x" * 2042
    ids = {each.headers["webhook-id"] for each in receiver.told}
    assert ids == {story["event_id"]}
    stamps = [each.headers["webhook-timestamp"] for each in receiver.told]
    assert stamps == [str(int(each.timestamp())) for each in times]
    assert len({each.raw for each in receiver.told}) == 1


async def test_jitter_spreads_what_failed_together(
    endpoint, endpoints, runtime, receiver, later, clock
):
    receiver.status = 500
    await ring(runtime, *(f"{bell}1" for bell in "abcdefghij"))
    await later()
    waits = {(_at(each["due_at"]) - clock.now()) for each in await endpoints.deliveries()}
    assert len(waits) > 1
    assert all(timedelta(seconds=4) <= wait <= timedelta(seconds=6) for wait in waits)


@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_is_kept(
    even, endpoint, endpoints, runtime, receiver, clock, later, status
):
    receiver.status = status
    for asked, wait in (
        ("120", timedelta(minutes=2)),
        (format_datetime(clock.now() + timedelta(hours=3), usegmt=True), timedelta(hours=3)),
        ("1", timedelta(seconds=5)),
        ("9" * 12, timedelta(days=1)),
        ("soon", timedelta(seconds=5)),
        ("-5", timedelta(seconds=5)),
    ):
        receiver.headers = f"Retry-After: {asked}\r\n"
        await ring(runtime, "a1")
        await later()
        (delivery,) = [x for x in await endpoints.deliveries() if x["state"] == "pending"]
        assert _at(delivery["due_at"]) - clock.now() == wait, asked
        await runtime.pool.execute(
            "UPDATE webhook_deliveries SET state = 'failed', due_at = NULL;"
            "UPDATE webhook_lines SET head = last + 1"
        )


async def test_410_disables_the_endpoint_at_once(endpoint, endpoints, runtime, receiver, later):
    receiver.status = 410
    await ring(runtime, "a1", "a2")
    await later()
    told = await endpoints.read(endpoint)
    assert told["disabled_reason"] == "gone"
    assert len(receiver.told) == 1
    (event,) = await endpoints.events("endpoint_disabled")
    assert (event["data"]["reason"], event["data"]["url"]) == ("gone", receiver.url)
    receiver.status = 200
    assert (await endpoints.change(endpoint, is_disabled=False)).json()["disabled_reason"] is None
    assert (await endpoints.resend((await endpoints.deliveries())[0])).status_code == 202
    await later()
    assert receiver.rings == ["a1", "a1", "a2"]


async def test_what_a_removed_endpoint_answers_at_last_disables_nothing(
    endpoint, endpoints, runtime, client, later
):
    async def post(_message):
        await client.delete(f"/v1/webhook-endpoints/{endpoint['id']}")
        return Answer(410, 1)

    await ring(runtime, "a1")
    await worker.relay_step(runtime)
    sender = Sender(post)
    while await sender.step(runtime):
        pass
    await later()
    assert len(await endpoints.events("endpoint_removed")) == 1
    assert await endpoints.events("endpoint_disabled") == []


async def test_four_days_of_failures_raise_an_alert_and_five_disable(
    endpoint, endpoints, runtime, receiver, clock, later
):
    receiver.status = 500
    alerted = disabled = None
    for hour in range(0, 126, 6):
        await ring(runtime, f"b{hour}")
        await later()
        if await endpoints.events("endpoint_failing") and alerted is None:
            alerted = hour
        if await endpoints.events("endpoint_disabled"):
            disabled = hour
            break
        clock.advance(hours=6)
    assert (alerted, disabled) == (96, 120)
    told = await endpoints.read(endpoint)
    assert told["disabled_reason"] == "failing"
    assert len(await endpoints.events("endpoint_failing")) == 1
    assert (await endpoints.events("endpoint_failing"))[0]["data"]["failing_since"] == (
        told["failing_since"]
    )
    count = len(receiver.told)
    clock.advance(days=2)
    await ring(runtime, "b200")
    await later()
    assert len(receiver.told) == count


async def test_one_success_in_between_ends_the_count(
    endpoint, endpoints, runtime, receiver, clock, later
):
    receiver.status_of = lambda told: 500 if told.ring[0] == "a" else 200
    for day in range(8):
        await ring(runtime, f"a{day}", f"b{day}")
        await later()
        clock.advance(days=1)
    assert (await endpoints.read(endpoint))["disabled_at"] is None
    assert await endpoints.events("endpoint_failing") == []


async def test_none_is_disabled_without_an_alert_before(
    endpoint, endpoints, runtime, receiver, clock, later
):
    receiver.status = 500
    await ring(runtime, "a1")
    await later()
    clock.advance(days=30)
    await later()
    assert len(await endpoints.events("endpoint_failing")) == 1
    assert (await endpoints.read(endpoint))["disabled_at"] is None
    for _ in range(4):
        assert (await endpoints.read(endpoint))["disabled_at"] is None
        clock.advance(hours=6)
        await later()
    assert (await endpoints.read(endpoint))["disabled_reason"] == "failing"


async def test_what_arrived_can_be_told_again_under_its_id(
    endpoint, endpoints, runtime, receiver, later
):
    await ring(runtime, "a1", "a2")
    await later()
    first, _ = await endpoints.deliveries()
    answer = await endpoints.resend(first)
    assert (answer.status_code, answer.json()["state"]) == (202, "parked")
    await later()
    assert receiver.rings == ["a1", "a2", "a1"]
    assert receiver.told[2].headers["webhook-id"] == first["event_id"]
    assert receiver.told[2].raw == receiver.told[0].raw
    story = await endpoints.story(first)
    assert (story["state"], len(story["tries"])) == ("delivered", 2)


async def test_one_that_waits_behind_another_is_not_resent_before_it(
    endpoint, endpoints, runtime, receiver, later
):
    receiver.status = 500
    await ring(runtime, "a1", "a2")
    await later()
    head, behind = await endpoints.deliveries()
    answer = await endpoints.resend(behind)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/behind-another")
    assert answer.json()["head_id"] == head["id"]


async def test_deliveries_are_found_by_endpoint_event_and_state(
    endpoint, endpoints, runtime, receiver, client, later
):
    receiver.status_of = lambda told: 500 if told.ring == "a1" else 200
    await ring(runtime, "a1", "b1")
    await later()
    a1, b1 = await endpoints.deliveries()
    assert await endpoints.deliveries(state="pending") == [a1]
    assert await endpoints.deliveries(state="delivered", endpoint_id=endpoint["id"]) == [b1]
    assert await endpoints.deliveries(event_id=a1["event_id"]) == [a1]
    assert await endpoints.deliveries(endpoint_id=a1["id"]) == []
    missing = await client.get(f"/v1/webhook-deliveries/{endpoint['id']}")
    assert missing.status_code == 404
    assert (await endpoints.resend(endpoint)).status_code == 404


async def test_what_was_told_long_ago_is_dropped_with_its_attempts(
    endpoint, endpoints, runtime, receiver, clock, later, monkeypatch
):
    monkeypatch.setattr(forgetting, "_AT_ONCE", 1)
    receiver.status_of = lambda told: 500 if told.ring[0] == "b" else 200
    await ring(runtime, "a1", "a2", "b1")
    await later()
    await forgetting.forget(runtime, {})
    assert len(await endpoints.deliveries()) == 3
    clock.moment = datetime.now(UTC) + timedelta(days=91)  # noqa: TID251
    await forgetting.forget(runtime, {})
    assert [each["state"] for each in await endpoints.deliveries()] == ["pending"]
    assert await runtime.pool.fetchval("SELECT count(*) FROM webhook_attempts") == 1
    await ring(runtime, "a3")
    await later()
    assert receiver.told[-1].body["sequence"] == 3  # the count goes on


async def test_what_was_told_to_a_removed_endpoint_is_dropped(
    endpoint, runtime, receiver, client, later
):
    await ring(runtime, "a1", "b1")
    await later()
    await client.delete(f"/v1/webhook-endpoints/{endpoint['id']}")
    await forgetting.forget(runtime, {})
    for table in ("webhook_deliveries", "webhook_attempts", "webhook_lines"):
        assert await runtime.pool.fetchval(f"SELECT count(*) FROM {table}") == 0


@pytest.mark.parametrize(("failures", "hours"), [(4, 2), (9, 24), (10, None)])
def test_the_pauses_end(failures, hours):
    wait = rules.pause(failures, 0)
    assert wait == (None if hours is None else timedelta(hours=hours))
