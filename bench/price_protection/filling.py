"""A distributor, its products, three years of orders and shipments: the same for the same seed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

EFFECTIVE = "DATE '2026-03-01'"
PRODUCTS, NAMED, REACHED, LEFT_OUT = 20_000, 500, 200_000, 20_000
VENDOR = "00000000-0000-7000-8000-000000000001"
NOTICE = "00000000-0000-7000-8000-000000000002"


def _id(kind: int, number: str) -> str:
    return f"('{kind:08x}-0000-7000-8000-' || lpad(to_hex({number}), 12, '0'))::uuid"


_UNITS = "(1 + abs(hashint4(n)) % 9)"
_RECORD = "1, now(), ''::bytea, now(), now()"
# A line's place in time: old ones, then those of the last sixty days, half of named products.
_LINES = f"""
INSERT INTO purchase_lines (id, purchase_order_id, key, position, product_id, quantity,
    unit_price_amount, unit_price_currency, is_back_ordered, placed_on, invoiced_on, receipts,
    sales, customer_id, drop_ship_address)
SELECT {_id(5, "n")}, {_id(4, "(n / 5)")}, (n % 5)::text, n % 5,
    {{product}}, {_UNITS}, 100 + (abs(hashint4(n + 7)) % 5000) / 100.0, 'USD',
    false, o.ordered_on, o.ordered_on + 1,
    CASE WHEN n % 10 = 3 THEN jsonb_build_array(jsonb_build_object('on', o.ordered_on + 2,
        'quantity', 1)) END,
    CASE WHEN n % 20 = 3 THEN jsonb_build_array(jsonb_build_object('on', o.ordered_on + 4,
        'quantity', 1)) END,
    CASE WHEN n % 10 = 7 THEN {_id(6, "1")} END,
    CASE WHEN n % 10 = 7 THEN '{{{{"name": "D"}}}}'::jsonb END
