"""Lists of cases: what they are found by, in pages, and that each find rests on an index."""

from datetime import date

import pytest

from app import events
from app.cases import finds, timeline
from app.cases.finds import CaseFilter, Mark
from app.cases.models import Case
from app.cases.rules import Kind, Recovery, State
from app.kit.ids import new_id
from tests.cases.calls import AT_VENDORS, LINE, REPLACED
from tests.orders.test_scale import FILL, plan_of, scans


async def test_cases_are_found_by_what_is_known_of_them(cases):
    first = await cases.open()
    second = await cases.open(
        customer="omar", order_line=LINE | {"line": "20"}, shipment=None, kind="doa"
    )
    third = await cases.open(order_line=None, shipment=None, kind="price")
    await cases.do(first, "make-whole", **REPLACED, expense_of=AT_VENDORS)
    await cases.do(third, "close", reason="not_ours")
    one, two, three = (case["number"] for case in (first, second, third))
    assert await cases.numbers() == [one, two, three]
    assert await cases.numbers(state="open") == [two]
    assert await cases.numbers(state="made_whole") == [one]
    assert await cases.numbers(recovery="open") == [one]
    assert await cases.numbers(customer="dana") == [one, three]
    assert await cases.numbers(customer="nobody") == []
    assert await cases.numbers(kind="doa") == [two]
    assert await cases.numbers(purchase_order="PO-1") == [one, two]
    assert await cases.numbers(shipment="S-1") == [one]
    assert await cases.numbers(customer="dana", state="closed", kind="price") == [three]


async def test_the_most_urgent_come_first_when_a_day_is_asked_for(cases):
    days = {"c": "2026-03-12", "a": "2026-03-10", "d": "2026-03-13", "b": "2026-03-10"}
    opened = {name: (await cases.open(needed_by=day))["number"] for name, day in days.items()}
    await cases.open()
    wanted = [opened[name] for name in "abc"]
    assert await cases.numbers(needed_by_before="2026-03-13") == wanted
    found, after = [], {}
    for _ in range(3):
        answer = await cases.client.get(
            "/v1/cases", params={"needed_by_before": "2026-03-13", "limit": 1, **after}
        )
        found += [item["number"] for item in answer.json()["items"]]
        after = {"after": answer.json()["next"]}
    assert found == wanted
    assert after["after"] is None


async def test_a_list_is_read_in_pages(cases):
    opened = [(await cases.open())["number"] for _ in range(5)]
    found, after = [], {}
    for _ in range(3):
        answer = (await cases.client.get("/v1/cases", params={"limit": 2, **after})).json()
        found += [item["number"] for item in answer["items"]]
        after = {"after": answer["next"]}
    assert found == opened
    assert after["after"] is None


