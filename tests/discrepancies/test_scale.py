"""Every find of this room rests on an index."""

import pytest
import sqlalchemy as sa

from app.discrepancies.denials import denying
from app.discrepancies.finds import DiscrepancyFilter, select_discrepancies
from app.discrepancies.jobs import select_of_ledger, select_of_road, select_of_terms
from app.discrepancies.models import Discrepancy
from app.discrepancies.rules import Kind, State
from app.discrepancies.weights import weighing
from app.kit.ids import new_id
from app.obligations import lost
from tests.cases.test_finding import BIG, MORE
from tests.discrepancies.room import packed, sent
from tests.orders.documents import content
from tests.orders.test_scale import FILL, plan_of, scans, statements

OURS = {
    "denial_judgements",
    "discrepancies",
    "discrepancy_denials",
    "discrepancy_lines",
    "discrepancy_rights",
    "discrepancy_settlements",
    "discrepancy_verdicts",
}
FILLED = """
INSERT INTO discrepancies (id, version, case_id, kind, state, settlement, settled_at, shipment_id,
    supplier_id, reported_at, created_at, updated_at)
SELECT gen_random_uuid(), 1, c.id, CASE WHEN n % 20 = 0 THEN 'damage' ELSE 'non_delivery' END,
    s.state, CASE WHEN s.state = 'settled' THEN 'credited' END,
    CASE WHEN s.state = 'settled' THEN now() END, c.shipment_id, v.id, now(), now(), now()
FROM (SELECT *, row_number() OVER () n FROM cases) c
CROSS JOIN LATERAL (SELECT CASE WHEN n % 15 = 0 THEN 'open' ELSE 'settled' END AS state) s
CROSS JOIN (SELECT id FROM vendors LIMIT 1) v;
UPDATE losses SET purchase_line_id = c.purchase_line_id FROM cases c WHERE c.id = case_id;
INSERT INTO discrepancy_lines (id, discrepancy_id, position, purchase_line_id, quantity, loss_id,
    debt_id)
SELECT gen_random_uuid(), d.id, 0, c.purchase_line_id, 1, l.id, o.id
FROM discrepancies d JOIN cases c ON c.id = d.case_id JOIN losses l ON l.case_id = c.id
JOIN obligations o ON o.case_id = c.id;
INSERT INTO discrepancy_rights (id, discrepancy_id, right_kind, is_final, toward, why, reckoned_at)
SELECT gen_random_uuid(), id, 'report_shortage', true, 'vendor:v1', '', now() FROM discrepancies;
INSERT INTO discrepancy_verdicts (id, discrepancy_id, weighed_at, weighed_by, model, question,
    answer, readings, left_out, notes, inputs)
SELECT gen_random_uuid(), id, now(), 'x', '1', '{}', '{}', '[]', '[]', '[]', ''
FROM discrepancies;
INSERT INTO discrepancy_denials (id, discrepancy_id, vendor_id, role, said_at, channel, words,
    ground, recorded_at, recorded_by)
SELECT gen_random_uuid(), id, supplier_id, 'distributor', now(), 'phone', '', '', now(), 'x'
FROM discrepancies;
INSERT INTO denial_judgements (id, denial_id, judged_at, judged_by, applicable, judgement, facts)
SELECT gen_random_uuid(), id, now(), 'x', 'no', '{}', '{}' FROM discrepancy_denials;
INSERT INTO discrepancy_settlements (id, discrepancy_id, settlement, released_ids, at, by_name,
    recorded_at, recorded_by)
SELECT gen_random_uuid(), id, 'credited', '{}', now(), 'x', now(), 'x' FROM discrepancies;
"""


@pytest.fixture
async def filled(runtime):
    await runtime.pool.execute(FILL)
    await runtime.pool.execute(MORE)
    await runtime.pool.execute(FILLED)
    await runtime.pool.execute(f"ANALYZE {', '.join(sorted(BIG | OURS))}")
    return runtime


