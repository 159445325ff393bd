"""Idempotency-Key: a POST that is sent again does nothing again and is answered as before."""

import asyncio

import pytest
import sqlalchemy as sa
from fastapi import APIRouter, Response
from pydantic import BaseModel

from app import upkeep
from app.auth import Scope, create_key, needs
from app.deps import Db, TransactionalRoute
from app.events import Event, StoredEvent, publish
from app.idempotency import IDEMPOTENT
from app.kit.problems import NotFound


class Rang(Event):
    TYPE = "tests.rang"

    name: str

    def subject(self) -> str:
        return f"bells/{self.name}"


class Bell(BaseModel):
    name: str


@pytest.fixture
def bell(client):
    """A route that writes an event, and can be held in the middle."""

    class Held:
        entered, free = asyncio.Event(), asyncio.Event()

    Held.free.set()
    router = APIRouter(prefix="/v1/bells", route_class=TransactionalRoute)

    @router.post("", status_code=201, dependencies=[needs(Scope.VENDORS_WRITE), IDEMPOTENT])
    async def ring(db: Db, bell: Bell, response: Response) -> dict[str, str]:
        await publish(db, Rang(name=bell.name))
        Held.entered.set()
        await Held.free.wait()
        if bell.name == "cracked":
            raise NotFound("There is no such bell.")
        response.headers["Location"] = f"/v1/bells/{bell.name}"
        response.headers["ETag"] = '"1"'
        return {"rang": bell.name}

    client.app.include_router(router)
    return Held


async def _count(runtime) -> int:
    async with runtime.transaction() as session:
        return await session.scalar(sa.select(sa.func.count()).select_from(StoredEvent))


def _key(value="k-1"):
    return {"Idempotency-Key": value}


async def test_the_same_request_again_is_answered_as_before(client, runtime, bell):
    first = await client.post("/v1/bells", json={"name": "great"}, headers=_key())
    again = await client.post("/v1/bells", json={"name": "great"}, headers=_key())
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    for header in ("location", "etag", "content-type"):
        assert first.headers[header] == again.headers[header]
    assert "idempotent-replay" not in first.headers
    assert again.headers["idempotent-replay"] == "true"
    assert first.headers["x-request-id"] != again.headers["x-request-id"]
    assert await _count(runtime) == 1


async def test_without_a_key_each_request_counts(client, runtime, bell):
    for _ in range(2):
        await client.post("/v1/bells", json={"name": "great"})
    assert await _count(runtime) == 2


@pytest.mark.parametrize(
    ("path", "body"), [("/v1/bells", {"name": "small"}), ("/v1/bells?loud=1", {"name": "great"})]
)
async def test_the_same_key_for_another_request_is_refused(client, runtime, bell, path, body):
    await client.post("/v1/bells", json={"name": "great"}, headers=_key())
    other = await client.post(path, json=body, headers=_key())
    assert other.status_code == 422
    assert other.json()["type"] == "/problems/idempotency-key-reused"
    assert await _count(runtime) == 1


async def test_another_caller_s_key_is_another_key(client, runtime, bell):
    async with runtime.transaction() as session:
        _, plain = await create_key(session, runtime.vault, name="x", scopes=list(Scope))
    await client.post("/v1/bells", json={"name": "great"}, headers=_key())
    other = await client.post(
        "/v1/bells", json={"name": "great"}, headers=_key() | {"Authorization": f"Bearer {plain}"}
    )
    assert other.status_code == 201
    assert "idempotent-replay" not in other.headers
    assert await _count(runtime) == 2


async def test_while_the_first_is_running_the_second_is_told_to_wait(client, runtime, bell):
    bell.free.clear()
    first = asyncio.create_task(client.post("/v1/bells", json={"name": "big"}, headers=_key()))
    await bell.entered.wait()
    second = await client.post("/v1/bells", json={"name": "big"}, headers=_key())
    assert second.status_code == 409
    assert second.json()["type"] == "/problems/still-running"
    assert int(second.headers["retry-after"]) > 0
    bell.free.set()
    assert (await first).status_code == 201
    third = await client.post("/v1/bells", json={"name": "big"}, headers=_key())
    assert third.headers["idempotent-replay"] == "true"
    assert await _count(runtime) == 1


async def test_of_many_at_once_exactly_one_has_an_effect(client, runtime, bell):
    answers = await asyncio.gather(
        *(client.post("/v1/bells", json={"name": "big"}, headers=_key()) for _ in range(8))
    )
    assert {answer.status_code for answer in answers} <= {201, 409}
    fresh = [a for a in answers if a.status_code == 201 and "idempotent-replay" not in a.headers]
    assert len(fresh) == 1
    assert await _count(runtime) == 1


async def test_a_request_that_failed_may_be_tried_again(client, runtime, bell):
    for _ in range(2):
        answer = await client.post("/v1/bells", json={"name": "cracked"}, headers=_key())
        assert answer.status_code == 404
        assert "idempotent-replay" not in answer.headers
    assert await _count(runtime) == 0
    answer = await client.post("/v1/bells", json={"name": "mended"}, headers=_key())
    assert answer.status_code == 201


@pytest.mark.parametrize("given", ["", "x" * 201, "two words", "schlüssel"])
async def test_a_key_that_is_none_is_refused(client, bell, given):
    headers = {"Idempotency-Key": given.encode()}
    answer = await client.post("/v1/bells", json={"name": "great"}, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "header:Idempotency-Key"


async def test_answers_are_kept_for_as_long_as_they_should_and_no_longer(
    client, runtime, clock, bell
):
    await client.post("/v1/bells", json={"name": "old"}, headers=_key("old"))
    clock.advance(hours=1)
    await client.post("/v1/bells", json={"name": "new"}, headers=_key("new"))
    clock.advance(hours=47.5)
    await upkeep.forget_answers(runtime, {})
    old = await client.post("/v1/bells", json={"name": "old"}, headers=_key("old"))
    new = await client.post("/v1/bells", json={"name": "new"}, headers=_key("new"))
    assert "idempotent-replay" not in old.headers
    assert new.headers["idempotent-replay"] == "true"


async def test_a_route_that_claims_before_it_knows_the_caller_is_a_fault(client):
    router = APIRouter(prefix="/v1/careless", route_class=TransactionalRoute)

    @router.post("", dependencies=[IDEMPOTENT, needs(Scope.VENDORS_WRITE)])
    async def ring() -> None: ...

    client.app.include_router(router)
    assert (await client.post("/v1/careless", headers=_key())).status_code == 500
