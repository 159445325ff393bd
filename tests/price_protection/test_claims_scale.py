"""Claims, filings and what they hold are found by indexes, however many there are."""

from datetime import date

import pytest

from app.price_protection.claims import following
from app.price_protection.claims.advising import select_proposals
from app.price_protection.claims.rules import ClaimState
from app.price_protection.claims.serials import select_serials
from app.price_protection.claims.showing import (
    ClaimFilter,
    select_claims,
    select_filings,
    select_lines,
)
from app.price_protection.claims.unclaimed import select_standing, select_unclaimed
from tests.orders.test_scale import BIG, FILL, plan_of, scans

CLAIMED = """
INSERT INTO price_notices (id, version, vendor_id, origin, state, effective_on, currency,
    content_sha256, terms, totals, product_ids, created_at, updated_at)
SELECT gen_random_uuid(), 1, (SELECT id FROM vendors ORDER BY id LIMIT 1 OFFSET n % 3), 'detected',
    'confirmed', '2026-03-01', 'USD', n::text::bytea, '[]', '[]', '{}', now(), now()
FROM generate_series(1, 5000) n;
INSERT INTO price_filings (id, supplier_id, currency, amount, filed_at, filed_by, recorded_at,
    recorded_by)
SELECT id, vendor_id, 'USD', 5, now(), 'Ana', now(), 'test' FROM price_notices;
INSERT INTO price_claims (id, version, notice_id, supplier_id, currency, state, computed_amount,
    computed_units, computed_at, needs_serials, filing_id, credited_before, credited_amount,
    undecided_units, created_at, updated_at)
SELECT id, 1, id, vendor_id, 'USD', CASE WHEN number % 50 = 0 THEN 'computed' ELSE 'credited' END,
    5, 5, now(), false, CASE WHEN number % 50 = 0 THEN NULL ELSE id END, 0, 0, 0, now(), now()
FROM price_notices;
INSERT INTO price_claim_lines (claim_id, purchase_line_id, first_unit, quantity, position, place,
    unit_price, unit_credit, amount)
SELECT c.id, l.id, 1, 1, 0, 'sold', 1, 1, 1 FROM price_claims c CROSS JOIN LATERAL
    (SELECT id FROM purchase_lines WHERE id > c.id ORDER BY id LIMIT 4) l;
INSERT INTO price_exposure (notice_id, purchase_line_id, first_unit, quantity, position, product_id,
    supplier_id, terms_no, place, eligibility, reason, unit_price, unit_credit, amount, capped)
SELECT n.id, gen_random_uuid(), 1, 1, 0, n.id, n.vendor_id, 0, 'on_hand', 'eligible', 'eligible', 1,
    1, 1, 0 FROM price_notices n, generate_series(1, 5);
INSERT INTO price_shares (id, claim_id, customer_id, units, amount, said, created_at)
SELECT id, id, (SELECT id FROM customers LIMIT 1), 5, 1, 'By contract.', now() FROM price_claims;
"""
OURS = (
    *("price_claims", "price_claim_lines", "price_exposure", "price_filings", "price_notices"),
    "price_shares",
)


@pytest.fixture
async def filled(runtime):
    for statement in (FILL, CLAIMED, f"ANALYZE {', '.join([*BIG, *OURS])}"):
        await runtime.pool.execute(statement)
    return runtime


async def test_every_find_rests_on_an_index(filled):
    claim = await filled.pool.fetchrow("SELECT id, supplier_id, number FROM price_claims LIMIT 1")
    middle, supplier = claim["id"], claim["supplier_id"]
    queries = {
        "all": select_claims(ClaimFilter(), after=middle).limit(50),
        "state": select_claims(ClaimFilter(ClaimState.COMPUTED), after=None).limit(50),
        "supplier": select_claims(ClaimFilter(supplier_id=supplier), after=middle).limit(50),
        "notice": select_claims(ClaimFilter(notice_id=middle), after=None).limit(50),
        "filing": select_claims(ClaimFilter(filing_id=middle), after=None).limit(50),
        "number": select_claims(ClaimFilter(number=claim["number"]), after=None),
        "filings": select_filings(None, middle).limit(50),
        "filings of one": select_filings(supplier, middle).limit(50),
        "lines": select_lines(middle, after=(middle, 1)).limit(50),
        "serials": select_serials([middle], date(2026, 3, 2)),
        "unclaimed": select_unclaimed([middle]),
        "standing": select_standing(middle),
        "proposals": select_proposals(None),
        "of debts": following.select_of_debts([middle]),
        "of deadlines": following.select_of_deadlines([middle]),
    }
    found = {name: scans(await plan_of(filled, query)) for name, query in queries.items()}
    assert not any(found.values()), {name: each for name, each in found.items() if each}
