"""The tables of steps, what the one word is read from, and the sums beneath: without a database."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import permutations, product
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.claims.rules.axes import ReturnLeg
from app.kit.states import IllegalStep
from app.replacements.rules import numbers_in, read_number
from app.replacements.rules.contradicting import Proof, judge
from app.replacements.rules.folding import Heard, SwapFact, course
from app.replacements.rules.returning import days_before, reminders
from app.replacements.rules.states import (
    CHARGES,
    OUTBOUNDS,
    STATES,
    Found,
    Outbound,
    ReturnCharge,
    SwapState,
    charge_of,
    state_of,
)
from app.replacements.rules.weighing import Reading, WeightSays, weigh
from app.vendors.terms import NOBODYS

T0 = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("flow", "column"), [(OUTBOUNDS, "outbound"), (CHARGES, "state"), (STATES, "state")]
)
def test_each_pair_of_states_is_allowed_or_refused(flow, column):
    for before, after in product(flow.states, repeat=2):
        record = SimpleNamespace(**{column: before.value})
        if after in flow.allowed(before):
            flow.step(record, after)
            assert getattr(record, column) == after.value
        else:
            with pytest.raises(IllegalStep) as refused:
                flow.step(record, after)
            assert refused.value.fields["now"] == before.value
            assert getattr(record, column) == before.value


def test_the_main_road_and_the_road_of_a_charge_can_be_walked():
    main = [
        "requested",
        "approved",
        "shipped",
        "delivered",
        "return_in_transit",
        "return_delivered",
        "return_received",
        "closed",
    ]
    charged = ["delivered", "overdue", "charged", "charge_disputed", "charge_reversed"]
    for road in (main, charged):
        record = SimpleNamespace(state=road[0])
        for word in road[1:]:
            STATES.step(record, SwapState(word))


@pytest.mark.parametrize("outbound", Outbound)
@pytest.mark.parametrize("leg", ReturnLeg)
@pytest.mark.parametrize("charge", ReturnCharge)
def test_whatever_was_heard_there_is_one_word_for_it(outbound, leg, charge):
    for returned, done, late in product((True, False), repeat=3):
        found = Found(outbound, leg, charge, is_returned=returned, is_done=done, is_late=late)
        state = state_of(found)
        if charge in {ReturnCharge.CHARGED, ReturnCharge.CHARGE_DISPUTED}:
            assert state.value == charge.value
        elif outbound in {Outbound.DENIED, Outbound.CANCELLED}:
            assert state.value == outbound.value
        elif returned and done:
            assert state in {SwapState.CLOSED, SwapState.CHARGE_REVERSED}
        else:
            assert state not in {SwapState.CLOSED, SwapState.CHARGE_REVERSED}


def test_of_several_charges_the_one_that_presses_most_counts():
    told = [ReturnCharge.CHARGE_REVERSED, ReturnCharge.CHARGED, ReturnCharge.CHARGE_DISPUTED]
    assert {charge_of(list(each)) for each in permutations(told)} == {ReturnCharge.CHARGED}
    assert charge_of([]) is ReturnCharge.NONE


@given(
    st.lists(st.tuples(st.sampled_from(SwapFact), st.integers(0, 50)), min_size=1, max_size=8),
    st.randoms(use_true_random=False),
)
def test_in_any_order_and_twice_it_comes_to_the_same(told, shuffling):
    heard = [Heard(SwapFact.REQUESTED, T0 - timedelta(days=1))]
    heard += [
        Heard(fact, T0 + timedelta(hours=at), f"{n}".encode()) for n, (fact, at) in enumerate(told)
    ]
    other = [*heard, *heard[:3]]
    shuffling.shuffle(other)
    one, two = course(heard), course(other)
    assert (one.now, one.reached) == (two.now, two.reached)
    assert [each.same for each in one.counted] == [each.same for each in two.counted]


def test_numbers_are_read_as_people_write_them():
    assert [read_number(x) for x in ("AR-1001", "ar 1001", " 1001 ", "RC-1")] == [
        1001,
        1001,
        1001,
        None,
    ]
    assert numbers_in("Not returned, your AR-1001 and ar 1002; RC-7") == [1001, 1002]


def test_reminders_count_working_days_backwards():
    # The 14th is a Saturday.
    on = date(2026, 3, 14)
    assert [days_before(on, n, NOBODYS).day for n in (5, 2, 0)] == [9, 12, 14]
    assert [each.days for each in reminders(on, (0, 5, 2), NOBODYS)] == [5, 2, 0]


@pytest.mark.parametrize(
    ("grams", "kind", "says"),
    [
        (4300, "measured", WeightSays.CONSISTENT),
        (900, "measured", WeightSays.TOO_LIGHT),
        (900, "carrier_reported", WeightSays.TOO_LIGHT),
        (900, "declared", WeightSays.NO_SCALE_SPOKE),
        (900, "billed", WeightSays.NO_SCALE_SPOKE),
        (None, "measured", WeightSays.NO_SCALE_SPOKE),
        (3600, "measured", WeightSays.CONSISTENT),
    ],
)
def test_what_a_scale_says_of_the_parcel(grams, kind, says):
    found = weigh([Reading(kind, grams, Decimal(10))], Decimal(4200), None)
    assert found.says is says


def test_without_the_units_weight_no_scale_decides():
    found = weigh([Reading("measured", 900)], None, None)
    assert found.says is WeightSays.UNIT_WEIGHT_UNKNOWN


ISSUED = date(2026, 4, 6)
LATE = datetime(2026, 4, 7, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("proof", "charged_after", "is_contradicted"),
    [
        (Proof(), None, False),
        (Proof(), date(2026, 4, 6), True),
        (Proof(sent_at=T0), None, False),
        (Proof(sent_at=T0, delivered_at=T0), None, True),
        (Proof(delivered_at=T0, weight=WeightSays.TOO_LIGHT), None, False),
        (Proof(delivered_at=T0, received_at=T0, weight=WeightSays.TOO_LIGHT), None, True),
        (Proof(received_at=T0), None, True),
        (Proof(delivered_at=LATE), None, False),
        (Proof(waived_at=T0), None, True),
        (Proof(waived_at=LATE), None, False),
    ],
)
def test_what_contradicts_a_charge(proof, charged_after, is_contradicted):
    judged = judge(
        ISSUED, proof, return_by=date(2026, 3, 14), charged_after=charged_after, by=NOBODYS
    )
    assert judged.is_contradicted is is_contradicted
    assert judged.why.endswith(".")
