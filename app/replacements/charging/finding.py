"""Which papers of a vendor charge for what a replacement should have sent back."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.orders import views
from app.orders.rules import DocumentKind, serial_lookup
from app.orders.units.rules import spoken_serials
from app.replacements import keeping
from app.replacements.models import Replacement, ReplacementCharge, ReplacementDue
from app.replacements.reading import Read
from app.replacements.rules import numbers_in


@dataclass(frozen=True, slots=True)
class Paper:
    """What one paper charges for it, and by what it names it."""

    document_id: UUID
    key: str
    number: str
    issued_on: date
    amount: Decimal
    currency: str
    named_by: str
    cancelled_at: datetime | None


async def papers_of(session: AsyncSession, found: Read, documents: Collection[UUID]) -> list[Paper]:
    """Return the papers that charge for it, by the day printed on them.

    `documents` are looked at by their words too; others are found by RMA and serial number.
    """
    row = found.standing.replacement
    serials = [serial_lookup(each) for each in (row.back_serial, row.came_serial) if each]
    told = views.vendor_document_lines().subquery()
    known = {each.document_id for each in found.standing.charges}
    names = [told.c.document_id.in_({*known, *documents})]
    names += [told.c.rma_lookup == row.rma_lookup] if row.rma_lookup else []
    names += [told.c.serial_lookups.contains([each]) for each in serials]
    rows = await session.execute(
        sa.select(told)
        .where(
            told.c.kind == DocumentKind.NON_RETURN_CHARGE.value,
            told.c.vendor_id == row.vendor_id,
            sa.or_(*names),
        )
        .order_by(told.c.issued_on, told.c.document_id, told.c.position)
    )
    by_paper: dict[UUID, list[tuple[Any, str]]] = {}
    for line in rows:
        how = _named(found, line)
        if how is not None:
            by_paper.setdefault(line.document_id, []).append((line, how))
    taken = await _taken(session, row, by_paper)
    return [_paper(lines) for key, lines in by_paper.items() if key not in taken]


def _named(found: Read, line: Any) -> str | None:
    """Return by what a line names this replacement; None: it is for something else."""
    row = found.standing.replacement
    debts = {found.standing.owed[x.obligation_id].number for x in found.standing.dues}
    if line.obligation_number is not None and line.obligation_number in debts:
        return "obligation"
    if row.number in numbers_in(line.claim or ""):
        return "number"
    if line.serial_lookups:
        ours = _plain(each for each in (row.back_serial, row.came_serial) if each)
        return "serial" if ours & _plain(line.serial_lookups) else None
    is_ours = row.rma_lookup is not None and line.rma_lookup == row.rma_lookup
    return "rma" if is_ours else None


def _plain(serials: Iterable[str]) -> set[str]:
    return {plain for each in serials for plain in spoken_serials(each)}


def _paper(lines: Sequence[tuple[Any, str]]) -> Paper:
    first = lines[0][0]
    return Paper(
        first.document_id,
        first.document_key,
        first.number,
        first.issued_on,
        sum((line.amount for line, _ in lines), Decimal(0)),
        first.currency,
        lines[0][1],
        first.cancelled_at,
    )


async def _taken(
    session: AsyncSession, row: Replacement, papers: dict[UUID, list[tuple[Any, str]]]
) -> set[UUID]:
    """Return papers that are another's of the same number: one charge is for one unit."""
    by_number = {key for key, lines in papers.items() if lines[0][1] == "rma"}
    if not by_number:
        return set()
    others = [
        each
        for each in await keeping.of_claim(session, row.claim_id)
        if each.id != row.id and each.rma_lookup == row.rma_lookup
    ]
    if not others:
        return set()
    charge = ReplacementCharge
    theirs = await session.scalars(
        sa.select(charge.document_id).where(
            charge.replacement_id.in_([each.id for each in others]),
            charge.document_id.in_(by_number),
        )
    )
    if any(each.id < row.id and each.is_open for each in others):
        # What is still out comes first, and of several the one that was asked for first.
        return by_number
    return set(theirs.all())


def select_named(document_ids: Collection[UUID]) -> sa.Select[*tuple[Any, ...]]:
    """Return the query of what charges among these papers name: RMA, serials, debts, words."""
    told = views.vendor_document_lines().subquery()
    return sa.select(
        told.c.document_id,
        told.c.vendor_id,
        told.c.rma_lookup,
        told.c.serial_lookups,
        told.c.obligation_number,
        told.c.claim,
    ).where(
        told.c.document_id.in_(document_ids),
        told.c.kind == DocumentKind.NON_RETURN_CHARGE.value,
    )


def select_charged(
    vendor_ids: Collection[UUID],
    rmas: Collection[str],
    serials: Collection[str],
    numbers: Collection[int],
    document_ids: Collection[UUID],
) -> sa.Select[UUID]:
    """Return the query of replacements that are named so."""
    row, charge = Replacement, ReplacementCharge
    plain = _plain(serials)
    mine = sa.union(
        sa.select(row.id).where(row.rma_lookup.in_(rmas), row.rma_lookup.is_not(None)),
        sa.select(row.id).where(row.back_lookup.in_(plain), row.back_lookup.is_not(None)),
        sa.select(row.id).where(row.came_lookup.in_(plain), row.came_lookup.is_not(None)),
        sa.select(row.id).where(row.number.in_(numbers)),
        sa.select(charge.replacement_id).where(charge.document_id.in_(document_ids)),
    )
    return sa.select(row.id).where(row.id.in_(mine), row.vendor_id.in_(vendor_ids)).order_by(row.id)


def select_of_debts(obligation_ids: Collection[UUID]) -> sa.Select[UUID]:
    """Return the query of replacements that told the ledger of these debts."""
    due = ReplacementDue
    return (
        sa.select(due.replacement_id)
        .where(due.obligation_id.in_(obligation_ids))
        .distinct()
        .order_by(due.replacement_id)
    )