async def test_every_find_rests_on_an_index(filled):
    pool = filled.pool
    row = await pool.fetchrow("SELECT * FROM discrepancies ORDER BY id OFFSET 2500 LIMIT 1")
    line = await pool.fetchrow("SELECT * FROM discrepancy_lines LIMIT 1")
    denial_id = await pool.fetchval("SELECT id FROM discrepancy_denials LIMIT 1")
    parcel_id = await pool.fetchval("SELECT parcel_id FROM parcel_packages LIMIT 1")
    select, middle = select_discrepancies, row["id"]
    told, due = lost.losses().subquery(), lost.deadlines().subquery()

    def of(table):
        found = sa.table(table, sa.column("discrepancy_id", sa.Uuid), sa.column("id"))
        return sa.select(found.c.id).where(found.c.discrepancy_id == middle)

    judged = sa.table("denial_judgements", sa.column("denial_id", sa.Uuid), sa.column("id"))
    queries = [
        select(DiscrepancyFilter()),
        select(DiscrepancyFilter(), after=middle),
        select(DiscrepancyFilter(state=State.OPEN), after=middle),
        select(DiscrepancyFilter(kind=Kind.DAMAGE)),
        select(DiscrepancyFilter(case_id=row["case_id"])),
        select(DiscrepancyFilter(shipment="s7")),
        select(DiscrepancyFilter(shipment="s7", state=State.OPEN), after=middle),
        select(DiscrepancyFilter(number=1042)),
        weighing.select_verdicts(middle),
        weighing.select_verdicts(middle, before=new_id()),
        denying.select_denials(middle),
        denying.select_denials(middle, after=new_id()),
        select_of_road({parcel_id}, {row["shipment_id"]}),
        select_of_ledger({line["loss_id"]}, {line["debt_id"]}),
        select_of_terms({"vendor:nobody"}),
        of("discrepancy_lines"),
        of("discrepancy_rights"),
        of("discrepancy_settlements"),
        sa.select(judged.c.id).where(judged.c.denial_id.in_([denial_id])),
        sa.select(told).where(told.c.purchase_line_id.in_([line["purchase_line_id"]])),
        sa.select(due).where(due.c.deadline_id.in_([new_id()])),
    ]
    for query in queries:
        plan = await plan_of(filled, query.limit(51))
        assert not scans(plan) & (BIG | OURS), f"{query}\n{plan}"
    # And the guard does see a table that is read from end to end.
    blind = sa.select(Discrepancy).where(Discrepancy.note == "nobody")
    assert scans(await plan_of(filled, blind)) == {"discrepancies"}


async def test_a_shipment_of_many_packages_costs_as_many_statements_as_one_of_two(room, runtime):
    costs = {}
    for count in (2, 40):
        key = f"S-{count}"
        empty = [packed(content(1, "20"), tracking=f"1Z{count}X0", key="x0")]
        more = [
            {"key": f"x{n}", "tracking_number": f"1Z{count}X{n}", "carrier": "UPS", "contents": []}
            for n in range(1, count)
        ]
        await room.erp.tell(f"shipments/{key}", sent(*empty, *more))
        await room.run_jobs()
        case = await room.case(
            shipment=key, order_line={"purchase_order": "PO-1", "line": "20"}, kind="non_delivery"
        )
        body = room.document(
            case,
            shipment=key,
            kind="non_delivery",
            lines=[{"order": {"purchase_order": "PO-1", "line": "20"}, "quantity": 1}],
        )
        opening = await statements(runtime, room.client.post("/v1/discrepancies", json=body))
        (told,) = await room.ask("discrepancies", shipment=key)
        path = f"/v1/discrepancies/{told['id']}"
        refreshing = await statements(runtime, room.client.post(f"{path}/refresh"))
        reading = await statements(runtime, room.client.get(path))
        costs[count] = [opening, refreshing, reading]
    assert costs[2] == costs[40]
    assert max(costs[40]) < 120
