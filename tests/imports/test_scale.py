"""A batch looks things up by key; a large file costs no more memory than a small one."""

import asyncio
import json
import os
import signal
import sys

import pytest
import sqlalchemy as sa

from app.imports import jobs, reading
from app.imports.models import Import
from tests.conftest import SECRETS_KEY
from tests.imports.conftest import lines
from tests.orders.documents import content, line, order, package, shipment
from tests.orders.test_scale import BIG, FILL, scans

LARGE = (*BIG, "import_rows", "import_faults")


OTHERS = """
INSERT INTO imports (id, kind, mode, format, state, size_bytes, sha256, received_at, ended_at,
    swept_at, attempts, bytes_read, staged_through, staged, handled, applied_through, created,
    changed, unchanged, failed)
SELECT gen_random_uuid(), 'vendors', 'row_wise', 'csv', 'finished', 1, '', now(), now(), now(),
    0, 1, 0, 0, 0, 0, 0, 0, 0, 0 FROM generate_series(1, 100);
INSERT INTO import_rows (import_id, number, line, key, id)
SELECT id, n, n, 'k' || n, gen_random_uuid() FROM imports CROSS JOIN generate_series(1, 100) n;
INSERT INTO import_faults (import_id, number, position, line, problem, pointer, detail)
SELECT id, n, 0, n, 'malformed', '', '' FROM imports CROSS JOIN generate_series(1, 100) n;
"""


@pytest.fixture
async def filled(runtime):
    await runtime.pool.execute(FILL)
    await runtime.pool.execute(OTHERS)
    await runtime.pool.execute(f"ANALYZE {', '.join(LARGE)}, vendors")
    return runtime


@pytest.fixture
def read_whole(filled):
    """What statements of the worker read from end to end, of the tables that grow."""
    found, busy = {}, []

    def explain(connection, _cursor, statement, parameters, *_more):
        if busy or not statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
            return
        busy.append(True)
        (plan,) = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).one()
        plan = json.loads(plan) if isinstance(plan, str) else plan
        if read := scans(plan[0]["Plan"]) & set(LARGE):
            found[statement] = read
        busy.clear()

    engine = filled.engine.sync_engine
    sa.event.listen(engine, "before_cursor_execute", explain)
    yield found
    sa.event.remove(engine, "before_cursor_execute", explain)


@pytest.mark.parametrize(
    ("kind", "records"),
    [
        ("customers", [{"key": f"c{n}", "name": "changed"} for n in range(1, 20)]),
        (
            "products",
            [{"key": f"p{n}", "name": "changed", "part_numbers": []} for n in range(1, 20)],
        ),
        (
            "purchase_orders",
            [
                {
                    "key": f"o{n}",
                    **order(
                        *[
                            line(str(m), product=f"p{n - m - 2500}", quantity=5)
                            for m in range(1, 5)
                        ],
                        supplier="v7",
                    ),
                }
                for n in range(4999, 5002)
            ],
        ),
        (
            "shipments",
            [
                {"key": f"s{n}", **shipment(package(content(5, "1", f"o{n}", serials=["A"])))}
                for n in range(4990, 5000)
            ],
        ),
    ],
)
@pytest.mark.parametrize("mode", ["row_wise", "all_or_nothing"])
async def test_no_table_is_read_from_end_to_end(importer, runtime, read_whole, kind, records, mode):
    import_id = await importer.begin(kind, lines(*records), mode=mode)
    await jobs.step(runtime)
    done = await importer.read(import_id)
    assert (done["state"], done["failed"]) == ("finished", 0), await importer.faults(import_id)
    await jobs.step(runtime)
    assert read_whole == {}


async def test_a_file_is_read_in_portions_of_bounded_size(settings, clock):
    """However long the file is, no more than two portions of it are in memory."""
    given = []

    def chunks():
        for number in range(3000):
            given.append(number)
            yield lines({"key": f"c{number}", "name": "x" * 190}).encode() * 10

    limits = settings.imports.model_copy(update={"batch": 100})
    found = Import(kind="customers", format="ndjson", staged_through=0)
    seen = 0
    async for portion in reading.read(found, chunks(), limits, clock.now()):
        assert len(portion.rows) == 100
        seen += len(portion.rows)
        assert len(given) * 10 <= seen + 300
        if seen >= 5000:
            break
    assert len(given) < 600


async def test_a_worker_that_is_killed_leaves_the_rest_to_another(importer, runtime, settings):
    """Not an exception: a process that is there no more."""
    records = [{"key": f"c{n}", "name": "x"} for n in range(4000)]
    import_id = await importer.begin("customers", lines(*records))
    worker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from app import cli; cli.app(['worker'])"),
        env={
            **os.environ,
            "MAKEGOOD_DATABASE_URL": settings.database_url.get_secret_value(),
            "MAKEGOOD_SECRETS_KEY": SECRETS_KEY,
            "MAKEGOOD_DATA_DIR": str(settings.data_dir),
            "MAKEGOOD_LOG_LEVEL": "error",
            "MAKEGOOD_IMPORTS__BATCH": "20",
        },
    )
    async with asyncio.timeout(60):
        while (await importer.read(import_id))["created"] == 0:
            await asyncio.sleep(0.01)
    worker.send_signal(signal.SIGKILL)
    await worker.wait()
    between = await importer.read(import_id)
    assert 0 < between["created"] < 4000
    while (await importer.read(import_id))["state"] == "applying":
        await jobs.step(runtime)
    done = await importer.read(import_id)
    assert (done["state"], done["created"], done["unchanged"]) == ("finished", 4000, 0)
    assert len(await importer.events("imports.finished")) == 1
