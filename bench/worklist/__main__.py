"""Run it: `uv run python -m bench.worklist`. Prints p95 of both, the ratio, and the plans."""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from app import embedded, migrations
from app.obligations import exposure, folding, reading, seeking
from app.obligations.seeking import ObligationFilter
from app.runtime import Runtime, open_runtime
from app.settings import Settings
from bench.worklist.filling import fill

PAGE = 51
WORKLIST = f"""
SELECT * FROM obligations WHERE state IN ('conditional', 'open', 'broken')
ORDER BY attend_at, id LIMIT {PAGE}
"""
EXPOSURE = """
WITH claim AS (
    SELECT o.id, debtor, due_at, loss_id, alternatives_id,
        coalesce(currency, unit_value_currency) AS unit, currency IS NOT NULL AS is_money,
        greatest(owed - performed, 0) * CASE WHEN currency IS NULL THEN unit_value_amount ELSE 1 END
            AS value
    FROM obligations o WHERE state IN ('open', 'broken') AND creditor = 'us'
), made_good AS (
    SELECT loss_id, sum(quantity) AS units, sum(amount) AS amount FROM allocations
    WHERE loss_id IN (SELECT loss_id FROM claim) GROUP BY loss_id
), grouped AS (
    SELECT alternatives_id FROM claim WHERE alternatives_id <> id
), counted AS (
    SELECT debtor, unit, due_at, is_money, value, value AS counted FROM claim
    WHERE loss_id IS NULL AND alternatives_id NOT IN (SELECT alternatives_id FROM grouped)
    UNION ALL
    SELECT debtor, unit, due_at, is_money, value, greatest(least(value, coalesce(CASE
        WHEN l.value_currency = unit THEN greatest(l.value_amount
        - l.value_amount * coalesce(m.units::numeric / l.quantity, 0) - coalesce(m.amount, 0), 0)
        END, max(value) OVER same)
            - coalesce(sum(value) OVER (same ORDER BY value DESC, due_at, c.id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)), 0)
    FROM claim c LEFT JOIN losses l ON l.id = c.loss_id LEFT JOIN made_good m ON m.loss_id = l.id
    WHERE c.loss_id IS NOT NULL OR alternatives_id IN (SELECT alternatives_id FROM grouped)
    WINDOW same AS (PARTITION BY coalesce(c.loss_id, alternatives_id), unit)
)
SELECT debtor, unit, CASE WHEN due_at IS NULL THEN 'none'
    WHEN due_at < $1::timestamptz - interval '90 days' THEN '90'
    WHEN due_at < $1::timestamptz - interval '60 days' THEN '60'
    WHEN due_at < $1::timestamptz - interval '30 days' THEN '30'
    WHEN due_at < $1::timestamptz THEN '0' ELSE 'not due' END AS age,
    sum(counted) FILTER (WHERE is_money), sum(counted) FILTER (WHERE NOT is_money),
    sum(value - counted), count(*)
FROM counted GROUP BY 1, 2, 3
"""
# The sums that are kept, by hand: nothing is stale, and no age ends within a day.
SUMS = """
SELECT debtor, currency, CASE WHEN day IS NULL THEN 'none'
    WHEN day < $1::timestamptz - interval '90 days' THEN '90'
    WHEN day < $1::timestamptz - interval '60 days' THEN '60'
    WHEN day < $1::timestamptz - interval '30 days' THEN '30'
    WHEN day < $1::timestamptz THEN '0' ELSE 'not due' END AS age,
    sum(money), sum(goods), sum(elsewhere), sum(obligations)
FROM exposure_sums GROUP BY 1, 2, 3
"""
CHANGE = """
UPDATE obligations SET performed = performed + 1 WHERE id IN (
    SELECT id FROM obligations WHERE state = 'open' AND creditor = 'us' ORDER BY due_at LIMIT 100)
"""
Work = Callable[[], Awaitable[object]]


def main() -> None:
    """Fill, measure in turn, print."""
    parser = argparse.ArgumentParser(prog="bench.worklist")
    parser.add_argument("--size", type=int, default=5_000_000)
    parser.add_argument("--open", type=int, default=200_000)
    parser.add_argument("--overdue", type=int, default=20_000)
    parser.add_argument("--debtors", type=int, default=50)
    parser.add_argument("--runs", type=int, default=100)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="makegood-bench-") as folder:
        Path(folder).chmod(0o755)
        server = embedded.start(Path(folder) / "data")
        try:
            asyncio.run(run(server.url, Path(folder) / "data", args))
        finally:
            server.stop()


