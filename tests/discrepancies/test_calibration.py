"""Verdicts are right as often as they say. Seeded; `python -m bench.verdicts` runs many more."""

from functools import cache

import pytest

from app.discrepancies.verdict import Support
from bench.verdicts.reliability import groups, shares, trials, wrong
from bench.verdicts.scenes import mixed, single, usual
from bench.verdicts.world import OTHER_WORLD

LEAST = 500


@cache  # whatever order the tests run in
def _drawn(prior, count):
    return trials(f"tests {prior}", count, prior, mixed)


# As many shipments as give five hundred verdicts in each class and band.
@pytest.fixture(scope="module", params=[(0.5, 6000), (0.2, 8000), (0.8, 6600)], ids=str)
def own_world(request):
    return _drawn(*request.param)


def _agrees(group):
    assert group.count >= LEAST, group
    assert abs(group.deviations) <= 3, group


def test_each_class_of_verdict_is_right_as_often_as_it_says(own_world):
    found = groups(own_world, by_class=True)
    assert len(found) == 4
    for group in found:
        _agrees(group)


def test_each_band_of_odds_is_right_as_often_as_it_says(own_world):
    found = groups(own_world, by_band=True)
    assert len(found) == 3
    for group in found:
        _agrees(group)


def test_where_the_world_is_not_the_model_at_most_one_in_twenty_is_wrong():
    found = trials("tests other", 1700, 0.5, usual, OTHER_WORLD)
    for question in ("shipped", "at_last_weighing"):
        print(question, {k.value: round(share, 3) for k, share in shares(found, question).items()})  # noqa: T201
        for support in (Support.FULL, Support.SHORT):
            bad, total = wrong(found, question, support)
            print(support.value, bad, "wrong of", total)  # noqa: T201
            assert total >= LEAST
            assert bad * 20 <= total


def test_what_weighs_six_deviations_of_the_noise_is_decided():
    found = shares(trials("tests 6", 400, 0.5, lambda rng: single(rng, 6)), "at_last_weighing")
    assert found[Support.INCONCLUSIVE] <= 0.1


@pytest.mark.parametrize("times", [0.9, 0.5, 0.2])
def test_what_weighs_less_than_one_deviation_of_the_noise_is_inconclusive(times):
    drawn = trials(f"tests {times}", 300, 0.5, lambda rng: single(rng, times))
    assert shares(drawn, "at_last_weighing")[Support.INCONCLUSIVE] >= 0.99
