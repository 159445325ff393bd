"""The worklist: debts and rights by when somebody should look at them, what is overdue first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.kit.db import now
from app.kit.pages import decode_cursor, encode_cursor, refused
from app.obligations.models import IS_LIVE, Obligation
from app.obligations.rules import DUE, LIVE, Kind, State


class Attended(Protocol):
    """What has a place in the worklist."""

    @property
    def id(self) -> Any: ...  # noqa: D102
    @property
    def attend_at(self) -> Any: ...  # noqa: D102


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """A place in the worklist: when somebody should look at it, then the id."""

    attend_at: datetime
    id: UUID

    @classmethod
    def of(cls, row: Attended) -> "Place":
        """Return the place of a row."""
        return cls(row.attend_at, row.id)

    def cursor(self) -> str:
        """Return the cursor of the page that follows this place."""
        return encode_cursor(f"{self.attend_at.isoformat()} {self.id}")


def place_after(cursor: str | None) -> Place | None:
    """Return the place a page starts after. Raises BadCursor."""
    if cursor is None:
        return None
    moment, _, identity = decode_cursor(cursor).partition(" ")
    try:
        place = Place(datetime.fromisoformat(moment), UUID(identity))
    except ValueError as error:
        raise refused() from error
    if place.attend_at.tzinfo is None:
        raise refused()
    return place


def after_place(
    attend_at: InstrumentedAttribute[datetime], identity: InstrumentedAttribute[UUID], place: Place
) -> sa.ColumnElement[bool]:
    """Return the condition of what comes after a place."""
    there = sa.tuple_(
        sa.literal(place.attend_at, sa.DateTime(timezone=True)), sa.literal(place.id, sa.Uuid())
    )
    return sa.tuple_(attend_at, identity) > there


@dataclass(frozen=True, slots=True)
class ObligationFilter:
    """What a debt is found by; all that is given must hold.

    Without `states` (and without a number) what is still owed, or may yet come to be.
    """

    states: Sequence[State] = ()
    overdue: bool | None = None
    dated: bool | None = None
    contested: bool | None = None
    debtor: str | None = None
    creditor: str | None = None
    kind: Kind | None = None
    case_id: UUID | None = None
    loss_id: UUID | None = None
    due_before: datetime | None = None
    attend_before: datetime | None = None
    owner: str | None = None
    at_risk: bool | None = None
    amount_from: Decimal | None = None
    amount_to: Decimal | None = None
    currency: str | None = None
    number: int | None = None


def select_obligations(
    wanted: ObligationFilter, *, moment: datetime, after: Place | None = None
) -> sa.Select[Obligation]:
    """Return the query of debts by when somebody should look at them, after a place."""
    query = sa.select(Obligation).order_by(Obligation.attend_at, Obligation.id)
    if after is not None:
        query = query.where(after_place(Obligation.attend_at, Obligation.id, after))
    return query.where(*_states(wanted), *_times(wanted, moment), *_worth(wanted), *_same(wanted))


def _states(wanted: ObligationFilter) -> list[sa.ColumnElement[bool]]:
    if not wanted.states and wanted.number is not None:
        return []
    found: list[sa.ColumnElement[bool]] = []
    if set(wanted.states) <= set(LIVE):
        # Written out, so that the planner sees that the partial indexes hold all of it.
        found.append(IS_LIVE)
    if wanted.states:
        found.append(Obligation.state.in_([state.value for state in wanted.states]))
    return found


def _times(wanted: ObligationFilter, moment: datetime) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    due = Obligation.state.in_([state.value for state in DUE])
    if wanted.overdue is True:
        # A debt with a due time is attended to at that time: the bound is one of the index too.
        found += [Obligation.due_at < moment, Obligation.attend_at < moment, due]
    if wanted.overdue is False:
        found.append(sa.or_(Obligation.due_at.is_(None), Obligation.due_at >= moment, ~due))
    if wanted.at_risk is not None:
        risky = sa.and_(Obligation.at_risk_at <= moment, Obligation.due_at >= moment, due)
        found.append(sa.func.coalesce(risky, sa.false()).is_(wanted.at_risk))
    if wanted.due_before is not None:
        before = wanted.due_before
        found += [Obligation.due_at < before, Obligation.attend_at < before]
    if wanted.attend_before is not None:
        found.append(Obligation.attend_at < wanted.attend_before)
    if wanted.dated is not None:
        found.append(Obligation.due_at.is_not(None).is_(wanted.dated))
    if wanted.contested is not None:
        found.append(Obligation.contested_at.is_not(None).is_(wanted.contested))
    return found


def _worth(wanted: ObligationFilter) -> list[sa.ColumnElement[bool]]:
    left = sa.func.greatest(Obligation.owed - Obligation.performed, 0)
    found: list[sa.ColumnElement[bool]] = []
    if wanted.amount_from is not None:
        found += [Obligation.currency.is_not(None), left >= wanted.amount_from]
    if wanted.amount_to is not None:
        found += [Obligation.currency.is_not(None), left <= wanted.amount_to]
    return found


def _same(wanted: ObligationFilter) -> list[sa.ColumnElement[bool]]:
    pairs = (
        (Obligation.debtor, wanted.debtor),
        (Obligation.creditor, wanted.creditor),
        (Obligation.kind, None if wanted.kind is None else wanted.kind.value),
        (Obligation.owner, wanted.owner),
        (Obligation.currency, wanted.currency),
        (Obligation.case_id, wanted.case_id),
        (Obligation.loss_id, wanted.loss_id),
        (Obligation.number, wanted.number),
    )
    return [column == value for column, value in pairs if value is not None]


async def page(
    session: AsyncSession, wanted: ObligationFilter, *, after: Place | None, limit: int
) -> Sequence[Obligation]:
    """Return debts by when somebody should look at them, after a place."""
    query = select_obligations(wanted, moment=now(session), after=after)
    return (await session.scalars(query.limit(limit))).all()
