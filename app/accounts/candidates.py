"""The debts that vendors' papers may be for, found by what the papers refer to."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.choosing import Candidate
from app.accounts.papers import Paper, Sought
from app.accounts.rules import By, References, Sides
from app.obligations import lost
from app.obligations import views as ledger
from app.obligations.rules import Kind
from app.orders import views as orders
from app.orders.rules import rma_lookup, serial_lookup

_MOST_BY_AMOUNT = 20


@dataclass(frozen=True, slots=True)
class _Places:
    """The order lines that papers point at."""

    by_order: dict[tuple[str, str], UUID]
    by_serial: dict[str, set[UUID]]

    def all(self) -> set[UUID]:
        return set(self.by_order.values()).union(*self.by_serial.values())

    def of(self, meant: References) -> tuple[set[UUID], set[UUID]]:
        """Return the lines that are named, and those of the order that is."""
        ordered = {line for (order, _), line in self.by_order.items() if order == meant.order}
        exact = set[UUID]().union(*(self.by_serial.get(each, set()) for each in meant.serials))
        if meant.order is not None and meant.line is not None:
            named = self.by_order.get((meant.order, meant.line))
            return exact | ({named} if named else set()), ordered
        return exact, ordered


async def find(
    session: AsyncSession, paper: Paper, sought: Sequence[Sought]
) -> dict[bytes, list[Candidate]]:
    """Return the debts that lines of a paper may be for, by the lines' fingerprint."""
    sides = paper.sides
    if sides is None or not sought:
        return {}
    meant = [each.entry.references for each in sought]
    places = await _places(session, meant)
    rows = await _debts(session, paper, meant, places)
    found = {
        each.fingerprint(): [
            _candidate(row, by)
            for row in rows
            if (by := _by(row, each.entry.references, places)) is not None
        ]
        for each in sought
    }
    nothing = [each for each in sought if not found[each.fingerprint()]]
    alike = await _by_amount(session, paper, sides, {each.entry.amount for each in nothing})
    return found | {each.fingerprint(): alike[each.entry.amount] for each in nothing}


async def _places(session: AsyncSession, meant: Iterable[References]) -> _Places:
    all_meant = list(meant)
    named = {each.order for each in all_meant if each.order}
    named |= {word for each in all_meant for word in each.words()}
    lines, packed = orders.purchase_lines().subquery(), orders.packed_serials().subquery()
    by_order = await session.execute(
        sa.select(lines.c.purchase_order_key, lines.c.line_key, lines.c.purchase_line_id).where(
            lines.c.purchase_order_key.in_(named)
        )
    )
    serials = {serial for each in all_meant for serial in each.serials}
    by_serial: dict[str, set[UUID]] = defaultdict(set)
    units = sa.select(packed).where(packed.c.serial_lookup.in_(serials))
    for row in await session.execute(units):
        by_serial[row.serial_lookup].add(row.purchase_line_id)
    return _Places({(order, line): identity for order, line, identity in by_order}, by_serial)


async def _debts(
    session: AsyncSession, paper: Paper, meant: Sequence[References], places: _Places
) -> list[Any]:
    words = {word for each in meant for word in each.words()}
    rmas = {each.rma for each in meant if each.rma} | {rma_lookup(word) for word in words}
    serials = {serial for each in meant for serial in each.serials}
    serials |= {serial_lookup(word) for word in words}
    numbers = {each.obligation for each in meant if each.obligation}
    lines = places.all()
    due, losses = ledger.due().subquery(), lost.losses().subquery()
    of_lines = sa.select(losses.c.loss_id).where(losses.c.purchase_line_id.in_(lines))
    # Each by its own index; a debt that several find is taken once.
    ways = [
        due.c.number.in_(numbers),
        due.c.rma_lookup.in_(rmas - {""}),
        due.c.serial_lookup.in_(serials - {""}),
        due.c.purchase_line_id.in_(lines),
        due.c.loss_id.in_(of_lines),
    ]
    wanted = _between(due, paper)
    queries = [sa.select(due.c.obligation_id).where(way, *wanted) for way in ways]
    ids = set((await session.scalars(sa.union_all(*queries))).all())
    return await _read(session, ids)


