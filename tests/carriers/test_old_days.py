"""What becomes of deliveries whose day is over, or began without a partition."""

from datetime import timedelta

import sqlalchemy as sa

from app.carriers import partitions
from app.kit.ids import made_at, new_id
from tests.senders import scanned


def today():
    # Ids carry the machine's time, whatever clock a test sets.
    return made_at(new_id())


async def test_a_parked_delivery_is_shown_and_parsable_after_its_day_is_dropped(
    scales, client, run_jobs, runtime, clock
):
    await scales.send({"type": "parcel.scanned", "data": {}})
    await run_jobs()
    path = "/v1/carriers/deliveries"
    [parked] = (await client.get(path, params={"state": "parked"})).json()["items"]
    clock.moment = today() + timedelta(days=92)
    await partitions.drop_expired(runtime, {})
    async with runtime.transaction() as session:
        assert await session.scalar(sa.text("SELECT count(*) FROM inbox")) == 0
    assert (await client.get(f"{path}/{parked['id']}")).status_code == 200
    [listed] = (await client.get(path, params={"state": "parked"})).json()["items"]
    assert listed["id"] == parked["id"]
    again = await client.post("/v1/carriers/parked/reparse")
    assert again.json() == {"count": 1}
    assert (await client.post(f"{path}/{parked['id']}/reparse")).status_code == 200
    await partitions.make_ahead(runtime, {})


async def test_a_day_that_began_without_a_partition_gets_it_and_is_dropped_in_time(
    runtime, scales, clock, run_jobs
):
    name = f"inbox_p{today():%Y%m%d}"
    await runtime.pool.execute(f"DROP TABLE IF EXISTS {name}")
    kept = await scales.send(scanned("1Z1", "2026-03-01T10:00:00Z", "in_transit"))
    assert kept.status_code == 200
    assert await runtime.pool.fetchval("SELECT count(*) FROM inbox_rest") == 1
    await partitions.make_ahead(runtime, {})
    assert await runtime.pool.fetchval("SELECT count(*) FROM inbox_rest") == 0
    assert await runtime.pool.fetchval(f"SELECT count(*) FROM {name}") == 1
    await run_jobs()
    clock.moment = today() + timedelta(days=500)
    await partitions.drop_expired(runtime, {})
    assert await runtime.pool.fetchval("SELECT count(*) FROM inbox") == 0
    await partitions.make_ahead(runtime, {})
