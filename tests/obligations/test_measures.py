"""Sums: what is left of a debt, when it was kept, how much of a loss is made good. Pure."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.obligations import measures
from app.obligations.losses.making_good import Lost, split
from app.obligations.rules import State

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FIRST, LAST = datetime.fromisoformat("1900-01-01"), datetime.fromisoformat("9998-12-31")
MOMENTS = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
VALUES = st.decimals(Decimal("0.0001"), Decimal(10**9), places=4)
PERFORMED = st.lists(st.tuples(MOMENTS, VALUES), max_size=8)


@given(VALUES, PERFORMED)
def test_a_debt_is_complete_exactly_when_as_much_was_done_as_is_owed(owed, performances):
    total = sum((value for _, value in performances), Decimal(0))
    done_at = measures.completed_at(owed, performances)
    left = measures.outstanding(owed, total)
    assert left >= 0
    assert (done_at is not None) == (total >= owed) == (left == 0)
    assert measures.completed_at(owed, performances[::-1]) == done_at
    if done_at is not None:
        assert sum(value for at, value in performances if at <= done_at) >= owed
        assert sum(value for at, value in performances if at < done_at) < owed


@pytest.mark.parametrize(
    ("state", "due_in", "kept"),
    [
        (State.OPEN, 1, State.KEPT),
        (State.OPEN, 0, State.KEPT),
        (State.OPEN, -1, State.KEPT_LATE),
        (State.OPEN, None, State.KEPT),
        (State.BROKEN, 1, State.KEPT),
        (State.BROKEN, -1, State.KEPT_LATE),
        (State.BROKEN, None, State.KEPT_LATE),
    ],
)
def test_how_a_debt_was_kept_follows_from_when(state, due_in, kept):
    due_at = None if due_in is None else MONDAY + timedelta(seconds=due_in)
    assert measures.kept_as(state, due_at, MONDAY) is kept


def test_only_what_is_owed_now_is_overdue():
    for state in State:
        late = measures.is_overdue(state, MONDAY, MONDAY + timedelta(seconds=1))
        assert late == (state in {State.OPEN, State.BROKEN})
        assert not measures.is_overdue(state, None, MONDAY)
        assert not measures.is_overdue(state, MONDAY, MONDAY)


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
