"""The words people say for a time: read by a stated rule, or not at all. Pure."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.business_time import Calendar
from app.obligations import spoken_times

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


NEVADA = Calendar(
    "America/Los_Angeles", (((9 * 60, 17 * 60),),) * 5 + ((),) * 2, holidays_of=("US", None)
)


@pytest.mark.parametrize(
    ("words", "due"),
    [
        ("first thing Wednesday", "2026-11-25T09:00:00-08:00"),
        ("today", "2026-11-20T23:59:59-08:00"),
        ("in 4 working days", "2026-11-27T23:59:59-08:00"),  # past Thanksgiving
        ("within 2 business hours", "2026-11-23T10:00:00-08:00"),  # of them one on Friday
        ("within 2 hours", "2026-11-20T18:00:00-08:00"),
        ("in two weeks", "2026-12-04T23:59:59-08:00"),
    ],
)
def test_days_and_hours_are_those_of_the_promiser_s_calendar(words, due):
    friday = datetime.fromisoformat("2026-11-20T16:00:00-08:00")
    read = spoken_times.read(words, friday, NEVADA)
    assert read.due_at == datetime.fromisoformat(due)


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
