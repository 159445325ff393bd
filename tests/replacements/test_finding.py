"""Every find of this room can rest on an index."""

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from app.kit.ids import new_id
from app.replacements.charging.finding import select_charged, select_named, select_of_debts
from app.replacements.finds import ReplacementFilter, select_replacements
from app.replacements.jobs import (
    select_of_road,
    select_of_serials,
    select_of_vendors,
    select_watched,
)
from app.replacements.rules.states import SwapState

ONE = new_id()
FINDS = {
    "state": select_replacements(ReplacementFilter(state=SwapState.OVERDUE)).limit(50),
    "open": select_replacements(ReplacementFilter(is_open=True)).limit(50),
    "claim": select_replacements(ReplacementFilter(claim_id=ONE)).limit(50),
    "case": select_replacements(ReplacementFilter(case_id=ONE)).limit(50),
    "vendor": select_replacements(ReplacementFilter(vendor_id=ONE)).limit(50),
    "rma": select_replacements(ReplacementFilter(rma="RMA 8123")).limit(50),
    "serial": select_replacements(ReplacementFilter(serial="FTX1234A5BC")).limit(50),
    "number": select_replacements(ReplacementFilter(number=1001)).limit(50),
    "after": select_replacements(ReplacementFilter(), after=ONE).limit(50),
    "road": select_of_road({ONE}, {"1Z999"}),
    "vendors": select_of_vendors({ONE}),
    "serials": select_of_serials({"FTX1"}),
    "named": select_named({ONE}),
    "charged": select_charged({ONE}, {"8123"}, {"FTX1"}, {1001}, {ONE}),
    "debts": select_of_debts({ONE}),
}


async def plan(session, query):
    """Return how PostgreSQL would find it where scanning a table whole costs dearly."""
    await session.execute(sa.text("SET LOCAL enable_seqscan = off"))
    text = query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
    rows = await session.execute(sa.text(f"EXPLAIN {text}".replace(":", r"\:")))
    return "\n".join(row[0] for row in rows)


@pytest.mark.parametrize("name", FINDS)
async def test_nothing_is_found_by_scanning_a_table_whole(runtime, name):
    async with runtime.transaction() as session:
        told = await plan(session, FINDS[name])
    assert "Seq Scan" not in told, told


async def test_what_is_due_is_taken_by_its_time_past_what_others_hold(runtime):
    async with runtime.transaction() as session:
        told = await plan(session, select_watched(session, runtime))
    assert "ix_replacements_watch_at" in told
    assert "LockRows" in told
