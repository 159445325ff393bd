"""Vendors' invoices for what they owe: shown beside the debt, and never set against it."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.statement_schemas import InvoiceOut
from app.orders import views
from app.orders.rules import DocumentKind


async def find(
    session: AsyncSession, vendor_id: UUID, debts: Sequence[Any]
) -> dict[UUID, list[InvoiceOut]]:
    """Return a vendor's invoices that name these debts, their RMA or their unit, by debt.

    A unit was invoiced when it was bought: by a serial only what came since the debt arose.
    """
    rows = await _lines(session, vendor_id, debts)
    by_number, by_rma = defaultdict[int, list[Any]](list), defaultdict[str, list[Any]](list)
    by_serial = defaultdict[str, list[Any]](list)
    for row in rows:
        if row.obligation_number is not None:
            by_number[row.obligation_number].append(row)
        if row.rma_lookup is not None:
            by_rma[row.rma_lookup].append(row)
        for serial in row.serial_lookups:
            by_serial[serial].append(row)
    found: dict[UUID, list[InvoiceOut]] = {}
    for debt in debts:
        since = debt.created_at.date()
        later = [row for row in by_serial.get(debt.serial_lookup, ()) if row.issued_on >= since]
        named = [*by_number.get(debt.number, ()), *by_rma.get(debt.rma_lookup, ()), *later]
        if told := _summed(named):
            found[debt.obligation_id] = told
    return found


async def _lines(session: AsyncSession, vendor_id: UUID, debts: Sequence[Any]) -> Sequence[Any]:
    query = select_lines(
        vendor_id,
        numbers=[debt.number for debt in debts],
        rmas=sorted({debt.rma_lookup for debt in debts if debt.rma_lookup}),
        serials=sorted({debt.serial_lookup for debt in debts if debt.serial_lookup}),
    )
    return (await session.execute(query)).all()


def select_lines(
    vendor_id: UUID, *, numbers: Sequence[int], rmas: Sequence[str], serials: Sequence[str]
) -> sa.CompoundSelect[*tuple[Any, ...]]:
    """Return the query of a vendor's invoices' lines that name any of these."""
    told = views.vendor_document_lines().subquery()
    # Each by its own index; a line that several find is taken once.
    ways = (
        told.c.obligation_number == sa.any_(sa.literal(numbers, ARRAY(sa.BigInteger))),
        told.c.rma_lookup == sa.any_(sa.literal(rmas, ARRAY(sa.Text))),
        told.c.serial_lookups.overlap(sa.literal(serials, ARRAY(sa.Text))),
    )
    asking = (
        told.c.vendor_id == vendor_id,
        told.c.kind == DocumentKind.INVOICE.value,
        told.c.cancelled_at.is_(None),
    )
    return sa.union(*(sa.select(told).where(way, *asking) for way in ways))


def _summed(lines: Sequence[Any]) -> list[InvoiceOut]:
    """Return the papers that lines stand on, each with what these lines come to."""
    papers: dict[str, dict[str, Any]] = defaultdict(dict)
    for line in lines:
        papers[line.document_key][line.line_key] = line
    return [
        InvoiceOut(
            document=key,
            number=first.number,
            issued_on=first.issued_on,
            amount=sum((line.amount for line in some.values()), Decimal(0)),
            currency=first.currency,
        )
        for key, some in sorted(papers.items())
        for first in (next(iter(some.values())),)
    ]
