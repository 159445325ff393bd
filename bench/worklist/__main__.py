"""Run it: `uv run python -m bench.worklist`. Prints p95 of both, the ratio, and the plans."""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from app import embedded, migrations
from app.obligations import reading, seeking
from app.obligations.exposure import folding
from app.obligations.exposure import showing as exposure
from app.obligations.exposure.schemas import ExposureOut
from app.obligations.models import Obligation
from app.obligations.seeking import ObligationFilter
from app.runtime import Runtime, open_runtime
from app.settings import Settings
from bench.worklist.by_hand import CHANGE, EXPOSURE, PAGE, SUMS, WORKLIST
from bench.worklist.filling import fill

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

        reads = Reads(runtime, database, moment)
        await measure(reads, args.runs)
        await database.execute(CHANGE)
        stale = await database.fetchval("SELECT count(*) FROM exposure_marks")
        await compare(f"{stale} stale", reads.exposure, reads.sums_by_hand, args.runs)
        assert await reads.worth() == await reads.worth_by_hand()
        for query in (reads.page, reads.sums):
            await show_plan(runtime, query)
    await database.close()


async def step(runtime: Runtime) -> int:
    """Fold as a worker does."""
    async with runtime.transaction() as session:
        return await folding.fold(session, limit=runtime.settings.ledger.batch)


@dataclass(frozen=True)
class Reads:
    """The service's own functions, and the same SQL over the bare driver."""

    runtime: Runtime
    database: asyncpg.Connection
    moment: datetime

    @property
    def page(self) -> sa.Select[Any]:
        """The statement of the worklist's first page."""
        return seeking.select_obligations(ObligationFilter(), moment=self.moment).limit(PAGE)

    @property
    def sums(self) -> sa.Select[Any]:
        """The statement of the exposure."""
        return exposure.select_exposure(self.moment)

    async def rows(self, query: sa.Select[*tuple[Any, ...]]) -> object:
        """Run a statement of the service, and make nothing of it."""
        async with self.runtime.transaction() as session:
            return (await session.execute(query)).all()

    async def rows_alone(self) -> object:
        """Read the rows of the worklist."""
        return await self.rows(self.page.with_only_columns(*Obligation.__table__.columns))

    async def sums_alone(self) -> object:
        """Read the rows of the exposure."""
        return await self.rows(self.sums)

    async def worklist(self) -> object:
        """Read the worklist as it is shown."""
        async with self.runtime.transaction() as session:
            rows = await seeking.page(session, ObligationFilter(), after=None, limit=PAGE)
            return await reading.show(session, rows)

    async def exposure(self) -> ExposureOut:
        """Read the exposure as it is shown."""
        async with self.runtime.transaction() as session:
            return await exposure.read(session)

    async def worklist_by_hand(self) -> object:
        """Read the worklist by hand."""
        return await self.database.fetch(WORKLIST)

    async def sums_by_hand(self) -> object:
        """Read the sums that are kept by hand."""
        return await self.database.fetch(SUMS, self.moment)

    async def added_up_by_hand(self) -> list[asyncpg.Record]:
        """Add up all that is owed by hand."""
        return await self.database.fetch(EXPOSURE, self.moment)

    async def worth(self) -> Decimal:
        """Return the whole exposure."""
        return sum((each.amount for each in (await self.exposure()).items), Decimal(0))

    async def worth_by_hand(self) -> Decimal:
        """Return the same, added up from the ledger."""
        rows = await self.added_up_by_hand()
        found = (Decimal(row[3] or 0) + Decimal(row[4] or 0) for row in rows)
        return sum(found, Decimal(0))


async def measure(reads: Reads, runs: int) -> None:
    """Measure each in turn with the same by hand."""
    await compare("rows alone", reads.rows_alone, reads.worklist_by_hand, runs)
    await compare("worklist", reads.worklist, reads.worklist_by_hand, runs)
    await compare("sums alone", reads.sums_alone, reads.sums_by_hand, runs)
    await compare("exposure", reads.exposure, reads.sums_by_hand, runs)
    # What it would cost to add up all that is owed at each read.
    await compare("on read", reads.exposure, reads.added_up_by_hand, max(runs // 5, 10))


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
