"""What time alone makes of the ledger: rights lapse, debts are called overdue, each once."""

import asyncio
import json
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from app.obligations import jobs
from app.obligations.clocks.events import ObligationAtRisk
from app.obligations.clocks.rules import at_risk_at
from app.obligations.events import DeadlineLapsed, ObligationOverdue
from app.obligations.rules import Kind
from app.settings import AtRisk, AtRiskByKind
from tests.obligations.documents import deadline, done, owed, paid, promised


@pytest.fixture
def settings(settings):
    """Batches of three, so that a few rows are many batches."""
    return settings.model_copy(update={"ledger": settings.ledger.model_copy(update={"batch": 3})})


async def sweep(runtime):
    for loop in jobs.LOOPS:
        while await loop.step(runtime):
            pass


async def told(runtime, type_):
    query = "SELECT subject FROM events WHERE type = $1 ORDER BY id"
    return [row["subject"] for row in await runtime.pool.fetch(query, f"obligations.{type_}")]


async def test_workers_sweep_by_themselves(ledger, runtime, clock, run_jobs):
    right = await ledger.tell("deadlines", deadline("2026-03-06"))
    debt = await ledger.open(promised("by Friday"))
    clock.advance(days=6)
    await run_jobs()
    lapsed = await ledger.get(f"deadlines/{right['id']}")
    assert (lapsed["state"], lapsed["ended_at"]) == ("lapsed", "2026-03-06T23:59:59Z")
    assert (lapsed["version"], lapsed["attention"]) == (2, "Nothing: it has ended.")
    assert await told(runtime, "deadline_lapsed") == [f"deadlines/{right['id']}"]
    assert await told(runtime, "overdue") == [f"obligations/{debt['id']}"]


async def test_only_what_has_passed_lapses_and_only_to_the_instant(ledger, runtime, clock):
    ids = [
        (await ledger.tell("deadlines", deadline(None, last_at=f"2026-03-02T{at}Z")))["id"]
        for at in ("09:00:00", "09:00:01", "08:59:59")
    ]
    await sweep(runtime)
    assert await told(runtime, "deadline_lapsed") == [f"deadlines/{ids[2]}"]
    clock.advance(seconds=1)
    await sweep(runtime)
    assert await told(runtime, "deadline_lapsed") == [f"deadlines/{ids[n]}" for n in (2, 0)]


async def test_a_right_that_was_used_or_waived_does_not_lapse_and_may_be_told_used_later(
    ledger, runtime, clock
):
    used, waived, late = [await ledger.tell("deadlines", deadline()) for _ in range(3)]
    in_time = {"used_at": "2026-03-02T08:00:00Z"}
    await ledger.tell(f"deadlines/{used['id']}/use", in_time)
    await ledger.tell(f"deadlines/{waived['id']}/waive", {"by_name": "Ana", "note": "Reshipped."})
    clock.advance(days=10)
    await sweep(runtime)
    assert await told(runtime, "deadline_lapsed") == [f"deadlines/{late['id']}"]
    assert (await ledger.tell(f"deadlines/{late['id']}/use", in_time))["state"] == "used"


async def test_a_debt_is_called_overdue_once_and_is_not_changed_by_it(ledger, runtime, clock):
    debt = await ledger.open(owed("100.00", due_at="2026-03-04T00:00:00Z"))
    await ledger.do(debt, "performances", paid("60.00"))
    clock.advance(days=3)
    for _ in range(2):
        await sweep(runtime)
    story = await ledger.read(debt)
    assert (story["state"], story["is_overdue"], story["version"]) == ("open", True, 2)
    (event,) = [each for each in story["history"] if each["type"] == "obligations.overdue"]
    assert (event["data"]["outstanding"], event["data"]["currency"]) == ("40.00", "USD")
    assert event["data"]["due_at"] == "2026-03-04T00:00:00Z"
    assert event["caller"] == "job:obligations.call_overdue"
    # Not when it is called broken, and not when it is paid.
    await ledger.do(debt, "break", {})
    await sweep(runtime)
    assert len(await told(runtime, "overdue")) == 1


async def test_what_is_not_owed_or_has_no_date_is_never_overdue(ledger, runtime, clock):
    kept = await ledger.open(promised("tomorrow"))
    await ledger.do(kept, "performances", done())
    voided = await ledger.open(promised("tomorrow"))
    await ledger.do(voided, "void", {"reason": "Wrong order."})
    await ledger.open(promised())
    waits = await ledger.open(promised("tomorrow", trigger="It comes."))
    clock.advance(days=9)
    await sweep(runtime)
    assert await told(runtime, "overdue") == []
    await ledger.do(waits, "trigger", {"triggered_at": "2026-03-03T08:00:00Z"})
    await sweep(runtime)
    assert await told(runtime, "overdue") == [f"obligations/{waits['id']}"]


