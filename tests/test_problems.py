"""How requests are refused: RFC 9457 problems, in words, and never with what was sent."""

import json

import asyncpg
import pytest

from app.answers import is_outage
from app.kit.db import is_passing
from app.kit.problems import every_problem

VENDOR = {"name": "Acme Networks", "roles": ["manufacturer"]}
JSON = {"Content-Type": "application/json"}


def assert_problem(response, status, slug):
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["type"] == f"/problems/{slug}"
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    assert body["instance"].startswith("/")
    return body


async def test_an_unknown_address_is_not_found(client):
    body = assert_problem(await client.get("/v1/nothing"), 404, "not-found")
    assert body["instance"] == "/v1/nothing"


async def test_an_unknown_record_is_not_found(client):
    assert_problem(await client.get("/v1/vendors/nobody"), 404, "not-found")


async def test_every_problem_is_documented_at_its_type(client):
    found = list(every_problem())
    assert len(found) > 10
    assert len({cls.slug() for cls in found}) == len(found)
    for cls in found:
        assert cls.__doc__, cls
        assert cls.status in range(400, 600)
        page = await client.get(f"/problems/{cls.slug()}", headers={"Authorization": ""})
        assert page.status_code == 200, cls
        assert page.text.startswith(cls.title())


async def test_an_unknown_problem_type_is_not_found(client):
    assert_problem(await client.get("/problems/no-such"), 404, "not-found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/v1/vendors/acme", "GET, HEAD, PUT"),
        ("POST", "/v1/vendors", "GET, HEAD"),
        ("POST", "/healthz", "GET, HEAD"),
        ("OPTIONS", "/v1/vendors/a/b/c", "GET, HEAD, PUT"),
        ("PATCH", "/static-offline-docs/redoc.standalone.js", "GET, HEAD"),
    ],
)
async def test_a_wrong_method_is_told_all_methods_of_the_address(client, method, path, allowed):
    response = await client.request(method, path)
    body = assert_problem(response, 405, "method-not-allowed")
    assert response.headers["allow"] == allowed
    assert body["allowed"] == allowed.split(", ")


async def test_faults_are_pointed_at_and_what_was_sent_is_not_repeated(client):
    sent = {"name": ["sesame-1"], "roles": ["sesame-2"], "sesame/3~": 1, "as_of": "sesame-4"}
    response = await client.put("/v1/vendors/acme", json=sent)
    body = assert_problem(response, 422, "malformed")
    pointers = {fault["pointer"] for fault in body["errors"]}
    assert pointers == {"/name", "/roles/0", "/sesame~13~0", "/as_of"}
    for secret in ("sesame-1", "sesame-2", "sesame-4"):
        assert secret not in response.text


async def test_a_fault_of_a_parameter_names_it(client):
    body = assert_problem(await client.get("/v1/vendors?limit=0"), 422, "malformed")
    assert [fault["pointer"] for fault in body["errors"]] == ["query:limit"]


