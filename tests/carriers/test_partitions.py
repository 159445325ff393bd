"""The inbox's days: made ahead, dropped in time, evidence kept longer, nothing pending dropped."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from app.carriers import partitions
from app.kit.ids import id_at, made_at, new_id
from tests.senders import detail, tracker, weighed

OLD = datetime(2026, 1, 15, tzinfo=UTC)
SOURCE = "01890000-0000-7000-8000-000000000001"


async def days(runtime) -> set[str]:
    rows = await runtime.pool.fetch(
        "SELECT inhrelid::regclass::text AS name FROM pg_inherits "
        "WHERE inhparent = 'inbox'::regclass"
    )
    return {row["name"] for row in rows}


@pytest.fixture
async def january(runtime):
    """A day of January, as if it had been there since."""
    await runtime.pool.execute(partitions.create_statement(OLD.date()))
    yield "inbox_p20260115"
    await runtime.pool.execute("DROP TABLE IF EXISTS inbox_p20260115")


async def back_to_january(runtime) -> list[UUID]:
    """Give what was just received the ids of a day in January."""
    rows = await runtime.pool.fetch("SELECT id FROM inbox ORDER BY id")
    new = [id_at(OLD + timedelta(minutes=minute)) for minute in range(len(rows))]
    for row, identity in zip(rows, new, strict=True):
        await runtime.pool.execute("UPDATE inbox SET id = $2 WHERE id = $1", row["id"], identity)
    return new


async def test_days_are_made_ahead_and_making_them_again_does_no_harm(runtime):
    await partitions.make_ahead(runtime, {})
    await partitions.make_ahead(runtime, {})
    today = made_at(new_id()).date()
    ahead = {f"inbox_p{today + timedelta(days=n):%Y%m%d}" for n in range(8)}
    assert ahead <= await days(runtime)


async def test_a_day_that_is_over_is_dropped_and_its_evidence_is_kept(
    client, runtime, clock, easypost, scales, run_jobs, january
):
    scan = detail("2026-03-01T18:00:00Z", "in_transit")
    await easypost.send(tracker("A1", tracking_details=[scan]))
    await scales.send(weighed("A1", "2026-03-01T10:00:00Z", "1.25", "kg"), event_id="evt_w")
    await run_jobs()
    plain, evidence = await back_to_january(runtime)
    body = await runtime.pool.fetchval("SELECT body FROM inbox WHERE id = $1", evidence)
    clock.moment = OLD + timedelta(days=91)
    await partitions.drop_expired(runtime, {})
    assert january not in await days(runtime)
    assert (await client.get(f"/v1/carriers/deliveries/{plain}")).status_code == 404
    kept = await client.get(f"/v1/carriers/deliveries/{evidence}/body")
    assert kept.content == body
    again = await scales.send(weighed("A1", "2026-03-01T10:00:00Z", "1.25", "kg"), event_id="evt_w")
    assert again.json()["duplicate"] is True, "keys outlive bodies"
    clock.moment = OLD + timedelta(days=397)
    await partitions.drop_expired(runtime, {})
    assert (await client.get(f"/v1/carriers/deliveries/{evidence}")).status_code == 404


async def test_a_day_with_pending_deliveries_is_not_dropped(runtime, clock, easypost, january):
    await easypost.send(tracker("A1"))
    await back_to_january(runtime)
    clock.moment = OLD + timedelta(days=91)
    await partitions.drop_expired(runtime, {})
    assert january in await days(runtime)


async def test_a_hold_stops_any_drop(runtime, clock, january):
    held = runtime.settings.keep.model_copy(update={"hold": True})
    settings = runtime.settings.model_copy(update={"keep": held})
    object.__setattr__(runtime, "settings", settings)
    clock.moment = OLD + timedelta(days=1000)
    await partitions.drop_expired(runtime, {})
    assert january in await days(runtime)


async def test_a_delivery_of_a_day_without_a_partition_is_kept_all_the_same(runtime, easypost):
    await easypost.send(tracker("A1"))
    await back_to_january(runtime)
    stored = await runtime.pool.fetchrow("SELECT tableoid::regclass::text AS name FROM inbox")
    assert stored["name"] == "inbox_rest"


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("SELECT * FROM inbox WHERE state = 'pending' ORDER BY id LIMIT 200", "id_idx"),
        ("SELECT * FROM inbox WHERE state = 'parked' ORDER BY id DESC LIMIT 50", "id_idx"),
        (
            f"SELECT * FROM inbox WHERE source_id = '{SOURCE}' ORDER BY id DESC LIMIT 50",
            "source_id",
        ),
    ],
)
async def test_hot_queries_of_the_inbox_never_scan_a_day_whole(runtime, query, index):
    async with runtime.pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        plan = "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN {query}"))
    assert index in plan
    assert "Seq Scan" not in plan


async def test_one_delivery_is_looked_up_in_one_day(runtime):
    today = new_id()
    async with runtime.pool.acquire() as connection:
        await connection.execute("SET enable_seqscan = off")
        rows = await connection.fetch(f"EXPLAIN SELECT * FROM inbox WHERE id = '{today}'")
        await connection.execute("RESET enable_seqscan")
    plan = "\n".join(row[0] for row in rows)
    assert plan.count("Index Scan") == 1
