"""What workers do for imports: one file after another, in the order they came."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.imports import applying, ending, staging, store
from app.imports.models import Import, StagedRow
from app.imports.rules import ACTIVE, FLOW, ImportState
from app.imports.staging import Overtaken
from app.kit.bulk import Contended
from app.kit.db import is_passing, now
from app.kit.jobs import Loop, Payload, Periodic
from app.runtime import Runtime

# Any constant. One file at a time over all workers: orders may name the products of the file
# before, and two files never wait for each other in a circle.
_LOCK = 5_209_871_202
_SWEPT_AT_ONCE = 20_000
_FORGOTTEN_AT_ONCE = 100

log = structlog.stdlib.get_logger("makegood.imports")


@asynccontextmanager
async def _turn(runtime: Runtime) -> AsyncIterator[bool]:
    """Whether it is this worker's turn; for as long as its connection lives."""
    async with runtime.engine.connect() as opened:
        # No transaction stays open, and the lock is the connection's.
        connection = await opened.execution_options(isolation_level="AUTOCOMMIT")
        is_ours = bool(await connection.scalar(sa.select(sa.func.pg_try_advisory_lock(_LOCK))))
        try:
            yield is_ours
        finally:
            if is_ours:
                await _let_go(connection)


async def _let_go(connection: AsyncConnection) -> None:
    try:
        await connection.execute(sa.select(sa.func.pg_advisory_unlock(_LOCK)))
    except BaseException:
        # It must not go back into the pool with the lock.
        await connection.invalidate()
        raise


async def step(runtime: Runtime) -> int:
    """Work the oldest file off, or clear one away that has ended; returns how many."""
    async with _turn(runtime) as is_ours:
        if not is_ours:
            return 0
        begun = await _begin(runtime)
        if begun is None:
            return await _sweep(runtime)
        try:
            await _work(runtime, begun)
        except Overtaken:
            log.info("import ended or taken on elsewhere", import_id=str(begun.id))
        except Exception as error:
            if is_passing(error):
                raise
            log.exception("import broken", import_id=str(begun.id))
            await _give_up(runtime, begun, "Something broke on our side; it was logged.")
        return 1


async def _begin(runtime: Runtime) -> Import | None:
    """Return the oldest file that is not worked off, and count the attempt."""
    async with runtime.transaction() as session:
        found = await session.scalar(
            sa.select(Import)
            .where(Import.state.in_([state.value for state in ACTIVE]))
            .order_by(Import.id)
            .limit(1)
            .with_for_update()
        )
        if found is None:
            return None
        if found.attempts >= runtime.settings.imports.max_attempts:
            failure = f"Given up: {found.attempts} attempts at the same step came to no end."
            await ending.fail(session, found, failure)
            return None
        found.attempts += 1
        if found.state == ImportState.RECEIVED:
            FLOW.step(found, ImportState.STAGING)
            found.started_at = now(session)
    return found


async def _work(runtime: Runtime, begun: Import) -> None:
    if begun.state == ImportState.STAGING:
        await staging.stage(runtime, begun)
    while True:
        async with runtime.transaction() as session:
            found = await session.get_one(Import, begun.id)
        if found.state != ImportState.APPLYING:
            return
        try:
            await applying.apply(runtime, found)
        except Contended:
            log.info("import met another writer, trying again", import_id=str(begun.id))


async def _give_up(runtime: Runtime, begun: Import, failure: str) -> None:
    async with runtime.transaction() as session:
        found = await session.get_one(Import, begun.id, with_for_update=True)
        if found.state in ACTIVE:
            await ending.fail(session, found, failure)


async def _sweep(runtime: Runtime) -> int:
    """Clear away, piece by piece, what an import that has ended needs no more."""
    async with runtime.transaction() as session:
        found = await session.scalar(
            sa.select(Import)
            .where(
                Import.swept_at.is_(None),
                Import.state.not_in([state.value for state in ACTIVE]),
            )
            .order_by(Import.id)
            .limit(1)
        )
        if found is None:
            return 0
        if await _drop_rows(session, found):
            return 1
    await store.remove(runtime.files, found.id)
    async with runtime.transaction() as session:
        swept = await session.get_one(Import, found.id, with_for_update=True)
        swept.swept_at = now(session)
    return 1


async def _drop_rows(session: AsyncSession, found: Import) -> int:
    some = (
        sa.select(StagedRow.number)
        .where(StagedRow.import_id == found.id)
        .order_by(StagedRow.number)
        .limit(_SWEPT_AT_ONCE)
    )
    dropped = await session.scalars(
        sa.delete(StagedRow)
        .where(StagedRow.import_id == found.id, StagedRow.number.in_(some))
        .returning(StagedRow.number),
        execution_options={"synchronize_session": False},
    )
    return len(dropped.all())


async def forget(runtime: Runtime, _payload: Payload) -> None:
    """Drop imports that ended longer ago than they are kept, with what was refused of them."""
    keep = runtime.settings.keep
    if keep.hold:
        return
    async with runtime.transaction() as session:
        limit = now(session) - timedelta(days=keep.imports_days)
        old = (
            sa.select(Import.id)
            .where(Import.ended_at < limit, Import.swept_at.is_not(None))
            .order_by(Import.ended_at)
            .limit(_FORGOTTEN_AT_ONCE)
        )
        await session.execute(
            sa.delete(Import).where(Import.id.in_(old)),
            execution_options={"synchronize_session": False},
        )


LOOPS = (Loop("imports", step, poll_s=lambda runtime: runtime.settings.imports.poll_s),)
PERIODIC = (Periodic("imports.forget", timedelta(hours=6), forget),)
