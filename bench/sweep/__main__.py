"""Run it: `uv run python -m bench.sweep`. Prints what both take, and how late without a backlog."""

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import asyncpg

from app import embedded, migrations, worker
from app.kit.clock import SystemClock
from app.obligations import jobs
from app.runtime import Runtime, open_runtime
from app.settings import Settings
from bench.worklist.filling import fill

BY_HAND = """
WITH told AS (
    UPDATE obligations SET overdue_told_at = $1
    WHERE state IN ('open', 'broken') AND overdue_told_at IS NULL AND due_at < $1
    RETURNING *
)
INSERT INTO events (id, type, version, subject, data, occurred_at, caller)
SELECT gen_random_uuid(), 'obligations.overdue', 1, 'obligations/' || id, jsonb_build_object(
    'obligation_id', id, 'number', number, 'kind', kind, 'debtor', debtor, 'creditor', creditor,
    'case_id', case_id, 'loss_id', loss_id, 'version', version, 'due_at', due_at,
    'outstanding', greatest(owed - performed, 0)::text, 'currency', currency), $1, 'by hand'
FROM told
"""
OVERDUE = next(loop for loop in jobs.LOOPS if loop.name == "obligations.call_overdue")


def main() -> None:
    """Fill, measure in turn, print."""
    parser = argparse.ArgumentParser(prog="bench.sweep")
    parser.add_argument("--size", type=int, default=500_000)
    parser.add_argument("--backlog", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--debts", type=int, default=3_000, help="that fall due within them")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="makegood-bench-") as folder:
        Path(folder).chmod(0o755)
        server = embedded.start(Path(folder) / "data")
        try:
            asyncio.run(run(server.url, Path(folder) / "data", args))
            asyncio.run(late(server.url, Path(folder) / "data", args))
        finally:
            server.stop()


async def run(url: str, data_dir: Path, args: argparse.Namespace) -> None:
    """Drain the same backlog by the sweep and by hand, in turn."""
    await migrations.upgrade(url)
    database = await asyncpg.connect(url.replace("+asyncpg", ""), command_timeout=600)
    async with open_runtime(Settings(data_dir=data_dir), worker=True, url=url) as runtime:
        await fill(database, args.size, args.backlog, args.backlog, 50, runtime.clock.now())
        taken: dict[str, list[float]] = {"by hand": [], "sweep": [], "sweeps": []}
        for turn in range(args.rounds):
            for name, found in taken.items():
                await reset(database)
                began = time.perf_counter()
                if name == "by hand":
                    await database.execute(BY_HAND, runtime.clock.now())
                else:
                    workers = args.workers if name == "sweeps" else 1
                    await asyncio.gather(*(drain(runtime) for _ in range(workers)))
                found.append(time.perf_counter() - began)
                told = "SELECT count(*), count(DISTINCT subject) FROM events"
                count, distinct = await database.fetchrow(told) or (0, 0)
                assert count == distinct == args.backlog, (name, count, distinct)
                print(f"round {turn + 1}  {name:8} {found[-1]:6.2f} s", flush=True)
    await database.close()
    medians = {name: statistics.median(found) for name, found in taken.items()}
    print(f"\nA backlog of {args.backlog}, medians of {args.rounds}; each was told of once")
    for name, workers in (("sweep", 1), ("sweeps", args.workers)):
        ratio = medians[name] / medians["by hand"]
        print(f"{workers} worker(s): {medians[name]:.2f} s, {ratio:.2f} times by hand (bar: 3)")


async def late(url: str, data_dir: Path, args: argparse.Namespace) -> None:
    """Let debts fall due at random instants under running workers, and print how late they hear."""
    database = await asyncpg.connect(url.replace("+asyncpg", ""), command_timeout=600)
    await reset(database)
    await database.execute("UPDATE obligations SET overdue_told_at = now() WHERE due_at < now()")
    ids = await database.fetch(
        "SELECT id FROM obligations WHERE state = 'open' ORDER BY id LIMIT $1", args.debts
    )
    begin = SystemClock().now() + timedelta(seconds=5)
    due = {row["id"]: begin + timedelta(seconds=random.uniform(0, args.seconds)) for row in ids}
    await database.executemany(
        "UPDATE obligations SET due_at = $2, attend_at = $2, overdue_told_at = NULL WHERE id = $1",
        list(due.items()),
    )
    async with open_runtime(Settings(data_dir=data_dir), worker=True, url=url) as runtime:
        shutdown = asyncio.Event()
        workers = [asyncio.create_task(worker.run(runtime, shutdown)) for _ in range(args.workers)]
        await asyncio.sleep(args.seconds + 15)
        shutdown.set()
        await asyncio.gather(*workers)
    rows = await database.fetch(
        "SELECT substring(subject FROM 13)::uuid AS id, occurred_at FROM events "
        "WHERE type = 'obligations.overdue'"
    )
    await database.close()
    assert len(rows) == len(due) == len({row["id"] for row in rows}), (len(rows), len(due))
    waited = sorted((row["occurred_at"] - due[row["id"]]).total_seconds() for row in rows)
    p50, p99 = (waited[len(waited) * part // 100] for part in (50, 99))
    print(
        f"\n{len(rows)} debts fell due within {args.seconds} s under {args.workers} worker(s), "
        f"each was told of once: p50 {p50:.2f} s, p99 {p99:.2f} s, most {waited[-1]:.2f} s "
        "(bar: p99 2 s)"
    )


async def drain(runtime: Runtime) -> None:
    """Do what one worker does, until nothing is left."""
    while await OVERDUE.step(runtime):
        pass


async def reset(database: asyncpg.Connection) -> None:
    """Make the backlog anew."""
    await database.execute("ALTER TABLE events DISABLE TRIGGER USER")
    await database.execute("TRUNCATE events")
    await database.execute("ALTER TABLE events ENABLE TRIGGER USER")
    await database.execute(
        "UPDATE obligations SET overdue_told_at = NULL WHERE overdue_told_at IS NOT NULL"
    )
    await database.execute("VACUUM ANALYZE obligations")
    await database.execute("CHECKPOINT") if await _may(database) else None


async def _may(database: asyncpg.Connection) -> bool:
    return bool(await database.fetchval("SELECT pg_has_role('pg_checkpoint', 'USAGE')"))


if __name__ == "__main__":
    main()
