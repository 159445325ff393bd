"""Run it: `uv run python -m bench.imports`. Prints medians, spread, ratios and peak memory."""

import argparse
import asyncio
import os
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
import psutil

from app import embedded, migrations
from app.auth import Scope, create_key
from app.runtime import open_runtime
from app.settings import Settings
from bench.imports.files import catalog, write_csv, write_ndjson
from bench.ingest.__main__ import free_port

ROOT = Path(__file__).resolve().parents[2]
TYPES = {"ndjson": "application/x-ndjson", "csv": "text/csv"}
TABLES = ("purchase_orders", "purchase_lines")
CLEAR = "TRUNCATE purchase_lines, purchase_orders CASCADE"


@contextmanager
def process(*argv: str, env: dict[str, str]) -> Iterator[int]:
    """Run a part of the service; give its process id."""
    command = [sys.executable, "-m", "app.cli", *argv]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **env}) as part:
        try:
            yield part.pid
        finally:
            part.terminate()
            part.wait(60)


def peak_mb(pid: int) -> float:
    """Return the most memory that a process ever held."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return psutil.Process(pid).memory_info().rss / 2**20
    (line,) = (x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


class Service:
    """The running service, as an ERP sees it."""

    def __init__(self, port: int, key: str) -> None:
        headers = {"Authorization": f"Bearer {key}"}
        self._client = httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=600
        )
        self._await()

    def _await(self) -> None:
        for _ in range(600):
            try:
                if self._client.get("/readyz?require=worker").is_success:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise RuntimeError("the service did not start")

    def bring(self, kind: str, content: object, mode: str, form: str = "ndjson") -> float:
        """Send a file; return the seconds until it was worked off."""
        started = time.perf_counter()
        answer = self._client.post(
            "/v1/imports",
            params={"kind": kind, "mode": mode},
            content=content,  # type: ignore[arg-type]
            headers={"Content-Type": TYPES[form]},
        )
        answer.raise_for_status()
        while True:
            found = self._client.get(f"/v1/imports/{answer.json()['id']}").json()
            if found["ended_at"] is not None:
                assert (found["state"], found["failed"]) == ("finished", 0), found
                return time.perf_counter() - started
            time.sleep(0.2)


async def api_key(settings: Settings) -> str:
    """Make a key for the client."""
    async with open_runtime(settings) as runtime, runtime.transaction() as session:
        return (await create_key(session, runtime.vault, name="bench", scopes=list(Scope)))[1]


async def run_sql(dsn: str, statement: str) -> None:
    """Run one statement."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(statement)
    await connection.close()


async def dump(dsn: str, folder: Path) -> int:
    """Keep the imported rows as COPY gives them; return how many lines there are."""
    connection = await asyncpg.connect(dsn)
    for table in TABLES:
        await connection.copy_from_table(table, output=folder / table, format="binary")
    count = await connection.fetchval("SELECT count(*) FROM purchase_lines")
    await connection.close()
    return count


async def copy(dsn: str, folder: Path, suffix: str = "") -> float:
    """Load the same rows by plain COPY; return the seconds."""
    connection = await asyncpg.connect(dsn)
    started = time.perf_counter()
    async with connection.transaction():
        for table in TABLES:
            await connection.copy_to_table(
                f"{table}{suffix}", source=folder / table, format="binary"
            )
    seconds = time.perf_counter() - started
    await connection.close()
    return seconds


def main() -> None:
    """Import and COPY in turn."""
    parser = argparse.ArgumentParser(prog="bench.imports")
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--form", choices=sorted(TYPES), default="ndjson")
    parser.add_argument("--mode", choices=["row_wise", "all_or_nothing"], default="row_wise")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="makegood-bench-") as folder:
        Path(folder).chmod(0o755)
        server = embedded.start(Path(folder) / "data")
        try:
            run(server.url, Path(folder), args)
        finally:
            server.stop()


def run(url: str, folder: Path, args: argparse.Namespace) -> None:
    """Measure against the database at `url`, and print."""
    asyncio.run(migrations.upgrade(url))
    dsn, port = url.replace("+asyncpg", ""), free_port()
    env = {"MAKEGOOD_DATA_DIR": str(folder / "data"), "MAKEGOOD_LOG_LEVEL": "warning"}
    key = asyncio.run(api_key(Settings(data_dir=folder / "data")))
    path = folder / f"orders.{args.form}"
    (write_csv if args.form == "csv" else write_ndjson)(path, args.lines)
    bare = "; ".join(f"CREATE TABLE {t}_bare (LIKE {t})" for t in TABLES)
    asyncio.run(run_sql(dsn, bare))
    seconds: dict[str, list[float]] = {"import": [], "copy": [], "bare": []}
    with (
        process("api", "--port", str(port), env=env) as api,
        process("worker", env=env) as worker,
    ):
        service = Service(port, key)
        for kind, content in catalog():
            service.bring(kind, content, "row_wise")
        for turn in range(args.rounds):
            with path.open("rb") as file:
                seconds["import"].append(
                    service.bring("purchase_orders", file, args.mode, args.form)
                )
            if turn == 0:
                assert asyncio.run(dump(dsn, folder)) == args.lines
            asyncio.run(run_sql(dsn, CLEAR))
            seconds["copy"].append(asyncio.run(copy(dsn, folder)))
            seconds["bare"].append(asyncio.run(copy(dsn, folder, "_bare")))
            drop = "; ".join(f"TRUNCATE {t}_bare" for t in TABLES)
            asyncio.run(run_sql(dsn, f"{CLEAR}; {drop}"))
            shown = "  ".join(f"{name} {each[-1]:7.2f} s" for name, each in seconds.items())
            print(f"round {turn + 1}  {shown}", flush=True)
        report(seconds, args, path, peak_mb(worker), peak_mb(api))


def report(
    seconds: dict[str, list[float]],
    args: argparse.Namespace,
    path: Path,
    worker_mb: float,
    api_mb: float,
) -> None:
    """Print medians, spread, ratios and memory."""
    print(
        f"\n{args.lines:,} order lines in {path.stat().st_size / 2**20:.0f} MB of {args.form}, "
        f"{args.mode}, {args.rounds} alternating rounds, {os.cpu_count()} cores shared by all"
    )
    titles = {
        "import": "POST until finished",
        "copy": "COPY, the same tables",
        "bare": "COPY, no index, no key",
    }
    print(f"{'':24}{'median rows/s':>14}{'min':>10}{'max':>10}")
    for name, title in titles.items():
        rates = [args.lines / each for each in seconds[name]]
        print(f"{title:24}{statistics.median(rates):14,.0f}{min(rates):10,.0f}{max(rates):10,.0f}")
    for name, aim in (("copy", "; the aim: 0.25"), ("bare", "")):
        pairs = zip(seconds["import"], seconds[name], strict=True)
        ratios = [other / one for one, other in pairs]
        print(
            f"import / {titles[name]}: {statistics.median(ratios):.2f} "
            f"({min(ratios):.2f} to {max(ratios):.2f}){aim}"
        )
    print(f"peak memory: worker {worker_mb:.0f} MB, API {api_mb:.0f} MB")


if __name__ == "__main__":
    main()
