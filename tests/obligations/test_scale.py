"""Every way to find a debt or a deadline rests on an index, and costs few statements."""

from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from app.kit.ids import new_id
from app.obligations import views
from app.obligations.clocks import sweeping
from app.obligations.losses.deadlines import DeadlineFilter, select_deadlines
from app.obligations.losses.losses import select_losses
from app.obligations.rules import DeadlineState, Kind, State
from app.obligations.seeking import ObligationFilter, Place, select_obligations
from tests.obligations.documents import deadline, promised

BIG = {"obligations", "deadlines", "losses", "allocations"}
# One in fifty is still owed: a ledger is mostly history.
FILL = """
INSERT INTO losses (id, description, value_amount, value_currency, borne_by, case_id,
    purchase_line_id, version, created_at, updated_at)
SELECT gen_random_uuid(), 'lost', 1, 'USD', 'us', gen_random_uuid(), gen_random_uuid(), 1, now(),
    now() FROM generate_series(1, 5000);
INSERT INTO obligations (id, kind, state, debtor, creditor, owed, performed, currency, due_at,
    attend_at, alternatives_id, ground_kind, ground_text, case_id, loss_id, version, created_at,
    updated_at, ended_at)
SELECT id, 'pay_money', CASE WHEN n % 50 = 0 THEN 'open' ELSE 'kept' END, 'vendor:v' || n % 50,
    'us', 1, 0, 'USD', moment, moment, id, 'term', 'term', gen_random_uuid(),
    CASE WHEN n % 4 = 0 THEN (SELECT id FROM losses OFFSET n % 5000 LIMIT 1) END, 1, now(), now(),
    CASE WHEN n % 50 = 0 THEN NULL ELSE now() END
FROM (SELECT gen_random_uuid() AS id, n, now() + (n - 15000) * interval '1 minute' AS moment
    FROM generate_series(1, 20000) n) told;
INSERT INTO deadlines (id, kind, state, description, toward, last_at, attend_at, ground_kind,
    ground_text, case_id, version, created_at, updated_at, ended_at)
SELECT gen_random_uuid(), 'file', CASE WHEN n % 50 = 0 THEN 'open' ELSE 'used' END, 'file',
    'vendor:v' || n % 50, moment, moment, 'term', 'term', gen_random_uuid(), 1, now(), now(),
    CASE WHEN n % 50 = 0 THEN NULL ELSE now() END
FROM (SELECT n, now() + (n - 15000) * interval '1 minute' AS moment
    FROM generate_series(1, 20000) n) told;
"""


def nodes(plan):
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


async def plan_of(runtime, query):
    text = str(query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
    async with runtime.transaction() as session:
        (told,) = await session.scalar(sa.text("EXPLAIN (FORMAT JSON) " + text.replace(":", "\\:")))
    return list(nodes(told["Plan"]))


def scanned(plan):
    """Return the tables that a plan reads from end to end."""
    return {node["Relation Name"] for node in plan if node["Node Type"] == "Seq Scan"}


@pytest.fixture
async def filled(runtime):
    await runtime.pool.execute(FILL, timeout=240)
    await runtime.pool.execute(f"ANALYZE {', '.join(sorted(BIG))}")
    return runtime


async def test_every_find_rests_on_an_index(filled, clock):
    moment = await filled.pool.fetchval("SELECT now()")
    loss_id = await filled.pool.fetchval(
        "SELECT loss_id FROM obligations WHERE loss_id IS NOT NULL"
    )
    place = Place(moment, new_id())
    debts = [
        ObligationFilter(),
        ObligationFilter(overdue=True),
        ObligationFilter(overdue=False),
        ObligationFilter(debtor="vendor:v7"),
        ObligationFilter(debtor="vendor:v0", overdue=True),
        ObligationFilter(creditor="us"),
        ObligationFilter(kind=Kind.PAY_MONEY),
        ObligationFilter(kind=Kind.VISIT),
        ObligationFilter(due_before=moment),
        ObligationFilter(attend_before=moment),
        ObligationFilter(case_id=new_id()),
        ObligationFilter(loss_id=loss_id),
        ObligationFilter(number=1001),
        ObligationFilter(owner="ana"),
        ObligationFilter(at_risk=True),
        ObligationFilter(amount_from=Decimal(1), currency="USD"),
        ObligationFilter(states=[State.OPEN]),
        ObligationFilter(states=[State.KEPT]),
        ObligationFilter(states=[State.KEPT], debtor="vendor:v7"),
        ObligationFilter(states=list(State), case_id=new_id()),
    ]
    rights = [
        DeadlineFilter(),
        DeadlineFilter(passed=True),
        DeadlineFilter(toward="vendor:v0"),
        DeadlineFilter(case_id=new_id()),
        DeadlineFilter(before=moment),
        DeadlineFilter(state=DeadlineState.USED),
    ]
    recovered, owed = views.recovered().subquery(), views.subjects().subquery()
    queries = [
        *(
            select_obligations(wanted, moment=moment, after=after)
            for wanted in debts
            for after in (None, place)
        ),
        *(select_deadlines(wanted, moment=moment, after=place) for wanted in rights),
        select_losses(after=new_id()),
        select_losses(case_id=new_id()),
        sa.select(recovered).where(recovered.c.loss_id == loss_id),
        sa.select(recovered).where(recovered.c.purchase_line_id == new_id()),
        sa.select(owed).where(owed.c.case_id == new_id()),
    ]
    for query in queries:
        plan = await plan_of(filled, query.limit(51))
        assert not scanned(plan) & (BIG - {"allocations"}), query
    # The worklist walks its own small index in order: it sorts nothing.
    for after in (None, place):
        query = select_obligations(ObligationFilter(), moment=moment, after=after).limit(51)
        plan = await plan_of(filled, query)
        assert [node.get("Index Name") for node in plan][-1] == "ix_obligations_live"
        assert "Sort" not in {node["Node Type"] for node in plan}
    # The sweep finds what has passed where it has not been told of, however long the history is.
    looks = (
        (sweeping.passed(moment), "ix_deadlines_open_last_at"),
        (sweeping.overdue(moment), "ix_obligations_untold"),
        (sweeping.at_risk(moment), "ix_obligations_unwarned"),
    )
    for look, index in looks:
        plan = await plan_of(filled, look.limit(50))
        assert index in {node.get("Index Name") for node in plan}
        assert not scanned(plan)
    # And the guard does see a table that is read from end to end.
    blind = select_losses().where(sa.text("description = 'x'")).order_by(None)
    assert scanned(await plan_of(filled, blind)) == {"losses"}


async def test_a_page_of_the_worklist_costs_as_many_statements_as_an_entry(ledger, runtime):
    seen = []

    def note(_connection, _cursor, statement, *_more):
        seen.append(statement)

    costs = []
    for _ in range(2):
        for words in (None, "tomorrow"):
            await ledger.open(promised(words))
        await ledger.tell("deadlines", deadline())
        sa.event.listen(runtime.engine.sync_engine, "before_cursor_execute", note)
        await ledger.get("worklist")
        sa.event.remove(runtime.engine.sync_engine, "before_cursor_execute", note)
        costs.append(len(seen))
        seen.clear()
    assert costs[0] == costs[1] <= 4
