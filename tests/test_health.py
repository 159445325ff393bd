"""Whether the service lives and can work, as an orchestrator asks."""

import pytest

from app import health
from app.kit.ids import new_id


async def _beat(runtime):
    async with runtime.transaction() as session:
        await health.beat(session, new_id(), runtime.clock.now())


async def test_a_process_that_lives_says_so_without_a_key(client):
    answer = await client.get("/healthz", headers={"Authorization": ""})
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


async def test_with_a_database_and_a_worker_it_is_ready(client, runtime):
    await _beat(runtime)
    answer = await client.get("/readyz?require=worker", headers={"Authorization": ""})
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "database": "ok",
        "migrations": "current",
        "worker": "ok",
    }


async def test_without_a_worker_it_is_degraded_but_still_takes_requests(client, runtime, clock):
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["worker"] == "absent"
    await _beat(runtime)
    clock.advance(seconds=29)
    assert (await client.get("/readyz")).json()["worker"] == "ok"
    clock.advance(seconds=2)
    assert (await client.get("/readyz")).json()["worker"] == "absent"


async def test_who_needs_a_worker_is_told_that_there_is_none(client):
    answer = await client.get("/readyz?require=worker")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert (await client.get("/readyz?require=coffee")).status_code == 422


@pytest.fixture
async def stands_at(runtime):
    """Make a database stand at another revision."""
    pool = runtime.pool
    head = await pool.fetchval("SELECT version_num FROM alembic_version")
    yield lambda revision: pool.execute("UPDATE alembic_version SET version_num = $1", revision)
    await pool.execute("UPDATE alembic_version SET version_num = $1", head)


@pytest.mark.parametrize(
    ("revision", "standing"), [("ground", "behind"), ("of_a_version_to_come", "ahead")]
)
async def test_at_another_schema_than_its_own_it_is_unready(
    client, runtime, stands_at, revision, standing
):
    await stands_at(revision)
    await _beat(runtime)
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert answer.json()["status"] == "unready"
    assert answer.json()["migrations"] == standing


@pytest.fixture
async def bare(runtime):
    """A database that was never migrated."""
    await runtime.pool.execute("ALTER TABLE alembic_version RENAME TO alembic_version_away")
    yield
    await runtime.pool.execute("ALTER TABLE alembic_version_away RENAME TO alembic_version")


async def test_on_a_bare_database_it_is_unready(client, bare):
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["migrations"] == "behind"


async def test_workers_long_silent_are_forgotten(runtime, clock):
    await _beat(runtime)
    clock.advance(hours=2)
    await _beat(runtime)
    assert await runtime.pool.fetchval("SELECT count(*) FROM worker_heartbeats") == 1


async def test_figures_are_there_for_prometheus(client):
    answer = await client.get("/metrics", headers={"Authorization": ""})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert "# TYPE makegood_http_requests_total counter" in answer.text
    assert "process_resident_memory_bytes" in answer.text


async def test_what_waits_for_workers_or_people_is_counted(client, easypost, run_jobs, clock):
    await easypost.send(b"no json")
    await run_jobs()
    await easypost.send(b"no json either")
    clock.advance(minutes=5)
    figures = (await client.get("/metrics")).text
    assert "makegood_inbox_pending 1.0" in figures
    assert "makegood_inbox_parked 1.0" in figures
    assert "makegood_inbox_oldest_pending_seconds 300.0" in figures
    assert "makegood_events_unplaced 0.0" in figures
    assert "makegood_jobs_held 0.0" in figures
    assert "makegood_database_up 1.0" in figures
