"""Windows, deadlines and who may file: pure, by tables of cases and by counting."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.kit import business_time
from app.vendors.terms import (
    TEMPLATES,
    Anchor,
    Filer,
    Notice,
    Right,
    Side,
    Target,
    Tariff,
    Unit,
    VendorTerms,
    Window,
    carrier_deadlines,
    filing,
    vendor_deadlines,
)
from app.vendors.terms.counting import NOBODYS
from app.vendors.terms.templates import marked
from app.vendors.terms.windows import add_months, safe_day

is_business_day = NOBODYS.is_business_day
add_business_days = partial(business_time.add_business_days, NOBODYS.calendar)
FRIDAY = date(2026, 3, 6)
DAYS = st.dates(date(1950, 1, 1), date(2150, 1, 1))
UNITS = st.sampled_from(Unit)


def window(value, unit="days", anchor="delivery", **more):
    return Window(value=value, unit=Unit(unit), anchor=Anchor(anchor), **more)


LAST_DAYS = {
    "thirty days keep the day of the anchor out": (window(30), "2026-01-12", "2026-02-11"),
    "the anchor's day itself may count": (
        window(30, counts_anchor_day=True),
        "2026-01-12",
        "2026-02-10",
    ),
    "five business days skip the weekend": (window(5, "business_days"), "2026-03-06", "2026-03-13"),
    "five business days, Friday itself counted": (
        window(5, "business_days", counts_anchor_day=True),
        "2026-03-06",
        "2026-03-12",
    ),
    "a Saturday is no business day to count": (
        window(5, "business_days", counts_anchor_day=True),
        "2026-03-07",
        "2026-03-13",
    ),
    "nine months keep the day": (window(9, "months"), "2026-01-12", "2026-10-12"),
    "a month ends with the shorter month": (window(1, "months"), "2026-01-31", "2026-02-28"),
    "in a leap year a day later": (window(1, "months"), "2028-01-31", "2028-02-29"),
    "hours run on from the hour": (
        window(48, "hours"),
        "2026-03-06T15:00:00+00:00",
        "2026-03-08",
    ),
    "of a bare day the first hour is safe": (window(48, "hours"), "2026-03-06", "2026-03-07"),
    "an instant counts by its day in UTC": (window(1), "2026-03-06T23:30:00-05:00", "2026-03-08"),
    "a window of hours beyond the calendar neither": (
        window(36_500, "hours"),
        "9999-12-30",
        "9999-12-31",
    ),
    "a window beyond the calendar never closes": (
        window(36_500, "months"),
        "9000-01-01",
        "9999-12-31",
    ),
}


@pytest.mark.parametrize(("given_window", "start", "last"), LAST_DAYS.values(), ids=LAST_DAYS)
def test_a_window_ends_on_its_last_day(given_window, start, last):
    start = datetime.fromisoformat(start) if "T" in start else date.fromisoformat(start)
    assert given_window.last_on(start) == date.fromisoformat(last)


@given(DAYS, st.integers(0, 400), st.booleans())
def test_business_days_agree_with_counting_them_one_by_one(start, days, counts_start):
    found, left = start, days - (1 if counts_start and is_business_day(start) else 0)
    if left < 0:
        return
    while left:
        found += timedelta(days=1)
        left -= is_business_day(found)
    expected = found
    got = add_business_days(start, days, counts_start=counts_start)
    if days == 0 or (counts_start and days == 1 and is_business_day(start)):
        assert got <= expected  # nothing left to count: a weekend stands for the Friday before
    else:
        assert got == expected


@given(DAYS, st.integers(1, 600))
def test_months_never_pass_the_month_they_end_in(start, months):
    found = add_months(start, months)
    assert (found.year * 12 + found.month) - (start.year * 12 + start.month) == months
    assert found.day <= start.day


@given(DAYS, st.integers(1, 500), st.integers(0, 200), UNITS, st.booleans())
def test_a_longer_window_never_ends_earlier(start, value, more, unit, counts):
    short = window(value, unit, counts_anchor_day=counts)
    long = window(value + more, unit, counts_anchor_day=counts)
    assert short.ends(start).first <= long.ends(start).first
    assert short.last_on(start) <= long.last_on(start)
    assert short.last_on(start) >= start or not counts


@given(DAYS, st.integers(0, 60), st.integers(1, 500), UNITS)
def test_a_later_anchor_never_ends_a_window_earlier(start, later, value, unit):
    given_window = window(value, unit)
    moved = given_window.last_on(start + timedelta(days=later))
    assert given_window.last_on(start) <= moved


@given(DAYS, st.integers(0, 400))
def test_the_last_safe_day_is_a_business_day_before_the_last_and_never_before_the_anchor(
    start, days
):
    last_on = start + timedelta(days=days)
    safe = safe_day(last_on, start)
    assert start <= safe <= last_on
    assert safe == start or (safe < last_on and is_business_day(safe))


def test_a_window_says_what_it_is():
    assert window(5, "business_days", counts_anchor_day=True).text() == (
        "5 business days from delivery, that day counted"
    )
    assert window(1, "months", "invoice").text() == "1 month from the invoice"


REFUSED = {
    "a window of nothing": {"return_window": {"value": 0, "unit": "days", "anchor": "invoice"}},
    "a right of ours from a request": {
        "return_window": {"value": 9, "unit": "days", "anchor": "request"}
    },
    "an answer from an invoice": {
        "answer_to_claim": {"value": 9, "unit": "days", "anchor": "invoice"}
    },
    "a notice of nothing": {"shortage_notice": {}},
    "a hard stop before the window": {
        "shortage_notice": {
            "window": {"value": 9, "unit": "days", "anchor": "delivery"},
            "hard_stop": {"value": 5, "unit": "days", "anchor": "delivery"},
        }
    },
    "a source of what is not set": {"sources": {"warranty": "page 3"}},
    "a source of no term": {"sources": {"source": "page 3"}},
}


@pytest.mark.parametrize("told", REFUSED.values(), ids=REFUSED)
def test_terms_that_make_no_sense_are_refused(told):
    with pytest.raises(ValidationError):
        VendorTerms.model_validate(told)


def test_a_term_names_its_own_source_before_that_of_the_record():
    terms = VendorTerms(
        source="Terms of sale",
        sources={"warranty": "Warranty card"},
        warranty=window(12, "months", "invoice"),
        return_window=window(30),
    )
    assert terms.source_of("warranty") == "Warranty card"
    assert terms.source_of("return_window") == "Terms of sale"
    assert terms.told() == ["return_window", "warranty"]


USUAL = TEMPLATES["usual_notice"].vendor_terms


def test_a_notice_with_a_hard_stop_ends_twice_and_only_the_second_is_final():
    dates = {Anchor.DELIVERY: datetime(2026, 3, 2, 15, 0, tzinfo=UTC)}
    first, last = vendor_deadlines(frozenset({Right.REPORT_SHORTAGE}), USUAL, dates)
    assert (first.is_final, last.is_final) == (False, True)
    assert first.last_at == datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
    assert (first.last_on, first.last_safe_on) == (date(2026, 3, 4), date(2026, 3, 3))
    assert (last.last_on, last.last_safe_on) == (FRIDAY, date(2026, 3, 5))
    assert "Monday to Friday" in last.why
    assert "no term" not in last.why


def test_what_has_passed_says_so_and_the_last_day_itself_is_not_past():
    dates = {Anchor.DELIVERY: date(2026, 3, 2)}
    last = vendor_deadlines(frozenset({Right.REPORT_SHORTAGE}), USUAL, dates)[-1]
    assert last.has_passed(date(2026, 3, 6)) is False
    assert last.has_passed(datetime(2026, 3, 6, 23, 59, tzinfo=UTC)) is False
    assert last.has_passed(date(2026, 3, 7)) is True


@pytest.mark.parametrize(
    ("terms", "dates", "words"),
    [
        (VendorTerms(), {Anchor.DELIVERY: FRIDAY}, "no term is set"),
        (VendorTerms(warranty=window(12, "months", "registration")), {}, "registration is unknown"),
    ],
    ids=["an unset term", "an anchor without a date"],
)
def test_a_right_whose_end_is_unknown_is_told_without_a_day(terms, dates, words):
    (found,) = vendor_deadlines(frozenset({Right.CLAIM_WARRANTY}), terms, dates)
    assert (found.last_on, found.last_safe_on, found.has_passed(FRIDAY)) == (None, None, None)
    assert words in found.why


def test_the_earliest_deadline_comes_first_and_the_unknown_last():
    terms = VendorTerms(
        shortage_notice=Notice(window=window(9)),
        proof_of_delivery_request=window(5, anchor="shipment"),
    )
    rights = frozenset({Right.REPORT_SHORTAGE, Right.ASK_FOR_PROOF_OF_DELIVERY, Right.RETURN})
    dates = {Anchor.DELIVERY: FRIDAY, Anchor.SHIPMENT: date(2026, 3, 3)}
    assert [each.right for each in vendor_deadlines(rights, terms, dates)] == [
        Right.ASK_FOR_PROOF_OF_DELIVERY,
        Right.REPORT_SHORTAGE,
        Right.RETURN,
    ]


def test_a_carrier_is_told_first_and_claimed_from_later_and_not_too_early():
    ups = TEMPLATES["ups_us_damage"].tariff
    report, claim = carrier_deadlines(ups, {Anchor.DELIVERY: date(2026, 1, 12)})
    assert (report.right, report.last_on) == (Right.REPORT_TO_CARRIER, date(2026, 3, 13))
    assert (claim.right, claim.last_on) == (Right.FILE_WITH_CARRIER, date(2026, 10, 12))
    usps = TEMPLATES["usps_non_delivery"].tariff
    claim, report = carrier_deadlines(usps, {Anchor.SHIPMENT: date(2026, 1, 12)})
    assert (claim.not_before_on, claim.last_on) == (date(2026, 1, 27), date(2026, 3, 13))
    assert report.last_on is None


SHIPPER = [Filer.SHIPPER_OF_RECORD]
FILERS = {
    "nobody knows who may": (None, {}, None, False, "is unknown"),
    "we are the shipper": (SHIPPER, {Filer.SHIPPER_OF_RECORD: Side.US}, True, False, "we are"),
    "the vendor is, and owes it to us": (
        SHIPPER,
        {Filer.SHIPPER_OF_RECORD: Side.VENDOR},
        False,
        True,
        "it is the vendor who must file by 2026-10-12",
    ),
    "who the shipper is, is unknown": (SHIPPER, {}, None, False, "shipper of record of this"),
    "one of two is unknown, and may be us": (
        [Filer.SHIPPER_OF_RECORD, Filer.ACCOUNT_HOLDER],
        {Filer.SHIPPER_OF_RECORD: Side.VENDOR},
        None,
        False,
        "account holder",
    ),
    "only the customer may": (
        [Filer.CONSIGNEE],
        {Filer.CONSIGNEE: Side.CUSTOMER},
        False,
        False,
        "our customer",
    ),
}


@pytest.mark.parametrize(
    ("may_file", "sides", "is_ours", "vendor_owes", "words"), FILERS.values(), ids=FILERS
)
def test_who_may_file_with_the_carrier(may_file, sides, is_ours, vendor_owes, words):
    tariff = Tariff(claim_within=window(9, "months"), may_file=may_file)
    found = filing(tariff, "ups", sides, {Anchor.DELIVERY: date(2026, 1, 12)})
    assert (found.is_ours, found.vendor_owes) == (is_ours, vendor_owes)
    assert found.last_on == date(2026, 10, 12)
    assert words in found.why


def test_a_carrier_counts_only_from_what_it_sees():
    with pytest.raises(ValidationError, match="a carrier counts"):
        Tariff(claim_within=window(9, "months", "invoice"))


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_a_template_says_what_it_sets_and_that_it_is_a_template(template):
    is_vendors = template.applies_to is Target.VENDOR
    assert (template.vendor_terms is not None) == is_vendors
    assert (template.tariff is not None) == (template.tariff_kind is not None) == (not is_vendors)
    told = marked(template)
    again = (VendorTerms if is_vendors else Tariff).model_validate(told)
    assert again.told()
    assert all(template.name in (again.source_of(name) or "") for name in again.told())
    assert template.source.endswith((".", '"'))
