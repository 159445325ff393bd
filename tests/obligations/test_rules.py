"""States and parties. Pure."""

from itertools import product
from types import SimpleNamespace

import pytest
<<<<<<< HEAD
=======
from hypothesis import example, given
from hypothesis import strategies as st
>>>>>>> main

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
<<<<<<< HEAD
=======


QUANTITIES = st.integers(1, 50)


@given(QUANTITIES, VALUES, st.lists(st.tuples(st.booleans(), VALUES), max_size=10))
@example(2, Decimal("0.0003"), [(True, Decimal("0.0001")), (False, Decimal(0)), (True, Decimal(1))])
def test_what_makes_a_loss_good_never_comes_to_more_than_was_lost(quantity, value, given_):
    lost = Lost(quantity, value)
    for in_money, amount in given_:
        offer = amount if in_money else Decimal(int(amount) + 1)
        left = Decimal((lost.remaining_value() if in_money else lost.remaining_quantity()) or 0)
        parts = split(offer, left)
        assert parts.counted + parts.above == offer
        assert min(parts.counted, parts.above) >= 0
        units = lost.quantity_done + (0 if in_money else int(parts.counted))
        money = lost.value_done + (parts.counted if in_money else 0)
        lost = Lost(quantity, value, units, money)
    shared = Decimal(lost.quantity_done) / quantity * value + lost.value_done
    assert shared <= value + Decimal("0.0101")
    assert lost.quantity_done <= quantity
    assert lost.value_done <= value


def test_money_alone_is_exact_to_the_last_digit():
    lost = Lost(None, Decimal("100.0001"), 0, Decimal("33.3333"))
    assert lost.remaining_value() == Decimal("66.6668")
    assert Lost(None, Decimal(100), 0, Decimal(100)).is_restored()


def test_units_and_money_make_one_loss_good_together():
    lost = Lost(3, Decimal(100), 1)
    assert (lost.remaining_quantity(), lost.remaining_value()) == (2, Decimal("66.67"))
    assert Lost(3, Decimal(100), 1, Decimal("66.67")).is_restored()
    assert not Lost(3, Decimal(100), 1, Decimal("66.66")).is_restored()
    # Less than a unit is left, and money can still come for it.
    rest = Lost(2, Decimal(100), 0, Decimal(70))
    assert (rest.remaining_quantity(), rest.remaining_value()) == (0, Decimal(30))
    assert not rest.is_restored()
    assert Lost(2, None, 2).is_restored()
    assert Lost(2, None).remaining_value() is None
>>>>>>> main
