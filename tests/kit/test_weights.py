from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kit import weights


@pytest.mark.parametrize(
    ("value", "unit", "grams"),
    [
        ("1", "lb", 454),
        ("1000", "LBS", 453592),
        ("66.1386786555", "lb", 30000),
        ("614.4", "OZ", 17418),
        ("2.5", "g", 2),
        ("3.5", "GRAM", 4),
        ("0.0005", "kg", 0),
        ("0.0015", "KGS", 2),
        ("499", "mg", 0),
        ("12.40", " Pounds. ", 5625),
        ("0", "kg", 0),
    ],
)
def test_a_weight_becomes_whole_grams_rounded_half_to_even(value, unit, grams):
    assert weights.grams(Decimal(value), unit) == grams


def test_a_pound_and_an_ounce_are_exact():
    assert weights.exact_grams(Decimal(1), "lb") == Decimal("453.59237")
    assert weights.exact_grams(Decimal(16), "oz") == Decimal("453.59237")


@settings(deadline=None)
@given(
    st.decimals(min_value=0, max_value=40_000, places=9), st.sampled_from(["g", "kg", "lb", "oz"])
)
def test_no_digit_is_lost_before_the_one_rounding(value, unit):
    factor = Fraction(weights.exact_grams(Decimal(1), unit))
    if Fraction(value) * factor > weights.MAX_GRAMS:
        return
    assert weights.grams(value, unit) == round(Fraction(value) * factor)


def test_the_caller_s_decimal_context_does_not_matter():
    with localcontext() as context:
        context.prec = 3
        context.rounding = ROUND_HALF_EVEN
        assert weights.grams(Decimal(1000), "lb") == 453592
        assert weights.grams(Decimal("12345.678"), "g") == 12346


@pytest.mark.parametrize("unit", ["stone", "", "k g", "lb oz", "\u2113"])
def test_an_unknown_unit_is_refused_in_plain_words(unit):
    with pytest.raises(ValueError, match="unit of weight"):
        weights.grams(Decimal(1), unit)
    assert weights.grams_if_known(Decimal(1), unit) is None


def test_without_a_unit_there_are_no_grams():
    assert weights.grams_if_known(Decimal(1), None) is None
    assert weights.unit_of(None) is None


@pytest.mark.parametrize(
    "value",
    [
        "NaN",
        "sNaN",
        "Infinity",
        "-Infinity",
        "-1",
        "-0",
        "1e30",
        "1e999999",
        "1e-999999",
        "0." + "1" * 40,
        "100000.001",
    ],
)
def test_a_number_that_can_be_no_weight_is_refused(value):
    with pytest.raises(ValueError, match=r"weight"):
        weights.grams(Decimal(value), "kg")


@settings(deadline=None)
@given(st.decimals(), st.text(max_size=5) | st.sampled_from(["g", "kg", "lb", "oz", "mg"]))
def test_whatever_is_asked_the_answer_is_grams_or_a_value_error(value, unit):
    found = weights.grams_if_known(value, unit)
    assert found is None or 0 <= found <= weights.MAX_GRAMS


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("49.20LBS", "49.20", "LBS"),
        ("1.0", "1.0", None),
        (" 22.32 kg ", "22.32", "kg"),
        (".5 oz.", "0.5", "oz"),
    ],
)
def test_a_text_is_read_as_number_and_unit(text, value, unit):
    found = weights.parse(text)
    assert found is not None
    assert str(found[0]) == value
    assert found[1] == unit


@pytest.mark.parametrize(
    "text", ["", "LBS", "1,500 kg", "1e3 kg", "-1 kg", "1.2.3", "12 lb 3 oz", "٣ kg", "1" * 20]
)
def test_a_text_that_is_no_plain_weight_is_not_guessed_at(text):
    assert weights.parse(text) is None
