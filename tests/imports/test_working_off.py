"""An import goes on where it was, ends once, and is worked off by one worker."""

import asyncio
from dataclasses import replace

import pytest

from app.auth import Scope, create_key
from app.imports import applying, jobs, staging
from app.imports.rules import ImportKind
from app.kit.bulk import Batch
from tests.imports.conftest import lines
from tests.orders.documents import line, order

MANY = lines(*[{"key": f"c{n:03}", "name": f"Customer {n}"} for n in range(95)])


class Killed(BaseException):
    """What a process does not survive."""


@pytest.fixture
def small(runtime, settings):
    """A worker that takes ten records at a time."""
    imports = settings.imports.model_copy(update={"batch": 10})
    return replace(runtime, settings=settings.model_copy(update={"imports": imports}))


def dying(monkeypatch, owner, name, after):
    """Let a worker die in its `after`th call; later ones live."""
    original, calls = getattr(owner, name), []

    async def call(*arguments, **named):
        calls.append(1)
        if len(calls) == after:
            raise Killed
        return await original(*arguments, **named)

    monkeypatch.setattr(owner, name, call)


@pytest.mark.parametrize("mode", ["row_wise", "all_or_nothing"])
@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (staging, "_lay_down"),
        (staging, "copy_rows"),
        (Batch, "begin"),
        (Batch, "end"),
        (applying.ending, "finish"),
    ],
)
async def test_a_worker_that_dies_amid_an_import_leaves_it_to_the_next(
    importer, small, monkeypatch, owner, name, mode
):
    import_id = await importer.begin("customers", MANY, mode=mode)
    dying(monkeypatch, owner, name, after=1 if name == "finish" else 4)
    with pytest.raises(Killed):
        await jobs.step(small)
    between = await importer.read(import_id)
    assert between["state"] in {"staging", "applying"}
    if owner is Batch:
        assert between["created"] == (30 if mode == "row_wise" else 0)
    await jobs.step(small)
    done = await importer.read(import_id)
    assert (done["state"], done["created"], done["failed"]) == ("finished", 95, 0)
    assert (done["handled"], done["staged"]) == (95, 95)
    assert len(await importer.events("imports.finished")) == 1


async def test_two_workers_do_an_import_once(importer, small):
    import_id = await importer.begin("customers", MANY)
    assert sorted(await asyncio.gather(*[jobs.step(small) for _ in range(3)])) == [0, 0, 1]
    assert (await importer.read(import_id))["created"] == 95
    assert len(await importer.events("imports.finished")) == 1


async def test_even_without_its_lock_a_batch_is_applied_once(importer, small, monkeypatch):
    """A worker whose connection was cut may live on beside the one that took its place."""
    import_id = await importer.begin("customers", MANY)

    class Everybodys:
        async def __aenter__(self):
            return True

        async def __aexit__(self, *_):
            return None

    monkeypatch.setattr(jobs, "_turn", lambda _runtime: Everybodys())
    await asyncio.gather(*[jobs.step(small) for _ in range(3)])
    await jobs.step(small)
    done = await importer.read(import_id)
    assert (done["state"], done["created"], done["unchanged"]) == ("finished", 95, 0)
    assert len(await importer.events("imports.finished")) == 1


@pytest.mark.parametrize("mode", ["row_wise", "all_or_nothing"])
async def test_cancelled_amid_its_work_it_stops_there(importer, small, client, monkeypatch, mode):
    import_id = await importer.begin("customers", MANY, mode=mode)
    begin, batches, answers = Batch.begin, [], []

    async def cancelling(self, staged):
        batches.append(1)
        if len(batches) == 4 and mode == "all_or_nothing":
            answers.append(await client.post(f"/v1/imports/{import_id}/cancel"))
        await begin(self, staged)

    monkeypatch.setattr(Batch, "begin", cancelling)
    if mode == "row_wise":
        original = applying._end_of_batch

        async def between(runtime, session, found_id, after):
            if after == 30 and not answers:
                # The row is held by this very batch: whoever cancels waits for it.
                waiting = asyncio.create_task(client.post(f"/v1/imports/{import_id}/cancel"))
                answers.append(waiting)
            return await original(runtime, session, found_id, after)

        monkeypatch.setattr(applying, "_end_of_batch", between)
    await jobs.step(small)
    (answer,) = [await x if isinstance(x, asyncio.Task) else x for x in answers]
    done = await importer.read(import_id)
    stored = len((await client.get("/v1/customers", params={"limit": 200})).json()["items"])
    if answer.status_code == 200:
        assert done["state"] == "cancelled"
        assert stored == done["created"] < 95
        assert len(await importer.events("imports.cancelled", "imports.finished")) == 1
    else:  # it was finished before the answer to the cancel was decided
        assert (answer.status_code, done["state"], stored) == (409, "finished", 95)
    if mode == "all_or_nothing":
        assert (answer.status_code, stored) == (200, 0)


async def test_an_ended_import_cannot_be_cancelled(importer, client):
    done = await importer.bring("customers", lines({"key": "c", "name": "x"}))
    answer = await client.post(f"/v1/imports/{done['id']}/cancel")
    assert answer.status_code == 409
    assert (answer.json()["now"], answer.json()["allowed"]) == ("finished", [])


async def test_of_two_who_cancel_at_once_one_does(importer, client):
    import_id = await importer.begin("customers", MANY)
    path = f"/v1/imports/{import_id}/cancel"
    answers = await asyncio.gather(client.post(path), client.post(path))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    await importer.run_jobs()
    assert len(await importer.events("imports.cancelled")) == 1
    assert (await client.get("/v1/customers")).json()["items"] == []


