"""The event log: append-only, and a reader that follows it misses none and sees none twice."""

import asyncio

import asyncpg
import pytest

from app import events, rooms, worker
from app.events import Event, Listener, publish
from app.kit import jobs
from app.kit.jobs import Job


class Rang(Event):
    TYPE = "tests.rang"

    number: int

    def subject(self) -> str:
        return f"bells/{self.number % 3}"


async def _ring(runtime, *numbers, caller="tester"):
    async with runtime.transaction(caller) as session:
        await publish(session, *(Rang(number=n) for n in numbers))


async def _follow(client, after):
    page = (await client.get("/v1/events", params={"after": after} if after else {})).json()
    return [item["data"]["number"] for item in page["items"]], page["next"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE events SET data = '{}'",
        "UPDATE events SET position = position + 1",
        "UPDATE events SET position = NULL",
        "UPDATE events SET position = position + 1, caller = 'me'",
        "DELETE FROM events",
        "TRUNCATE events",
    ],
)
@pytest.mark.parametrize("is_placed", [True, False])
async def test_the_log_cannot_be_changed(runtime, change, is_placed):
    await _ring(runtime, 1)
    if is_placed:
        await worker.relay_step(runtime)
    with pytest.raises(asyncpg.RestrictViolationError):
        await runtime.pool.execute(change)


async def test_an_event_is_seen_only_once_it_has_its_place(client, runtime):
    await _ring(runtime, 1)
    seen, cursor = await _follow(client, None)
    assert seen == []
    await worker.relay_step(runtime)
    assert (await _follow(client, cursor))[0] == [1]


async def test_what_is_rolled_back_never_happened(client, runtime):
    with pytest.raises(ValueError, match="no"):
        async with runtime.transaction() as session:
            await publish(session, Rang(number=1))
            raise ValueError("no")
    await worker.relay_step(runtime)
    assert (await _follow(client, None))[0] == []


async def test_who_follows_the_feed_misses_none_while_a_transaction_stays_open(client, runtime):
    entered, free, done = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def stay_open():
        async with runtime.transaction() as session:
            await publish(session, Rang(number=-1))
            entered.set()
            await free.wait()

    async def write(first):
        for n in range(first, first + 20):
            await _ring(runtime, n)

    async def follow():
        seen, cursor = [], None
        while True:
            was_done = done.is_set()
            await worker.relay_step(runtime)
            numbers, cursor = await _follow(client, cursor)
            seen += numbers
            if was_done and not numbers:
                return seen

    holder = asyncio.create_task(stay_open())
    await entered.wait()
    follower = asyncio.create_task(follow())
    # Four connections are the pool's rest: twelve writers wait for one another as they would.
    await asyncio.gather(*(write(100 * n) for n in range(12)))
    while len((await client.get("/v1/events?limit=200")).json()["items"]) < 200:
        await asyncio.sleep(0)  # the feed goes on although one transaction is open
    free.set()
    await holder
    done.set()
    seen = await follower
    assert len(seen) == len(set(seen)) == 12 * 20 + 1
    assert set(seen) == {-1} | {100 * n + k for n in range(12) for k in range(20)}


async def test_two_relays_at_once_give_each_event_one_place(runtime):
    await _ring(runtime, *range(1500))
    placed = await asyncio.gather(*(worker.relay_step(runtime) for _ in range(4)))
    assert sum(placed) == 1500
    rows = await runtime.pool.fetch("SELECT position FROM events ORDER BY position")
    assert [row["position"] for row in rows] == list(range(1, 1501))


async def test_the_feed_can_be_narrowed_to_a_type_and_a_subject(client, runtime):
    await _ring(runtime, *range(6))
    await worker.relay_step(runtime)
    by_subject = (await client.get("/v1/events?subject=bells/1")).json()["items"]
    assert [item["data"]["number"] for item in by_subject] == [1, 4]
    assert {item["subject"] for item in by_subject} == {"bells/1"}
    none = (await client.get("/v1/events?type=tests.other&type=x.y")).json()
    assert none["items"] == []
    both = (await client.get("/v1/events?type=tests.other&type=tests.rang")).json()["items"]
    assert len(both) == 6


async def test_a_listener_hears_of_its_events_in_order(runtime, monkeypatch, run_jobs):
    heard = []

    async def handle(_runtime, _session, rows):
        heard.append([row.data["number"] for row in rows])

    ours = Listener("bell-ringer", frozenset({"tests.rang"}), handle)
    deaf = Listener("deaf", frozenset({"tests.other"}), handle)
    monkeypatch.setattr(rooms, "LISTENERS", (ours, deaf))
    await _ring(runtime, 1, 2, 3)
    await _ring(runtime, 4)
    await run_jobs()
    assert heard == [[1, 2, 3, 4]]


async def test_what_a_failing_listener_was_to_hear_comes_again(runtime, monkeypatch, run_jobs):
    heard = []

    async def handle(_runtime, _session, rows):
        heard.append(len(rows))
        if len(heard) == 1:
            raise ConnectionResetError

    monkeypatch.setattr(rooms, "LISTENERS", (Listener("l", frozenset({"tests.rang"}), handle),))
    monkeypatch.setattr(jobs, "_RETRY_AFTER_S", (0.0, 0.0))
    await _ring(runtime, 1)
    await run_jobs()
    await run_jobs()
    assert heard == [1, 1]


async def test_a_job_for_a_listener_that_is_gone_does_no_harm(runtime, monkeypatch):
    monkeypatch.setattr(rooms, "LISTENERS", ())
    done = []

    async def note(_runtime, payload):
        done.append(payload)

    payload = {"listener": "gone", "first": 1, "last": 2}
    async with runtime.transaction() as session:
        await jobs.enqueue(session, [events.DELIVER_JOB, "note"], [payload, {}])
    await jobs.drain(runtime.pool, [*worker.all_jobs(), Job("note", note)], runtime)
    assert done == [{}]
    assert await runtime.pool.fetchval("SELECT count(*) FROM pgqueuer") == 0
