"""A table of steps is total, and the only way from one state to another."""

from enum import StrEnum
from types import SimpleNamespace

import pytest

from app.kit.states import Flow, IllegalStep


class Light(StrEnum):
    RED = "red"
    GREEN = "green"
    OFF = "off"


LIGHT = Flow(
    Light, {Light.RED: {Light.GREEN}, Light.GREEN: {Light.OFF, Light.RED}, Light.OFF: set()}
)


def test_a_table_that_forgets_a_state_fails_when_it_is_made():
    with pytest.raises(TypeError, match="says nothing of green, off"):
        Flow(Light, {Light.RED: set()})


def test_a_step_sets_the_state_as_text():
    record = SimpleNamespace(state="red")
    LIGHT.step(record, Light.GREEN)
    assert (record.state, type(record.state)) == ("green", str)


def test_a_refused_step_changes_nothing_and_says_what_is_allowed():
    record = SimpleNamespace(state="red")
    with pytest.raises(IllegalStep) as refused:
        LIGHT.step(record, Light.OFF)
    assert refused.value.fields == {"now": "red", "wanted": "off", "allowed": ["green"]}
    assert record.state == "red"


def test_a_flow_may_stand_in_another_column():
    flow = Flow(Light, {light: {Light.OFF} for light in Light}, column="phase")
    record = SimpleNamespace(phase="red")
    flow.step(record, Light.OFF)
    assert record.phase == "off"


def test_it_is_drawn_for_people():
    assert LIGHT.mermaid().splitlines() == [
        "stateDiagram-v2",
        "    red --> green",
        "    green --> red",
        "    green --> off",
        "    off --> [*]",
    ]