BIG = {
    "cases",
    "case_subjects",
    "events",
    "obligations",
    "losses",
    "deadlines",
    "parcels",
    "parcel_packages",
    "package_contents",
    "packages",
    "purchase_lines",
    "purchase_orders",
    "customers",
    "shipments",
}
MORE = """
INSERT INTO parcels (id, number, status, created_at)
SELECT gen_random_uuid(), n::text, 'unknown', now() FROM generate_series(1, 10000) n;
ANALYZE parcels, package_contents;
INSERT INTO parcel_packages (package_id, parcel_id, shipment_id)
SELECT k.id, p.id, k.shipment_id
FROM (SELECT *, row_number() OVER () n FROM packages) k JOIN parcels p ON p.number = k.n::text;
INSERT INTO cases (id, version, state, recovery, kind, customer_id, report, reported_at,
    purchase_line_id, shipment_id, needed_by, waiting_since, waited_before_s, made_whole_at,
    closed_at, close_reason, created_at, updated_at)
SELECT gen_random_uuid(), 1, s.state, CASE WHEN n % 50 = 0 THEN 'open' ELSE 'none' END,
    CASE WHEN n % 20 = 0 THEN 'doa' ELSE 'other' END, l.customer_id, '', now(), l.id,
    k.shipment_id, date '2026-01-01' + (n % 300)::int, now(), 0,
    CASE WHEN s.state = 'open' THEN NULL ELSE now() END,
    CASE WHEN s.state = 'closed' THEN now() END,
    CASE WHEN s.state = 'closed' THEN 'resolved' END, now(), now()
FROM (SELECT *, row_number() OVER () n FROM purchase_lines WHERE position = 1) l
JOIN package_contents c ON c.purchase_line_id = l.id JOIN packages k ON k.id = c.package_id
CROSS JOIN LATERAL (SELECT CASE WHEN n % 15 = 0 THEN 'open' ELSE 'closed' END AS state) s;
ANALYZE cases;
INSERT INTO case_subjects (case_id, subject)
SELECT id, 'doors/' || n FROM cases CROSS JOIN generate_series(1, 2) n;
INSERT INTO losses (id, description, quantity, borne_by, case_id, version, created_at, updated_at)
SELECT gen_random_uuid(), '', 1, 'us', id, 1, now(), now() FROM cases;
INSERT INTO obligations (id, kind, state, debtor, creditor, owed, performed, attend_at,
    alternatives_id, ground_kind, ground_text, case_id, version, created_at, updated_at)
SELECT i, 'answer', 'open', 'vendor:v1', 'us', 1, 0, now(), i, 'term', '', id, 1, now(), now()
FROM (SELECT id, gen_random_uuid() i FROM cases) told;
INSERT INTO deadlines (id, kind, state, description, toward, last_at, attend_at, ground_kind,
    ground_text, case_id, version, created_at, updated_at)
SELECT gen_random_uuid(), 'report', 'open', '', 'vendor:v1', now(), now(), 'term', '', id, 1,
    now(), now() FROM cases;
INSERT INTO events (id, type, version, subject, data, occurred_at, caller, position)
SELECT gen_random_uuid(), 't', 1, subject, '{}', now(), 'x', row_number() OVER ()
FROM (
    SELECT 'cases/' || id AS subject FROM cases UNION ALL SELECT 'parcels/' || id FROM parcels
    UNION ALL SELECT 'doors/' || n FROM generate_series(1, 3) n, generate_series(1, 5000)
) told;
"""


@pytest.fixture
async def filled(runtime):
    await runtime.pool.execute(FILL)
    await runtime.pool.execute(MORE)
    await runtime.pool.execute(f"ANALYZE {', '.join(sorted(BIG))}")
    return runtime


def indexes(plan):
    """Return the indexes that a plan reads."""
    found = {plan["Index Name"]} if "Index Name" in plan else set()
    return found.union(*[indexes(part) for part in plan.get("Plans", [])])


async def test_every_find_and_the_timeline_rest_on_an_index(filled):
    row = await filled.pool.fetchrow("SELECT * FROM cases ORDER BY id OFFSET 2500 LIMIT 1")
    case = Case(**{name: row[name] for name in ("id", "purchase_line_id", "shipment_id")})
    day, middle = date(2026, 6, 1), Mark(case.id)
    select = finds.select_cases
    queries = [
        select(CaseFilter()),
        select(CaseFilter(), after=middle),
        select(CaseFilter(state=State.OPEN), after=middle),
        select(CaseFilter(recovery=Recovery.OPEN)),
        select(CaseFilter(kind=Kind.DOA), after=middle),
        select(CaseFilter(customer="c7")),
        select(CaseFilter(customer="c7", state=State.OPEN), after=middle),
        select(CaseFilter(purchase_order="o7")),
        select(CaseFilter(shipment="s7")),
        select(CaseFilter(number=1042)),
        select(CaseFilter(needed_by_before=day)),
        select(CaseFilter(needed_by_before=day), after=Mark(case.id, date(2026, 5, 1))),
        select(CaseFilter(needed_by_before=day, state=State.OPEN)),
    ]
    for query in queries:
        plan = await plan_of(filled, query.limit(51))
        assert not scans(plan) & BIG, f"{query}\n{plan}"
    # And the guard does see a table that is read from end to end.
    blind = select(CaseFilter()).where(Case.report == "nobody").order_by(None)
    assert scans(await plan_of(filled, blind)) == {"cases"}
    for told, after in ((case, 0), (case, 9_000), (Case(id=new_id()), 0)):
        query = events.select_subjects(timeline.subjects_of(told), after=after, limit=51)
        plan = await plan_of(filled, query)
        assert not scans(plan) & BIG, plan
        # Not by position through the whole log, past what happened to others.
        assert {name for name in indexes(plan) if "events" in name} == {
            "ix_events_subject_position"
        }
