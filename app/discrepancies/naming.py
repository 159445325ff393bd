"""What a discrepancy names in the rooms beneath: found together, and refused together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from app.cases import service as cases
from app.discrepancies import rules
from app.discrepancies.evidence.gathering import Gathered, OrderLine, gather
from app.discrepancies.line_schemas import LineNameIn
from app.discrepancies.rules import ContradictsShipment, Differing
from app.discrepancies.schemas import DiscrepancyIn
from app.kit.problems import NotFound
from app.kit.records import UnknownReference
from app.obligations import lost
from app.orders import views


@dataclass(frozen=True, slots=True)
class Named:
    """What a discrepancy names: the order lines in the order of the document."""

    gathered: Gathered
    lines: Sequence[OrderLine]


async def lock_case(session: AsyncSession, case_id: UUID) -> Any:
    """Lock the case it is opened on. Raises UnknownReference."""
    try:
        return await cases.take(session, case_id)
    except NotFound as problem:
        errors = [{"pointer": "/case_id", "detail": problem.detail}]
        raise UnknownReference(problem.detail, errors=errors) from problem


async def find(session: AsyncSession, document: DiscrepancyIn) -> Named:
    """Return what a document names by the ERP's keys. Raises UnknownReference."""
    told = views.shipments().subquery()
    shipment_id = await session.scalar(
        sa.select(told.c.shipment_id).where(told.c.shipment_key == document.shipment)
    )
    ids = await _line_ids(session, [line.order for line in document.lines])
    errors: list[dict[str, str]] = []
    if shipment_id is None:
        detail = f"there is no shipment {document.shipment!r}; PUT it first"
        errors.append({"pointer": "/shipment", "detail": detail})
    for index, line in enumerate(document.lines):
        if _name(line.order) not in ids:
            detail = f"{line.order.purchase_order!r} has no line {line.order.line!r}; PUT it first"
            errors.append({"pointer": f"/lines/{index}/order", "detail": detail})
    if errors or shipment_id is None:
        raise UnknownReference(
            "The discrepancy names records that were never sent; `errors` points at each.",
            errors=errors,
        )
    wanted = [ids[_name(line.order)] for line in document.lines]
    gathered = await gather(session, shipment_id, wanted)
    return Named(gathered, [gathered.lines[line_id] for line_id in wanted])


def _name(order: LineNameIn) -> tuple[str, str]:
    return order.purchase_order, order.line


async def _line_ids(
    session: AsyncSession, named: Sequence[LineNameIn]
) -> dict[tuple[str, str], UUID]:
    told = views.purchase_lines().subquery()
    rows = await session.execute(
        sa.select(told.c.purchase_order_key, told.c.line_key, told.c.purchase_line_id).where(
            told.c.purchase_order_key.in_({each.purchase_order for each in named}),
            told.c.line_key.in_({each.line for each in named}),
            ~told.c.is_removed,
        )
    )
    return {(row.purchase_order_key, row.line_key): row.purchase_line_id for row in rows}


async def check(session: AsyncSession, document: DiscrepancyIn, named: Named, case: Any) -> None:
    """Refuse what the records contradict, all of it at once. Raises ContradictsShipment.

    Of two who open at once for one order line the second sees what the first has lost.
    """
    await _queue_up(session, [line.line_id for line in named.lines])
    gone = await _gone(session, named)
    gathered = named.gathered
    differing = [
        Differing(
            pointer=f"/lines/{index}",
            name=line.name,
            quantity=told.quantity,
            ordered=line.quantity,
            held=gathered.held(line.line_id),
            is_held_unknown=gathered.is_held_unknown,
            lost_here=gone.get((line.line_id, gathered.key), 0),
            lost=sum(count for (line_id, _), count in gone.items() if line_id == line.line_id),
        )
        for index, (told, line) in enumerate(zip(document.lines, named.lines, strict=True))
    ]
    errors = [
        *_shipment_faults(gathered, case),
        *_line_faults(named.lines, case),
        *rules.quantity_faults(document.kind, differing),
    ]
    if errors:
        raise ContradictsShipment(
            "It contradicts what is on record; `errors` points at each.", errors=errors
        )


async def _queue_up(session: AsyncSession, line_ids: Sequence[UUID]) -> None:
    told = sa.literal(sorted(f"losses of {each}" for each in line_ids), ARRAY(sa.Text))
    names = sa.func.unnest(told).column_valued("name")
    lock = sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(names, 0))
    await session.execute(sa.select(lock))


async def _gone(session: AsyncSession, named: Named) -> Mapping[tuple[UUID, str | None], int]:
    told = lost.losses().subquery()
    rows = await session.execute(
        sa.select(told.c.purchase_line_id, told.c.shipment_key, sa.func.sum(told.c.quantity))
        .where(
            told.c.purchase_line_id.in_([line.line_id for line in named.lines]),
            told.c.restored_at.is_(None),
            told.c.quantity.is_not(None),
        )
        .group_by(told.c.purchase_line_id, told.c.shipment_key)
    )
    return {(line_id, shipment): int(count) for line_id, shipment, count in rows}


def _shipment_faults(gathered: Gathered, case: Any) -> list[dict[str, Any]]:
    if gathered.cancelled_at is not None:
        detail = f"shipment {gathered.key!r} was cancelled: nothing was shipped"
        return [{"pointer": "/shipment", "detail": detail}]
    if case.shipment_id not in {None, gathered.shipment_id}:
        detail = "the case is about another shipment; correct the case first"
        return [{"pointer": "/shipment", "detail": detail}]
    return []


def _line_faults(lines: Sequence[OrderLine], case: Any) -> list[dict[str, Any]]:
    errors: list[dict[str, Any]] = []
    for index, line in enumerate(lines):
        pointer = f"/lines/{index}/order"
        if line.customer_id not in {None, case.customer_id}:
            detail = f"{line.name} is for another customer than the case's"
            errors.append({"pointer": pointer, "detail": detail})
        if line.supplier_id != lines[0].supplier_id:
            detail = f"{line.name} was bought from another vendor; open one for each vendor"
            errors.append({"pointer": pointer, "detail": detail})
    return errors
