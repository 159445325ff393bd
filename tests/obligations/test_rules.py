"""States and parties. Pure."""

from itertools import product
from types import SimpleNamespace

import pytest

from app.kit.states import IllegalStep
from app.obligations import rules
from app.obligations.rules import DEADLINES, STATES, DeadlineState, Party, PartyKind, State

GONE = {"superseded", "released", "void"}
STEPS = {
    "conditional": {"open"} | GONE,
    "open": {"kept", "broken", "kept_late"} | GONE,
    "broken": {"kept", "kept_late"} | GONE,
}
DEADLINE_STEPS = {"open": {"used", "lapsed", "waived"}, "lapsed": {"used"}}


def walk(flow, states, steps):
    for before, after in product(states, states):
        record = SimpleNamespace(state=before.value)
        if after.value in steps.get(before.value, set()):
            flow.step(record, after)
            assert record.state == after.value
        else:
            with pytest.raises(IllegalStep) as refused:
                flow.step(record, after)
            assert record.state == refused.value.fields["now"] == before.value
            assert set(refused.value.fields["allowed"]) == steps.get(before.value, set())


def test_every_pair_of_states_is_allowed_or_refused_as_it_should_be():
    walk(STATES, State, STEPS)
    walk(DEADLINES, DeadlineState, DEADLINE_STEPS)


def test_what_has_ended_is_no_longer_live():
    assert set(STATES.ends()) == set(State) - set(rules.LIVE)
    assert set(rules.DUE) < set(rules.LIVE)


@pytest.mark.parametrize("text", ["us", "vendor:a:b", "carrier:ups", "customer:C/1 #2"])
def test_a_party_is_written_and_read_alike(text):
    assert str(Party.parse(text)) == text


def test_a_carrier_has_one_slug():
    assert str(Party.of(PartyKind.CARRIER, "Fed Ex")) == str(Party.of(PartyKind.CARRIER, "fedex"))
    assert Party.of(PartyKind.CARRIER, "\u2014").key == "\u2014"
