"""Who may do what: keys, their scopes, and that no route forgot to ask."""

import re
from datetime import timedelta

import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from app.auth import Scope, create_key, list_keys, revoke_key
from app.idempotency import IDEMPOTENT
from app.kit.vault import looks_like_api_key, new_api_key

# Whoever calls these has no key: orchestrators, browsers, carriers (their signature is their key).
PUBLIC = {
    "/healthz",
    "/readyz",
    "/metrics",
    "/problems/{slug}",
    "/openapi.json",
    "/docs",
    "/docs/oauth2-redirect",
    "/redoc",
    "/static-offline-docs",
    "/v1/carriers/hooks/{token}",
}


async def _key(runtime, *scopes, **but):
    async with runtime.transaction() as session:
        return await create_key(session, runtime.vault, name="x", scopes=scopes, **but)


def _bearer(key):
    return {"Authorization": f"Bearer {key}"}


def _scopes(context):
    found = context.dependencies
    return [scope for d in found for scope in getattr(d, "scopes", None) or ()]


def _routes(app):
    return [x for x in iter_route_contexts(app.routes) if isinstance(x.original_route, APIRoute)]


async def test_unknown_expired_and_revoked_keys_are_refused_in_the_same_words(
    client, runtime, clock
):
    expired = (await _key(runtime, *Scope, expires_at=clock.now() + timedelta(minutes=1)))[1]
    record, revoked = await _key(runtime, *Scope)
    assert (await client.get("/v1/vendors", headers=_bearer(expired))).status_code == 200
    assert (await client.get("/v1/vendors", headers=_bearer(revoked))).status_code == 200
    async with runtime.transaction() as session:
        await revoke_key(session, record.id)
    clock.advance(minutes=1)
    answers = [
        await client.get("/v1/vendors", headers=headers)
        for headers in (
            {"Authorization": ""},
            {"Authorization": "Basic Zm9vOmJhcg=="},
            _bearer(""),
            _bearer("nonsense"),
            _bearer(new_api_key()),
            _bearer(expired),
            _bearer(revoked),
            _bearer(client.headers["authorization"][7:] + "x"),
        )
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert {answer.headers["www-authenticate"] for answer in answers} == {"Bearer"}
    assert {answer.headers["content-type"] for answer in answers} == {"application/problem+json"}
    assert len({answer.text for answer in answers}) == 1


async def test_a_key_without_the_scope_is_told_what_it_lacks(client, runtime):
    _, key = await _key(runtime, Scope.EVENTS_READ)
    answer = await client.get("/v1/vendors", headers=_bearer(key))
    assert answer.status_code == 403
    assert answer.json()["needs"] == ["vendors:read"]
    assert answer.json()["has"] == ["events:read"]


async def test_every_route_names_one_scope_or_is_public(client):
    for context in iter_route_contexts(client.app.routes):
        if context.path in PUBLIC:
            continue
        assert isinstance(context.original_route, APIRoute), context.path
        scopes = _scopes(context)
        assert len(scopes) == 1, context.path
        assert scopes[0] in set(Scope)
        if context.methods != {"POST"}:  # which may ask what a GET cannot hold
            writes = bool(context.methods - {"GET", "HEAD"})
            assert scopes[0].endswith(":write" if writes else ":read"), context.path


async def test_every_route_refuses_a_key_without_its_scope(client, runtime):
    guarded = [x for x in _routes(client.app) if x.path not in PUBLIC]
    assert len(guarded) > 20
    identity = "018f0000-0000-7000-8000-000000000001"
    for context in guarded:
        others = [scope for scope in Scope if scope not in _scopes(context)]
        _, key = await _key(runtime, *others)
        path = re.sub(r"\{[^}]*\}", identity, context.path)
        for method in context.methods:
            answer = await client.request(method, path, headers=_bearer(key))
            assert answer.status_code == 403, (method, path, answer.text)
            answer = await client.request(method, path, headers={"Authorization": ""})
            assert answer.status_code == 401, (method, path, answer.text)


async def test_idempotency_is_claimed_after_the_caller_is_known(client):
    for context in _routes(client.app):
        found = context.dependencies
        if IDEMPOTENT in found:
            assert [bool(getattr(d, "scopes", None)) for d in found].index(True) < found.index(
                IDEMPOTENT
            ), context.path


async def test_a_key_s_use_is_noted_at_most_once_a_minute(client, runtime, clock):
    async def used():
        async with runtime.transaction() as session:
            return (await list_keys(session))[0].last_used_at

    first = clock.now()
    await client.get("/v1/vendors")
    clock.advance(seconds=50)
    await client.get("/v1/vendors")
    assert await used() == first
    clock.advance(seconds=20)
    await client.get("/v1/vendors")
    assert await used() == clock.now()


async def test_of_a_key_only_a_fingerprint_is_stored(client, runtime):
    row = dict(await runtime.pool.fetchrow("SELECT * FROM api_keys"))
    key = client.headers["authorization"].removeprefix("Bearer ")
    assert looks_like_api_key(key)
    assert key.startswith(row["prefix"])
    assert len(row["prefix"]) < len(key) / 2
    assert key not in str(row)


@pytest.mark.parametrize("spoilt", ["mg_live_", "mg_live_x", "mg_test_" + "0" * 46, "ä" * 54])
def test_what_is_no_key_of_ours_is_seen_without_the_database(spoilt):
    assert not looks_like_api_key(spoilt)
    key = new_api_key()
    wrong = key[:-1] + ("0" if key[-1] != "0" else "1")
    assert not looks_like_api_key(wrong)
