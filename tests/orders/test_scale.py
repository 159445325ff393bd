"""Large documents cost as many statements as small ones, and every find rests on an index."""

from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from app.kit.ids import new_id
from app.orders import finds, views
from app.orders.finds import DocumentFilter, OrderFilter, ShipmentFilter
from app.products.service import select_products
from tests.orders.documents import content, line, order, package, shipment

BIG = (
    "purchase_lines",
    "purchase_orders",
    "package_contents",
    "package_serials",
    "packages",
    "shipments",
    "customers",
    "products",
    "part_numbers",
    "vendor_documents",
    "vendor_document_lines",
)


@contextmanager
def counting(runtime):
    """Count what goes to the server."""
    seen = []

    def note(_connection, _cursor, statement, *_more):
        seen.append(statement)

    sa.event.listen(runtime.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(runtime.engine.sync_engine, "before_cursor_execute", note)


async def statements(runtime, sending):
    with counting(runtime) as seen:
        answer = await sending
        assert answer.is_success, answer.text
    return len(seen)


async def test_five_hundred_lines_cost_as_many_statements_as_one(erp, runtime):
    def ordered(count, quantity):
        return order(*[line(str(n), quantity=quantity, customer="dana") for n in range(count)])

    def shipped(po, count, quantity):
        contents = [
            content(quantity, str(n), po, serials=[f"{n}-{unit}" for unit in range(quantity)])
            for n in range(count)
        ]
        halves = (contents[: count // 2], contents[count // 2 :])
        return shipment(*[package(*half, key=str(n)) for n, half in enumerate(halves)])

    costs = {}
    for count in (2, 500):
        po, sent = f"PO-{count}", f"S-{count}"
        costs[count] = [
            await statements(runtime, erp.put(f"purchase-orders/{po}", ordered(count, 3))),
            await statements(runtime, erp.put(f"shipments/{sent}", shipped(po, count, 2))),
            await statements(runtime, erp.put(f"purchase-orders/{po}", ordered(count, 2))),
            await statements(runtime, erp.put(f"shipments/{sent}", shipped(po, count, 1))),
            await statements(runtime, erp.client.get(f"/v1/purchase-orders/{po}")),
            await statements(runtime, erp.client.get(f"/v1/shipments/{sent}")),
        ]
        told = await erp.get(f"purchase-orders/{po}")
        assert {one["shipped_quantity"] for one in told["lines"]} == {1}
    assert costs[2] == costs[500]
    assert max(costs[500]) < 25
    lists = await statements(runtime, erp.client.get("/v1/purchase-orders"))
    assert lists <= costs[500][4] + 1


FILL = """
INSERT INTO vendors (id, key, name, roles, version, as_of, content_sha256, created_at, updated_at)
SELECT gen_random_uuid(), 'v' || n, 'v', '{distributor}', 1, now(), '', now(), now()
FROM generate_series(0, 299) n;
INSERT INTO customers (id, key, name, email, version, as_of, content_sha256, created_at, updated_at)
SELECT gen_random_uuid(), 'c' || n, 'c', 'c' || n || '@example.com', 1, now(), '', now(), now()
FROM generate_series(1, 3000) n;
INSERT INTO products (id, key, name, manufacturer_id, version, as_of, content_sha256, created_at,
    updated_at)
SELECT gen_random_uuid(), 'p' || n, 'p', (SELECT id FROM vendors WHERE key = 'v' || n % 300), 1,
    now(), '', now(), now()
FROM generate_series(1, 3000) n;
INSERT INTO part_numbers (product_id, position, kind, number, lookup)
SELECT id, 0, 'ours', key, upper(key) FROM products;
INSERT INTO purchase_orders (id, key, supplier_id, version, as_of, content_sha256, created_at,
    updated_at)
SELECT gen_random_uuid(), 'o' || n, (SELECT id FROM vendors WHERE key = 'v' || n % 300), 1, now(),
    '', now(), now()
FROM generate_series(1, 5000) n;
ANALYZE products, customers, purchase_orders;
INSERT INTO purchase_lines (id, purchase_order_id, key, position, product_id, quantity,
    unit_price_amount, unit_price_currency, is_back_ordered, customer_id, customer_order_number)
SELECT gen_random_uuid(), o.id, m::text, m, p.id, 5, 1, 'USD', false, c.id, 'so' || o.key
FROM (SELECT id, key, substr(key, 2)::int n FROM purchase_orders) o
CROSS JOIN generate_series(1, 4) m
JOIN products p ON p.key = 'p' || 1 + (o.n * 4 + m) % 3000
JOIN customers c ON c.key = 'c' || 1 + o.n % 3000;
INSERT INTO shipments (id, key, version, as_of, content_sha256, created_at, updated_at)
SELECT gen_random_uuid(), 's' || n, 1, now(), '', now(), now() FROM generate_series(1, 5000) n;
INSERT INTO packages (id, shipment_id, key, position, has_known_contents, tracking_number,
    tracking_lookup)
SELECT gen_random_uuid(), id, m::text, m, true, key || 'T' || m, upper(key) || 'T' || m
FROM shipments CROSS JOIN generate_series(1, 2) m;
ANALYZE purchase_lines, shipments, packages;
INSERT INTO package_contents (package_id, purchase_line_id, position, quantity)
SELECT k.id, l.id, 0, 2
FROM packages k JOIN shipments s ON s.id = k.shipment_id
JOIN purchase_orders o ON o.key = 'o' || substr(s.key, 2)
JOIN purchase_lines l ON l.purchase_order_id = o.id AND (l.position + k.position) % 2 = 0;
INSERT INTO package_serials (package_id, purchase_line_id, position, serial, lookup)
SELECT package_id, purchase_line_id, n, 'SN' || package_id || n, 'SN' || package_id || n
FROM package_contents CROSS JOIN generate_series(1, 2) n;
INSERT INTO vendor_documents (id, key, kind, vendor_id, number, issued_on, currency, told, version,
    as_of, content_sha256, created_at, updated_at)
SELECT gen_random_uuid(), 'd' || n, 'credit_memo', v.id, 'cm' || n, now(), 'USD', '{}', 1, now(),
    '', now(), now()
FROM generate_series(1, 5000) n JOIN vendors v ON v.key = 'v' || n % 300;
INSERT INTO vendor_document_lines (document_id, key, position, amount, rma_lookup,
    purchase_order_key, serial_lookups, obligation_number)
SELECT id, m::text, m, 1, 'R' || key, 'o' || key, ARRAY['S' || key || m], substr(key, 2)::int
FROM vendor_documents CROSS JOIN generate_series(1, 2) m;
"""


def scans(plan):
    """Return the tables that a plan reads from end to end."""
    found = {plan["Relation Name"]} if plan["Node Type"] == "Seq Scan" else set()
    return found.union(*[scans(part) for part in plan.get("Plans", [])])


@pytest.fixture
async def filled(runtime):
    await runtime.pool.execute(FILL)
    await runtime.pool.execute(f"ANALYZE {', '.join(BIG)}")
    return runtime


async def plan_of(runtime, query):
    text = str(query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
    async with runtime.transaction() as session:
        return (await session.scalar(sa.text("EXPLAIN (FORMAT JSON) " + text.replace(":", "\\:"))))[
            0
        ]["Plan"]


async def test_every_find_rests_on_an_index(filled):
    pool = filled.pool
    serial = await pool.fetchval("SELECT serial FROM package_serials LIMIT 1")
    supplier = await pool.fetchval("SELECT supplier_id FROM purchase_orders LIMIT 1")
    middle = await pool.fetchval("SELECT id FROM purchase_orders ORDER BY id OFFSET 2500 LIMIT 1")
    line_id = await pool.fetchval("SELECT id FROM purchase_lines LIMIT 1")
    shipment_id = await pool.fetchval("SELECT id FROM shipments LIMIT 1")
    held, told, packed = (
        view().subquery() for view in (views.shipped, views.packages, views.contents)
    )
    package_id = sa.select(told.c.package_id).where(told.c.shipment_id == shipment_id)
    documents = finds.select_documents
    paper_id = await pool.fetchval("SELECT id FROM vendor_documents LIMIT 1")
    papers, packed_serials = (
        view().subquery() for view in (views.vendor_document_lines, views.packed_serials)
    )
    orders, shipments = finds.select_purchase_orders, finds.select_shipments
    queries = [
        orders(OrderFilter(), after=middle),
        orders(OrderFilter(), supplier_id=supplier, after=middle),
        orders(OrderFilter(customer="c7")),
        orders(OrderFilter(customer="c7"), after=middle),
        orders(OrderFilter(customer_order_number="soo7")),
        orders(OrderFilter(product="p7")),
        orders(OrderFilter(serial=serial)),
        orders(OrderFilter(tracking_number="s7t1")),
        orders(OrderFilter(customer="c7", product="p7", serial=serial, tracking_number="s7t1")),
        shipments(ShipmentFilter(), after=new_id()),
        shipments(ShipmentFilter(purchase_order="o7")),
        shipments(ShipmentFilter(customer="c7")),
        shipments(ShipmentFilter(serial=serial)),
        shipments(ShipmentFilter(tracking_number="s7t1")),
        shipments(ShipmentFilter("o7", "c7", serial, "s7t1")),
        documents(DocumentFilter(), after=new_id()),
        documents(DocumentFilter(), vendor_id=supplier, after=middle),
        documents(DocumentFilter(number="cm7")),
        documents(DocumentFilter(rma="Rd7")),
        documents(DocumentFilter(purchase_order="od7")),
        documents(DocumentFilter(serial="Sd71")),
        documents(DocumentFilter(obligation=7)),
        sa.select(papers).where(papers.c.document_id == paper_id),
        sa.select(packed_serials).where(packed_serials.c.serial_lookup == serial.upper()),
        finds.select_customers(email="c7@example.com"),
        finds.select_customers(after=new_id()),
        select_products(part_number="p7"),
        select_products(manufacturer_id=supplier, after=middle),
        sa.select(held).where(held.c.purchase_line_id == line_id),
        sa.select(told).where(told.c.shipment_id == shipment_id),
        sa.select(packed).where(packed.c.package_id.in_(package_id)),
    ]
    for query in queries:
        plan = await plan_of(filled, query.limit(51))
        assert not scans(plan) & set(BIG), f"{query}\n{plan}"
    # And the guard does see a table that is read from end to end.
    blind = finds.select_customers().where(sa.text("name = 'nobody'")).order_by(None)
    assert scans(await plan_of(filled, blind)) == {"customers"}
