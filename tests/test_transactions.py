"""One transaction for each request: committed before the answer leaves, or nothing is stored."""

import pytest
from fastapi import APIRouter
from sqlalchemy import text

from app.auth import Scope, needs
from app.deps import Db, TransactionalRoute

VENDOR = {"name": "Acme", "roles": ["service"]}
_REFUSE_AT_COMMIT = """
CREATE FUNCTION refuse_commit() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'not today' USING ERRCODE = '{code}'; END $$;
CREATE CONSTRAINT TRIGGER refuse_commit AFTER INSERT ON vendors
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_commit();
"""


@pytest.fixture
async def refuse_commits(runtime):
    async def refuse(code):
        await runtime.pool.execute(_REFUSE_AT_COMMIT.format(code=code))

    yield refuse
    await runtime.pool.execute("DROP FUNCTION IF EXISTS refuse_commit CASCADE")


async def _is_stored(runtime) -> bool:
    return await runtime.pool.fetchval("SELECT EXISTS (SELECT FROM vendors)")


@pytest.mark.parametrize(("code", "status"), [("23514", 500), ("40001", 503), ("53100", 503)])
async def test_a_commit_that_fails_is_never_answered_as_success(
    client, runtime, refuse_commits, code, status
):
    await refuse_commits(code)
    answer = await client.put("/v1/vendors/acme", json=VENDOR)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert ("retry-after" in answer.headers) == (status == 503)
    assert not await _is_stored(runtime)


async def test_what_was_answered_can_be_read_by_others_at_once(client, runtime):
    assert (await client.put("/v1/vendors/acme", json=VENDOR)).status_code == 201
    assert await _is_stored(runtime)


async def test_a_get_cannot_write(client, runtime):
    router = APIRouter(prefix="/v1/sly", route_class=TransactionalRoute)

    @router.get("", dependencies=[needs(Scope.VENDORS_READ)])
    async def write(db: Db) -> None:
        await db.execute(text("INSERT INTO periodic_jobs VALUES ('sly', now())"))

    client.app.include_router(router)
    assert (await client.get("/v1/sly")).status_code == 500
    assert not await runtime.pool.fetchval("SELECT EXISTS (SELECT FROM periodic_jobs)")


async def test_a_refusal_leaves_nothing_behind(client, runtime):
    router = APIRouter(prefix="/v1/halfway", route_class=TransactionalRoute)

    @router.post("")
    async def write(db: Db) -> None:
        await db.execute(text("INSERT INTO periodic_jobs VALUES ('half', now())"))
        raise ValueError("halfway")

    client.app.include_router(router)
    assert (await client.post("/v1/halfway")).status_code == 500
    assert not await runtime.pool.fetchval("SELECT EXISTS (SELECT FROM periodic_jobs)")


async def test_that_a_key_s_use_cannot_be_noted_spoils_no_answer(client, runtime, monkeypatch):
    async def fail(*_):
        raise ConnectionResetError

    monkeypatch.setattr("app.auth.note_use", fail)
    assert (await client.put("/v1/vendors/acme", json=VENDOR)).status_code == 201
    assert await _is_stored(runtime)
