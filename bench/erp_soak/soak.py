"""Publishes events and tells them on a set clock until nothing is left."""

import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Protocol

from app import worker
from app.erp.sending import Sender
from app.events import Event, publish
from app.runtime import Runtime
from bench.erp_soak.fickle import Fickle

_STEP = timedelta(minutes=20)
_AT_ONCE = 1000


class SettableClock(Protocol):
    """A clock that stands where it is set."""

    moment: datetime


class Rang(Event):
    """One of many bells rang."""

    TYPE: ClassVar[str] = "bench.rang"

    bell: int

    def subject(self) -> str:
        """Return the bell."""
        return f"bells/{self.bell}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a soak."""

    receiver: Fickle
    states: dict[str, int]
    missing: int
    seconds: float


async def soak(
    runtime: Runtime,
    clock: SettableClock,
    register: Callable[[str], Awaitable[object]],
    *,
    count: int,
    subjects: int,
) -> Outcome:
    """Tell `count` events of so many subjects to a fickle receiver that `register` makes known."""
    receiver, sender = Fickle(), Sender()
    async with receiver.listening():
        await register(receiver.url)
        await _publish(runtime, count, subjects)
        started = time.perf_counter()
        await _settle(runtime, clock, sender)
        seconds = time.perf_counter() - started
        await sender.finish(runtime)
    states = await runtime.pool.fetch(
        "SELECT state, count(*) FROM webhook_deliveries WHERE type = $1 GROUP BY state", Rang.TYPE
    )
    ids = await runtime.pool.fetch("SELECT id::text FROM events WHERE type = $1", Rang.TYPE)
    missing = {row["id"] for row in ids} ^ set(receiver.ids)
    doubles = len(receiver.ids) - len(set(receiver.ids))
    return Outcome(
        receiver, {row["state"]: row["count"] for row in states}, len(missing) + doubles, seconds
    )


async def _publish(runtime: Runtime, count: int, subjects: int) -> None:
    dice = random.Random(count)
    for first in range(0, count, _AT_ONCE):
        async with runtime.transaction("bench") as session:
            rings = [
                Rang(bell=dice.randrange(subjects)) for _ in range(min(_AT_ONCE, count - first))
            ]
            await publish(session, *rings)


async def _settle(runtime: Runtime, clock: SettableClock, sender: Sender) -> None:
    while await worker.relay_step(runtime):
        pass
    while True:
        while await sender.step(runtime):
            pass
        due = await runtime.pool.fetchval("SELECT min(due_at) FROM webhook_deliveries")
        if due is None:
            return
        clock.moment = max(clock.moment, due) + _STEP
