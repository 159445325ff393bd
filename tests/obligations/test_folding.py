"""Exposure is kept added up, and is always what the ledger itself comes to."""

import asyncio
import random
from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.obligations.exposure import counting, folding
from app.obligations.exposure import showing as exposure
from app.obligations.exposure.models import ExposureMark, ExposurePart, ExposureSum
from tests.obligations.documents import ACME, BIGDIST, UPS, loss, money, owed, paid, promised

AGES = (("over_90_days", 90), ("to_90_days", 60), ("to_60_days", 30), ("to_30_days", 0))


async def fold(runtime, limit=1000):
    async with runtime.transaction() as session:
        return await folding.fold(session, limit=limit)


def age_of(due_at, moment):
    if due_at is None:
        return "no_date"
    for age, days in AGES:
        if due_at < moment - timedelta(days=days):
            return f"overdue_{age}"
    return "not_due"


async def told(runtime):
    """Return what the service says, without what comes to nothing of its own."""
    async with runtime.transaction() as session:
        found = await exposure.read(session)
    rows = {
        (str(each.debtor.key), each.currency, each.age.value): (
            *(each.money, each.goods_at_cost, each.pursued_elsewhere),
            each.obligations,
        )
        for each in found.items
    }
    return rows | {(str(each.debtor.key), None): each.obligations for each in found.unvalued}


async def slowly(runtime, moment):
    """Return the same, added up here, debt by debt."""
    rows = defaultdict(lambda: (Decimal(0), Decimal(0), Decimal(0), 0))
    async with runtime.transaction() as session:
        for each in (await session.execute(counting.count())).mappings():
            debtor = each["debtor"].partition(":")[2]
            if each["currency"] is None:
                rows[debtor, None] = rows.get((debtor, None), 0) + 1
                continue
            place = (debtor, each["currency"], age_of(each["due_at"], moment))
            worth = (each["money"], each["goods"], each["elsewhere"], 1)
            rows[place] = tuple(a + b for a, b in zip(rows[place], worth, strict=True))
    return dict(rows)


async def counted(runtime, model):
    async with runtime.transaction() as session:
        return await session.scalar(sa.select(sa.func.count()).select_from(model))


