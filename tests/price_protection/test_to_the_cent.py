"""The statement and a slow, obvious reckoning agree on random histories, unit by unit.

An example is a world of 240 order lines from six suppliers; then some of them, and some notices,
are corrected, and what is due by that is computed again. MAKEGOOD_TEST_HISTORIES asks for more.
"""

import os
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.db import Context
from tests.price_protection.histories import NOW, histories, works_on
from tests.price_protection.reference import Reckoner, eligibility
from tests.price_protection.world import World

HISTORIES = int(os.environ.get("MAKEGOOD_TEST_HISTORIES", "10"))
DIGITS = {"USD": 2, "JPY": 0, "KWD": 3}


class InJune:
    """A clock that stands."""

    def now(self):
        return NOW


def reckoned(history, lines, notices):
    """Return for each notice what the plain reckoning says of each row, and the rows' sum."""
    of_suppliers = [
        Reckoner(supplier.terms, supplier.zone, works_on) for supplier in history.suppliers
    ]
    for notice in notices:
        rows = []
        for supplier, reckoner in zip(history.suppliers, of_suppliers, strict=True):
            if notice.by in {None, supplier.name}:
                mine = [lines[line.name] for line in supplier.lines]
                rows += reckoner.reckon(notice, mine, DIGITS.get(notice.currency, 2))
        yield notice, [] if notice.withdrawn else rows


def seen(world, rows):
    return {
        (world.names[row.purchase_line_id], row.first_unit): (
            *(row.quantity, row.place, row.reason, row.eligibility, row.bought_on),
            *(row.unit_credit, row.protected_from, row.amount, row.capped),
        )
        for row in rows
    }


def expected(rows):
    return {
        (row["line"], row["first"]): (
            *(len(row["units"]), row["units"][0].place, row["reason"]),
            *(eligibility(row["reason"]), row["units"][0].bought_on, row["units"][0].credit),
            *(row["units"][0].protected, row["amount"], row["capped"]),
        )
        for row in rows
    }


async def compare(world, history, lines, notices):
    for stored, (notice, rows) in zip(
        world.notices, reckoned(history, lines, notices), strict=True
    ):
        found, wanted = seen(world, await world.exposed(stored)), expected(rows)
        differing = sorted(found.items() ^ wanted.items(), key=str)
        assert not differing, (differing[:4], notice, lines[differing[0][0][0]])
        total = sum(Decimal(each["amount"]) for each in stored.totals)
        assert total == sum(row["amount"] for row in rows)


@pytest.fixture
async def connection(runtime):
    async with runtime.engine.connect() as opened:
        yield opened


@settings(
    max_examples=HISTORIES,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a world is not small if one line is
    suppress_health_check=list(HealthCheck),
)
@given(history=histories())
async def test_every_unit_earns_what_a_plain_reckoning_says(runtime, connection, history):
    transaction = await connection.begin()
    info = {"context": Context(InJune(), "tests"), "settings": runtime.settings}
    try:
        async with AsyncSession(connection, info=info, autoflush=False) as session:
            world = World(session)
            await world.store(history)
            lines = {line.name: line for each in history.suppliers for line in each.lines}
            notices = list(history.notices)
            for notice in notices:
                await world.fall(notice)
            await world.compute()
            await compare(world, history, lines, notices)
            for at, notice in history.corrected_notices.items():
                notices[at] = notice
                await world.say(world.notices[at], notice)
            lines |= history.corrected_lines
            await world.correct(history.corrected_lines)
            await world.compute()
            await compare(world, history, lines, notices)
    finally:
        if transaction.is_active:
            await transaction.rollback()
