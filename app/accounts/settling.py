"""How a match is written down, with what it settles in the ledger."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.choosing import Choice, Share
from app.accounts.events import DocumentMatched, DocumentUnmatched, MatchEvent
from app.accounts.models import DocumentMatch, MatchPart
from app.accounts.papers import Paper
from app.accounts.rules import State
from app.events import publish
from app.kit.db import context_of, now
from app.kit.fields import Money
from app.kit.ids import new_id
from app.obligations import service as ledger
from app.obligations import views
from app.obligations.service import PerformanceIn

_LONGEST_REFERENCE = 200


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided something of a match, and why."""

    by_name: str
    reason: str


async def write(
    session: AsyncSession,
    paper: Paper,
    columns: dict[str, Any],
    choice: Choice,
    *,
    decision: Decision | None = None,
    in_bulk: bool = False,
) -> DocumentMatch:
    """Write a match down and perform the debts it settles. They are locked, and so is the account.

    What comes above a loss has come all the same: it is recorded, and is our debt. Of what came
    `in_bulk` only what settles something is an event.
    """
    lines = columns["lines"]
    given = [await _give(session, paper, lines, share) for share in choice.shares]
    above = await _above(session, [part.performance_id for part in given if part.performance_id])
    for part in given:
        part.above_loss = above.get(part.performance_id, Decimal(0))
    row = DocumentMatch(
        **columns,
        id=new_id(),
        state=(State.OVERPAID if above else choice.state).value,
        by=choice.by.value if choice.by else None,
        why=choice.why,
        rest=choice.rest,
    )
    is_told = row.state != State.UNMATCHED.value or not in_bulk
    await _insert(session, row, given, decision, is_told=is_told)
    return row


async def _insert(
    session: AsyncSession,
    row: DocumentMatch,
    given: Sequence[MatchPart],
    decision: Decision | None,
    *,
    is_told: bool = True,
) -> None:
    row.recorded_at, row.recorded_by = now(session), context_of(session).caller
    row.by_name = decision.by_name if decision else None
    row.reason = decision.reason if decision else None
    session.add(row)
    await session.flush()
    for part in given:
        part.match_id = row.id
    session.add_all(given)
    await session.flush()
    if is_told:
        await publish(session, _told(row, given))


async def _give(
    session: AsyncSession, paper: Paper, lines: Sequence[str], share: Share
) -> MatchPart:
    part = MatchPart(obligation_id=share.obligation_id, amount=share.amount)
    if share.amount == 0:
        return part
    try:
        part.performance_id = await _perform(session, paper, share, paper.number)
    except ledger.RecordedTwice as twice:
        known = UUID(twice.fields["performance_id"])
        if await _is_matched(session, known):
            # By other lines of the same paper, of the same amount: these come beside them.
            reference = f"{paper.number}, line {', '.join(lines)}"[:_LONGEST_REFERENCE]
            part.performance_id = await _perform(session, paper, share, reference)
        else:
            # Somebody has written the same paper down by hand: that is what it settled.
            part.performance_id = known
    return part


async def _perform(session: AsyncSession, paper: Paper, share: Share, reference: str) -> UUID:
    money = share.amount
    document = PerformanceIn(
        amount=None if money is None else Money(amount=money, currency=paper.currency),
        performed_at=paper.given_at(now(session)),
        reference=reference,
        note=paper.words(),
        above_cap=True,
    )
    _, done = await ledger.perform(session, obligation_id=share.obligation_id, document=document)
    return done.id


async def _is_matched(session: AsyncSession, performance_id: UUID) -> bool:
    standing = sa.select(MatchPart.match_id).where(
        MatchPart.performance_id == performance_id, MatchPart.ended_at.is_(None)
    )
    return await session.scalar(standing) is not None


async def _above(
    session: AsyncSession, performance_ids: Collection[UUID]
) -> dict[UUID | None, Decimal]:
    """Return what of performances came above what was lost, where any did."""
    if not performance_ids:
        return {}
    told = views.recovered().subquery()
    rows = await session.execute(
        sa.select(told.c.performance_id, told.c.above_cap).where(
            told.c.performance_id.in_(performance_ids), told.c.above_cap > 0
        )
    )
    return {row.performance_id: row.above_cap for row in rows}


async def parts(session: AsyncSession, match_ids: Collection[UUID]) -> Sequence[MatchPart]:
    """Return what matches settle, in the order of the debts."""
    rows = await session.scalars(
        sa.select(MatchPart)
        .where(MatchPart.match_id.in_(match_ids))
        .order_by(MatchPart.match_id, MatchPart.obligation_id)
        .execution_options(populate_existing=True)
    )
    return rows.all()


def end(session: AsyncSession, row: DocumentMatch) -> None:
    """Let a match stand no longer."""
    row.ended_at = now(session)


def kept_columns(row: DocumentMatch) -> dict[str, Any]:
    """Return what the match that replaces this one keeps of it."""
    names = (
        *("document_id", "document_key", "vendor_key", "kind", "number", "issued_on", "currency"),
        *("lines", "fingerprint", "keys", "amount", "candidates"),
    )
    return {name: getattr(row, name) for name in names} | {"replaces_id": row.id}


async def carry_over(
    session: AsyncSession,
    row: DocumentMatch,
    ended: Sequence[MatchPart],
    stays: Sequence[MatchPart],
    decision: Decision,
) -> None:
    """Replace a match by one with what still stands of it; the rest was corrected elsewhere."""
    end(session, row)
    for part in ended:
        part.ended_at = now(session)
    await session.flush()
    lost = sum((part.amount or row.amount for part in ended if part not in stays), Decimal(0))
    after = DocumentMatch(
        **kept_columns(row),
        id=new_id(),
        state=(State.OVERPAID if stays else State.UNMATCHED).value,
        by=row.by if stays else None,
        why="What it settled was corrected in the ledger.",
        rest=row.rest + lost,
    )
    kept = [
        MatchPart(
            obligation_id=part.obligation_id,
            performance_id=part.performance_id,
            amount=part.amount,
            above_loss=part.above_loss,
        )
        for part in stays
    ]
    await _insert(session, after, kept, decision)


def identity(row: DocumentMatch) -> dict[str, Any]:
    """Return what every event of a match says of it."""
    return {
        "match_id": row.id,
        "document_id": row.document_id,
        "document_key": row.document_key,
        "vendor": row.vendor_key,
        "kind": row.kind,
        "number": row.number,
        "lines": row.lines,
        "amount": format(row.amount, "f"),
        "currency": row.currency,
    }


def _told(row: DocumentMatch, given: Sequence[MatchPart]) -> MatchEvent:
    decided: dict[str, Any] = {
        "replaces_id": row.replaces_id,
        "by_name": row.by_name,
        "reason": row.reason,
    }
    if row.state == State.UNMATCHED.value:
        return DocumentUnmatched(**identity(row), **decided, why=row.why)
    return DocumentMatched(
        **identity(row),
        **decided,
        state=row.state,
        by=row.by,
        rest=format(row.rest, "f"),
        obligation_ids=[part.obligation_id for part in given],
    )
