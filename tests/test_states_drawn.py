"""The pictures of the states are those of the tables."""

from app.cases import rules as cases
from app.obligations import rules as obligations
from tools import states


def test_the_stored_pictures_are_current():
    assert states.DOCUMENT.read_text() == states.render(), "run `make states`"


def test_every_table_is_found():
    found = [flow for _, _, flow in states.flows()]
    for table in (cases.RECOVERIES, obligations.CORRECTIONS, obligations.DEADLINES):
        assert table in found


def test_a_picture_holds_every_step_of_its_table():
    text = states.render()
    for _, _, flow in states.flows():
        for state in flow.states:
            for other in flow.allowed(state):
                assert f"    {state.value} --> {other.value}\n" in text