FROM generate_series({{first}}, {{last}}) n
JOIN purchase_orders o ON o.id = {_id(4, "(n / 5)")}
"""


async def fill(database: asyncpg.Connection, size: int) -> None:
    """Build all of it, set-wise."""
    recent = 2 * (REACHED + LEFT_OUT)
    old = size - recent
    await database.execute(
        f"INSERT INTO vendors (id, key, version, as_of, content_sha256, created_at, updated_at,"
        f" name, roles) VALUES ('{VENDOR}', 'bigdist', {_RECORD}, 'Big', '{{distributor}}');"
        f"INSERT INTO customers (id, key, version, as_of, content_sha256, created_at, updated_at,"
        f" name) VALUES ({_id(6, '1')}, 'C-1', {_RECORD}, 'Dana');"
        f"INSERT INTO products (id, key, version, as_of, content_sha256, created_at, updated_at,"
        f" name) SELECT {_id(3, 'n')}, 'P-' || n, {_RECORD}, 'P'"
        f" FROM generate_series(0, {PRODUCTS - 1}) n;"
        f"INSERT INTO vendor_terms (id, key, version, as_of, content_sha256, created_at,"
        f" updated_at, vendor_id, role, valid_from, terms) VALUES ({_id(7, '1')}, 'T', {_RECORD},"
        f" '{VENDOR}', 'distributor', '2020-01-01', '{{\"price_protection\": {{"
        f'"is_granted": true, "look_back": {{"value": 30, "unit": "days", "bought_on": "order"}},'
        f' "reaches": ["on_hand", "in_transit", "drop_shipped"],'
        f' "difference": "invoice_minus_new"}}}}\')'
    )
    # Orders as time goes: most over three years, then the last sixty days.
    await database.execute(
        f"INSERT INTO purchase_orders (id, key, version, as_of, content_sha256, created_at,"
        f" updated_at, supplier_id, ordered_on) SELECT {_id(4, 'n')}, 'PO-' || n, {_RECORD},"
        f" '{VENDOR}', CASE WHEN n < {old // 5}"
        f" THEN {EFFECTIVE} - 61 - ((1 - n::numeric / {max(old // 5, 1)}) * 1000)::int"
        f" WHEN n < {(old + 2 * LEFT_OUT) // 5}"
        f" THEN {EFFECTIVE} - 31 - n % 29"
        f" ELSE {EFFECTIVE} - 5 - n % 25 END FROM generate_series(0, {size // 5}) n"
    )
    async with bare(
        database,
        (
            "purchase_lines",
            "shipments",
            "packages",
            "package_contents",
            "parcels",
            "parcel_packages",
            "losses",
        ),
    ):
        await _buy(database, old, size)
        await _ship(database, size)
        await _lose(database, old, size)
    await _tell(database)
    await database.execute("VACUUM (FREEZE, ANALYZE)")


@asynccontextmanager
async def bare(database: asyncpg.Connection, tables: tuple[str, ...]) -> AsyncIterator[None]:
    """Take the foreign keys and indexes off these tables, and make them again when they are full.

    Filled one by one they would take most of the time.
    """
    keys = await database.fetch(
        "SELECT conrelid::regclass AS of, quote_ident(conname) AS name,"
        " pg_get_constraintdef(oid) AS told FROM pg_constraint WHERE contype = 'f'"
        " AND (conrelid::regclass::text = ANY($1) OR confrelid::regclass::text = ANY($1))",
        list(tables),
    )
    indexes = await database.fetch(
        "SELECT indexrelid::regclass AS name, pg_get_indexdef(indexrelid) AS told FROM pg_index i"
        " WHERE indrelid::regclass::text = ANY($1) AND NOT EXISTS"
        " (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)",
        list(tables),
    )
    for key in keys:
        await database.execute(f"ALTER TABLE {key['of']} DROP CONSTRAINT {key['name']}")
    for index in indexes:
        await database.execute(f"DROP INDEX {index['name']}")
    yield
    await database.execute("SET maintenance_work_mem = '1GB'")
    for index in indexes:
        await database.execute(index["told"])
    for key in keys:
        await database.execute(
            f"ALTER TABLE {key['of']} ADD CONSTRAINT {key['name']} {key['told']}"
        )


async def _buy(database: asyncpg.Connection, old: int, size: int) -> None:
    """Order old lines, then those of the last sixty days, half of them of named products."""
    any_product = _id(3, f"(abs(hashint4(n + 1)) % {PRODUCTS})")
    named = _id(
        3,
        f"(CASE WHEN n % 2 = 0 THEN abs(hashint4(n + 1)) % {NAMED}"
        f" ELSE {NAMED} + abs(hashint4(n + 1)) % {PRODUCTS - NAMED} END)",
    )
    await database.execute(_LINES.format(product=any_product, first=0, last=old - 1))
    await database.execute(_LINES.format(product=named, first=old, last=size - 1))


async def _ship(database: asyncpg.Connection, size: int) -> None:
    """Ship each order two days after it was placed, and deliver most within three more."""
    await database.execute("SET work_mem = '512MB'")
    each = f"FROM generate_series(0, {size // 5}) n"
    orders = f"{each} JOIN purchase_orders o ON o.id = {_id(4, 'n')}"
    await database.execute(
        f"INSERT INTO shipments (id, key, version, as_of, content_sha256, created_at, updated_at,"
        f" shipper_kind, shipper_vendor_id, shipped_at) SELECT {_id(8, 'n')}, 'S-' || n, {_RECORD},"
        f" 'vendor', '{VENDOR}', o.ordered_on + 2 + interval '15 hours' {orders};"
        f"INSERT INTO packages (id, shipment_id, key, position, has_known_contents)"
        f" SELECT {_id(9, 'n')}, {_id(8, 'n')}, '1', 0, true {each};"
        f"INSERT INTO parcels (id, status, delivered_at, created_at) SELECT {_id(10, 'n')},"
        f" 'delivered', CASE WHEN n % 10 > 0 THEN o.ordered_on + 3 + n % 3"
        f" + interval '9 hours' END, now() {orders};"
        f"INSERT INTO parcel_packages (package_id, parcel_id, shipment_id)"
        f" SELECT {_id(9, 'n')}, {_id(10, 'n')}, {_id(8, 'n')}"
        f" {each}"
    )
    await database.execute(
        f"INSERT INTO package_contents (package_id, purchase_line_id, position, quantity)"
        f" SELECT {_id(9, '(n / 5)')}, {_id(5, 'n')}, n % 5, greatest({_UNITS} - (n % 13 = 0)::int,"
        f" 1) FROM generate_series(0, {size - 1}) n WHERE n % 10 <> 3"
    )


async def _lose(database: asyncpg.Connection, old: int, size: int) -> None:
    """Lose a unit of each hundredth line of the last sixty days, and of some before."""
    await database.execute(
        f"INSERT INTO losses (id, description, quantity, borne_by, purchase_line_id, version,"
        f" created_at, updated_at) SELECT {_id(11, 'n')}, 'Lost.', 1, 'us', {_id(5, 'n')}, 1,"
        f" now(), now() FROM generate_series({max(old - 100_000, 0)}, {size - 1}, 100) n"
    )


async def _tell(database: asyncpg.Connection) -> None:
    """Tell a notice of 500 products."""
    await database.execute(
        f"INSERT INTO price_notices (id, version, vendor_id, origin, state, effective_on, currency,"
        f" content_sha256, terms, totals, product_ids, created_at, updated_at) VALUES ('{NOTICE}',"
        f" 1, '{VENDOR}', 'announced', 'confirmed', {EFFECTIVE}, 'USD', '', '[]', '[]', '{{}}',"
        f" now(), now());"
        f"INSERT INTO price_notice_lines (notice_id, position, product_id, old_price, new_price)"
        f" SELECT '{NOTICE}', n, {_id(3, 'n')}, 150, 95 + n % 10"
        f" FROM generate_series(0, {NAMED - 1}) n"
    )
