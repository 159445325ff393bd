"""What is computed or found rests on indexes: it costs what is reached, not what is on record."""

from datetime import date
from uuid import UUID

import pytest

from app.kit.db import now
from app.kit.ids import new_id
from app.price_protection.exposure.reach import Asked, Target
from app.price_protection.exposure.reading import ExposureFilter, select_exposed
from app.price_protection.exposure.rules import (
    Eligibility,
    Fall,
    OfSupplier,
    granted,
    nothing_known,
)
from app.price_protection.exposure.statement import select_exposure
from app.price_protection.jobs import select_due
from app.price_protection.notices.reading import NoticeFilter, select_notices
from app.price_protection.rules import State
from app.vendors.terms import NOBODYS, VendorTerms
from tests.orders.test_scale import BIG, FILL, plan_of, scans
from tests.price_protection.room import GRANTED

PLACED = """
UPDATE purchase_lines l SET placed_on = DATE '2026-03-01' - abs(hashtext(l.id::text)) % 1000,
    invoiced_on = DATE '2026-03-01' - abs(hashtext(l.id::text)) % 1000;
UPDATE shipments SET shipped_at = now() - interval '1 hour' * (abs(hashtext(id::text)) % 20000);
INSERT INTO units (id, key, version, as_of, content_sha256, created_at, updated_at, serial,
    serial_lookup, serial_plain, product_id, purchase_line_id, shipped_on)
SELECT gen_random_uuid(), l.id::text, 1, now(), '', now(), now(), l.id::text, l.id::text,
    l.id::text, l.product_id, l.id, '2026-02-20' FROM purchase_lines l;
INSERT INTO price_notices (id, version, vendor_id, origin, state, effective_on, currency,
    content_sha256, compute_due_at, terms, totals, product_ids, created_at, updated_at)
SELECT gen_random_uuid(), 1, (SELECT id FROM vendors ORDER BY id LIMIT 1 OFFSET n % 3), 'detected',
    CASE WHEN n % 50 = 0 THEN 'unconfirmed' ELSE 'confirmed' END, '2026-03-01', 'USD',
    n::text::bytea, CASE WHEN n % 500 = 0 THEN now() END, '[]', '[]', '{}', now(), now()
FROM generate_series(1, 5000) n;
INSERT INTO price_exposure (notice_id, purchase_line_id, first_unit, quantity, position, product_id,
    supplier_id, terms_no, place, eligibility, reason, unit_price, unit_credit, amount, capped)
SELECT n.id, gen_random_uuid(), 1, 1, 0, n.id, n.id, 0, 'on_hand', 'eligible', 'eligible', 1, 1, 1,
    0 FROM price_notices n, generate_series(1, 5);
"""
OURS = {"price_notices", "price_exposure", "units"}


@pytest.fixture
async def filled(runtime):
    await runtime.pool.execute(FILL)
    await runtime.pool.execute(PLACED)
    await runtime.pool.execute(f"ANALYZE {', '.join(sorted({*BIG, *OURS}))}")
    return runtime


def asked(supplier_id, product_ids, bought_on, **more):
    fall = Fall(date(2026, 3, 1), None, "USD")
    told = GRANTED | {"look_back": {"value": 30, "unit": "days", "bought_on": bought_on}}
    terms = VendorTerms.model_validate({"price_protection": told})
    of = OfSupplier(supplier_id, "v1", None, "t", 1, terms, NOBODYS)
    targets = [Target(0, each, None, False, None, "1.00") for each in product_ids]
    return Asked(fall, supplier_id, targets, [nothing_known(fall), granted(1, fall, of)], 2, **more)


async def exposure_plan(runtime, what):
    async with runtime.transaction() as session:
        connection = await session.connection()
        found = select_exposure(what).compile(
            dialect=connection.dialect, compile_kwargs={"render_postcompile": True}
        )
        given = [found.params[name] for name in found.positiontup]
        processors = found._bind_processors
        values = tuple(
            processors[name](value) if name in processors else value
            for name, value in zip(found.positiontup, given, strict=True)
        )
        rows = await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {found.string}", values)
        return rows.scalar_one()[0]["Plan"]


# What was shipped in the window is found by its days; so much of a small table is read whole then.
FOUND_BY_DAY = {"order": {*BIG, *OURS}, "invoice": {*BIG, *OURS}, "shipment": {"shipments"}}


@pytest.mark.parametrize("bought_on", FOUND_BY_DAY)
async def test_no_table_is_read_whole_to_compute_an_exposure(filled, bought_on):
    supplier_id = await filled.pool.fetchval("SELECT supplier_id FROM purchase_orders LIMIT 1")
    rows = await filled.pool.fetch("SELECT id FROM products ORDER BY id LIMIT 3")
    products = [UUID(str(row["id"])) for row in rows]
    supplier = UUID(str(supplier_id))
    for more in ({}, {"earlier": (new_id(), new_id())}, {"line_id": new_id()}):
        plan = await exposure_plan(filled, asked(supplier, products, bought_on, **more))
        assert scans(plan) & FOUND_BY_DAY[bought_on] == set()


async def test_the_statement_of_an_exposure_is_compiled_once_for_all_notices(runtime):
    async with runtime.engine.connect() as plain:
        compiled = {}
        connection = await plain.execution_options(compiled_cache=compiled)
        for _ in range(5):
            await connection.execute(select_exposure(asked(new_id(), [new_id()], "order")))
    # What its parts share is named at the first.
    assert len(compiled) in {1, 2}


async def test_every_find_rests_on_an_index(filled):
    notice = await filled.pool.fetchrow("SELECT id, vendor_id, number FROM price_notices LIMIT 1")
    async with filled.transaction() as session:
        moment = now(session)
    middle = notice["id"]
    queries = {
        "due": select_due(moment),
        "all": select_notices(NoticeFilter(), after=middle).limit(50),
        "vendor": select_notices(NoticeFilter(vendor_id=notice["vendor_id"])).limit(50),
        "state": select_notices(NoticeFilter(state=State.UNCONFIRMED)).limit(50),
        "number": select_notices(NoticeFilter(number=notice["number"])),
        "exposure": select_exposed(middle, ExposureFilter(), after=(middle, 1)).limit(50),
        "eligible": select_exposed(
            middle, ExposureFilter(Eligibility.ELIGIBLE), after=(middle, 1)
        ).limit(50),
    }
    found = {name: scans(await plan_of(filled, query)) for name, query in queries.items()}
    assert not any(found.values()), found
