"""News of carriers and vendors come shuffled, doubled and late: the claim stands the same.

Two claims hear the same through the front door, one of them at once, the other in any order.
"""

import asyncio
import os
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.claims.room import said

EXAMPLES, STEPS = int(os.environ.get("MAKEGOOD_TEST_EXAMPLES", "6")), 14
DOOR = {"vendor": "bigdist", "role": "distributor"}
FOUND = {"fee": {"amount": "12.00", "currency": "USD"}, "outcome": "no_trouble_found"}


class Desk:
    """One of two claims of as many routers, and the tracking numbers of its parcels."""

    def __init__(self, told, number):
        self.told, self.number = told, number
        self.serials = [line["serial"] for line in told["lines"]]

    def parcel(self, which):
        return f"1Z{self.number}{which}"


class News(RuleBasedStateMachine):
    """One desk hears at once; the other late, twice, and in any order."""

    room = loop = None
    made = 0

    def _wait(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(60)

    @initialize()
    def both_are_submitted(self):
        self.post, self.looked_at, self.events = [], set(), 0
        self.prompt, self.late = (self._wait(self._submitted()) for _ in range(2))
        self._pass()

    async def _submitted(self):
        News.made += 1
        number = f"Q{News.made:05}"
        lines = [{"serial": f"{number}{each}", "product": "R900"} for each in "AB"]
        lines = [{**line, "unit_value": {"amount": "90", "currency": "USD"}} for line in lines]
        told = await self.room.submitted(self.case, door=DOOR, lines=lines)
        return Desk(told, number)

    def _pass(self, hours=1):
        self.room.clock.advance(hours=hours)
        return self.room.clock.now()

    def _happens(self, what, *told):
        """Something happens now: the prompt one hears of it, the other will."""
        at = self._pass().isoformat()
        self._wait(what(self.prompt, at, *told))
        self.post.append((what, at, *told))

    async def _say(self, desk, path, body):
        await self.room.do(desk.told, path, body)

    @rule(
        lines=st.sampled_from([None, [1], [2]]),
        remedy=st.sampled_from(["credit", "replacement"]),
        until=st.sampled_from([None, 1, 9]),
    )
    def the_vendor_grants(self, lines, remedy, until):
        last = self.room.clock.now() + timedelta(days=until or 0, hours=2)
        self._happens(self._granted, lines, remedy, until and last.date().isoformat())

    async def _granted(self, desk, at, lines, remedy, until):
        parts = None if lines is None else [{"line": each, "quantity": 1} for each in lines]
        body = said(at, rma=f"RMA {at}", remedy=remedy, lines=parts, valid_until=until)
        await self._say(desk, "authorize", body)

    @rule(ground=st.sampled_from(["box_opened", "time_limit"]))
    def the_vendor_refuses(self, ground):
        self._happens(self._refused, ground)

    async def _refused(self, desk, at, ground):
        await self._say(desk, "denials", said(at, ground=ground, words="No."))

    @rule()
    def the_vendor_asks(self):
        self._happens(self._asked)

    async def _asked(self, desk, at):
        await self._say(desk, "request-info", said(at, words="Which firmware?"))

    @rule(which=st.sampled_from("AB"))
    def a_parcel_leaves(self, which):
        self._happens(self._sent, which)

    async def _sent(self, desk, at, which):
        body = {"tracking_number": desk.parcel(which), "carrier": "UPS", "sent_at": at}
        await self._say(desk, "return/parcels", body)

    @rule(which=st.sampled_from("AB"), status=st.sampled_from(["in_transit", "delivered"]))
    def a_carrier_scans(self, which, status):
        self._happens(self._scanned, which, status)

    async def _scanned(self, desk, at, which, status):
        News.made += 1
        send = self.room.told_by_carrier
        await send(desk.parcel(which), at, status, event_id=f"evt_{News.made}")

    @rule(which=st.sampled_from([[], [0], [1], [0, 1]]))
    def the_vendor_receives(self, which):
        if not self.looked_at:
            self._happens(self._received, which)

    async def _received(self, desk, at, which):
        serials = [desk.serials[each] for each in which]
        await self._say(desk, "return/received", said(at, serials=serials))

    @rule(line=st.sampled_from([1, 2]))
    def the_vendor_looks_at(self, line):
        if line not in self.looked_at:
            self.looked_at.add(line)
            self._happens(self._looked_at, line)

    async def _looked_at(self, desk, at, line):
        await self._say(desk, "return/inspected", said(at, lines=[{"line": line, **FOUND}]))

    @rule(hours=st.integers(1, 60))
    def time_goes_by(self, hours):
        self._pass(hours)

    @rule()
    def workers_work(self):
        self._wait(self.room.run_jobs())

    @precondition(lambda self: self.post)
    @rule(data=st.data(), again=st.booleans())
    def something_comes_late(self, data, again):
        place = data.draw(st.integers(0, len(self.post) - 1))
        what, *told = self.post[place]
        self._wait(what(self.late, *told))
        if not again:
            del self.post[place]

    @rule(what=st.sampled_from(["answer", "appeal"]))
    def we_speak(self, what):
        from_ = {"answer": {"info_requested"}, "appeal": {"denied", "partially_authorized"}}[what]
        now = [self._wait(self.room.get(desk.told)) for desk in (self.prompt, self.late)]
        if all(each["authorization"] in from_ for each in now):
            self._pass()
            for desk in (self.prompt, self.late):
                self._wait(self._say(desk, what, {}))

    def teardown(self):
        if not hasattr(self, "late"):
            return
        for what, *told in reversed(self.post):
            self._wait(what(self.late, *told))
        self._pass()
        self._wait(self.room.run_jobs())
        assert self._wait(self._stands(self.late)) == self._wait(self._stands(self.prompt))

    async def _stands(self, desk):
        now = await self.room.get(desk.told)
        facts = [(each["fact"], each["at"]) for each in now["facts"] if each["counts"]]
        dues = [(due["purpose"], due["state"], due["due_at"]) for due in now["dues"]]
        back = await self.room.read(f"claims/{now['id']}/return")
        return {
            **{name: now[name] for name in ("authorization", "return_leg", "settlement", "x12")},
            **{name: now[name] for name in ("is_open", "rma", "return_clock")},
            "granted": [line["granted"] for line in now["lines"]],
            "facts": sorted(facts),
            "dues": sorted(dues, key=str),
            "fees": sorted((each["line"], each["fee_state"]) for each in back["findings"]),
        }


@pytest.fixture
async def told_of_both(room):
    News.room, News.loop, News.case = room, asyncio.get_running_loop(), await room.case()
    yield News
    News.room = News.loop = None


async def test_the_same_news_in_any_order_leave_a_claim_the_same(told_of_both):
    few = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        # Shrinking would take minutes, and says little more than the steps themselves.
        phases=[Phase.reuse, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, told_of_both, settings=few)
