"""The queries by which cases are found. Each rests on an index."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from app.cases.models import Case
from app.cases.rules import Kind, Recovery, State
from app.kit.pages import decode_cursor, encode_cursor, refused, start_after
from app.orders import views


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What cases are found by; all that is given must hold."""

    state: State | None = None
    recovery: Recovery | None = None
    kind: Kind | None = None
    customer: str | None = None
    purchase_order: str | None = None
    shipment: str | None = None
    number: int | None = None
    needed_by_before: date | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """The last case of a page; with the day it is needed by where the list goes by that."""

    case_id: UUID
    needed_by: date | None = None


def read_mark(cursor: str | None, wanted: CaseFilter) -> Mark | None:
    """Return what a page starts after. Raises BadCursor."""
    if cursor is None:
        return None
    if wanted.needed_by_before is None:
        case_id = start_after(cursor)
        return Mark(case_id) if case_id else None
    day, _, identity = decode_cursor(cursor).partition("/")
    try:
        return Mark(UUID(identity), date.fromisoformat(day))
    except ValueError as error:
        raise refused() from error


def write_mark(case: Case, wanted: CaseFilter) -> str:
    """Return the cursor of a page that ends with this case."""
    if wanted.needed_by_before is None or case.needed_by is None:
        return encode_cursor(str(case.id))
    return encode_cursor(f"{case.needed_by.isoformat()}/{case.id}")


def select_cases(wanted: CaseFilter, *, after: Mark | None = None) -> sa.Select[Case]:
    """Return the query of cases after a mark: as they were opened, or the most urgent first."""
    query = sa.select(Case).where(*_conditions(wanted))
    if wanted.needed_by_before is None:
        query = query.order_by(Case.id)
        return query if after is None else query.where(Case.id > after.case_id)
    query = query.where(Case.needed_by < wanted.needed_by_before)
    query = query.order_by(Case.needed_by, Case.id)
    if after is None:
        return query
    mark = sa.tuple_(after.needed_by, after.case_id, types=[sa.Date(), sa.Uuid()])
    return query.where(sa.tuple_(Case.needed_by, Case.id) > mark)


def _conditions(wanted: CaseFilter) -> list[sa.ColumnElement[bool]]:
    exact = {
        Case.state: wanted.state,
        Case.recovery: wanted.recovery,
        Case.kind: wanted.kind,
        Case.number: wanted.number,
    }
    found = [column == value for column, value in exact.items() if value is not None]
    if wanted.customer is not None:
        told = views.customers().subquery()
        customer = sa.select(told.c.customer_id).where(told.c.customer_key == wanted.customer)
        found.append(Case.customer_id == customer.scalar_subquery())
    if wanted.shipment is not None:
        told = views.shipments().subquery()
        shipment = sa.select(told.c.shipment_id).where(told.c.shipment_key == wanted.shipment)
        found.append(Case.shipment_id == shipment.scalar_subquery())
    if wanted.purchase_order is not None:
        told = views.purchase_lines().subquery()
        lines = sa.select(told.c.purchase_line_id).where(
            told.c.purchase_order_key == wanted.purchase_order
        )
        found.append(Case.purchase_line_id.in_(lines))
    return found
