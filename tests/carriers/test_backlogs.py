"""Backlogs that are too much at once, and deliveries that are too much by themselves."""

import asyncio

import pytest

from app.carriers import processing
from tests.senders import scanned


@pytest.fixture
def limited(runtime):
    """Work off with other limits."""

    def limited(**limits):
        inbox = runtime.settings.inbox.model_copy(update=limits)
        settings = runtime.settings.model_copy(update={"inbox": inbox})
        object.__setattr__(runtime, "settings", settings)

    was = runtime.settings
    yield limited
    object.__setattr__(runtime, "settings", was)


async def states(client):
    items = (await client.get("/v1/carriers/deliveries")).json()["items"]
    return {item["dedup_key"]: item["state"] for item in items}


async def send(scales, count):
    for number in range(count):
        event = scanned(f"PKG{number}", "2026-03-01T10:00:00Z", "in_transit")
        await scales.send(event, event_id=f"evt_{number}")


async def test_a_batch_holds_so_many_bytes_and_always_one_delivery(runtime, scales, limited):
    await send(scales, 3)
    limited(batch_bytes=1)
    assert [await processing.step(runtime) for _ in range(4)] == [1, 1, 1, 0]


async def test_one_that_always_times_out_is_parked_and_the_rest_are_done(
    runtime, client, scales, limited, monkeypatch
):
    await send(scales, 3)
    limited(max_attempts=2)
    honest = processing.parcels.record

    async def record(session, arrivals, **options):
        if any(arrival.report.tracking_number == "PKG0" for arrival in arrivals):
            raise TimeoutError
        await honest(session, arrivals, **options)

    monkeypatch.setattr("app.parcels.service.record", record)
    for _ in range(2):
        with pytest.raises(TimeoutError):
            await processing.step(runtime)
    while await processing.step(runtime):
        pass
    assert await states(client) == {"evt_0": "parked", "evt_1": "done", "evt_2": "done"}


async def test_two_workers_share_a_backlog_and_do_nothing_twice(runtime, client, scales, limited):
    await send(scales, 6)
    limited(batch=2)
    done = await asyncio.gather(*(processing.step(runtime) for _ in range(4)))
    assert sum(done) == 6
    assert set((await states(client)).values()) == {"done"}
    assert await runtime.pool.fetchval("SELECT count(*) FROM scans") == 6
