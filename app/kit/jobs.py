"""Jobs: the one file that knows pgqueuer. A job carries ids; it is idempotent and may run twice."""

import asyncio
import dataclasses
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, NoReturn

import asyncpg
import orjson
import pgqueuer
import structlog
from pgqueuer import PgQueuer, Queries
from pgqueuer.core.executors import EntrypointExecutor
from pgqueuer.errors import RetryRequested
from pgqueuer.models import Context as JobContext
from pgqueuer.models import Job as QueuedJob
from pgqueuer.ports.driver import Driver
from pgqueuer.types import QueueExecutionMode
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.logs import brief

log = structlog.stdlib.get_logger("makegood.jobs")

_MAX_DEATHS = 3
_RETRY_AFTER_S = (1, 5, 30, 120, 600)
_LONGEST_JOB_S = 300
# One that failed waits until it is due again.
_IS_DUE = """
SELECT EXISTS (SELECT FROM pgqueuer WHERE status = 'queued' AND execute_after <= now())
"""

Payload = dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Job:
    """A kind of job that a room declares: what runs when its name is enqueued."""

    name: str
    run: Callable[[Any, Payload], Awaitable[None]]


@dataclasses.dataclass(frozen=True, slots=True)
class Periodic:
    """A job without payload that is enqueued again and again, once over all workers."""

    name: str
    every: timedelta
    run: Callable[[Any, Payload], Awaitable[None]]


@dataclasses.dataclass(frozen=True, slots=True)
class Loop:
    """A queue that a room keeps in its own table: `step` works off a batch, returns its size.

    It runs in every worker, so a step claims its rows (SKIP LOCKED); `poll_s` gives the pause
    after a step that found nothing. `finish` ends what a step may have left under way, when the
    worker stops.
    """

    name: str
    step: Callable[[Any], Awaitable[int]]
    poll_s: Callable[[Any], float]
    finish: Callable[[Any], Awaitable[None]] | None = None


class _SessionDriver(Driver):
    """Speaks pgqueuer's driver over the caller's session: same connection, same transaction.

    Never the raw connection: SQLAlchemy begins lazily, and a raw statement would commit alone.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        connection = await self._session.connection()
        rows = await connection.exec_driver_sql(query, tuple(args))
        return [dict(row) for row in rows.mappings()]

    async def execute(self, query: str, *args: object) -> str:
        connection = await self._session.connection()
        await connection.exec_driver_sql(query, tuple(args))
        return ""

    async def add_listener(self, channel: str, callback: Any) -> NoReturn:
        raise NotImplementedError

    async def notify(self, channel: str, payload: str) -> NoReturn:
        raise NotImplementedError


async def enqueue(session: AsyncSession, names: Sequence[str], payloads: Sequence[Payload]) -> None:
    """Enqueue one job for each name and payload, in the session's own transaction."""
    if not names:
        return
    bodies: list[bytes | None] = [orjson.dumps(payload) for payload in payloads]
    await Queries(_SessionDriver(session)).enqueue(list(names), bodies, [0] * len(names))


async def count_held(session: AsyncSession) -> int:
    """Return how many jobs failed too often and wait for a person."""
    connection = await session.connection()
    held = await connection.exec_driver_sql("SELECT count(*) FROM pgqueuer WHERE status = 'failed'")
    return held.scalar_one()


class _Guarded(EntrypointExecutor):
    """Retries a failing job later, ends a hanging one, and holds one that kills its workers."""

    pool: asyncpg.Pool

    async def execute(self, job: QueuedJob, context: JobContext) -> None:
        # A job re-picked after its worker died does not raise `attempts`: count the picks.
        picks = await self.pool.fetchval(
            "SELECT count(*) FROM pgqueuer_log WHERE job_id = $1 AND status = 'picked'", job.id
        )
        if picks - job.attempts > _MAX_DEATHS:
            msg = f"held: {picks} workers ended while they ran this job"
            raise RuntimeError(msg)
        try:
            await asyncio.wait_for(super().execute(job, context), _LONGEST_JOB_S)
        except Exception as error:
            if job.attempts >= len(_RETRY_AFTER_S):
                raise
            pause = _RETRY_AFTER_S[job.attempts] * random.uniform(0.8, 1.2)  # noqa: S311
            reason = repr(error)[:200]
            log.warning(
                "job.failed", job=job.entrypoint, error=brief(error), retry_in_s=round(pause, 1)
            )
            raise RetryRequested(delay=timedelta(seconds=pause), reason=reason) from error


def _queue(pool: asyncpg.Pool, jobs: Sequence[Job], runtime: Any) -> PgQueuer:
    queue = PgQueuer.from_asyncpg_pool(pool)

    class Guarded(_Guarded):
        pass

    Guarded.pool = pool
    for job in jobs:
        _register(queue, job, runtime, Guarded)
    return queue


def _register(queue: PgQueuer, job: Job, runtime: Any, guarded: type[_Guarded]) -> None:
    async def run(queued: QueuedJob) -> None:
        await job.run(runtime, orjson.loads(queued.payload or b"{}"))

    queue.entrypoint(job.name, on_failure="hold", executor_factory=guarded)(run)


async def work(
    pool: asyncpg.Pool, jobs: Sequence[Job], runtime: Any, shutdown: asyncio.Event
) -> None:
    """Run jobs until `shutdown` is set; starts again by itself after a database outage.

    `pool` must reach the server directly (LISTEN does not pass a bouncer).
    """

    @asynccontextmanager
    async def factory() -> AsyncIterator[PgQueuer]:
        yield _queue(pool, jobs, runtime)

    await pgqueuer.run(
        factory,
        # Not the default 30 s: retries and lost listeners would be noticed that late.
        dequeue_timeout=timedelta(seconds=1),
        batch_size=10,
        max_concurrent_tasks=50,
        heartbeat_timeout=timedelta(seconds=30),
        restart_on_failure=True,
        restart_delay=timedelta(seconds=1),
        shutdown_on_listener_failure=True,
        shutdown=shutdown,
    )


async def drain(pool: asyncpg.Pool, jobs: Sequence[Job], runtime: Any) -> bool:
    """Run all jobs that are due; return whether there were any."""
    if not await pool.fetchval(_IS_DUE):
        return False
    await _queue(pool, jobs, runtime).run(
        mode=QueueExecutionMode.drain,
        dequeue_timeout=timedelta(seconds=0.1),
        batch_size=10,
    )
    return True


async def trim_log(pool: asyncpg.Pool, older_than: timedelta) -> None:
    """Drop the queue's own notes of what was done before."""
    await pool.execute("DELETE FROM pgqueuer_log WHERE created < now() - $1::interval", older_than)
