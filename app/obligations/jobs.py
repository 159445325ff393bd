"""What workers do for the ledger: see what time has made of it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from app.kit.jobs import Payload, Periodic
from app.obligations import sweeping
from app.runtime import Runtime

_BATCH = 500
_EVERY = timedelta(seconds=30)


async def lapse_deadlines(runtime: Runtime, _payload: Payload) -> None:
    """Mark rights of ours that ended unused."""
    await _sweep(runtime, "job:obligations.lapse_deadlines", sweeping.lapse_passed)


async def call_overdue(runtime: Runtime, _payload: Payload) -> None:
    """Tell of debts that became overdue."""
    await _sweep(runtime, "job:obligations.call_overdue", sweeping.call_overdue)


async def _sweep(runtime: Runtime, caller: str, step: Callable[..., Awaitable[int]]) -> None:
    """Work off batch by batch; what others are at is left to the next time."""
    found = _BATCH
    while found == _BATCH:
        async with runtime.transaction(caller) as session:
            found = await step(session, limit=_BATCH)


PERIODIC = (
    Periodic("obligations.lapse_deadlines", _EVERY, lapse_deadlines),
    Periodic("obligations.call_overdue", _EVERY, call_overdue),
)
