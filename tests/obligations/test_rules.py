"""States, sums and the words people say for a time. Pure."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product
from types import SimpleNamespace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.kit.states import IllegalStep
from app.obligations import rules, spoken_times
from app.obligations.making_good import Lost, split
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


MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "due", "rule"),
    [
        ("first thing Wednesday", "2026-03-04 09:00", "weekday"),
        ("Wednesday, first thing", "2026-03-04 09:00", "weekday"),
        ("Wednesday morning", "2026-03-04 12:00", "weekday"),
        ("on Wednesday afternoon", "2026-03-04 18:00", "weekday"),
        ("by Friday", "2026-03-06 23:59:59", "weekday"),
        ("FRIDAY.", "2026-03-06 23:59:59", "weekday"),
        ("no later than Friday", "2026-03-06 23:59:59", "weekday"),
        ("Friday at the latest", "2026-03-06 23:59:59", "weekday"),
        ("Monday", "2026-03-09 23:59:59", "weekday"),
        ("this coming Thursday", "2026-03-05 23:59:59", "weekday"),
        ("before Friday", "2026-03-05 23:59:59", "before_weekday"),
        ("next Wednesday", "2026-03-11 23:59:59", "weekday_of_next_week"),
        ("today", "2026-03-02 23:59:59", "today"),
        ("by the end of the day", "2026-03-02 23:59:59", "today"),
        ("by EOD", "2026-03-02 23:59:59", "today"),
        ("this afternoon", "2026-03-02 18:00", "today"),
        ("tonight", "2026-03-02 23:59:59", "today"),
        ("tomorrow", "2026-03-03 23:59:59", "tomorrow"),
        ("first thing tomorrow", "2026-03-03 09:00", "tomorrow"),
        ("tomorrow first thing in the morning", "2026-03-03 09:00", "tomorrow"),
        ("the day after tomorrow", "2026-03-04 23:59:59", "day_after_tomorrow"),
        ("in the next few days", "2026-03-05 23:59:59", "days"),
        ("a couple of days", "2026-03-04 23:59:59", "days"),
        ("within 48 hours", "2026-03-04 09:00", "hours"),
        ("in an hour", "2026-03-02 10:00", "hours"),
        ("within ten days", "2026-03-12 23:59:59", "days"),
        ("in two weeks", "2026-03-16 23:59:59", "weeks"),
        ("in two weeks' time", "2026-03-16 23:59:59", "weeks"),
        ("2\u20133 weeks", "2026-03-23 23:59:59", "weeks"),
        ("two to three days", "2026-03-05 23:59:59", "days"),
        ("5 business days", "2026-03-09 23:59:59", "working_days"),
        ("in a month", "2026-04-02 23:59:59", "months"),
        ("by the end of the week", "2026-03-06 23:59:59", "end_of_week"),
        ("later this week", "2026-03-06 23:59:59", "end_of_week"),
        ("next week", "2026-03-13 23:59:59", "next_week"),
        ("early next week", "2026-03-10 23:59:59", "next_week"),
        ("mid next week", "2026-03-11 23:59:59", "next_week"),
        ("by the end of the month", "2026-03-31 23:59:59", "end_of_month"),
        ("next month", "2026-04-30 23:59:59", "end_of_month"),
        ("by the 15th", "2026-03-15 23:59:59", "day_of_month"),
        ("before the 15th", "2026-03-14 23:59:59", "before_day_of_month"),
        ("the 1st", "2026-04-01 23:59:59", "day_of_month"),
        ("March 5th", "2026-03-05 23:59:59", "day_and_month"),
        ("5 March 2026", "2026-03-05 23:59:59", "day_and_month"),
        ("before the 5th of March", "2026-03-04 23:59:59", "before_day_and_month"),
        ("Feb 1", "2027-02-01 23:59:59", "day_and_month"),
        ("2026-03-05", "2026-03-05 23:59:59", "date"),
        ("before 2026-03-05", "2026-03-04 23:59:59", "before_date"),
        ("2026-03-05T10:00:00+02:00", "2026-03-05 08:00", "instant"),
        ("ASAP", None, "no_time_named"),
        ("as soon as we can", None, "no_time_named"),
        ("", None, "no_date_given"),
        ("  ", None, "no_date_given"),
        (None, None, "no_date_given"),
        ("2026-03-01", None, "not_to_come"),
        ("the 31st of April", None, "not_understood"),
        ("3/5", None, "not_understood"),
        ("whenever the boss is back", None, "not_understood"),
        ("not tomorrow", None, "not_understood"),
        ("before next week", None, "not_understood"),
        ("by the 32nd", None, "not_understood"),
    ],
)
def test_words_become_a_due_time_by_a_stated_rule_or_none_at_all(words, due, rule):
    read = spoken_times.read(words, MONDAY)
    wanted = due and datetime.fromisoformat(due).replace(tzinfo=UTC)
    assert (read.due_at, read.rule) == (wanted, rule)
    assert read.text.endswith(".")


@pytest.mark.parametrize(
    ("said", "words", "due"),
    [
        ("2026-03-04T08:00", "first thing Wednesday", "2026-03-11 09:00"),
        ("2026-03-06T20:00", "by the end of the week", "2026-03-06 23:59:59"),
        ("2026-03-07T20:00", "by the end of the week", "2026-03-13 23:59:59"),
        ("2026-03-08T20:00", "next Wednesday", "2026-03-11 23:59:59"),
        ("2026-03-06T09:00", "in 1 working day", "2026-03-09 23:59:59"),
        ("2026-03-14T09:00", "before the 15th", "2026-03-14 23:59:59"),
        ("2026-03-15T09:00", "before the 15th", "2026-04-14 23:59:59"),
        ("2026-12-20T09:00", "by the 15th", "2027-01-15 23:59:59"),
        ("2026-12-20T09:00", "next month", "2027-01-31 23:59:59"),
        ("2028-01-31T09:00", "in a month", "2028-02-29 23:59:59"),
        ("2026-03-02T15:00", "this morning", None),
        ("2026-02-03T09:00", "by the 30th", None),
        ("9998-12-30T09:00", "in two weeks", None),
    ],
)
def test_what_words_mean_hangs_on_when_they_were_said(said, words, due):
    read = spoken_times.read(words, datetime.fromisoformat(said).replace(tzinfo=UTC))
    assert read.due_at == (due and datetime.fromisoformat(due).replace(tzinfo=UTC))


def test_a_moment_said_elsewhere_is_counted_in_utc():
    there = datetime.fromisoformat("2026-03-02T23:30:00-05:00")
    assert spoken_times.read("today", there).due_at == datetime(2026, 3, 3, 23, 59, 59, tzinfo=UTC)


FIRST, LAST = datetime.fromisoformat("1900-01-01"), datetime.fromisoformat("9998-12-31")
MOMENTS = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
PHRASES = st.sampled_from(
    ["friday", "next friday", "the 29th", "in 999 months", "in 999 weeks", "next month", "today"]
)


@given(st.text(max_size=60) | PHRASES, MOMENTS)
def test_no_words_break_the_reading_and_no_due_time_lies_before_them(words, said_at):
    read = spoken_times.read(words, said_at)
    assert read.due_at is None or read.due_at >= said_at
    assert spoken_times.look_again_at(read, said_at) >= said_at


VALUES = st.decimals(Decimal("0.0001"), Decimal(10**9), places=4)
PERFORMED = st.lists(st.tuples(MOMENTS, VALUES), max_size=8)


@given(VALUES, PERFORMED)
def test_a_debt_is_complete_exactly_when_as_much_was_done_as_is_owed(owed, performances):
    total = sum((value for _, value in performances), Decimal(0))
    done_at = rules.completed_at(owed, performances)
    left = rules.outstanding(owed, total)
    assert left >= 0
    assert (done_at is not None) == (total >= owed) == (left == 0)
    assert rules.completed_at(owed, performances[::-1]) == done_at
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
    assert rules.kept_as(state, due_at, MONDAY) is kept


def test_only_what_is_owed_now_is_overdue():
    for state in State:
        late = rules.is_overdue(state, MONDAY, MONDAY + timedelta(seconds=1))
        assert late == (state in {State.OPEN, State.BROKEN})
        assert not rules.is_overdue(state, None, MONDAY)
        assert not rules.is_overdue(state, MONDAY, MONDAY)


@pytest.mark.parametrize("text", ["us", "vendor:a:b", "carrier:ups", "customer:C/1 #2"])
def test_a_party_is_written_and_read_alike(text):
    assert str(Party.parse(text)) == text


def test_a_carrier_has_one_slug():
    assert str(Party.of(PartyKind.CARRIER, "Fed Ex")) == str(Party.of(PartyKind.CARRIER, "fedex"))
    assert Party.of(PartyKind.CARRIER, "\u2014").key == "\u2014"


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