class History:
    """Things that happen to a ledger, by a seeded dice; what is refused changes nothing."""

    def __init__(self, ledger, clock, seed):
        self.ledger, self.clock, self.dice = ledger, clock, random.Random(seed)
        self.debts, self.losses, self.done = [], [], Counter()

    async def step(self):
        if len(self.debts) < 4 or self.dice.random() < 0.4:
            return await self.open()
        verbs = (self.perform, self.perform, self.correct, self.end, self.pause, self.later)
        return await self.dice.choice(verbs)()

    async def open(self):
        dice = self.dice
        if dice.random() < 0.3:
            units, worth = dice.choice((1, 3)), dice.choice((None, "100.00"))
            self.losses.append(await self.ledger.tell("losses", loss(units, worth)))
        more = {"debtor": dice.choice((ACME, BIGDIST, UPS))}
        if dice.random() < 0.8:
            due = self.clock.now() + timedelta(hours=dice.randint(-2600, 900))
            more["due_at"] = due.isoformat()
        if self.losses and dice.random() < 0.6:
            more["loss_id"] = dice.choice(self.losses)["id"]
        if self.debts and dice.random() < 0.3:
            other = dice.choice(self.debts)
            more |= {"alternative_to": other["id"], "debtor": other["debtor"], "loss_id": None}
        amount = f"{dice.randint(1, 150)}.{dice.randint(0, 99):02}"
        body = owed(amount, dice.choice(("USD", "USD", "EUR")), **more)
        if dice.random() < 0.4:
            worth = dice.choice((None, money(amount)))
            body = promised(quantity=dice.randint(1, 3), unit_value=worth, **more)
        answer = await self.send("obligations", body)
        if answer.is_success:
            self.debts.append(answer.json())

    async def do(self, verb, body):
        debt = self.dice.choice(self.debts)
        return await self.send(f"obligations/{debt['id']}/{verb}", body)

    async def send(self, path, body):
        answer = await self.ledger.post(path, body)
        assert answer.status_code < 500, answer.text
        if answer.is_success:
            self.done[path.rpartition("/")[2]] += 1
        return answer

    async def perform(self):
        debt, at = self.dice.choice(self.debts), self.clock.now().isoformat()
        given = {"quantity": 1}
        if debt["amount"]:
            given = {"amount": debt["amount"] | {"amount": f"{self.dice.randint(1, 60)}.00"}}
        body = {**given, "performed_at": at, "above_cap": self.dice.random() < 0.5}
        if self.losses and self.dice.random() < 0.3:
            lost = self.dice.choice(self.losses)["id"]
            body["obligation_id"] = debt["id"]
            return await self.send(f"losses/{lost}/settlements", body)
        return await self.send(f"obligations/{debt['id']}/performances", body)

    async def correct(self):
        debt = self.dice.choice(self.debts)
        done = (await self.ledger.read(debt))["performances"]
        if done:
            path = f"obligations/{debt['id']}/performances/{self.dice.choice(done)['id']}/correct"
            await self.send(path, {"by_name": "Ana", "reason": "Booked twice."})

    async def end(self):
        verb, body = self.dice.choice(
            (("void", {"reason": "Never owed."}), ("break", {}), ("trigger", {}))
        )
        return await self.do(verb, body)

    async def pause(self):
        verb, body = self.dice.choice((("pause", {"reason": "waiting_for_us"}), ("resume", {})))
        return await self.do(verb, body)

    async def later(self):
        self.clock.advance(hours=self.dice.randint(1, 200))


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_happens_it_is_what_the_ledger_comes_to(runtime, ledger, clock, seed):
    history = History(ledger, clock, seed)
    for _ in range(14):
        for _ in range(5):
            await history.step()
        if history.dice.random() < 0.6:
            await fold(runtime, limit=history.dice.choice((1, 3, 1000)))
        assert await told(runtime) == await slowly(runtime, clock.now())
    common = {"obligations", "performances", "settlements", "void"}
    assert common <= set(history.done), history.done
    while await fold(runtime):
        pass
    assert await counted(runtime, ExposureMark) == 0
    for hours in (0, 1, 30 * 24, 60 * 24 + 7):
        clock.advance(hours=hours)
        assert await told(runtime) == await slowly(runtime, clock.now())


async def test_sums_are_kept_up_by_a_worker_and_go_when_nothing_is_owed(runtime, ledger, run_jobs):
    debt = await ledger.open(owed("10.00"))
    await run_jobs()
    assert (await counted(runtime, ExposureMark), await counted(runtime, ExposurePart)) == (0, 1)
    await ledger.do(debt, "performances", paid("10.00"))
    assert (await ledger.get("exposure"))["items"] == []
    await run_jobs()
    for model in (ExposureMark, ExposurePart, ExposureSum):
        assert await counted(runtime, model) == 0


async def test_of_many_who_fold_at_once_one_does_and_nothing_is_counted_twice(
    runtime, ledger, clock
):
    for amount in range(1, 13):
        await ledger.open(owed(f"{amount}.00"))
    for _ in range(8):
        await asyncio.gather(*(fold(runtime, limit=2) for _ in range(4)), ledger.open(owed("1.00")))
        assert await told(runtime) == await slowly(runtime, clock.now())


async def test_what_changes_while_it_is_folded_stays_stale(runtime, ledger, clock):
    debt = await ledger.open(owed("10.00"))
    async with runtime.transaction() as session:
        await folding.fold(session, limit=10)
        # Committed before the fold is: neither waits for the other.
        await ledger.do(debt, "performances", paid("4.00"))
    assert await counted(runtime, ExposureMark) == 1
    assert [each["amount"] for each in (await ledger.get("exposure"))["items"]] == ["6.00"]
    assert await told(runtime) == await slowly(runtime, clock.now())


async def test_who_only_tells_of_debts_leaves_no_mark(runtime, ledger, clock, run_jobs):
    await ledger.open(owed("10.00", due_at="2026-03-02T10:00:00Z"))
    await run_jobs()
    clock.advance(hours=2)
    async with runtime.transaction() as session:
        await session.execute(sa.text("UPDATE obligations SET overdue_told_at = now()"))
    assert await counted(runtime, ExposureMark) == 0
