"""How an import ends: finished, failed or cancelled, with one event, exactly once."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.imports.events import ImportCancelled, ImportFailed, ImportFinished
from app.imports.models import Import
from app.imports.rules import FLOW, ImportState
from app.kit.db import now


def _figures(found: Import) -> dict[str, Any]:
    return {
        "import_id": found.id,
        "kind": found.kind,
        "mode": found.mode,
        "created": found.created,
        "changed": found.changed,
        "unchanged": found.unchanged,
        "failed": found.failed,
    }


async def _end(session: AsyncSession, found: Import, state: ImportState) -> None:
    FLOW.step(found, state)
    found.ended_at = now(session)
    await session.flush()


async def finish(session: AsyncSession, found: Import) -> None:
    """Note that all was worked off. The import must be locked."""
    await _end(session, found, ImportState.FINISHED)
    await publish(session, ImportFinished(**_figures(found)))


async def fail(session: AsyncSession, found: Import, failure: str) -> None:
    """Note that it came to nothing, and why. The import must be locked."""
    found.failure = failure
    await _end(session, found, ImportState.FAILED)
    await publish(session, ImportFailed(**_figures(found), failure=failure))


async def cancel(session: AsyncSession, found: Import) -> None:
    """End it because somebody asked. The import must be locked. Raises IllegalStep."""
    await _end(session, found, ImportState.CANCELLED)
    await publish(session, ImportCancelled(**_figures(found)))
