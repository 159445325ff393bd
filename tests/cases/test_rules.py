"""The steps of a case and of a recovery, all pairs; and how it is spoken of."""

from types import SimpleNamespace

import pytest

from app.cases.rules import RECOVERIES, STATES, Recovery, State, read_number, spoken_number
from app.kit.states import IllegalStep

_STATES = {
    ("open", "made_whole"),
    ("open", "closed"),
    ("made_whole", "closed"),
    ("made_whole", "open"),
    ("closed", "open"),
}
_RECOVERIES = {("none", "open"), ("open", "done"), ("done", "open")}
_PAIRS = [
    (flow, column, start, to, (start.value, to.value) in allowed)
    for flow, column, states, allowed in (
        (STATES, "state", State, _STATES),
        (RECOVERIES, "recovery", Recovery, _RECOVERIES),
    )
    for start in states
    for to in states
]


@pytest.mark.parametrize(("flow", "column", "start", "to", "is_allowed"), _PAIRS)
def test_only_these_steps_are_allowed(flow, column, start, to, is_allowed):
    record = SimpleNamespace(**{column: start.value})
    if is_allowed:
        flow.step(record, to)
        assert getattr(record, column) == to.value
    else:
        with pytest.raises(IllegalStep):
            flow.step(record, to)
        assert getattr(record, column) == start.value


def test_a_number_is_read_as_it_is_spoken():
    assert read_number(spoken_number(1042)) == 1042
    assert [read_number(text) for text in ("", "C-", "D-1", "1.0", "٣")] == [None] * 5