@pytest.mark.parametrize(
    ("content", "status", "slug"),
    [
        (b'{"name": "\xff"}', 400, "bad-request"),
        ('{"name": "Acme", "roles": ["manufacturer"]}'.encode("utf-16"), 400, "bad-request"),
        (b"[" * 100_000, 400, "bad-request"),
        (b'{"name": ' + b"9" * 5000 + b"}", 400, "bad-request"),
        (b'{"name": "Acme"', 422, "malformed"),
        (b"NaN", 422, "malformed"),
        (b'{"name": Infinity}', 422, "malformed"),
        (b"null", 422, "malformed"),
        (b"[]", 422, "malformed"),
        (b"", 422, "malformed"),
        (b'{"name": "Acme", "name": "Zenith", "roles": ["manufacturer"]}', 422, "malformed"),
        (b'{"name": "Acme", "roles": ["manufacturer"], "colour": 1}', 422, "malformed"),
        (b'{"name": "A\\u0000B", "roles": ["manufacturer"]}', 422, "malformed"),
        (b'{"name": "A\\ud800B", "roles": ["manufacturer"]}', 422, "malformed"),
        (b'{"name": "Acme", "roles": ["manufacturer"], "\\ud800": 1}', 422, "malformed"),
        (b'{"name": "Acme", "roles": ["manufacturer"], "as_of": 1750000000}', 422, "malformed"),
        (b'{"name": "Acme", "roles": ["manufacturer"], "as_of": "1750000000"}', 422, "malformed"),
        (
            b'{"name": "Acme", "roles": ["manufacturer"], "as_of": "2026-01-01T00:00:00"}',
            422,
            "malformed",
        ),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused(client, content, status, slug):
    response = await client.put("/v1/vendors/acme", content=content, headers=JSON)
    assert_problem(response, status, slug)
    assert (await client.get("/v1/vendors/acme")).status_code == 404


async def test_no_body_at_all_is_refused_with_what_is_missing(client):
    body = assert_problem(await client.put("/v1/vendors/acme"), 422, "malformed")
    assert body["errors"][0]["pointer"] == ""


@pytest.mark.parametrize("given", ["text/plain", "application/x-www-form-urlencoded", "", "json"])
async def test_a_body_of_another_type_is_refused(client, given):
    response = await client.put(
        "/v1/vendors/acme", content=json.dumps(VENDOR), headers={"Content-Type": given}
    )
    body = assert_problem(response, 415, "unsupported-media-type")
    assert body["accepted"] == ["application/json"]


@pytest.mark.parametrize("given", ["application/json; charset=utf-8", "application/merge+json"])
async def test_any_type_that_is_json_is_read(client, given):
    response = await client.put(
        "/v1/vendors/acme", content=json.dumps(VENDOR), headers={"Content-Type": given}
    )
    assert response.status_code == 201


async def _chunks(size):
    for _ in range(size // 65_536 + 1):
        yield b" " * 65_536


async def test_a_body_over_the_limit_is_refused_by_its_declared_length(client, settings):
    limit = settings.http.max_body_bytes
    response = await client.put("/v1/vendors/acme", content=b" " * (limit + 1), headers=JSON)
    assert assert_problem(response, 413, "payload-too-large")["limit_bytes"] == limit
    assert "x-request-id" in response.headers


async def test_a_body_over_the_limit_is_refused_while_it_streams(client, settings):
    limit = settings.http.max_body_bytes
    response = await client.put("/v1/vendors/acme", content=_chunks(limit), headers=JSON)
    assert assert_problem(response, 413, "payload-too-large")["limit_bytes"] == limit


async def test_a_body_at_the_limit_is_read(client, settings):
    body = json.dumps(VENDOR).encode().ljust(settings.http.max_body_bytes)
    response = await client.put("/v1/vendors/acme", content=body, headers=JSON)
    assert response.status_code == 201


@pytest.mark.parametrize(
    "path",
    [
        "/v1/vendors/a%00b",
        "/v1/vendors?after=%00",
        "/v1/events?subject=a%00b",
        "/v1/vendors/%FF",
        "/v1/vendors/%ED%A0%80",
        "/v1/vendors?role=%C3%28",
    ],
)
async def test_an_address_that_is_no_text_is_refused(client, path):
    response = await client.get(path)
    assert_problem(response, 400, "bad-request")
    assert "x-request-id" in response.headers


@pytest.mark.parametrize("key", ["PO/2026#117", "a b", "ä/ö", "%", "a//b", "🦊", "x" * 200])
async def test_a_key_may_hold_what_an_erp_puts_into_it(client, key):
    put = await client.put(client.base_url.copy_with(raw_path=_path(key)), json=VENDOR)
    assert put.status_code == 201, put.text
    assert put.json()["key"] == key
    got = await client.get(client.base_url.copy_with(raw_path=_path(key)))
    assert got.json() == put.json()


def _path(key: str) -> bytes:
    return b"/v1/vendors/" + b"".join(b"%%%02X" % byte for byte in key.encode())


@pytest.mark.parametrize("key", ["", "%20", "x" * 201])
async def test_a_key_that_is_none_is_refused(client, key):
    response = await client.put(f"/v1/vendors/{key}", json=VENDOR)
    assert assert_problem(response, 422, "malformed")["errors"][0]["pointer"] == "path:key"


@pytest.mark.parametrize(
    "said", ["cannot switch to state 15; another operation (2) is in progress", "no such state"]
)
def test_a_connection_that_ended_amid_an_operation_is_an_outage_and_passes(said):
    """Seen when PostgreSQL is killed under load: the driver trips as it gives the connection up."""
    error = asyncpg.InternalClientError(said)
    is_of_the_moment = "another operation" in said
    assert is_outage(error) == is_passing(error) == is_of_the_moment


@pytest.mark.parametrize(
    "error", [FileNotFoundError("x"), PermissionError("x"), ValueError("x"), KeyError("x")]
)
def test_a_fault_of_ours_is_no_outage_of_the_database(error):
    assert not is_outage(error)
