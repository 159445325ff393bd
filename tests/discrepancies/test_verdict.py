"""What weights say, and what they do not."""

import json
from dataclasses import asdict, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.discrepancies.verdict import (
    DEFAULTS,
    Line,
    Question,
    Rounding,
    Stage,
    Support,
    contradictions,
    judge,
)
from app.parcels.reports import ReadingKind
from bench.verdicts.sizes import SIZES, work_of
from tests.discrepancies.conftest import a_package, a_question, a_reading

FULL, SHORT = Support.FULL, Support.SHORT
INCONCLUSIVE = Support.INCONCLUSIVE


def said(verdict):
    return verdict.shipped.support, verdict.at_last_weighing.support


def test_two_weighings_of_the_full_weight_support_full():
    verdict = judge(a_question(a_package(a_reading(2850), a_reading(2860, hours=9, scale="hub"))))
    assert said(verdict) == (FULL, FULL)
    assert verdict.lost_between is None
    assert verdict.missing is None
    assert "From there to the customer no scale speaks" in verdict.unobserved
    assert verdict.last_weighed_place == "Hub"


def test_a_full_verdict_is_no_ground_against_non_receipt():
    verdict = judge(a_question(a_package(a_reading(2850))))
    assert verdict.at_last_weighing.support is FULL
    assert verdict.is_ground_against_non_receipt is False
    assert "no ground against non-receipt" in verdict.ground_why


def test_what_was_short_at_the_dock_was_never_packed():
    verdict = judge(a_question(a_package(a_reading(1610), a_reading(1600, hours=9, scale="hub"))))
    assert said(verdict) == (SHORT, SHORT)
    assert verdict.missing == {"10": 1}
    assert "never packed" in verdict.sentence


def test_what_was_there_at_the_dock_and_not_at_the_hub_was_lost_between():
    verdict = judge(a_question(a_package(a_reading(2850), a_reading(1600, hours=9, scale="hub"))))
    assert said(verdict) == (FULL, SHORT)
    assert verdict.lost_between is not None
    assert verdict.lost_between.after_place == "Dock"
    assert verdict.lost_between.before_place == "Hub"
    assert verdict.missing == {"10": 1}


def test_the_table_accounts_for_everything():
    verdict = judge(a_question(a_package(a_reading(2200))))
    assert verdict.table[0].stage is Stage.NONE
    assert sum(row.prior for row in verdict.table) == pytest.approx(1, abs=1e-4)
    assert sum(row.posterior for row in verdict.table) == pytest.approx(1, abs=1e-4)
    answer = verdict.at_last_weighing
    prior_odds = answer.prior / (1 - answer.prior)
    assert answer.odds == pytest.approx(prior_odds * answer.bayes_factor, rel=1e-2)


def test_no_readings_decide_nothing_and_something_would_help():
    for prior in (None, 0.001, 0.999):
        verdict = judge(a_question(a_package(), prior=prior))
        assert said(verdict) == (INCONCLUSIVE, INCONCLUSIVE)
        assert verdict.at_last_weighing.bayes_factor == 1
        assert verdict.at_last_weighing.stands_for_priors is None
        assert "No scale speaks of any of it" in verdict.unobserved
    assert judge(a_question(a_package())).would_help


def test_a_prior_alone_decides_nothing():
    blunt = a_reading(2800, step=5000.0, rounding=Rounding.UP)
    verdict = judge(a_question(a_package(blunt), reported_missing={}))
    assert verdict.at_last_weighing.posterior < 1 / 21
    assert said(verdict) == (INCONCLUSIVE, INCONCLUSIVE)


def test_nobody_complained_takes_the_base_rate_for_prior():
    question = a_question(a_package(a_reading(2850)), reported_missing={})
    assert judge(question).at_last_weighing.prior == DEFAULTS.unreported_prior


@pytest.mark.parametrize("grams", [2850, 2500, 2300, 1600])
def test_an_answer_stands_for_the_priors_it_names_and_for_no_others(grams):
    question = a_question(a_package(a_reading(grams, noise_g=120.0)))
    answer = judge(question).at_last_weighing
    stands = answer.stands_for_priors
    for prior in (stands.least, stands.most):
        again = judge(replace(question, prior=prior)).at_last_weighing
        assert again.support is answer.support
    for prior in (stands.least - 0.001, stands.most + 0.001):
        if 0.0001 <= prior <= 0.9999:
            again = judge(replace(question, prior=prior)).at_last_weighing
            assert again.support is not answer.support