def _between(due: sa.Subquery, paper: Paper) -> list[sa.ColumnElement[bool]]:
    sides = paper.sides or Sides("", "")
    return [
        due.c.debtor == sides.debtor,
        due.c.creditor == sides.creditor,
        due.c.kind == Kind.PAY_MONEY.value,
        sa.or_(due.c.currency == paper.currency, due.c.currency.is_(None)),
    ]


async def _read(session: AsyncSession, ids: Collection[UUID]) -> list[Any]:
    due, losses = ledger.due().subquery(), lost.losses().subquery()
    line = sa.func.coalesce(due.c.purchase_line_id, losses.c.purchase_line_id)
    query = (
        sa.select(due, line.label("line_id"))
        .outerjoin(losses, losses.c.loss_id == due.c.loss_id)
        .where(due.c.obligation_id.in_(ids))
        .order_by(due.c.number)
    )
    return list((await session.execute(query)).all())


def _by(row: Any, meant: References, places: _Places) -> By | None:
    """Return by what a debt is found; None if it is not, or if both name different things."""
    if row.number == meant.obligation:
        return By.OBLIGATION
    if meant.obligation is not None or _differ(row, meant):
        return None
    named, ordered = places.of(meant)
    told = {rma_lookup(word) for word in meant.words()} | set(meant.words())
    ways = (
        (By.RMA, row.rma_lookup is not None and row.rma_lookup == meant.rma),
        (By.SERIAL, row.serial_lookup in meant.serials),
        (By.ORDER_LINE, row.line_id in named),
        (By.ORDER, row.line_id in ordered and meant.line is None),
        (By.WORDS, bool({row.rma_lookup, row.serial_lookup} & told)),
        (By.WORDS, any(row.line_id in places.of(References(order=word))[1] for word in told)),
    )
    return next((by for by, holds in ways if holds), None)


def _differ(row: Any, meant: References) -> bool:
    other_rma = meant.rma and row.rma_lookup and row.rma_lookup != meant.rma
    other_unit = meant.serials and row.serial_lookup and row.serial_lookup not in meant.serials
    return bool(other_rma or other_unit)


def _candidate(row: Any, by: By) -> Candidate:
    left = None if row.currency is None else max(row.owed - row.performed, Decimal(0))
    return Candidate(row.obligation_id, row.number, by, left, row.alternatives_id)


async def _by_amount(
    session: AsyncSession, paper: Paper, sides: Sides, amounts: set[Decimal]
) -> dict[Decimal, list[Candidate]]:
    found: dict[Decimal, list[Candidate]] = defaultdict(list)
    if not amounts:
        return found
    due = ledger.due().subquery()
    query = (
        sa.select(due)
        .where(
            due.c.debtor == sides.debtor,
            due.c.creditor == sides.creditor,
            due.c.currency == paper.currency,
            (due.c.owed - due.c.performed).in_(amounts),
        )
        .order_by(due.c.number)
        .limit(_MOST_BY_AMOUNT)
    )
    for row in await session.execute(query):
        found[row.owed - row.performed].append(_candidate(row, By.AMOUNT))
    return found


async def again(session: AsyncSession, found: Sequence[Candidate]) -> list[Candidate]:
    """Return candidates as they stand now that they are locked, without what is owed no more."""
    if not found:
        return []
    rows = {
        row.obligation_id: row for row in await _read(session, [x.obligation_id for x in found])
    }
    return [
        replace(each, outstanding=_candidate(rows[each.obligation_id], each.by).outstanding)
        for each in found
        if each.obligation_id in rows
    ]


async def keys_of(session: AsyncSession, obligation_ids: Collection[UUID]) -> set[str]:
    """Return all that papers could find these debts by, each with what it is."""
    rows = await _read(session, obligation_ids)
    lines, packed = orders.purchase_lines().subquery(), orders.packed_serials().subquery()
    line_ids = {row.line_id for row in rows if row.line_id is not None}
    ordered = await session.scalars(
        sa.select(lines.c.purchase_order_key).where(lines.c.purchase_line_id.in_(line_ids))
    )
    units = await session.scalars(
        sa.select(packed.c.serial_lookup).where(packed.c.purchase_line_id.in_(line_ids))
    )
    found = {f"order:{key}" for key in ordered} | {f"serial:{each}" for each in units}
    found |= {f"obligation:{row.number}" for row in rows}
    found |= {f"rma:{row.rma_lookup}" for row in rows if row.rma_lookup}
    return found | {f"serial:{row.serial_lookup}" for row in rows if row.serial_lookup}
