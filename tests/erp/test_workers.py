"""Many workers tell what is due, and each may end at any moment."""

import asyncio
import json
import os
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from app import worker
from app.erp import claiming, planning
from app.erp.models import Delivery, Endpoint
from app.erp.sending import Sender
from app.kit.outbound import Answer
from tests.conftest import SECRETS_KEY
from tests.erp.receivers import Receiver, listening, ring

START_S = 60
WAITED_S = 5


class Holds(Receiver):
    """Takes what it is told and answers nothing, until it is let go."""

    def __init__(self):
        super().__init__()
        self.took = asyncio.Event()
        self.is_holding = True

    async def answer(self, told, writer):
        self.took.set()
        if self.is_holding:
            await asyncio.Event().wait()
        await super().answer(told, writer)


@pytest.fixture
async def holding():
    async with listening(Holds()) as opened:
        yield opened


@asynccontextmanager
async def working(settings):
    """A `makegood worker` as it runs beside an API: a process of its own."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKEGOOD_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app.cli", "worker"),
        env={
            **environment,
            "MAKEGOOD_DATABASE_URL": settings.database_url.get_secret_value(),
            "MAKEGOOD_SECRETS_KEY": SECRETS_KEY,
            "MAKEGOOD_DATA_DIR": str(settings.data_dir),
            "MAKEGOOD_WEBHOOKS__ALLOW": "127.0.0.0/8",
        },
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_what_a_worker_tells_when_it_is_killed_is_told_again_under_the_same_id(
    endpoints, runtime, settings, holding, clock, later
):
    clock.moment = datetime.now(UTC)  # noqa: TID251 (the worker's own clock is the real one)
    await endpoints.register(holding.url)
    await ring(runtime, "a1", "a2")
    async with working(settings) as process:
        async with asyncio.timeout(START_S):
            await holding.took.wait()
        process.kill()
        await process.wait()
    assert holding.rings == ["a1"]
    holding.is_holding = False
    await later()
    assert holding.rings == ["a1"], "the claim of the dead still holds"
    await later(minutes=2)
    assert holding.rings == ["a1", "a1", "a2"]
    first, again, _ = holding.told
    assert again.headers["webhook-id"] == first.headers["webhook-id"]
    assert again.raw == first.raw
    stories = [await endpoints.story(each) for each in await endpoints.deliveries()]
    assert [(each["state"], len(each["tries"])) for each in stories] == [("delivered", 1)] * 2


async def test_what_another_is_claiming_is_passed_over_not_waited_for(endpoint, runtime):
    await ring(runtime, "a1", "b1", "c1")
    await worker.relay_step(runtime)
    await planning.plan(runtime)
    held = sa.select(Delivery.id).where(Delivery.subject == "bells/b").with_for_update()
    async with asyncio.timeout(WAITED_S), runtime.transaction() as another:
        await another.execute(held)
        claimed = await claiming.claim(runtime, room=10, busy={})
        assert {_bell(each) for each in claimed} == {"a", "c"}
    assert [_bell(each) for each in await claiming.claim(runtime, room=10, busy={})] == ["b"]
    assert await claiming.claim(runtime, room=10, busy={}) == []


async def test_an_endpoint_that_another_plans_for_is_passed_over(endpoint, runtime):
    await ring(runtime, "a1")
    await worker.relay_step(runtime)
    async with asyncio.timeout(WAITED_S), runtime.transaction() as another:
        await another.execute(sa.select(Endpoint.id).with_for_update())
        assert await planning.plan(runtime) == 0
    assert await planning.plan(runtime) == 1


def _bell(message):
    return json.loads(message.body)["data"]["bell"]


async def test_of_two_workers_exactly_one_tells_each_event(endpoint, runtime):
    posted = []

    async def post(message):
        posted.append(message.headers["webhook-id"])
        await asyncio.sleep(0)
        return Answer(200, 1)

    await ring(runtime, *(f"{bell}{n}" for bell in "abcdefgh" for n in range(1, 6)))
    await worker.relay_step(runtime)
    workers = [Sender(post) for _ in range(4)]
    async with asyncio.timeout(20):
        while await runtime.pool.fetchval(
            "SELECT count(*) < 40 FROM webhook_deliveries WHERE state = 'delivered'"
        ):
            await asyncio.gather(*(each.step(runtime) for each in workers))
    assert len(posted) == len(set(posted)) == 40


async def test_a_worker_that_ends_amid_a_delivery_leaves_it_to_another_under_the_same_id(
    endpoint, runtime, receiver, clock, run_jobs
):
    await ring(runtime, "a1", "a2")
    await worker.relay_step(runtime)
    hanging = asyncio.Event()
    posted = []

    async def hang(message):
        posted.append(message)
        hanging.set()
        await asyncio.Event().wait()

    doomed = Sender(hang)
    step = asyncio.create_task(doomed.step(runtime))
    await hanging.wait()
    await step
    for task in doomed._running:
        task.cancel()
    await run_jobs()
    assert receiver.told == []  # the claim of the dead still holds
    clock.advance(minutes=1)
    await run_jobs()
    assert receiver.rings == ["a1", "a2"]
    assert receiver.told[0].headers["webhook-id"] == posted[0].headers["webhook-id"]
    assert receiver.told[0].raw == posted[0].body


async def test_a_result_that_could_not_be_recorded_is_recorded_by_the_next_step(
    endpoint, runtime, receiver, monkeypatch
):
    await ring(runtime, "a1")
    await worker.relay_step(runtime)
    sender = Sender()
    with monkeypatch.context() as broken:
        broken.setattr("app.erp.recording.record", _fail)
        with pytest.raises(ConnectionResetError):
            while True:
                await sender.step(runtime)
    await sender.finish(runtime)
    states = await runtime.pool.fetch("SELECT state FROM webhook_deliveries")
    assert ([row["state"] for row in states], receiver.rings) == (["delivered"], ["a1"])


async def test_an_attempt_that_breaks_unforeseen_is_on_record_and_stops_nobody(
    endpoint, endpoints, runtime
):
    async def post(message):
        if _bell(message) == "a":
            raise LookupError
        return Answer(200, 1)

    await ring(runtime, "a1", "b1")
    await worker.relay_step(runtime)
    sender = Sender(post)
    while await sender.step(runtime):
        pass
    a1, b1 = [await endpoints.story(each) for each in await endpoints.deliveries()]
    assert (a1["state"], b1["state"]) == ("pending", "delivered")
    assert a1["tries"][0]["error"] == "Makegood itself broke; see its log"


async def _fail(*_):
    raise ConnectionResetError


async def test_an_endpoint_with_more_due_than_its_share_leaves_room_for_others(
    endpoint, runtime, settings
):
    await ring(runtime, *(f"{bell}1" for bell in "abcdefghijklmnopqrst"))
    await worker.relay_step(runtime)
    posted = []
    never = asyncio.Event()

    async def hang(message):
        posted.append(message)
        await never.wait()

    sender = Sender(hang)
    for _ in range(3):
        await sender.step(runtime)
    assert len(posted) == settings.webhooks.per_endpoint
    assert await claiming.claim(runtime, room=0, busy={}) == []
    for task in sender._running:
        task.cancel()
