"""Run it: `uv run python -m bench.ingest`. Prints medians, spread and ratios."""

import argparse
import asyncio
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import httpx
import uvloop

from app import embedded, migrations
from app.auth import Scope, create_key
from app.runtime import open_runtime
from app.settings import Settings
from bench.ingest.load import SECRET, Outcome, body, requests, send

ROOT = Path(__file__).resolve().parents[2]
POOL = 10


@contextmanager
def process(argv: list[str], port: int, env: dict[str, str]) -> Iterator[None]:
    """Run a server until it is no longer needed."""
    command = [sys.executable, "-m", *argv]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **env}, stderr=None) as server:
        try:
            _await_port(port, server)
            yield
        finally:
            server.terminate()
            server.wait(30)


def _await_port(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("a server did not start")


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def api_key(settings: Settings) -> str:
    """Make a key for registering the source."""
    async with open_runtime(settings) as runtime, runtime.transaction() as session:
        return (await create_key(session, runtime.vault, name="bench", scopes=list(Scope)))[1]


def register(port: int, key: str) -> str:
    """Register an EasyPost source; return its path."""
    answer = httpx.post(
        f"http://127.0.0.1:{port}/v1/carriers/sources",
        json={"provider": "easypost", "name": "bench", "secret": SECRET},
        headers={"Authorization": f"Bearer {key}"},
    )
    answer.raise_for_status()
    return httpx.URL(answer.json()["url"]).path


async def count(dsn: str) -> int:
    """Count what is on disk, and make room for the next run."""
    connection = await asyncpg.connect(dsn)
    stored = await connection.fetchval("SELECT count(*) FROM inbox")
    await connection.execute("TRUNCATE inbox, inbox_keys")
    await connection.close()
    return stored


def measure(port: int, path: str, args: argparse.Namespace, salt: str) -> Outcome:
    """Warm up, then send; all must be answered 200."""
    warm = requests(path, args.requests // 10, f"{salt}w")
    prepared = requests(path, args.requests, salt)
    uvloop.run(send(port, warm, connections=args.connections))
    outcome = uvloop.run(send(port, prepared, connections=args.connections))
    assert outcome.statuses == {200: args.requests}, outcome.statuses
    return outcome


def main() -> None:
    """Run the three in turn, five times."""
    parser = argparse.ArgumentParser(prog="bench.ingest")
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="makegood-bench-") as folder:
        Path(folder).chmod(0o755)
        server = embedded.start(Path(folder) / "data")
        try:
            run(server.url, Path(folder) / "data", args)
        finally:
            server.stop()


def run(url: str, data_dir: Path, args: argparse.Namespace) -> None:
    """Measure against the database at `url`, and print."""
    asyncio.run(migrations.upgrade(url))
    dsn = url.replace("+asyncpg", "")
    ours, peers = free_port(), free_port()
    env = {
        "MAKEGOOD_DATA_DIR": str(data_dir),
        "MAKEGOOD_DATABASE__POOL_SIZE": str(POOL),
        "BENCH_DSN": dsn,
        "BENCH_POOL": str(POOL),
    }
    key = asyncio.run(api_key(Settings(data_dir=data_dir)))
    found: dict[str, list[Outcome]] = {"service": [], "insert": [], "verify": []}
    with (
        process(["app.cli", "api", "--port", str(ours)], ours, env),
        process(["bench.ingest.peers", str(peers)], peers, env),
    ):
        doors = {
            "service": (ours, register(ours, key)),
            "insert": (peers, "/insert"),
            "verify": (peers, "/verify"),
        }
        asyncio.run(count(dsn))
        for turn in range(args.rounds):
            for name, (port, path) in doors.items():
                outcome = measure(port, path, args, f"{name}{turn}")
                stored = asyncio.run(count(dsn))
                sent = args.requests + args.requests // 10
                assert stored == (0 if name == "verify" else sent), (name, stored)
                found[name].append(outcome)
                print(f"round {turn + 1}  {name:8} {outcome.per_second:8.0f}/s", flush=True)
    report(found, args)


def report(found: dict[str, list[Outcome]], args: argparse.Namespace) -> None:
    """Print medians, spread and ratios."""
    size = len(body("evt_x", 1))
    print(
        f"\n{args.requests} webhooks of {size} B a run, {args.connections} connections, "
        f"{args.rounds} alternating rounds, {os.cpu_count()} cores shared by all"
    )
    print(f"{'':22}{'median/s':>10}{'min':>8}{'max':>8}{'p50 ms':>9}{'p99 ms':>9}")
    names = {
        "service": "this service, durable",
        "insert": "one INSERT a request",
        "verify": "only verifying",
    }
    for name, title in names.items():
        rates = [each.per_second for each in found[name]]
        waits = sorted(ms for each in found[name] for ms in each.latencies_ms)
        print(
            f"{title:22}{statistics.median(rates):10.0f}{min(rates):8.0f}{max(rates):8.0f}"
            f"{waits[len(waits) // 2]:9.1f}{waits[len(waits) * 99 // 100]:9.1f}"
        )
    for name, bar in (("insert", "the bar: 1.2"), ("verify", "the aim: 0.45")):
        ratios = [
            one.per_second / other.per_second
            for one, other in zip(found["service"], found[name], strict=True)
        ]
        print(
            f"service / {name}: {statistics.median(ratios):.2f} "
            f"({min(ratios):.2f} to {max(ratios):.2f}); {bar}"
        )


if __name__ == "__main__":
    main()