@pytest.mark.parametrize(
    "but",
    [{"kind": ReadingKind.CARRIER_REPORTED}, {"step": None}],
    ids=["reported", "step unknown"],
)
def test_a_single_reading_decides_only_when_measured_and_its_step_is_known(but):
    lines = (Line("10", "WID-2", 2, 9000.0),)
    papers = {"lines": lines, "prior": 0.5}
    package = a_package(a_reading(9350, **but), declared_g=18350.0)
    assert said(judge(a_question(package, **papers))) == (INCONCLUSIVE, INCONCLUSIVE)
    assert "single reading" in judge(a_question(package, **papers)).at_last_weighing.why
    two = a_package(a_reading(9350, **but), a_reading(9400, hours=4, scale="hub", **but))
    assert judge(a_question(two, **papers)).at_last_weighing.support is SHORT


def test_what_the_carrier_repeats_of_the_declaration_moves_nothing():
    dock = a_reading(2300)
    echo = a_reading(2848, hours=9, scale="hub", kind=ReadingKind.CARRIER_REPORTED)
    alone = judge(a_question(a_package(dock, declared_g=2850.0)))
    both = judge(a_question(a_package(dock, echo, declared_g=2850.0)))
    assert both.at_last_weighing == alone.at_last_weighing
    assert both.shipped == alone.shipped
    assert "repeat" in both.set_aside[0].why


def test_what_was_billed_declared_or_computed_is_set_aside():
    kinds = [k for k in ReadingKind if k.value not in {"measured", "carrier_reported"}]
    readings = [a_reading(1600, hours=i, kind=kind) for i, kind in enumerate(kinds)]
    verdict = judge(a_question(a_package(*readings)))
    assert said(verdict) == (INCONCLUSIVE, INCONCLUSIVE)
    assert len(verdict.set_aside) == len(kinds)


def test_readings_that_contradict_each_other_say_so():
    verdict = judge(a_question(a_package(a_reading(2850), a_reading(1600, scale="other"))))
    assert said(verdict) == (INCONCLUSIVE, INCONCLUSIVE)
    assert "contradict" in verdict.contradiction
    assert len(verdict.gross_readings) == 2


def test_one_gross_reading_does_not_overturn_two_good_ones():
    readings = (a_reading(2850), a_reading(2850, hours=4, scale="b"), a_reading(9000, hours=8))
    verdict = judge(a_question(a_package(*readings), prior=0.5))
    assert verdict.shipped.support is FULL
    assert verdict.gross_readings[0].reading == 2


def test_a_reading_rounded_up_to_the_pound_is_taken_for_what_it_says():
    light = (Line("10", "CARD", 2, 120.0),)
    pound = a_reading(907.18, step=453.59237, rounding=Rounding.UP)
    verdict = judge(a_question(a_package(pound), lines=light))
    assert said(verdict) == (INCONCLUSIVE, INCONCLUSIVE)
    assert verdict.at_last_weighing.bayes_factor == pytest.approx(1, abs=0.9)


def test_unset_spreads_are_assumed_and_shown_never_zero():
    used = judge(a_question(a_package(a_reading(2850), tare_g=None))).used
    assert used.lines[0].catalogue_bias_g == pytest.approx(37.5)
    assert used.lines[0].spread_g == pytest.approx(12.5)
    assert used.packages[0].tare_sd_g == pytest.approx(125)
    assert used.packages[0].readings[0].noise_g == pytest.approx(5)
    assert used.prior == 0.5


def test_a_missing_set_is_named_only_when_it_stands_alone():
    lines = (Line("10", "RED", 1, 1000.0), Line("20", "BLUE", 1, 1005.0))
    box = a_package(a_reading(1350), contents={"10": 1, "20": 1})
    verdict = judge(a_question(box, lines=lines, reported_missing={}, prior=0.5))
    assert verdict.at_last_weighing.support is SHORT
    assert verdict.missing is None
    shares = {next(iter(each.missing)): each.share for each in verdict.candidates[:2]}
    assert shares.keys() == {"10", "20"}
    assert sum(shares.values()) > 0.95
    assert "may be" in verdict.sentence


def test_a_unit_missing_here_may_be_in_the_other_package():
    one = a_package(a_reading(1600), key="1", contents={"10": 1})
    two = a_package(a_reading(350), key="2", contents={"10": 1})
    verdict = judge(a_question(one, two))
    assert said(verdict) == (SHORT, SHORT)
    assert verdict.table[1].by_package == {"2": {"10": 1}}


