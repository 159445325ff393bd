"""The query by which discrepancies are found. Each find rests on an index."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from app.discrepancies.models import Discrepancy
from app.discrepancies.rules import Kind, State
from app.orders import views


@dataclass(frozen=True, slots=True)
class DiscrepancyFilter:
    """What discrepancies are found by; all that is given must hold."""

    state: State | None = None
    kind: Kind | None = None
    case_id: UUID | None = None
    shipment: str | None = None
    number: int | None = None


def select_discrepancies(
    wanted: DiscrepancyFilter, *, after: UUID | None = None
) -> sa.Select[Discrepancy]:
    """Return the query of discrepancies in the order they were opened, after an id."""
    exact = {
        Discrepancy.state: wanted.state,
        Discrepancy.kind: wanted.kind,
        Discrepancy.case_id: wanted.case_id,
        Discrepancy.number: wanted.number,
    }
    query = sa.select(Discrepancy).order_by(Discrepancy.id)
    query = query.where(*(column == value for column, value in exact.items() if value is not None))
    if wanted.shipment is not None:
        told = views.shipments().subquery()
        shipment = sa.select(told.c.shipment_id).where(told.c.shipment_key == wanted.shipment)
        query = query.where(Discrepancy.shipment_id == shipment.scalar_subquery())
    return query if after is None else query.where(Discrepancy.id > after)
