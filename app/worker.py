"""The worker process: loops that look for what is due, and the job queue."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import structlog

from app import events, health, periodic, rooms, upkeep
from app.kit import jobs
from app.kit.ids import new_id
from app.kit.jobs import Job, Loop, Payload
from app.kit.logs import brief, configure_logs
from app.runtime import Runtime, open_runtime
from app.settings import Settings

_RELAY_POLL_S = 0.2
_PERIODIC_POLL_S = 1.0
_AFTER_TROUBLE_S = 1.0
_DRAIN_S = 20

PERIODIC = (*rooms.PERIODIC, *upkeep.PERIODIC)

log = structlog.stdlib.get_logger("makegood.worker")
Step = Callable[[Runtime], Awaitable[int]]


async def relay_step(runtime: Runtime) -> int:
    """Place committed events; returns how many."""
    async with runtime.transaction() as session:
        return await events.relay(session, rooms.LISTENERS)


async def periodic_step(runtime: Runtime) -> int:
    """Enqueue what is due again; returns how many."""
    async with runtime.transaction() as session:
        return await periodic.enqueue_due(session, PERIODIC)


async def _deliver(runtime: Runtime, payload: Payload) -> None:
    listener = next((x for x in rooms.LISTENERS if x.name == payload["listener"]), None)
    if listener is None:
        log.warning("no such listener", name=payload["listener"])
        return
    async with runtime.transaction(f"listener:{listener.name}") as session:
        await events.deliver(runtime, session, listener, payload["first"], payload["last"])


def all_jobs() -> list[Job]:
    """Return every job a worker can run."""
    again = [Job(p.name, p.run) for p in PERIODIC]
    return [Job(events.DELIVER_JOB, _deliver), *rooms.JOBS, *again]


async def drain(runtime: Runtime) -> None:
    """Do all that is due now, until nothing is left. For tests and one-off runs."""
    while True:
        # First what follows from what was done: it is cheaper to ask for than all loops.
        while await relay_step(runtime) or await jobs.drain(runtime.pool, all_jobs(), runtime):
            pass
        if not sum([await loop.step(runtime) for loop in rooms.LOOPS]):
            return


async def _look_after(loop: Loop, runtime: Runtime, shutdown: asyncio.Event) -> None:
    await _repeat(loop.name, loop.step, runtime, shutdown, loop.poll_s(runtime))
    if loop.finish is not None:
        await loop.finish(runtime)


async def _repeat(
    name: str, step: Step, runtime: Runtime, shutdown: asyncio.Event, pause_s: float
) -> None:
    """Call `step` again and again: at once while it finds work, else after a pause."""
    while not shutdown.is_set():
        wait_s = pause_s
        try:
            if await step(runtime):
                continue
        except Exception as error:  # noqa: BLE001 (a loop outlives any outage)
            log.warning("loop failed, going on", loop=name, error=brief(error))
            wait_s = max(pause_s, _AFTER_TROUBLE_S)
        with suppress(TimeoutError):
            await asyncio.wait_for(shutdown.wait(), wait_s)


async def run(runtime: Runtime, shutdown: asyncio.Event) -> None:
    """Work until `shutdown` is set."""
    worker_id, started_at = new_id(), runtime.clock.now()

    async def beat(runtime: Runtime) -> int:
        async with runtime.transaction() as session:
            await health.beat(session, worker_id, started_at)
            await periodic.register(session, PERIODIC)
        return 0

    loops: list[Any] = [
        _repeat("heartbeat", beat, runtime, shutdown, health.BEAT_EVERY_S),
        _repeat("relay", relay_step, runtime, shutdown, _RELAY_POLL_S),
        _repeat("periodic", periodic_step, runtime, shutdown, _PERIODIC_POLL_S),
        *(_look_after(each, runtime, shutdown) for each in rooms.LOOPS),
    ]
    tasks = [asyncio.create_task(loop) for loop in loops]
    tasks.append(asyncio.create_task(jobs.work(runtime.pool, all_jobs(), runtime, shutdown)))
    await shutdown.wait()
    _, late = await asyncio.wait(tasks, timeout=_DRAIN_S)
    for task in late:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _main(settings: Settings) -> None:
    shutdown = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, shutdown.set)
    async with open_runtime(settings, worker=True) as runtime:
        log.info("worker started")
        await run(runtime, shutdown)
    log.info("worker stopped")


def work(settings: Settings) -> None:
    """Run the worker process until it is told to stop."""
    configure_logs(settings.log_format, settings.log_level)
    asyncio.run(_main(settings))