def test_a_package_that_was_never_weighed_leaves_it_open():
    one = a_package(a_reading(1600), key="1", contents={"10": 1})
    verdict = judge(a_question(one, a_package(key="2", contents={"10": 1})))
    assert said(verdict) == (INCONCLUSIVE, INCONCLUSIVE)
    assert "Of package 2 no weighing speaks" in verdict.unobserved


def test_contents_may_be_unknown_so_long_as_all_is_weighed():
    def boxes(first, second):
        weights = enumerate((first, second))
        readings = [a_reading(grams, hours=i) for i, grams in weights]
        return [
            replace(a_package(reading, key=str(i)), contents=None)
            for i, reading in enumerate(readings)
        ]

    assert judge(a_question(*boxes(2850, 350))).at_last_weighing.support is FULL
    assert judge(a_question(*boxes(1600, 1600))).at_last_weighing.support is FULL
    assert judge(a_question(*boxes(1600, 350))).at_last_weighing.support is SHORT


def test_a_line_whose_weight_nobody_knows_sets_its_packages_aside():
    lines = (Line("10", "WID-2", 2), Line("20", "CABLE", 1, 80.0))
    one = a_package(a_reading(2850))
    two = a_package(a_reading(430), key="2", contents={"20": 1})
    verdict = judge(a_question(one, two, lines=lines))
    assert verdict.set_aside[0].package == "1"
    assert said(verdict) == (INCONCLUSIVE, INCONCLUSIVE)


def test_what_would_help_is_what_is_least_known():
    vague = a_package(a_reading(2300), tare_g=700.0, tare_sd_g=500.0)
    sure = Line("10", "WID-2", 2, 900.0, 5.0, 5.0)
    assert judge(a_question(vague, lines=(sure,))).would_help[0].evidence == "weigh_the_empty_box"
    exact = a_package(a_reading(1480), tare_sd_g=1.0)
    unsure = Line("10", "WID-2", 2, 700.0, 250.0, 5.0)
    best = judge(a_question(exact, lines=(unsure,))).would_help[0]
    assert best.evidence == "weigh_the_unit_that_came"


def test_the_same_question_gives_the_same_bytes():
    question = a_question(a_package(a_reading(2850), a_reading(1600, hours=9, scale="hub")))
    first, again = (json.dumps(asdict(judge(question)), default=str) for _ in range(2))
    assert first == again


def test_sums_that_contradict_each_other_are_found():
    assert contradictions(a_question(a_package(contents={"10": 1})))
    assert contradictions(a_question(a_package(contents={"10": 3})))
    assert contradictions(a_question(a_package(), reported_missing={"10": 3}))
    assert not contradictions(a_question(a_package()))


# Counted, not timed: the machine may share its cores with anything. `bench.verdicts` times them.
MOST = (1700, 1000, 2300, 3700, 8000)


@pytest.mark.parametrize(("name", "most"), [*zip(SIZES, MOST, strict=True)])
def test_a_verdict_takes_no_more_work_than_it_did(name, most):
    assert work_of(SIZES[name]) <= most


WEIGHT = st.floats(0.01, 1e7)
SPREAD = st.none() | st.floats(0.001, 1e5)


@st.composite
def questions(draw):
    lines = tuple(
        Line(str(i), f"S{i}", draw(st.integers(1, 50)), draw(WEIGHT), draw(SPREAD), draw(SPREAD))
        for i in range(draw(st.integers(1, 4)))
    )
    readings = st.lists(
        st.builds(
            a_reading,
            WEIGHT,
            hours=st.integers(0, 3),
            scale=st.sampled_from(["a", "b"]),
            step=SPREAD,
            kind=st.sampled_from(ReadingKind),
            noise_g=SPREAD,
            scale_bias_g=SPREAD,
        ),
        max_size=4,
    )
    packages = tuple(
        replace(
            a_package(*draw(readings), key=str(i), declared_g=draw(st.none() | WEIGHT)),
            contents=None,
            tare_g=draw(st.none() | WEIGHT),
            tare_sd_g=draw(SPREAD),
        )
        for i in range(draw(st.integers(1, 3)))
    )
    if draw(st.booleans()):
        whole = {line.key: line.quantity for line in lines}
        packages = (replace(packages[0], contents=whole), *packages[1:])
    return Question(lines, packages, {"0": 1}, draw(st.floats(0.0001, 0.9999)))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(questions())
def test_no_numbers_however_odd_break_it(question):
    verdict = judge(question)
    assert 0 <= verdict.at_last_weighing.posterior <= 1
    assert sum(row.posterior for row in verdict.table) == pytest.approx(1, abs=1e-3)
    assert "nan" not in json.dumps(asdict(verdict), default=str).lower()
