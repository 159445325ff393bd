"""What is read of a unit rests on indexes, and costs the same whatever stands in for what."""

from app.coverage import dating, lookups
from app.kit.ids import new_id
from app.orders.units import finds, replacing
from app.orders.units.finds import UnitFilter
from tests.orders.test_scale import BIG, FILL, plan_of, scans, statements

UNITS = """
INSERT INTO units (id, key, serial, serial_lookup, serial_plain, product_id, purchase_line_id,
    customer_id, version, as_of, content_sha256, created_at, updated_at)
SELECT gen_random_uuid(), 'u' || n, 'S' || n, 'S' || n, 'S' || n, p.id, l.id, c.id, 1, now(), '',
    now(), now()
FROM generate_series(1, 6000) n
JOIN products p ON p.key = 'p' || 1 + n % 3000
JOIN customers c ON c.key = 'c' || 1 + n % 3000
JOIN purchase_orders o ON o.key = 'o' || 1 + n % 5000
JOIN purchase_lines l ON l.purchase_order_id = o.id AND l.key = '1';
INSERT INTO unit_returns (id, unit_id, rma, rma_lookup, went_back_at, recorded_at, recorded_by)
SELECT gen_random_uuid(), id, key, upper(key), now(), now(), 'x' FROM units;
INSERT INTO unit_replacements (new_unit_id, old_unit_id, replaced_at, is_told, recorded_at,
    recorded_by)
SELECT a.id, b.id, now(), true, now(), 'x'
FROM units a JOIN units b ON b.key = 'u' || substr(a.key, 2)::int + 1;
INSERT INTO unit_moves (id, unit_id, right_kind, hand_kind, since, why, recorded_at, recorded_by)
SELECT gen_random_uuid(), id, 'owner', 'us', now(), 'x', now(), 'x' FROM units;
INSERT INTO warranty_lookups (id, key, unit_id, vendor_id, seen_at, says, source, offers, version,
    as_of, content_sha256, created_at, updated_at)
SELECT gen_random_uuid(), u.key, u.id, v.id, now(), 'covered', 'x', '[]', 1, now(), '', now(), now()
FROM units u JOIN vendors v ON v.key = 'v1';
"""
OURS = ("units", "unit_returns", "unit_replacements", "unit_moves", "warranty_lookups")


async def test_every_find_rests_on_an_index(runtime):
    await runtime.pool.execute(FILL + UNITS)
    await runtime.pool.execute(f"ANALYZE {', '.join((*BIG, *OURS))}")
    unit_id = await runtime.pool.fetchval("SELECT id FROM units LIMIT 1")
    line_id = await runtime.pool.fetchval("SELECT id FROM purchase_lines LIMIT 1")
    middle = await runtime.pool.fetchval("SELECT id FROM units ORDER BY id OFFSET 3000 LIMIT 1")
    queries = [
        finds.select_units(UnitFilter(), after=new_id()),
        finds.select_units(UnitFilter(serial="S7"), after=middle),
        finds.select_units(UnitFilter(product="p7")),
        finds.select_units(UnitFilter(customer="c7")),
        finds.select_units(UnitFilter(purchase_order="o7")),
        finds.select_units(UnitFilter(purchase_order="o7", line="1")),
        finds.select_units(UnitFilter(rma="U7")),
        finds.select_units(UnitFilter("S7", "p7", "c7", "o7", "1", "U7")),
        finds.select_spoken("S7"),
        finds.select_spoken("S7", product="p7"),
        replacing.select_chain(unit_id),
        lookups.select_lookups(after=new_id()),
        lookups.select_lookups(unit="u7"),
        lookups.select_of_units([unit_id]),
        dating.select_packed(["S7"]),
        dating.select_invoices_of_serials(["SD71"]),
        dating.select_invoices_of_lines([line_id]),
    ]
    for query in queries:
        plan = await plan_of(runtime, query.limit(51))
        assert not scans(plan) & {*BIG, *OURS}, f"{query}\n{plan}"


async def test_a_long_chain_costs_as_many_statements_as_a_short_one(shop, runtime):
    await shop.unit("U-0")
    costs = []
    for n in range(1, 9):
        link = {"unit": f"U-{n - 1}", "at": "2026-03-01T10:00:00Z"}
        await shop.unit(f"U-{n}", replaces=link)
        asked = shop.client.get("/v1/entitlements", params={"unit": f"U-{n}"})
        costs.append(await statements(runtime, asked))
    assert len(set(costs[1:])) == 1, costs
    assert costs[-1] < 30
    listed = await statements(runtime, shop.client.get("/v1/units"))
    assert listed < 15