async def test_many_sweeps_at_once_tell_of_each_exactly_once(ledger, runtime, clock):
    rights = {(await ledger.tell("deadlines", deadline()))["id"] for _ in range(20)}
    debts = {(await ledger.open(promised("tomorrow")))["id"] for _ in range(20)}
    clock.advance(days=9)
    await asyncio.gather(*(sweep(runtime) for _ in range(8)))
    await sweep(runtime)
    lapsed = await told(runtime, "deadline_lapsed")
    assert sorted(lapsed) == sorted(f"deadlines/{each}" for each in rights)
    overdue = await told(runtime, "overdue")
    assert sorted(overdue) == sorted(f"obligations/{each}" for each in debts)


async def test_what_somebody_is_at_is_passed_over_and_taken_the_next_time(ledger, runtime, clock):
    held, *_ = [await ledger.tell("deadlines", deadline()) for _ in range(5)]
    debt, *_ = [await ledger.open(promised("tomorrow")) for _ in range(5)]
    clock.advance(days=9)
    async with runtime.transaction() as session, asyncio.timeout(10):
        for table, row in (("deadlines", held), ("obligations", debt)):
            lock = f"SELECT id FROM {table} WHERE id = '{row['id']}' FOR NO KEY UPDATE"
            await session.execute(sa.text(lock))
        await sweep(runtime)
        assert len(await told(runtime, "deadline_lapsed")) == 4
        assert len(await told(runtime, "overdue")) == 4
    await sweep(runtime)
    assert (await told(runtime, "deadline_lapsed"))[-1] == f"deadlines/{held['id']}"
    assert (await told(runtime, "overdue"))[-1] == f"obligations/{debt['id']}"


async def test_a_right_that_is_used_while_it_lapses_is_used(ledger, runtime, clock):
    for _ in range(5):
        right = await ledger.tell("deadlines", deadline("2026-03-03"))
        clock.advance(days=5)
        answer, _ = await asyncio.gather(
            ledger.post(f"deadlines/{right['id']}/use", {"used_at": "2026-03-03T08:00:00Z"}),
            sweep(runtime),
        )
        assert answer.is_success
        await sweep(runtime)
        assert (await ledger.get(f"deadlines/{right['id']}"))["state"] == "used"


async def test_what_the_sweep_tells_is_what_the_types_of_events_say(ledger, runtime, clock):
    await ledger.tell("deadlines", deadline("2026-03-03"))
    await ledger.open(owed("100.50", due_at="2026-03-10T00:00:00.25Z", unit_value=None))
    await ledger.open(promised(due_at="2026-03-10T00:00:00Z"))
    clock.advance(days=7)
    await sweep(runtime)
    clock.advance(days=7)
    await sweep(runtime)
    types = {each.TYPE: each for each in (DeadlineLapsed, ObligationAtRisk, ObligationOverdue)}
    query = "SELECT type, version, data::text AS data FROM events WHERE type = ANY($1)"
    rows = await runtime.pool.fetch(query, list(types))
    assert len(rows) == 5
    for row in rows:
        told = types[row["type"]].model_validate_json(row["data"])
        assert told.model_dump(mode="json") == json.loads(row["data"])


async def test_a_debt_is_at_risk_once_before_it_is_due(ledger, runtime, clock):
    debt = await ledger.open(promised(due_at="2026-03-06T09:00:00Z"))
    assert (debt["at_risk_at"], debt["is_at_risk"]) == ("2026-03-05T09:00:00Z", False)
    clock.advance(days=3)
    for _ in range(2):
        await sweep(runtime)
    assert await told(runtime, "at_risk") == [f"obligations/{debt['id']}"]
    read = await ledger.read(debt)
    assert (read["is_at_risk"], read["attention"]) == (True, "At risk.")
    assert await ledger.ids(at_risk=True) == [debt["id"]]
    clock.advance(days=2)
    await sweep(runtime)
    assert (await ledger.read(debt))["is_at_risk"] is False
    assert len(await told(runtime, "at_risk")) == len(await told(runtime, "overdue")) == 1


async def test_what_nobody_saw_in_time_is_overdue_and_not_at_risk_too(ledger, runtime, clock):
    await ledger.open(promised(due_at="2026-03-06T09:00:00Z"))
    clock.advance(days=30)
    await sweep(runtime)
    assert (await told(runtime, "at_risk"), len(await told(runtime, "overdue"))) == ([], 1)


def test_every_kind_can_have_a_threshold_of_its_own():
    assert set(AtRiskByKind.model_fields) == {"default", *Kind}


@pytest.mark.parametrize(
    ("threshold", "at_risk_on"),
    [
        (AtRisk(share=0.5), 6),
        (AtRisk(left_hours=24), 10),
        (AtRisk(share=0.5, left_hours=24), 6),
        (AtRisk(share=0.9, left_hours=1000), 1),
        (AtRisk(), None),
    ],
)
def test_a_debt_is_at_risk_by_the_share_used_or_the_time_left(threshold, at_risk_on):
    since, due_at = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 11, tzinfo=UTC)
    found = at_risk_at(since, due_at, threshold)
    assert (found and found.day) == at_risk_on
