"""What workers do with vendors' papers: match each, and look again when the ledger has changed."""

from collections.abc import Sequence
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import matching, papers
from app.events import Listener, StoredEvent
from app.kit import jobs
from app.kit.db import is_passing
from app.kit.jobs import Job, Payload
from app.kit.logs import brief
from app.obligations.rules import Kind, Party, PartyKind
from app.orders.rules import DocumentKind
from app.runtime import Runtime

_MATCH_ONE = "accounts.match_one"
_MATCH_SOME = "accounts.match_some"
_SEEK_AGAIN = "accounts.seek_again"
_MATCHED_AT_ONCE = 100

log = structlog.stdlib.get_logger("makegood.accounts")


async def _documents(
    _runtime: Runtime, session: AsyncSession, events: Sequence[StoredEvent]
) -> None:
    """Enqueue one job for each paper, so that only one that breaks is held."""
    # An invoice settles nothing; one that was something else before is to be taken back.
    told = [
        event.data["document_id"]
        for event in events
        if event.data["kind"] != DocumentKind.INVOICE.value or event.data["version"] > 1
    ]
    await _enqueue(session, _MATCH_ONE, "document_id", told)


async def _imported(
    _runtime: Runtime, session: AsyncSession, events: Sequence[StoredEvent]
) -> None:
    """Share out what came in bulk, without what settles nothing and never did."""
    told = {UUID(each) for event in events for each in event.data["document_ids"]}
    ids = [str(each) for each in await papers.settling(session, told)]
    parts = [ids[at : at + _MATCHED_AT_ONCE] for at in range(0, len(ids), _MATCHED_AT_ONCE)]
    payloads = [{"document_ids": part} for part in parts]
    await jobs.enqueue(session, [_MATCH_SOME] * len(payloads), payloads)


async def _debts(_runtime: Runtime, session: AsyncSession, events: Sequence[StoredEvent]) -> None:
    """Look whether papers that found no debt wait for one that is owed now."""
    opened = {
        UUID(event.data["obligation_id"]): _vendors(event)
        for event in events
        if event.data["kind"] == Kind.PAY_MONEY.value and _vendors(event)
    }
    if opened:
        vendors = {vendor for some in opened.values() for vendor in some}
        found = await matching.waiting(session, opened.keys(), vendors)
        await _enqueue(session, _SEEK_AGAIN, "match_id", [str(each) for each in found])


def _vendors(event: StoredEvent) -> set[str]:
    parties = (Party.parse(event.data[side]) for side in ("debtor", "creditor"))
    return {each.key for each in parties if each.kind is PartyKind.VENDOR and each.key}


async def _corrections(
    _runtime: Runtime, session: AsyncSession, events: Sequence[StoredEvent]
) -> None:
    told = {
        UUID(event.data["performance_id"]): (event.data["by_name"], event.data["reason"])
        for event in events
    }
    await matching.note_corrected(session, told)


async def _enqueue(session: AsyncSession, job: str, name: str, ids: Sequence[str]) -> None:
    once = list(dict.fromkeys(ids))
    await jobs.enqueue(session, [job] * len(once), [{name: each} for each in once])


async def _match_one(runtime: Runtime, payload: Payload) -> None:
    async with runtime.transaction("listener:accounts.match") as session:
        await matching.match(session, UUID(payload["document_id"]))


async def _match_some(runtime: Runtime, payload: Payload) -> None:
    """Match papers that came in bulk, each in a transaction of its own: none holds the others.

    Begun again, it finds what it has done and goes on.
    """
    broken: list[str] = []
    for each in payload["document_ids"]:
        try:
            async with runtime.transaction("listener:accounts.match") as session:
                await matching.match(session, UUID(each), in_bulk=True)
        except Exception as error:
            if is_passing(error):
                raise
            log.warning("matching it alone", document_id=each, error=brief(error))
            broken.append(each)
    async with runtime.transaction("listener:accounts.match") as session:
        await _enqueue(session, _MATCH_ONE, "document_id", broken)


async def _seek_one_again(runtime: Runtime, payload: Payload) -> None:
    async with runtime.transaction("listener:accounts.match") as session:
        await matching.seek_again(session, UUID(payload["match_id"]))


LISTENERS = (
    Listener(
        "accounts.match_documents", frozenset({"orders.vendor_document_recorded"}), _documents
    ),
    Listener("accounts.match_imported", frozenset({"orders.vendor_documents_imported"}), _imported),
    Listener(
        "accounts.match_debts",
        frozenset({"obligations.opened", "obligations.triggered", "obligations.reopened"}),
        _debts,
    ),
    Listener("accounts.note_corrections", frozenset({"obligations.corrected"}), _corrections),
)
JOBS = (
    Job(_MATCH_ONE, _match_one),
    Job(_MATCH_SOME, _match_some),
    Job(_SEEK_AGAIN, _seek_one_again),
)
