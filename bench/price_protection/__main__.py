"""Run it: `uv run python -m bench.price_protection --sizes 1,3,10`. Prints both, and the ratio."""

import argparse
import asyncio
import resource
import statistics
import tempfile
import time
from pathlib import Path
from uuid import UUID

import asyncpg

from app import embedded, migrations
from app.price_protection.exposure import computing
from app.price_protection.models import PriceNotice
from app.runtime import Runtime, open_runtime
from app.settings import Settings
from bench.price_protection.filling import NOTICE, VENDOR, fill

# The same question, asked for these terms alone: nothing is looked up that they do not need.
BY_HAND = f"""
INSERT INTO price_exposure (notice_id, purchase_line_id, first_unit, quantity, position, product_id,
    supplier_id, terms_no, place, eligibility, reason, bought_on, unit_price, unit_credit, amount,
    capped)
SELECT '{NOTICE}', x.id, s.after + 1, s.until - s.after, x.position, x.product_id, '{VENDOR}', 1,
    s.place, CASE WHEN x.reason = 'eligible' THEN 'eligible' ELSE 'left_out' END, x.reason,
    x.ordered_on, x.unit_price_amount,
    CASE WHEN x.reason = 'eligible' THEN x.credit ELSE 0 END,
    CASE WHEN x.reason = 'eligible' THEN round((s.until - s.after) * x.credit, 2) ELSE 0 END, 0
FROM (
    SELECT l.id, n.position, l.product_id, l.quantity, l.unit_price_amount, o.ordered_on,
        l.drop_ship_address IS NOT NULL AS dropped,
        greatest(l.unit_price_amount - n.new_price, 0) AS credit,
        greatest(m.arrived, r.units) AS arrived,
        least(l.quantity, greatest(m.shipped, m.arrived, r.units)) AS shipped,
        least(b.units, l.quantity) AS sold, k.units AS back, g.units AS lost
    FROM price_notice_lines n
    JOIN purchase_lines l ON l.product_id = n.product_id
        AND l.placed_on BETWEEN DATE '2026-03-01' - 60 AND DATE '2026-02-28'
    JOIN purchase_orders o ON o.id = l.purchase_order_id AND o.supplier_id = '{VENDOR}'
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(c.quantity), 0)::int AS shipped,
            coalesce(sum(c.quantity) FILTER (WHERE p.delivered_at < '2026-03-01Z'), 0)::int
            AS arrived
        FROM package_contents c
        JOIN packages a ON a.id = c.package_id AND a.removed_at IS NULL
        JOIN shipments h ON h.id = a.shipment_id AND h.cancelled_at IS NULL
        LEFT JOIN parcel_packages pp ON pp.package_id = a.id
        LEFT JOIN parcels p ON p.id = pp.parcel_id
        WHERE c.purchase_line_id = l.id AND h.shipped_at < '2026-03-01Z'
    ) m
    CROSS JOIN LATERAL (
        SELECT coalesce(sum((e ->> 'quantity')::int), 0)::int AS units
        FROM jsonb_array_elements(l.receipts) e WHERE (e ->> 'on')::date < '2026-03-01'
    ) r
    CROSS JOIN LATERAL (
        SELECT coalesce(sum((e ->> 'quantity')::int), 0)::int AS units
        FROM jsonb_array_elements(l.sales) e WHERE (e ->> 'on')::date < '2026-03-01'
    ) b
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(v.quantity), 0)::int AS units FROM vendor_document_lines v
        JOIN vendor_documents d ON d.id = v.document_id
        WHERE v.purchase_order_key = o.key AND v.purchase_line_key = l.key
            AND d.kind = 'credit_memo' AND d.cancelled_at IS NULL AND v.rma_lookup IS NOT NULL
    ) d
    CROSS JOIN LATERAL (
        SELECT greatest(coalesce(sum(y.performed), 0)::int, d.units) AS units FROM obligations y
        WHERE y.purchase_line_id = l.id AND y.kind = 'return_goods' AND y.creditor_id = '{VENDOR}'
    ) k
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(z.quantity - coalesce((
            SELECT sum(w.quantity) FROM allocations w WHERE w.loss_id = z.id), 0)), 0)::int AS units
        FROM losses z WHERE z.purchase_line_id = l.id AND z.quantity IS NOT NULL
    ) g
    WHERE n.notice_id = '{NOTICE}' AND l.removed_at IS NULL
    OFFSET 0
) f
CROSS JOIN LATERAL (SELECT
    least(f.back, f.shipped) AS back1, least(f.lost, f.shipped - least(f.back, f.shipped)) AS lost1
) g1
CROSS JOIN LATERAL (SELECT CASE WHEN f.dropped THEN 0
    ELSE least(f.sold, f.shipped - g1.back1 - g1.lost1) END AS sold1) g2
CROSS JOIN LATERAL (SELECT sold1 + back1 + lost1 AS gone) g3
CROSS JOIN LATERAL (SELECT CASE WHEN f.dropped THEN g3.gone
    ELSE greatest(g3.gone, least(f.arrived, f.quantity)) END AS here) g4
CROSS JOIN LATERAL (VALUES ('sold', 0, sold1), ('returned', sold1, sold1 + back1),
    ('lost', sold1 + back1, gone), ('on_hand', gone, here),
    ('in_transit', here, CASE WHEN f.dropped THEN here ELSE f.shipped END),
    ('drop_shipped', CASE WHEN f.dropped THEN here ELSE f.shipped END, f.shipped),
    ('unshipped', f.shipped, f.quantity)) AS s (place, after, until)
CROSS JOIN LATERAL (SELECT f.*, CASE
    WHEN s.place IN ('unshipped', 'returned', 'lost') THEN s.place
    WHEN f.ordered_on < DATE '2026-03-01' - 30 THEN 'before_window'
    WHEN s.place = 'sold' THEN 'place_not_reached'
    WHEN f.credit <= 0 THEN 'paid_no_more'
    ELSE 'eligible' END AS reason) x
WHERE s.after < s.until
"""


