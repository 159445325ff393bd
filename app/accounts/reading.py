"""How matches are found and read."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import settling
from app.accounts.models import IS_CURRENT, DocumentMatch, MatchPart
from app.accounts.rules import By, State
from app.accounts.schemas import CandidateOut, DocumentMatchOut, PartOut
from app.kit.problems import NotFound
from app.obligations import views
from app.obligations.rules import State as DebtState
from app.orders.rules import DocumentKind


@dataclass(frozen=True, slots=True)
class MatchFilter:
    """What matches are found by; all that is given must hold. Only what stands, by default."""

    state: State | None = None
    vendor: str | None = None
    document: str | None = None
    obligation_id: UUID | None = None
    decided: bool | None = None
    with_ended: bool | None = None


def select_matches(wanted: MatchFilter, *, after: UUID | None = None) -> sa.Select[DocumentMatch]:
    """Return the query of matches after an id.

    What was short-paid is matched once nothing is owed any more, by whatever way that came.
    """
    query = sa.select(DocumentMatch).order_by(DocumentMatch.id)
    if after is not None:
        query = query.where(DocumentMatch.id > after)
    if not wanted.with_ended:
        query = query.where(IS_CURRENT)
    if wanted.vendor is not None:
        query = query.where(DocumentMatch.vendor_key == wanted.vendor)
    if wanted.document is not None:
        query = query.where(DocumentMatch.document_key == wanted.document)
    if wanted.obligation_id is not None:
        concerned = sa.select(MatchPart.match_id).where(
            MatchPart.obligation_id == wanted.obligation_id
        )
        query = query.where(DocumentMatch.id.in_(concerned))
    if wanted.decided is not None:
        query = query.where(DocumentMatch.by_name.is_not(None).is_(wanted.decided))
    return query if wanted.state is None else query.where(*_is(wanted.state))


def _is(state: State) -> list[sa.ColumnElement[bool]]:
    short, matched = State.SHORT_PAID.value, State.MATCHED.value
    if state is State.SHORT_PAID:
        return [DocumentMatch.state == short, _still_owed()]
    if state is State.MATCHED:
        settled = sa.or_(DocumentMatch.state == matched, ~_still_owed())
        return [DocumentMatch.state.in_([matched, short]), settled]
    return [DocumentMatch.state == state.value]


def _still_owed() -> sa.ColumnElement[bool]:
    due = views.due().subquery()
    # Counted, not EXISTS: beside an OR that would read all parts into a hash.
    owed = (
        sa.select(sa.func.count())
        .select_from(due)
        .join(MatchPart, MatchPart.obligation_id == due.c.obligation_id)
        .where(
            MatchPart.match_id == DocumentMatch.id,
            MatchPart.ended_at.is_(None),
            due.c.owed > due.c.performed,
        )
    )
    return owed.correlate(DocumentMatch).scalar_subquery() > 0


async def page(
    session: AsyncSession, *, after: UUID | None, limit: int, wanted: MatchFilter
) -> Sequence[DocumentMatch]:
    """Return matches in the order they were written down, after an id."""
    return (await session.scalars(select_matches(wanted, after=after).limit(limit))).all()


async def get(session: AsyncSession, match_id: UUID) -> DocumentMatch:
    """Return a match, ended or not. Raises NotFound."""
    row = await session.get(DocumentMatch, match_id)
    if row is None:
        msg = f"There is no document match {match_id}."
        raise NotFound(msg)
    return row


async def replaced_by(session: AsyncSession, match_ids: Sequence[UUID]) -> dict[UUID | None, UUID]:
    """Return which matches took the place of these."""
    rows = await session.execute(
        sa.select(DocumentMatch.replaces_id, DocumentMatch.id).where(
            DocumentMatch.replaces_id.in_(match_ids)
        )
    )
    return dict(rows.all())


async def show(session: AsyncSession, rows: Sequence[DocumentMatch]) -> list[DocumentMatchOut]:
    """Return matches as they are read, in the order given."""
    ids = [row.id for row in rows]
    parts: dict[UUID, list[MatchPart]] = defaultdict(list)
    for part in await settling.parts(session, ids):
        parts[part.match_id].append(part)
    told = views.obligations().subquery()
    debt_ids = {part.obligation_id for some in parts.values() for part in some}
    debts = {
        row.obligation_id: row
        for row in await session.execute(sa.select(told).where(told.c.obligation_id.in_(debt_ids)))
    }
    after = await replaced_by(session, ids)
    return [_shown(row, parts[row.id], debts, after.get(row.id)) for row in rows]


def _shown(
    row: DocumentMatch,
    parts: Sequence[MatchPart],
    debts: dict[UUID, Any],
    replaced_by_id: UUID | None,
) -> DocumentMatchOut:
    shown = [_part(part, debts[part.obligation_id]) for part in parts]
    left = sum((each.outstanding for each in shown), Decimal(0))
    state = State(row.state)
    if state is State.SHORT_PAID and not left:
        state = State.MATCHED
    return DocumentMatchOut(
        id=row.id,
        document=row.document_key,
        vendor=row.vendor_key,
        kind=DocumentKind(row.kind),
        number=row.number,
        issued_on=row.issued_on,
        lines=row.lines,
        amount=row.amount,
        currency=row.currency,
        state=state,
        by=By(row.by) if row.by else None,
        why=row.why,
        rest=row.rest,
        still_owed=left,
        parts=shown,
        candidates=[CandidateOut.model_validate(each) for each in row.candidates],
        trouble=row.trouble,
        by_name=row.by_name,
        reason=row.reason,
        replaces_id=row.replaces_id,
        replaced_by_id=replaced_by_id,
        ended_at=row.ended_at,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
    )


def _part(part: MatchPart, debt: Any) -> PartOut:
    is_due = debt.state in (DebtState.OPEN, DebtState.BROKEN)
    return PartOut(
        obligation_id=part.obligation_id,
        number=debt.number,
        debt_state=DebtState(debt.state),
        performance_id=part.performance_id,
        amount=part.amount,
        above_loss=part.above_loss,
        outstanding=max(debt.owed - debt.performed, Decimal(0)) if is_due else Decimal(0),
    )
