"""A soak: many events to a receiver that fails each of them by a seeded rule, then takes it."""

import random
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from app import worker
from app.erp.sending import Sender
from app.events import publish
from tests.erp.receivers import Rang, Receiver, listening

MOST_FAILURES = 5
STEP = timedelta(minutes=20)
_STATUSES = (500, 503, 404, 302, 429)


@dataclass
class Fickle(Receiver):
    """Fails each event's first attempts, as many as its seed says, then takes it."""

    seed: int = 0
    tries: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    # By subject, in the order of arrival: (sequence, attempts it took), and when failures came.
    arrived: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    ids: list[str] = field(default_factory=list)

    def failures_of(self, ring):
        dice = random.Random(f"{self.seed} {ring}")
        return dice.choice((0, 0, 0, 1, 2, 3, 4, MOST_FAILURES))

    def status_of(self, told):
        self.told.clear()
        body = told.body
        self.tries[body["id"]] += 1
        tries = self.tries[body["id"]]
        if tries <= self.failures_of(told.ring):
            return random.Random(f"{self.seed} {told.ring} {tries}").choice(_STATUSES)
        self.arrived[body["subject"]].append((body["sequence"], tries))
        self.ids.append(body["id"])
        return 200


def overtakings(arrived):
    """Return who was overtaken without having failed four times: nobody may be."""
    wrong = []
    for subject, told in arrived.items():
        newest = 0
        for sequence, tries in told:
            if sequence < newest and tries <= 4:
                wrong.append((subject, sequence, tries))
            newest = max(newest, sequence)
    return wrong


async def publish_all(runtime, count, subjects):
    """Publish in transactions of a thousand, subjects mixed."""
    dice = random.Random(count)
    for first in range(0, count, 1000):
        async with runtime.transaction("tester") as session:
            rings = [
                Rang(bell=f"s{dice.randrange(subjects)}-", number=first + n)
                for n in range(min(1000, count - first))
            ]
            await publish(session, *rings)


async def settle(runtime, clock, sender):
    """Work until nothing is left, setting the clock to when the next is due; tells the time."""
    while await worker.relay_step(runtime):
        pass
    while True:
        while await sender.step(runtime):
            pass
        due = await runtime.pool.fetchval("SELECT min(due_at) FROM webhook_deliveries")
        if due is None:
            return
        clock.moment = max(clock.moment, due) + STEP


async def soak(runtime, clock, register, *, count, subjects, seed=1):
    """Tell `count` events; returns the receiver and how many are left in which state."""
    sender = Sender()
    async with listening(Fickle(seed=seed)) as receiver:
        await register(receiver.url)
        await publish_all(runtime, count, subjects)
        started = time.perf_counter()
        await settle(runtime, clock, sender)
        seconds = time.perf_counter() - started
        await sender.finish(runtime)
    states = dict(
        await runtime.pool.fetch("SELECT state, count(*) FROM webhook_deliveries GROUP BY state")
    )
    return receiver, states, seconds
