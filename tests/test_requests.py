"""What each request is given: an id, a log line without what was said, an answer of its own."""

import io
import json
import logging
import sys
from datetime import UTC, datetime

import pytest
from fastapi import APIRouter

from app.deps import Db, TransactionalRoute
from app.kit.logs import configure_logs

VENDOR = {"name": "Mellon Networks", "roles": ["manufacturer"]}


@pytest.fixture
def logged(monkeypatch):
    """All that is logged, as a process would write it."""
    written = io.StringIO()
    root = logging.getLogger()
    before = root.handlers, root.level
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", written)
        configure_logs("json", "info")
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.handlers, root.level = before


@pytest.fixture
def broken(client):
    """An application with a route that breaks."""
    router = APIRouter(prefix="/v1/broken", route_class=TransactionalRoute)

    @router.get("")
    async def break_down(_db: Db) -> None:
        raise KeyError("4711")

    client.app.include_router(router)


async def test_a_request_id_that_was_given_comes_back(client):
    response = await client.get("/healthz", headers={"X-Request-Id": "erp-4711.a:b_c"})
    assert response.headers["x-request-id"] == "erp-4711.a:b_c"


@pytest.mark.parametrize("given", [None, "", "a b", "ä", "x" * 101, 'a"b'])
async def test_a_request_without_a_fit_id_is_given_one(client, given):
    headers = {} if given is None else {"X-Request-Id": given.encode()}
    first = (await client.get("/healthz", headers=headers)).headers.get_list("x-request-id")
    again = (await client.get("/healthz", headers=headers)).headers.get_list("x-request-id")
    assert len(first) == len(again) == 1
    assert first != again
    assert len(first[0]) == 36


async def test_the_request_id_stands_in_the_log_and_beside_the_events(client, logged, run_jobs):
    response = await client.put("/v1/vendors/acme", json=VENDOR, headers={"X-Request-Id": "r-1"})
    assert response.status_code == 201
    line = next(line for line in logged() if line["event"] == "request")
    assert line["request_id"] == "r-1"
    assert line["status"] == 201
    assert line["route"] == "/v1/vendors/{key:path}"
    await run_jobs()
    event = (await client.get("/v1/events")).json()["items"][0]
    assert event["request_id"] == "r-1"
    assert event["caller"].startswith("key:")


async def test_logs_hold_no_keys_no_bodies_and_no_addresses(client, logged, broken):
    key = client.headers["authorization"].removeprefix("Bearer ")
    await client.put("/v1/vendors/friend-4711?speak=sindarin", json=VENDOR)
    await client.put("/v1/vendors/friend-4711", json={"name": "Mellon Networks"})
    await client.get("/v1/vendors", headers={"Authorization": "Bearer mg_live_nonsense"})
    await client.get("/v1/broken")
    text = json.dumps(logged())
    assert "unexpected" in text
    for secret in (key, "mg_live_", "Mellon", "friend-4711", "sindarin"):
        assert secret not in text


async def test_the_log_of_a_failure_holds_no_stored_values(client, logged):
    router = APIRouter(prefix="/v1/unfit", route_class=TransactionalRoute)
    half = "INSERT INTO worker_heartbeats (worker_id, started_at) VALUES (gen_random_uuid(), $1)"
    long_ago = datetime(1947, 11, 21, tzinfo=UTC)

    @router.post("")
    async def store(db: Db) -> None:
        connection = await db.connection()
        await connection.exec_driver_sql(half, (long_ago,))

    client.app.include_router(router)
    assert (await client.post("/v1/unfit")).status_code == 500
    text = json.dumps(logged())
    assert "NotNullViolation" in text
    assert "1947" not in text


async def test_a_fault_of_ours_is_a_problem_with_a_request_id_and_no_stack(client, broken, logged):
    response = await client.get("/v1/broken", headers={"X-Request-Id": "r-2"})
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-request-id"] == "r-2"
    assert response.json()["request_id"] == "r-2"
    assert "KeyError" not in response.text
    assert [line["request_id"] for line in logged() if line["level"] == "error"] == ["r-2"]


async def test_head_answers_as_get_without_the_body(client):
    await client.put("/v1/vendors/acme", json=VENDOR)
    for path in ("/healthz", "/v1/vendors/acme", "/v1/nothing"):
        got, head = await client.get(path), await client.head(path)
        assert head.status_code == got.status_code
        assert head.content == b""
        assert head.headers.get("etag") == got.headers.get("etag")
        assert head.headers["content-length"] == got.headers["content-length"]


async def test_metrics_count_requests_by_route_and_not_by_address(client):
    await client.get("/v1/vendors/no-such-vendor")
    await client.get("/no-such-address")
    text = (await client.get("/metrics")).text
    assert 'makegood_http_requests_total{method="GET",route="/v1/vendors/{key:path}"' in text
    assert "no-such" not in text
