"""Run it: `uv run python -m bench.price_protection --sizes 1,3,10`. Prints both, and the ratio."""

import argparse
import asyncio
import resource
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from app import embedded, migrations
from app.price_protection.exposure import computing
from app.price_protection.models import PriceNotice
from app.runtime import Runtime, open_runtime
from app.settings import Settings
from bench.price_protection.by_hand import BY_HAND
from bench.price_protection.filling import NOTICE, fill


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
            found: Any = statement.compile(
                dialect=connection.dialect, compile_kwargs={"render_postcompile": True}
            )
            processors = found._bind_processors  # noqa: SLF001 (nothing else makes them plain)
            given = tuple(
                processors[name](found.params[name]) if name in processors else found.params[name]
                for name in found.positiontup
            )
            text = f"EXPLAIN (ANALYZE, BUFFERS) {found.string}"
            plan = await connection.exec_driver_sql(text, given)
            print("\n".join(row[0] for row in plan))
            await session.rollback()
        await reset(database)
        print(*(row[0] for row in await database.fetch(f"EXPLAIN (ANALYZE) {BY_HAND}")), sep="\n")


if __name__ == "__main__":
    main()
