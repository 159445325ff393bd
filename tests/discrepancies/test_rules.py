"""The rules of discrepancies, pure."""

from datetime import date

import pytest

from app.cases.rules import Kind as CaseKind
from app.discrepancies import rules
from app.discrepancies.rules import Differing, Kind

TODAY = date(2026, 3, 2)


def early(*statuses, not_before_on=None):
    return rules.early_note(statuses, not_before_on=not_before_on, today=TODAY)


def test_what_is_on_its_way_is_early_whatever_word_the_sender_has_for_it():
    for status in ("pre_transit", "in_transit", "customs_hold", "unknown", "failure"):
        assert "It is early" in (early((status, False)) or "")
    for status in ("delivered", "return_to_sender", "cancelled", "error"):
        assert early((status, False)) is None
    assert early(("return_to_sender", True)) is None
    assert early() is None


def test_of_several_parcels_it_says_how_many_are_on_their_way():
    note = early(("in_transit", False), ("delivered", True), ("pre_transit", False))
    assert "2 of 3 parcels are still on the way (in_transit, pre_transit)" in (note or "")


def test_it_is_early_until_the_carrier_has_searched():
    note = early(("in_transit", False), not_before_on=date(2026, 3, 5))
    assert "or after 2026-03-05: until then it searches" in (note or "")
    assert early(("in_transit", False), not_before_on=TODAY)
    assert early(("in_transit", False), not_before_on=date(2026, 3, 1)) is None


def test_a_case_has_discrepancies_of_its_own_kind_and_what_lies_near():
    for kind in Kind:
        rules.require_fit(kind, CaseKind(kind.value))
        rules.require_fit(kind, CaseKind.OTHER)
    rules.require_fit(Kind.NON_DELIVERY, CaseKind.SHORT_SHIPMENT)


@pytest.mark.parametrize("case_kind", ["doa", "warranty", "service", "price"])
def test_a_case_about_a_unit_or_a_price_has_none(case_kind):
    with pytest.raises(rules.UnfitKind) as refused:
        rules.require_fit(Kind.DAMAGE, CaseKind(case_kind))
    assert refused.value.fields["fitting"] == []


def line(quantity=1, **but):
    told = {"ordered": 5, "held": 3, "is_held_unknown": False, "lost_here": 0, "lost": 0, **but}
    return Differing("/lines/0", "line 1", quantity, **told)


@pytest.mark.parametrize(
    ("differs", "pointer", "most"),
    [
        (line(6), "/lines/0/quantity", 5),
        (line(4), "/lines/0/quantity", 3),
        (line(1, held=0), "/lines/0/order", None),
        (line(2, lost_here=2, lost=2), "/lines/0/quantity", 1),
        (line(2, lost=4), "/lines/0/quantity", 1),
        (line(5, is_held_unknown=True, lost=1), "/lines/0/quantity", 4),
        (line(1, lost=9), "/lines/0/quantity", 0),
    ],
)
def test_more_than_can_be_missing_is_pointed_at(differs, pointer, most):
    (fault,) = rules.quantity_faults(Kind.SHORT_SHIPMENT, [differs])
    assert (fault["pointer"], fault.get("most")) == (pointer, most)
    assert rules.quantity_faults(Kind.OVER_SHIPMENT, [differs]) == []


def test_what_can_be_missing_is_taken():
    fine = [line(3), line(5, is_held_unknown=True, held=0), line(1, lost_here=2, lost=4)]
    assert rules.quantity_faults(Kind.DAMAGE, fine) == []


def test_a_number_is_read_as_people_say_it():
    for text in ("D-1042", "d 1042", " 1042 ", "D1042"):
        assert rules.read_number(text) == 1042
    assert rules.read_number("C-1042") is None
    assert rules.spoken_number(1042) == "D-1042"