async def test_files_are_worked_off_in_the_order_they_came(importer, small, erp):
    await importer.begin("products", lines({"key": "P", "name": "New"}))
    second = await importer.begin(
        "purchase_orders", lines({"key": "PO", **order(line(product="P"))})
    )
    await importer.run_jobs()
    assert (await importer.read(second))["created"] == 1


async def test_a_step_that_breaks_every_worker_is_given_up(importer, small, monkeypatch):
    import_id = await importer.begin("customers", MANY)
    next_ = await importer.begin("customers", lines({"key": "next", "name": "x"}))

    async def killing(*_):
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr(Batch, "begin", killing)
        # The first attempt came through the staging: that was progress.
        for _ in range(small.settings.imports.max_attempts + 1):
            with pytest.raises(Killed):
                await jobs.step(small)
    await importer.run_jobs()
    done = await importer.read(import_id)
    assert (done["state"], done["created"]) == ("failed", 0)
    assert "5 attempts" in done["failure"]
    assert (await importer.read(next_))["state"] == "finished"
    (event,) = await importer.events("imports.failed")
    assert event["data"]["failure"] == done["failure"]


async def test_a_fault_of_ours_fails_the_import_and_not_the_worker(importer, small, monkeypatch):
    import_id = await importer.begin("customers", MANY)

    async def broken(*_):
        raise LookupError

    monkeypatch.setattr(Batch, "begin", broken)
    await jobs.step(small)
    done = await importer.read(import_id)
    assert done["state"] == "failed"
    assert "our side" in done["failure"]


async def test_what_an_ended_import_needs_no_more_is_cleared_away(
    importer, runtime, settings, clock, client
):
    done = await importer.bring("customers", MANY + lines({"key": "bad"}))
    assert await runtime.pool.fetchval("SELECT count(*) FROM import_rows") == 0
    assert [p for p in (settings.data_dir / "files").rglob("*") if p.is_file()] == []
    assert len(await importer.faults(done["id"])) == 1
    clock.advance(days=settings.keep.imports_days + 1)
    await jobs.forget(runtime, {})
    assert (await client.get(f"/v1/imports/{done['id']}")).status_code == 404
    assert await runtime.pool.fetchval("SELECT count(*) FROM import_faults") == 0


async def test_a_retry_with_the_same_key_is_the_same_import(importer, client, settings):
    key = {"Idempotency_Key": "k-1"}
    first = await importer.send("customers", MANY, **key)
    again = await importer.send("customers", MANY, **key)
    assert first.content == again.content
    assert again.headers["idempotent-replay"] == "true"
    other = await importer.send("customers", lines({"key": "c", "name": "x"}), **key)
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")
    assert len((await client.get("/v1/imports")).json()["items"]) == 1
    kept = [p for p in (settings.data_dir / "files").rglob("*") if p.is_file()]
    assert len(kept) == 1


async def test_of_two_callers_with_the_same_key_at_once_one_imports(importer, client):
    sent = [importer.send("customers", MANY, Idempotency_Key="k-1") for _ in range(4)]
    answers = await asyncio.gather(*sent)
    assert {answer.status_code for answer in answers} <= {202, 409}
    assert len({a.json()["id"] for a in answers if a.status_code == 202}) == 1
    assert len((await client.get("/v1/imports")).json()["items"]) == 1


async def test_a_file_above_the_limit_is_413_and_nothing_is_kept(
    importer, client, runtime, settings
):
    imports = settings.imports.model_copy(update={"max_bytes": 1000})
    client.app.state.given = client.app.state.runtime = replace(
        runtime, settings=settings.model_copy(update={"imports": imports})
    )
    answer = await importer.send("customers", MANY)
    assert (answer.status_code, answer.json()["limit_bytes"]) == (413, 1000)
    assert (await client.get("/v1/imports")).json()["items"] == []
    assert [p for p in (settings.data_dir / "files").rglob("*") if p.is_file()] == []


async def test_a_file_far_above_the_limit_of_other_bodies_is_taken(importer, settings):
    long = "x" * 190
    address = {"name": long, "street": [long] * 4, "city": long, "region": long}
    records = [{"key": f"c{n}", "name": long, "address": address} for n in range(1_500)]
    content = lines(*records)
    assert len(content) > settings.http.max_body_bytes
    done = await importer.bring("customers", content)
    assert (done["created"], done["size_bytes"]) == (1_500, len(content))


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", ""), ("GET", ""), ("GET", "/kinds"), ("GET", "/{id}"), ("GET", "/{id}/errors")],
)
async def test_each_route_needs_its_scope(importer, client, runtime, method, path):
    import_id = await importer.begin("customers", MANY)
    others = [scope for scope in Scope if not scope.startswith("imports:")]
    async with runtime.transaction() as session:
        _, key = await create_key(session, runtime.vault, name="other", scopes=others)
    answer = await client.request(
        method,
        f"/v1/imports{path.format(id=import_id)}",
        params={"kind": "customers"},
        headers={"Authorization": f"Bearer {key}"},
    )
    assert answer.status_code == 403


async def test_the_columns_of_a_table_can_be_asked_for(client):
    kinds = {k["kind"]: k["columns"] for k in (await client.get("/v1/imports/kinds")).json()}
    assert set(kinds) == {kind.value for kind in ImportKind}
    columns = {column["name"]: column for column in kinds["purchase_orders"]}
    assert columns["key"] == {"name": "key", "is_required": True, "per_row": None}
    assert columns["lines.unit_price.amount"]["per_row"] == "lines"
    assert not columns["lines.drop_ship.address.street"]["is_required"]