async def run(url: str, data_dir: Path, args: argparse.Namespace) -> None:
    """Measure the service's own functions, and the same SQL over the bare driver."""
    await migrations.upgrade(url)
    database = await asyncpg.connect(url.replace("+asyncpg", ""))
    async with open_runtime(Settings(data_dir=data_dir), worker=True, url=url) as runtime:
        moment = runtime.clock.now()
        began = time.monotonic()
        await fill(database, args.size, args.open, args.overdue, args.debtors, moment)
        filled = time.monotonic()
        while await step(runtime):
            pass
        folded = time.monotonic() - filled
        await database.execute("VACUUM ANALYZE exposure_marks, exposure_parts, exposure_sums")
        print(
            f"{args.size} obligations, {args.open} open, {args.overdue} overdue, {args.debtors} "
            f"debtors; filled in {filled - began:.0f} s, exposure added up in {folded:.0f} s"
        )

        page = seeking.select_obligations(ObligationFilter(), moment=moment).limit(PAGE)

        async def rows_alone() -> object:
            async with runtime.transaction() as session:
                return (
                    await session.execute(page.with_only_columns(sa.text("obligations.*")))
                ).all()

        async def worklist() -> object:
            async with runtime.transaction() as session:
                rows = await seeking.page(session, ObligationFilter(), after=None, limit=PAGE)
                return await reading.show(session, rows)

        async def exposed() -> object:
            async with runtime.transaction() as session:
                return await exposure.read(session)

        async def exposed_rows() -> object:
            async with runtime.transaction() as session:
                return (await session.execute(exposure.select_exposure(moment))).all()

        async def sums_by_hand() -> object:
            return await database.fetch(SUMS, moment)

        async def worklist_by_hand() -> object:
            return await database.fetch(WORKLIST)

        async def exposed_by_hand() -> object:
            return await database.fetch(EXPOSURE, moment)

        await compare("rows alone", rows_alone, worklist_by_hand, args.runs)
        await compare("worklist", worklist, worklist_by_hand, args.runs)
        await compare("sums alone", exposed_rows, sums_by_hand, args.runs)
        await compare("exposure", exposed, sums_by_hand, args.runs)
        # What it would cost to add up all that is owed at each read.
        await compare("on read", exposed, exposed_by_hand, max(args.runs // 5, 10))
        await database.execute(CHANGE)
        stale = await database.fetchval("SELECT count(*) FROM exposure_marks")
        await compare(f"{stale} stale", exposed, sums_by_hand, args.runs)
        assert await worth(runtime) == await worth_by_hand(database, moment)
        for query in (page, exposure.select_exposure(moment)):
            await show_plan(runtime, query)
    await database.close()


async def step(runtime: Runtime) -> int:
    """Fold as a worker does."""
    async with runtime.transaction() as session:
        return await folding.fold(session, limit=runtime.settings.ledger.batch)


async def worth(runtime: Runtime) -> Decimal:
    """Return the whole exposure, as the service tells it."""
    async with runtime.transaction() as session:
        return sum((each.amount for each in (await exposure.read(session)).items), Decimal(0))


async def worth_by_hand(database: asyncpg.Connection, moment: object) -> Decimal:
    """Return the same, added up from the ledger."""
    rows = await database.fetch(EXPOSURE, moment)
    return sum(((row[3] or 0) + (row[4] or 0) for row in rows), Decimal(0))


async def compare(name: str, ours: Work, by_hand: Work, runs: int) -> None:
    """Run both in turn, and print p95 and the ratio of medians."""
    for each in (ours, by_hand) * 3:
        await each()
    taken: dict[Work, list[float]] = {ours: [], by_hand: []}
    for _ in range(runs):
        for each, found in taken.items():
            began = time.perf_counter()
            await each()
            found.append((time.perf_counter() - began) * 1000)
    told = {
        each: (statistics.median(found), sorted(found)[runs * 95 // 100])
        for each, found in taken.items()
    }
    (median, p95), (hand, hand_p95) = told[ours], told[by_hand]
    print(
        f"{name:10} median {median:7.1f} ms, p95 {p95:7.1f} ms; by hand {hand:7.1f} ms, p95 "
        f"{hand_p95:7.1f} ms; ratio {median / hand:.2f} (the aim: 1.3, p95 under 20 ms)"
    )


async def show_plan(runtime: Runtime, query: sa.Select[Any]) -> None:
    """Print how the database goes about it."""
    compiled = query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
    text = "EXPLAIN (ANALYZE, COSTS OFF, BUFFERS OFF, SUMMARY ON) " + str(compiled)
    async with runtime.transaction() as session:
        rows = await session.scalars(sa.text(text.replace(":", "\\:")))
        print("\n" + "\n".join(rows))


if __name__ == "__main__":
    main()
