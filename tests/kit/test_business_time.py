"""Working time, against a count of single minutes that knows nothing of how it is computed."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.kit.business_time import (
    MINUTES_OF_A_DAY,
    UNKNOWN,
    Calendar,
    add_business_days,
    add_business_time,
    business_time,
    is_business_day,
    is_open_at,
    works_within_a_year,
)

MINUTE = timedelta(minutes=1)
OFFICE = ((540, 720), (780, 1020))
NIGHT = ((0, 150), (1380, MINUTES_OF_A_DAY))
# By half an hour (Lord Howe), at midnight (Havana), at one past (St John's), over a whole day
# (Apia), twice in a spring (Casablanca); and none at all.
CHANGES = (
    ("America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),
    ("America/Havana", datetime(2026, 11, 1, 5, tzinfo=UTC)),
    ("America/St_Johns", datetime(2010, 11, 7, 2, 31, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ("Africa/Casablanca", datetime(2026, 2, 15, 2, tzinfo=UTC)),
    ("Asia/Tokyo", datetime(2028, 2, 29, 12, tzinfo=UTC)),
    ("UTC", datetime(2027, 12, 31, 23, tzinfo=UTC)),
)


@st.composite
def hours(draw):
    cuts = draw(st.lists(st.integers(0, MINUTES_OF_A_DAY), max_size=4, unique=True).map(sorted))
    return tuple(zip(cuts[::2], cuts[1::2], strict=False))


@st.composite
def scenes(draw):
    zone, change = draw(st.sampled_from(CHANGES))
    week = tuple(draw(st.one_of(st.sampled_from([OFFICE, NIGHT, ()]), hours())) for _ in range(7))
    around = st.integers(-3, 3).map(lambda n: change.date() + timedelta(days=n))
    calendar = Calendar(
        zone,
        week,
        draw(st.sampled_from([None, ("US", "CA"), ("DE", "BY"), ("JP", None)])),
        draw(st.frozensets(around, max_size=2)),
        tuple((draw(st.dictionaries(around, hours(), max_size=2))).items()),
    )
    since = change + timedelta(minutes=draw(st.integers(-2 * 1440, 1440)))
    return calendar, since


def is_open(calendar, moment):
    """Read the wall clock of the zone at this minute, and look it up."""
    local = moment.astimezone(ZoneInfo(calendar.zone))
    minute = local.hour * 60 + local.minute
    return any(opens <= minute < closes for opens, closes in calendar.hours_on(local.date()))


def minutes(calendar, since, count):
    return [is_open(calendar, since + n * MINUTE) for n in range(count)]


@settings(max_examples=150, deadline=None)
@given(scenes(), st.integers(0, 3 * 1440))
def test_the_time_between_two_instants_is_the_number_of_open_minutes(scene, length):
    calendar, since = scene
    counted = sum(minutes(calendar, since, length))
    assert business_time(calendar, since, since + length * MINUTE) == counted * MINUTE


@settings(max_examples=150, deadline=None)
@given(scenes(), st.integers(1, 900))
def test_time_is_added_until_so_many_open_minutes_have_passed(scene, wanted):
    calendar, since = scene
    seen = 0
    for n, opened in enumerate(minutes(calendar, since, 4 * 1440)):
        seen += opened
        if seen == wanted:
            assert add_business_time(calendar, since, wanted * MINUTE) == since + (n + 1) * MINUTE
            return
    assert add_business_time(calendar, since, wanted * MINUTE) > since + 4 * 1440 * MINUTE


@settings(max_examples=100, deadline=None)
@given(scenes(), st.integers(0, 2000))
def test_it_is_open_at_an_instant_as_the_wall_clock_says(scene, after):
    calendar, since = scene
    moment = since + after * MINUTE + timedelta(seconds=59)
    assert is_open_at(calendar, moment) == is_open(calendar, since + after * MINUTE)


@settings(max_examples=100, deadline=None)
@given(scenes(), st.integers(1, 40), st.booleans())
def test_business_days_are_counted_day_by_day(scene, days, counts_start):
    calendar, since = scene
    start = since.date()
    if sum(map(len, calendar.week)) == 0:
        return
    left = days - (counts_start and bool(calendar.hours_on(start)))
    day = start
    while left > 0 and day.year < start.year + 5:
        day += timedelta(days=1)
        left -= bool(calendar.hours_on(day))
    if left <= 0:
        assert add_business_days(calendar, start, days, counts_start=counts_start) == day


@given(st.dates(date(1950, 1, 1), date(2300, 1, 1)), st.integers(1, 400), st.booleans())
@example(date(2026, 3, 7), 1, True)
def test_without_a_calendar_business_days_are_monday_to_friday(start, days, counts_start):
    left = days - (counts_start and start.weekday() < 5)
    day = start
    while left > 0:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    assert add_business_days(UNKNOWN, start, days, counts_start=counts_start) == day


def test_holidays_closing_days_and_days_of_their_own():
    calendar = Calendar(
        "America/New_York",
        (OFFICE,) * 5 + ((), ()),
        ("US", None),
        frozenset({date(2026, 12, 28)}),
        ((date(2026, 12, 26), ((600, 660),)), (date(2026, 7, 3), OFFICE)),
    )
    assert not is_business_day(calendar, date(2026, 12, 25))
    assert is_business_day(calendar, date(2026, 12, 26))  # a Saturday
    assert add_business_days(calendar, date(2026, 12, 24), 2) == date(2026, 12, 29)
    # The observed Independence Day, on which they work all the same.
    assert is_business_day(calendar, date(2026, 7, 3))
    assert not is_business_day(UNKNOWN, date(2026, 12, 26))


def test_leap_days_are_days():
    calendar = Calendar("Europe/Berlin", (OFFICE,) * 7)
    since = datetime(2028, 2, 28, 15, 0, tzinfo=UTC)
    assert add_business_time(calendar, since, timedelta(hours=8)).day == 29
    assert add_business_days(calendar, date(2028, 2, 28), 1) == date(2028, 2, 29)


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
def test_a_day_ends_at_its_own_midnight(zone):
    calendar = Calendar(zone, (OFFICE,) * 7)
    end = calendar.midnight_after(date(2026, 3, 6))
    assert calendar.day(end) == date(2026, 3, 7)
    assert calendar.day(end - timedelta(microseconds=1)) == date(2026, 3, 6)


def test_a_calendar_without_a_working_hour_is_seen():
    day = date(2026, 3, 2)
    none = Calendar("UTC", ((),) * 7)
    shut = Calendar("UTC", UNKNOWN.week, None, frozenset(day + timedelta(n) for n in range(400)))
    rare = Calendar("UTC", ((),) * 7, None, frozenset(), ((date(2026, 9, 1), ((0, 1),)),))
    found = [works_within_a_year(each, day) for each in (none, shut, rare, UNKNOWN)]
    assert found == [False, False, True, True]


def test_an_end_beyond_all_calendars_never_comes():
    once = Calendar("UTC", ((),) * 7, None, frozenset(), ((date(2026, 9, 1), ((0, 1),)),))
    since = datetime(2026, 3, 2, tzinfo=UTC)
    assert add_business_days(once, since.date(), 2) == date.max
    assert add_business_time(once, since, timedelta(hours=1)).year == 9999