def main() -> None:
    """Fill, measure in turn, print: once for each size."""
    parser = argparse.ArgumentParser(prog="bench.price_protection")
    parser.add_argument("--sizes", default="1,3,10", help="Millions of purchase lines.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--explain", action="store_true", help="Print the plan too.")
    args = parser.parse_args()
    for size in args.sizes.split(","):
        with tempfile.TemporaryDirectory(prefix="makegood-bench-") as folder:
            Path(folder).chmod(0o755)
            server = embedded.start(Path(folder) / "data")
            try:
                millions = int(float(size) * 1_000_000)
                asyncio.run(run(server.url, Path(folder) / "data", millions, args))
            finally:
                server.stop()


async def run(url: str, data_dir: Path, size: int, args: argparse.Namespace) -> None:
    """Compute the same notice by the statement and by hand, in turn."""
    await migrations.upgrade(url)
    database = await asyncpg.connect(url.replace("+asyncpg", ""), command_timeout=3600)
    began = time.perf_counter()
    await fill(database, size)
    print(f"\n{size} order lines, built in {time.perf_counter() - began:.0f} s", flush=True)
    async with open_runtime(Settings(data_dir=data_dir), worker=True, url=url) as runtime:
        taken: dict[str, list[float]] = {"by hand": [], "ours": []}
        stored: dict[str, object] = {}
        for turn in range(args.rounds):
            for name, found in taken.items():
                await reset(database)
                if name == "by hand":
                    began = time.perf_counter()
                    await database.execute(BY_HAND)
                    found.append(time.perf_counter() - began)
                else:
                    found.append(await compute(runtime))
                stored[name] = await seen(database)
                print(f"round {turn + 1}  {name:8} {found[-1]:6.2f} s", flush=True)
        assert stored["by hand"] == stored["ours"], stored
        job = await whole(runtime, database)
    if args.explain:
        await explain(database, url, data_dir)
    await database.close()
    hand, ours = (statistics.median(taken[name]) for name in ("by hand", "ours"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{size} lines, stored {stored['ours']}, the same both ways; medians of {args.rounds}")
    print(f"by hand {hand:.2f} s, ours {ours:.2f} s: {ours / hand:.2f} times (bar: 1.5)")
    print(f"the whole job with sums and events {job:.2f} s; the worker held {peak:.0f} MB at most")


async def compute(runtime: Runtime) -> float:
    """Store what the notice reaches; return how long the statement took."""
    async with runtime.transaction() as session:
        notice = await session.get_one(PriceNotice, UUID(NOTICE))
        began = time.perf_counter()
        asked = await computing.asked_of(session, notice)
        await session.execute(computing.insert_exposure(notice.id, asked))
        await session.commit()
        return time.perf_counter() - began


async def whole(runtime: Runtime, database: asyncpg.Connection) -> float:
    """Return how long the job takes as a worker runs it."""
    await reset(database)
    began = time.perf_counter()
    async with runtime.transaction() as session:
        await computing.compute(session, await session.get_one(PriceNotice, UUID(NOTICE)))
    return time.perf_counter() - began


async def seen(database: asyncpg.Connection) -> object:
    """Return what was stored, so short that it can be compared."""
    row = await database.fetchrow(
        "SELECT count(*) AS rows, count(DISTINCT purchase_line_id) AS lines,"
        " count(*) FILTER (WHERE eligibility = 'eligible') AS eligible, sum(amount) AS amount,"
        " sum(hashtext(purchase_line_id::text || first_unit || quantity || place || reason"
        " || trim_scale(unit_credit))::bigint) AS hash"
        " FROM price_exposure"
    )
    return dict(row or ())


async def reset(database: asyncpg.Connection) -> None:
    """Forget what was computed."""
    await database.execute("TRUNCATE price_exposure")
    if await database.fetchval("SELECT pg_has_role('pg_checkpoint', 'USAGE')"):
        await database.execute("CHECKPOINT")


async def explain(database: asyncpg.Connection, url: str, data_dir: Path) -> None:
    """Print the plan of the statement."""
    async with open_runtime(Settings(data_dir=data_dir), worker=True, url=url) as runtime:
        await reset(database)
        async with runtime.transaction() as session:
            notice = await session.get_one(PriceNotice, UUID(NOTICE))
            statement = computing.insert_exposure(
                notice.id, await computing.asked_of(session, notice)
            )
            connection = await session.connection()
            compiled = statement.compile(dialect=connection.dialect)
            text = str(compiled)
            plan = await connection.exec_driver_sql(
                f"EXPLAIN (ANALYZE, BUFFERS) {text}",
                tuple(compiled.params[name] for name in compiled.positiontup or ()),
            )
            print("\n".join(row[0] for row in plan))
            await session.rollback()
        await reset(database)
        print(*(row[0] for row in await database.fetch(f"EXPLAIN (ANALYZE) {BY_HAND}")), sep="\n")


if __name__ == "__main__":
    main()
