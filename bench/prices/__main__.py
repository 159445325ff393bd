"""Run it: `uv run python -m bench.prices`. Prints medians, spread and ratios."""

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import httpx

from app import embedded, migrations
from app.auth import Scope, create_key
from app.runtime import open_runtime
from app.settings import Settings
from bench.imports.__main__ import process
from bench.ingest.__main__ import free_port

NDJSON = {"Content-Type": "application/x-ndjson"}
POLLS = ("first", "again", "changed")
CATALOG = """
INSERT INTO vendors (id, key, name, roles, version, as_of, content_sha256, created_at, updated_at)
VALUES (gen_random_uuid(), 'bigdist', 'BigDist', '{distributor}', 1, now(), '', now(), now());
INSERT INTO products (id, key, name, version, as_of, content_sha256, created_at, updated_at)
SELECT gen_random_uuid(), 'P' || n, 'Product ' || n, 1, now(), '', now(), now()
FROM generate_series(1, $COUNT) n;
ANALYZE vendors; ANALYZE products
"""
CLEAR = "TRUNCATE price_changes, prices_seen, price_polls"


def poll(count: int, moment: datetime, fall: int) -> bytes:
    """Return a poll of so many products; each tenth is `fall` percent cheaper."""
    lines = [json.dumps({"vendor": "bigdist", "seen_at": moment.isoformat()})]
    for n in range(1, count + 1):
        cents = (1000 + n % 50_000) * (100 - (fall if n % 10 == 0 else 0))
        price = {"amount": f"{cents // 10_000}.{cents % 10_000:04}", "currency": "USD"}
        lines.append(json.dumps({"product": f"P{n}", "price": price}))
    return "\n".join(lines).encode()


async def measure(dsn: str, url: str, key: str, args: argparse.Namespace) -> dict[str, list[float]]:
    """Take polls in and COPY their rows, in turn; return the seconds of each."""
    seconds: dict[str, list[float]] = {name: [] for name in (*POLLS, "copy", "bare")}
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    bodies = {
        name: poll(args.prices, moment + timedelta(days=day), 20 if name == "changed" else 0)
        for day, name in enumerate(POLLS)
    }
    rows: list[tuple[object, ...]] = []
    connection = await asyncpg.connect(dsn)
    await connection.execute("CREATE TABLE bare (LIKE prices_seen)")
    headers = {"Authorization": f"Bearer {key}", **NDJSON}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=120) as client:
        for turn in range(args.rounds):
            for name in POLLS:
                started = time.perf_counter()
                answer = await client.post("/v1/products/prices", content=bodies[name])
                seconds[name].append(time.perf_counter() - started)
                assert answer.status_code == 201, answer.text
                assert answer.json()["refused"] == 0
                if name == "first":
                    rows = [tuple(r) for r in await connection.fetch("SELECT * FROM prices_seen")]
                    assert len(rows) == args.prices
            await connection.execute(CLEAR)
            for name, table in (("copy", "prices_seen"), ("bare", "bare")):
                started = time.perf_counter()
                await connection.copy_records_to_table(table, records=rows)
                seconds[name].append(time.perf_counter() - started)
                await connection.execute(f"TRUNCATE {table}")
            shown = "  ".join(f"{name} {each[-1]:6.2f} s" for name, each in seconds.items())
            print(f"round {turn + 1}  {shown}", flush=True)
    await connection.close()
    return seconds


def report(seconds: dict[str, list[float]], count: int, rounds: int) -> None:
    """Print medians, spread and ratios."""
    titles = {
        "first": "poll, all prices new",
        "again": "poll, all seen again",
        "changed": "poll, each tenth changed",
        "copy": "COPY, the same table",
        "bare": "COPY, no index, no key",
    }
    print(f"\n{count:,} prices a poll, {rounds} alternating rounds, {os.cpu_count()} shared cores")
    print(f"{'':26}{'median rows/s':>14}{'min':>10}{'max':>10}{'of COPY':>10}")
    copy = statistics.median(seconds["copy"])
    for name, title in titles.items():
        rates = [count / each for each in seconds[name]]
        median = statistics.median(rates)
        share = copy / statistics.median(seconds[name])
        print(f"{title:26}{median:14,.0f}{min(rates):10,.0f}{max(rates):10,.0f}{share:10.2f}")


async def api_key(settings: Settings) -> str:
    async with open_runtime(settings) as runtime, runtime.transaction() as session:
        return (await create_key(session, runtime.vault, name="bench", scopes=list(Scope)))[1]


def await_ready(url: str) -> None:
    for _ in range(600):
        try:
            if httpx.get(f"{url}/readyz").is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise RuntimeError("the service did not start")


async def fill(dsn: str, count: int) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(CATALOG.replace("$COUNT", str(count)))
    await connection.close()


def main() -> None:
    """Take in and COPY in turn."""
    parser = argparse.ArgumentParser(prog="bench.prices")
    parser.add_argument("--prices", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="makegood-bench-") as folder:
        Path(folder).chmod(0o755)
        server = embedded.start(Path(folder) / "data")
        try:
            asyncio.run(migrations.upgrade(server.url))
            dsn, port = server.url.replace("+asyncpg", ""), free_port()
            asyncio.run(fill(dsn, args.prices))
            data = Path(folder) / "data"
            key = asyncio.run(api_key(Settings(data_dir=data)))
            env = {"MAKEGOOD_DATA_DIR": str(data), "MAKEGOOD_LOG_LEVEL": "warning"}
            with process("api", "--port", str(port), env=env):
                url = f"http://127.0.0.1:{port}"
                await_ready(url)
                report(asyncio.run(measure(dsn, url, key, args)), args.prices, args.rounds)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
