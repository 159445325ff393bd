"""The database goes away, or stands still: requests end, nothing is half done, all goes on."""

import asyncio
import time

import httpx
import pytest
from pydantic import SecretStr

from app.auth import Scope, create_key
from app.kit.vault import new_api_key
from app.main import create_app
from app.runtime import open_runtime
from app.settings import Database
from tests.faults.conftest import Relay

_IS_WAITED_FOR = """
SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'vendors'::regclass)
"""
VENDOR = {"name": "Acme", "roles": ["service"]}


@pytest.fixture
async def service(settings, relay, runtime):
    """The service behind the relay, as it runs: its own pool, short of time."""
    async with runtime.transaction() as session:
        _, key = await create_key(session, runtime.vault, name="x", scopes=list(Scope))
    ours = settings.model_copy(
        update={
            "database_url": SecretStr(relay.url),
            "database": Database(pool_size=3, command_timeout_s=0.4),
        }
    )
    app = create_app(ours, lambda: open_runtime(ours))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=transport,
            base_url="http://makegood.test",
            headers={"Authorization": f"Bearer {key}"},
        ) as client,
    ):
        yield client


def assert_away(answer):
    assert answer.status_code == 503, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "/problems/unavailable"
    assert int(answer.headers["retry-after"]) > 0


async def served_again(service, missing):
    """A busy machine may not reach it anew within what a query has: until then it is told so."""
    async with asyncio.timeout(20):
        while (answer := await service.get(missing)).status_code != 404:
            assert_away(answer)


async def test_while_it_is_away_requests_are_told_so_and_then_served_again(
    service, relay: Relay, runtime
):
    assert (await service.put("/v1/vendors/a", json=VENDOR)).status_code == 201
    await relay.cut()
    for _ in range(4):
        assert_away(await service.put("/v1/vendors/b", json=VENDOR))
    assert_away(await service.get("/v1/vendors"))
    assert (await service.get("/healthz")).status_code == 200
    ready = await service.get("/readyz")
    assert (ready.status_code, ready.json()["database"]) == (503, "away")
    assert ready.headers["retry-after"]
    await relay.open()
    await served_again(service, "/v1/vendors/b")
    assert (await service.put("/v1/vendors/b", json=VENDOR)).status_code == 201
    assert (await service.get("/readyz")).status_code == 200


async def test_a_request_that_is_cut_in_the_middle_stores_nothing(service, relay, runtime):
    async with runtime.pool.acquire() as connection, connection.transaction():
        await connection.execute("LOCK TABLE vendors IN EXCLUSIVE MODE")
        caught = asyncio.create_task(service.put("/v1/vendors/a", json=VENDOR))
        while not await connection.fetchval(_IS_WAITED_FOR):
            await asyncio.sleep(0.01)
        await relay.cut()
        assert_away(await caught)
    await relay.open()
    await served_again(service, "/v1/vendors/a")


async def test_while_it_stands_still_requests_end_in_time_and_then_are_served(service, relay):
    # Seconds pass here: what is tested is that waiting ends, by the time-out of a statement.
    assert (await service.put("/v1/vendors/a", json=VENDOR)).status_code == 201
    relay.freeze()
    started = time.monotonic()
    answers = await asyncio.gather(*(service.get("/v1/vendors") for _ in range(3)))
    assert time.monotonic() - started < 10
    for answer in answers:
        assert_away(answer)
    relay.thaw()
    assert (await service.get("/v1/vendors")).status_code == 200


async def test_when_all_connections_are_taken_requests_are_told_to_come_back(
    service, runtime, monkeypatch
):
    async with runtime.pool.acquire() as connection, connection.transaction():
        await connection.execute("LOCK TABLE vendors IN EXCLUSIVE MODE")
        waiting = [
            asyncio.create_task(service.put(f"/v1/vendors/{n}", json=VENDOR)) for n in range(12)
        ]
        answers = await asyncio.gather(*waiting)
    for answer in answers:
        assert_away(answer)
    assert (await service.put("/v1/vendors/a", json=VENDOR)).status_code == 201


async def test_a_restart_of_the_server_s_side_is_survived_by_the_next_request(service, runtime):
    assert (await service.get("/v1/vendors")).status_code == 200
    await runtime.pool.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'makegood-api' AND datname = current_database()"
    )
    assert (await service.get("/v1/vendors")).status_code == 200


async def test_a_server_whose_socket_is_gone_is_away_too(settings, tmp_path):
    gone = f"postgresql://nobody@/nothing?host={tmp_path}"
    ours = settings.model_copy(update={"database_url": SecretStr(gone)})
    app = create_app(ours, lambda: open_runtime(ours))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://makegood.test") as client,
    ):
        headers = {"Authorization": f"Bearer {new_api_key()}"}
        assert_away(await client.get("/v1/vendors", headers=headers))
        assert (await client.get("/readyz")).json()["database"] == "away"
