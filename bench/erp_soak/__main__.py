"""Run it: `uv run python -m bench.erp_soak`. Asserts what is promised, prints how long it took."""

import argparse
import asyncio
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app import embedded, migrations
from app.erp import service
from app.erp.schemas import EndpointIn
from app.kit.addresses import AllowList
from app.runtime import Runtime, open_runtime
from app.settings import Settings, Webhooks
from bench.erp_soak.soak import Outcome, soak


@dataclass
class SetClock:
    """Stands where it is set."""

    moment: datetime

    def now(self) -> datetime:
        """Return where it stands."""
        return self.moment


def main() -> None:
    """Soak on an embedded server of its own."""
    parser = argparse.ArgumentParser(prog="bench.erp_soak")
    parser.add_argument("--events", type=int, default=50_000)
    parser.add_argument("--subjects", type=int, default=10_000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="makegood-bench-") as folder:
        Path(folder).chmod(0o755)
        server = embedded.start(Path(folder) / "data")
        try:
            outcome = asyncio.run(_run(server.url, Path(folder) / "data", args))
        finally:
            server.stop()
    attempts = sum(outcome.receiver.tries.values())
    print(
        f"{args.events} events of {args.subjects} subjects in {attempts} attempts: "
        f"{outcome.seconds:.0f} s, {attempts / outcome.seconds:.0f} attempts/s"
    )
    overtaken = outcome.receiver.overtaken()
    print(f"{outcome.states}, {outcome.missing} missing, {len(overtaken)} overtaken")
    assert outcome.states == {"delivered": args.events}
    assert outcome.missing == 0
    assert overtaken == []
    assert not outcome.receiver.has_gaps()


async def _run(url: str, data_dir: Path, args: argparse.Namespace) -> Outcome:
    await migrations.upgrade(url)
    webhooks = Webhooks(allow=("127.0.0.0/8",), poll_s=0.02, per_endpoint=64)
    settings = Settings(data_dir=data_dir, webhooks=webhooks)
    clock = SetClock(datetime(2026, 3, 2, 9, tzinfo=UTC))
    async with open_runtime(settings, worker=True, clock=clock, url=url) as runtime:

        async def register(address: str) -> None:
            await _register(runtime, address)

        return await soak(runtime, clock, register, count=args.events, subjects=args.subjects)


async def _register(runtime: Runtime, url: str) -> None:
    allow = AllowList.parse(runtime.settings.webhooks.allow)
    async with runtime.transaction() as session:
        await service.register(session, runtime.vault, allow, EndpointIn(url=url))


if __name__ == "__main__":
    main()
