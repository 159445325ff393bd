"""However much has come and is owed, papers and debts find each other by indexes."""

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import candidates, invoices, matching, reading, statements
from app.accounts.models import DocumentMatch, MatchPart
from app.accounts.papers import Paper, Sought
from app.accounts.reading import MatchFilter
from app.accounts.rules import Entry, References, State
from app.kit.ids import new_id
from app.orders.rules import DocumentKind
from tests.accounts.documents import memo, under
from tests.obligations.test_scale import FILL, plan_of, scanned
from tests.orders.test_scale import counting

BIG = {"obligations", "losses", "document_matches", "document_match_parts", "performances"}
PAPERS = """
UPDATE obligations SET rma_lookup = 'R' || number, serial_lookup = 'S' || number,
    purchase_line_id = gen_random_uuid() WHERE state = 'open';
INSERT INTO document_matches (id, document_id, document_key, vendor_key, kind, number, issued_on,
    lines, fingerprint, keys, amount, currency, state, why, rest, candidates, recorded_at,
    recorded_by, ended_at)
SELECT gen_random_uuid(), gen_random_uuid(), 'd' || n, 'v' || n % 50, 'credit_memo', 'cm' || n,
    now(), '{1}', '', ARRAY['rma:R' || n], 1, 'USD',
    (ARRAY['unmatched', 'matched', 'matched', 'short_paid', 'overpaid'])[1 + n % 5], '', 0, '[]',
    now(), 'x', CASE WHEN n % 7 = 0 THEN now() END
FROM generate_series(1, 20000) n;
INSERT INTO document_match_parts (match_id, obligation_id, performance_id, amount, above_loss)
SELECT m.id, o.id, gen_random_uuid(), 1, 0
FROM (SELECT id, row_number() OVER () n FROM document_matches WHERE state <> 'unmatched') m
JOIN (SELECT id, row_number() OVER () n FROM obligations) o USING (n);
"""

BOOKED = """
INSERT INTO vendor_documents (id, key, version, as_of, content_sha256, created_at, updated_at, kind,
    vendor_id, number, issued_on, currency, told)
SELECT gen_random_uuid(), n, 1, now(), '', now(), now(), 'invoice', v.id, 'n' || n, now(), 'USD',
    '{}'
FROM generate_series(1, 20000) n, (SELECT id FROM vendors LIMIT 1) v;
INSERT INTO vendor_document_lines (document_id, key, position, amount, rma_lookup, serial_lookups,
    obligation_number)
SELECT id, '1', 0, 1, 'R' || key, ARRAY['S' || key], key::bigint FROM vendor_documents;
ANALYZE vendor_documents, vendor_document_lines;
"""


@pytest.fixture
async def filled(runtime):
    await runtime.pool.execute(FILL, timeout=240)
    await runtime.pool.execute(PAPERS, timeout=240)
    await runtime.pool.execute(f"ANALYZE {', '.join(sorted(BIG))}")
    return runtime


async def test_every_find_rests_on_an_index(filled):
    owed = await filled.pool.fetchval("SELECT obligation_id FROM document_match_parts LIMIT 1")
    finds = [
        MatchFilter(),
        *(MatchFilter(state=state) for state in State),
        *(MatchFilter(state=state, vendor="v7") for state in State),
        MatchFilter(vendor="v7"),
        MatchFilter(document="d7"),
        MatchFilter(document="d7", with_ended=True),
        MatchFilter(obligation_id=owed),
    ]
    queries = [reading.select_matches(wanted, after=new_id()) for wanted in finds]
    queries += [
        matching.select_waiting(["rma:R7"], ["v7"]),
        statements.select_owed("vendor:v0"),
        sa.select(MatchPart).where(MatchPart.match_id == new_id()),
        sa.select(DocumentMatch.id).where(DocumentMatch.replaces_id == new_id()),
    ]
    for query in queries:
        plan = await plan_of(filled, query.limit(51))
        assert not scanned(plan) & BIG, query
    blind = sa.select(DocumentMatch).where(DocumentMatch.why == "x")
    assert scanned(await plan_of(filled, blind)) == {"document_matches"}


async def test_what_a_paper_may_be_for_is_found_without_reading_the_ledger(filled, monkeypatch):
    seen = []
    original = AsyncSession.scalars

    async def note(self, statement, *more, **options):
        seen.append(statement)
        return await original(self, statement, *more, **options)

    monkeypatch.setattr(AsyncSession, "scalars", note)
    meant = References(rma="R50", order="PO-1", line="1", serials=("S50",), claim="on R100 or S150")
    paper = Paper(new_id(), "d", "v0", DocumentKind.CREDIT_MEMO, "cm", date(2026, 3, 2), "USD")
    async with filled.transaction() as session:
        await candidates.find(session, paper, [Sought(paper, Entry(meant, 1, ("1",)))])
    (union,) = [each for each in seen if isinstance(each, sa.CompoundSelect)]
    plan = await plan_of(filled, union)
    used = {node.get("Index Name") for node in plan}
    assert not scanned(plan) & BIG
    assert {"ix_obligations_live_rma_lookup", "ix_obligations_live_serial_lookup"} <= used


async def test_invoices_for_what_is_owed_are_found_by_indexes(erp, runtime):
    await runtime.pool.execute(BOOKED, timeout=240)
    vendor_id = await runtime.pool.fetchval("SELECT vendor_id FROM vendor_documents LIMIT 1")
    query = invoices.select_lines(vendor_id, numbers=[7], rmas=["R8"], serials=["S9"])
    plan = await plan_of(runtime, query)
    assert not scanned(plan) & {"vendor_documents", "vendor_document_lines"}
    async with runtime.transaction() as session:
        assert {row.document_key for row in await session.execute(query)} == {"7", "8", "9"}


async def test_a_statement_and_a_list_cost_as_many_statements_as_one_line(
    accounts, ledger, runtime
):
    costs = []
    for n in range(2):
        for rma in range(n * 10 + 1):
            await ledger.open(under(f"{n}-{rma}", "129.00"))
            await accounts.book(memo("100.00", rma=f"{n}-{rma}"), f"CM-{n}-{rma}")
        for path in ("vendors/bigdist/statement", "document-matches"):
            with counting(runtime) as seen:
                await accounts.erp.get(path)
            costs.append(len(seen))
    assert costs[:2] == costs[2:]
    assert max(costs) < 14
