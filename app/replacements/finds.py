"""The query by which replacements are found. Each find rests on an index."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from app.orders.rules import rma_lookup
from app.orders.units.rules import spoken_serials
from app.replacements.models import Replacement
from app.replacements.rules.states import SwapState


@dataclass(frozen=True, slots=True)
class ReplacementFilter:
    """What replacements are found by; all that is given must hold."""

    state: SwapState | None = None
    is_open: bool | None = None
    claim_id: UUID | None = None
    case_id: UUID | None = None
    vendor_id: UUID | None = None
    rma: str | None = None
    serial: str | None = None
    number: int | None = None


def select_replacements(
    wanted: ReplacementFilter, *, after: UUID | None = None
) -> sa.Select[Replacement]:
    """Return the query of replacements in the order they were asked for, after an id."""
    row = Replacement
    exact = {
        row.state: wanted.state,
        row.claim_id: wanted.claim_id,
        row.case_id: wanted.case_id,
        row.vendor_id: wanted.vendor_id,
        row.number: wanted.number,
    }
    query = sa.select(row).order_by(row.id)
    query = query.where(*(column == value for column, value in exact.items() if value is not None))
    if wanted.is_open is not None:
        query = query.where(row.is_open if wanted.is_open else ~row.is_open)
    if wanted.rma is not None:
        query = query.where(row.rma_lookup == rma_lookup(wanted.rma), row.rma_lookup.is_not(None))
    if wanted.serial is not None:
        plain = spoken_serials(wanted.serial)
        either = sa.union(
            sa.select(row.id).where(row.back_lookup.in_(plain), row.back_lookup.is_not(None)),
            sa.select(row.id).where(row.came_lookup.in_(plain), row.came_lookup.is_not(None)),
        )
        query = query.where(row.id.in_(either))
    return query if after is None else query.where(row.id > after)
