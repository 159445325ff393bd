"""However news are shuffled, doubled and late, what is read from them is the same."""

from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from app.claims.rules.axes import AUTHORIZATIONS, Authorization
from app.claims.rules.folding import (
    OF_THE_ROAD,
    OURS,
    Fact,
    Heard,
    course,
    journey,
    moving_since,
)

T0 = datetime(2026, 3, 2, 9, tzinfo=UTC)
LEADS_TO = {
    Fact.SUBMITTED: Authorization.SUBMITTED,
    Fact.ANSWERED: Authorization.SUBMITTED,
    Fact.APPEALED: Authorization.APPEALED,
}
VENDORS = [
    Fact.INFO_REQUESTED,
    Fact.AUTHORIZED,
    Fact.AUTHORIZED,
    Fact.PARTIALLY_AUTHORIZED,
    Fact.DENIED,
    Fact.DENIED,
]
ROADS = [Fact.SENT, Fact.DELIVERED, Fact.RECEIVED, Fact.INSPECTED, Fact.LOST, Fact.CAME_BACK]


class Desk:
    """One who hears of a claim."""

    def __init__(self):
        self.heard = []

    @property
    def turn(self):
        return sum(each.fact in OURS for each in self.heard)

    def hear(self, fact, at, **more):
        turn = self.turn + (fact in OURS)
        self.heard.append(Heard(fact, at, turn, f"{fact}{at}".encode(), **more))

    def stands(self, moment):
        road = [each for each in self.heard if each.fact in OF_THE_ROAD]
        own = [each for each in self.heard if each.fact not in OF_THE_ROAD]
        found = course(own, moving_since=moving_since(road), ended_at=None, moment=moment)
        way = journey(road, is_required=found.consent is not None)
        asked = [each.answer.at if each.answer else None for each in found.asks]
        return found, way, (found.now, found.since, way.now, way.reached, asked)


class News(RuleBasedStateMachine):
    """One desk hears at once; the other late, twice, and in any order."""

    def __init__(self):
        super().__init__()
        self.moment = T0
        self.prompt, self.late = Desk(), Desk()
        self.post = []
        for desk in (self.prompt, self.late):
            desk.hear(Fact.SUBMITTED, T0)

    def _pass(self, hours=1):
        self.moment += timedelta(hours=hours)
        return self.moment

    @rule(fact=st.sampled_from(VENDORS), lapses=st.sampled_from([None, 5, 50]))
    def a_vendor_says(self, fact, lapses):
        at = self._pass()
        granted = fact in {Fact.AUTHORIZED, Fact.PARTIALLY_AUTHORIZED}
        end = at + timedelta(hours=lapses) if lapses and granted else None
        self.prompt.hear(fact, at, lapses_at=end)
        self.post.append((fact, at, end))

    @rule(fact=st.sampled_from(ROADS))
    def a_carrier_scans(self, fact):
        at = self._pass()
        self.prompt.hear(fact, at)
        self.post.append((fact, at, None))

    @rule(hours=st.integers(1, 60))
    def time_goes_by(self, hours):
        self._pass(hours)

    @precondition(lambda self: self.post)
    @rule(data=st.data(), again=st.booleans())
    def something_comes_late(self, data, again):
        place = data.draw(st.integers(0, len(self.post) - 1))
        fact, at, end = self.post[place]
        self.late.hear(fact, at, lapses_at=end)
        if not again:
            del self.post[place]

    @rule(fact=st.sampled_from(sorted(OURS)))
    def we_speak(self, fact):
        for desk in (self.prompt, self.late):
            now = desk.stands(self.moment)[0].now
            if LEADS_TO[fact] not in AUTHORIZATIONS.allowed(now):
                return
            if fact is Fact.ANSWERED and now is not Authorization.INFO_REQUESTED:
                return
            if fact is Fact.SUBMITTED and now is Authorization.INFO_REQUESTED:
                return
        at = self._pass()
        for desk in (self.prompt, self.late):
            desk.hear(fact, at)

    def teardown(self):
        for fact, at, end in reversed(self.post):
            self.late.hear(fact, at, lapses_at=end)
        moment = self._pass()
        assert self.late.stands(moment)[2] == self.prompt.stands(moment)[2]


TestNews = News.TestCase
TestNews.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
