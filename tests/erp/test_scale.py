"""However much was told, what workers ask again and again rests on indexes."""

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from app import worker
from app.erp import claiming, deliveries, lines, planning
from app.erp.rules import DeliveryState
from app.kit.ids import new_id
from tests.erp.receivers import ring

BIG = {"webhook_deliveries", "webhook_lines", "webhook_attempts", "events"}

# Forty thousand deliveries long arrived, some in line, some parked.
FILL = """
INSERT INTO webhook_endpoints (id, url, types, header_names, include_own, caller, position, version,
    created_at, failing_since)
SELECT gen_random_uuid(), 'https://e.example/' || n, '{*}', '{}', false, 'x', 0, 1, now(), now()
FROM generate_series(1, 4) n;
INSERT INTO webhook_lines (endpoint_id, subject, last, head)
SELECT id, 's' || n, 10, 11 FROM webhook_endpoints CROSS JOIN generate_series(1, 1000) n;
INSERT INTO webhook_deliveries (id, endpoint_id, event_id, type, subject, sequence, state, attempts,
    failures, retry_at, due_at, created_at, first_failed_at)
SELECT gen_random_uuid(), endpoint_id, gen_random_uuid(), 'x', subject, n,
    CASE WHEN n > 1 OR subject NOT LIKE '%00' THEN 'delivered' ELSE 'parked' END, 1, 0, now(),
    CASE WHEN n > 1 OR subject NOT LIKE '%00' THEN NULL ELSE now() END, now(), now()
FROM webhook_lines CROSS JOIN generate_series(1, 10) n;
INSERT INTO webhook_attempts (id, delivery_id, at, ms)
SELECT gen_random_uuid(), id, now(), 1 FROM webhook_deliveries;
INSERT INTO events (id, type, version, subject, data, occurred_at, caller, position)
SELECT gen_random_uuid(), 'x.y', 1, 's' || n % 1000, '{}', now(), 'x', n
FROM generate_series(1, 20000) n;
ANALYZE events, webhook_endpoints, webhook_lines, webhook_deliveries, webhook_attempts;
"""


def scans(plan):
    """Return the tables that a plan reads from end to end."""
    found = {plan["Relation Name"]} if plan["Node Type"] == "Seq Scan" else set()
    return found.union(*[scans(part) for part in plan.get("Plans", [])])


@pytest.fixture
async def filled(runtime):
    await runtime.pool.execute(FILL)
    return runtime


@pytest.fixture
def plan_of(filled):
    async def plan_of(query):
        text = str(
            query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
        )
        async with filled.transaction() as session:
            explained = sa.text("EXPLAIN (FORMAT JSON) " + text.replace(":", "\\:"))
            return (await session.scalar(explained))[0]["Plan"]

    return plan_of


async def test_what_is_asked_again_and_again_rests_on_indexes(filled, plan_of, clock):
    endpoint_id = await filled.pool.fetchval("SELECT id FROM webhook_endpoints LIMIT 1")
    keys = [(endpoint_id, f"s{n}") for n in range(20)]
    pages = [
        deliveries.select_page(endpoint_id=endpoint_id, event_id=None, state=None),
        deliveries.select_page(endpoint_id=None, event_id=new_id(), state=None),
        deliveries.select_page(endpoint_id=None, event_id=None, state=None),
        *(
            deliveries.select_page(endpoint_id=None, event_id=None, state=state)
            for state in (DeliveryState.PENDING, DeliveryState.PARKED, DeliveryState.FAILED)
        ),
    ]
    queries = [
        claiming.select_due(clock.now(), room=64, each=16, busy={endpoint_id: 3}),
        claiming.select_due(clock.now(), room=64, each=16, busy={}),
        planning.select_wanted([endpoint_id], 2000, 20_000),
        lines.select_fronts(keys),
        lines.select_heads(keys),
        *(page.limit(51) for page in pages),
    ]
    for query in queries:
        plan = await plan_of(query)
        assert not scans(plan) & BIG, f"{query}\n{plan}"
    # And the guard does see a table that is read from end to end.
    blind = deliveries.select_page(endpoint_id=None, event_id=None, state=None)
    blind = blind.order_by(None).where(sa.text("type = 'y'"))
    assert scans(await plan_of(blind)) == {"webhook_deliveries"}


async def test_a_batch_costs_as_many_statements_as_one(runtime, endpoint, receiver, later):
    seen = []

    def note(_connection, _cursor, statement, *_more):
        seen.append(statement)

    sa.event.listen(runtime.engine.sync_engine, "before_cursor_execute", note)
    try:
        await later()
        costs = []
        for count in (1, 300):
            await ring(runtime, *(f"{bell}{n}" for n in range(count) for bell in "ab"))
            await _place(runtime)
            seen.clear()
            assert await planning.plan(runtime) == 1
            costs.append(len(seen))
    finally:
        sa.event.remove(runtime.engine.sync_engine, "before_cursor_execute", note)
    assert costs[0] == costs[1] < 10


async def _place(runtime):
    while await worker.relay_step(runtime):
        pass
