"""What workers do for the ledger: see what time has made of it."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.events import Listener, StoredEvent
from app.kit.jobs import Loop
from app.obligations.clocks import clocks, sweeping
from app.obligations.exposure import folding
from app.runtime import Runtime

Sweep = Callable[..., Awaitable[int]]


def _swept(name: str, sweep: Sweep) -> Loop:
    async def step(runtime: Any) -> int:
        return await _sweep(runtime, f"job:{name}", sweep)

    return Loop(name, step, poll_s=lambda runtime: runtime.settings.ledger.poll_s)


async def _sweep(runtime: Runtime, caller: str, sweep: Sweep) -> int:
    async with runtime.transaction(caller) as session:
        return await sweep(session, limit=runtime.settings.ledger.batch)


async def _count_anew(
    _runtime: Runtime, session: AsyncSession, events: Sequence[StoredEvent]
) -> None:
    await clocks.count_anew(session, {party for each in events for party in each.data["parties"]})


LISTENERS = (
    Listener("obligations.count_anew", frozenset({"vendors.calendar_recorded"}), _count_anew),
)
LOOPS = (
    _swept("obligations.lapse_deadlines", sweeping.lapse_passed),
    _swept("obligations.call_overdue", sweeping.call_overdue),
    _swept("obligations.warn_at_risk", sweeping.warn_at_risk),
    _swept("obligations.fold_exposure", folding.fold),
)
