"""What the service throws away of its own: answers nobody will ask for again, the job log."""

from datetime import timedelta

from app import idempotency
from app.kit import jobs
from app.kit.jobs import Payload, Periodic
from app.runtime import Runtime


async def forget_answers(runtime: Runtime, _payload: Payload) -> None:
    """Drop answers to Idempotency-Keys that are older than they are kept."""
    keep = runtime.settings.keep
    if not keep.hold:
        async with runtime.transaction() as session:
            await idempotency.forget(session, timedelta(hours=keep.idempotency_hours))


async def trim_job_log(runtime: Runtime, _payload: Payload) -> None:
    """Drop what the job queue noted of jobs long done."""
    keep = runtime.settings.keep
    if not keep.hold:
        await jobs.trim_log(runtime.pool, timedelta(days=keep.job_log_days))


PERIODIC = (
    Periodic("upkeep.forget_answers", timedelta(hours=1), forget_answers),
    Periodic("upkeep.trim_job_log", timedelta(hours=6), trim_job_log),
)
