"""Jobs: enqueued with the change that wants them, tried again, held when there is no hope."""

import asyncio
from datetime import timedelta

import pytest

from app import periodic, worker
from app.kit import jobs
from app.kit.jobs import Job, Periodic


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(jobs, "_RETRY_AFTER_S", (0.0, 0.0))


async def _enqueue(runtime, *names):
    async with runtime.transaction() as session:
        await jobs.enqueue(session, names, [{"n": n} for n in range(len(names))])


async def _drain(runtime, run, times=1):
    for _ in range(times):
        async with asyncio.timeout(20):
            await jobs.drain(runtime.pool, [Job("ring", run)], runtime)


async def _statuses(runtime):
    rows = await runtime.pool.fetch("SELECT status::text FROM pgqueuer")
    return [row["status"] for row in rows]


async def test_a_job_runs_with_its_payload_and_is_gone(runtime):
    ran = []

    async def ring(given, payload):
        ran.append((given, payload))

    await _enqueue(runtime, "ring")
    await _drain(runtime, ring)
    assert ran == [(runtime, {"n": 0})]
    assert await _statuses(runtime) == []


async def test_what_is_rolled_back_wanted_no_job(runtime):
    with pytest.raises(ValueError, match="no"):
        async with runtime.transaction() as session:
            await jobs.enqueue(session, ["ring"], [{}])
            raise ValueError("no")
    assert await _statuses(runtime) == []


async def test_nothing_to_enqueue_is_no_fault(runtime):
    await _enqueue(runtime)
    assert await _statuses(runtime) == []


async def test_a_job_that_fails_is_tried_again(runtime):
    tries = []

    async def ring(_runtime, _payload):
        tries.append(1)
        if len(tries) < 3:
            raise RuntimeError("cracked")

    await _enqueue(runtime, "ring")
    await _drain(runtime, ring, times=3)
    assert len(tries) == 3
    assert await _statuses(runtime) == []


async def test_a_job_that_fails_again_and_again_is_held(runtime):
    tries = []

    async def ring(_runtime, _payload):
        tries.append(1)
        raise RuntimeError("cracked")

    await _enqueue(runtime, "ring")
    await _drain(runtime, ring, times=5)
    assert len(tries) == 3
    assert await _statuses(runtime) == ["failed"]


async def test_a_job_that_kills_its_workers_is_held_and_not_run_again(runtime):
    async def ring(_runtime, _payload):
        pytest.fail("it kills whoever runs it")

    await _enqueue(runtime, "ring")
    await runtime.pool.execute(
        "INSERT INTO pgqueuer_log (job_id, status, priority, entrypoint) "
        "SELECT id, 'picked', 0, 'ring' FROM pgqueuer, generate_series(1, 3)"
    )
    await _drain(runtime, ring, times=4)
    assert await _statuses(runtime) == ["failed"]


async def test_the_queue_s_log_is_trimmed(runtime):
    async def ring(_runtime, _payload): ...

    await _enqueue(runtime, "ring")
    await _drain(runtime, ring)
    count = "SELECT count(*) FROM pgqueuer_log"
    await jobs.trim_log(runtime.pool, timedelta(minutes=5))
    assert await runtime.pool.fetchval(count) > 0
    await jobs.trim_log(runtime.pool, timedelta(0))
    assert await runtime.pool.fetchval(count) == 0


async def test_what_runs_again_and_again_is_claimed_by_one_of_many_workers(
    runtime, clock, monkeypatch
):
    async def ring(_runtime, _payload): ...

    hourly = (Periodic("tests.ring", timedelta(hours=1), ring),)
    monkeypatch.setattr(worker, "PERIODIC", hourly)
    async with runtime.transaction() as session:
        await periodic.register(session, hourly)
        await periodic.register(session, hourly)

    async def step():
        return sum(await asyncio.gather(*(worker.periodic_step(runtime) for _ in range(4))))

    assert await step() == 1
    assert await step() == 0
    clock.advance(minutes=59)
    assert await step() == 0
    clock.advance(minutes=1)
    assert await step() == 1
    assert len(await _statuses(runtime)) == 2


async def test_a_due_time_of_a_job_that_no_longer_exists_is_left_alone(runtime, monkeypatch):
    async def ring(_runtime, _payload): ...

    async with runtime.transaction() as session:
        await periodic.register(session, (Periodic("gone", timedelta(hours=1), ring),))
    monkeypatch.setattr(worker, "PERIODIC", ())
    assert await worker.periodic_step(runtime) == 0


async def test_a_worker_runs_jobs_until_it_is_told_to_stop(runtime):
    ran, shutdown = asyncio.Event(), asyncio.Event()

    async def ring(_runtime, _payload):
        ran.set()

    working = asyncio.create_task(jobs.work(runtime.pool, [Job("ring", ring)], runtime, shutdown))
    await _enqueue(runtime, "ring")
    async with asyncio.timeout(15):
        await ran.wait()
        shutdown.set()
        await working
