"""From likelihoods to the two answers, and for which priors they would stand."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log

from app.discrepancies.verdict.answers import PriorRange, Stage, Support
from app.discrepancies.verdict.defaults import Assumptions
from app.discrepancies.verdict.hypotheses import MissingVector
from app.discrepancies.verdict.weighing import Weighed, sum_logs

LEAST_PRIOR, MOST_PRIOR = 0.0001, 0.9999
_PLACES = 10_000
_HALVINGS = 40
_NEVER = -1e300


@dataclass(frozen=True, slots=True)
class Stages:
    """The log likelihood of each stage, its sets weighted as their priors say."""

    full: float
    never: float
    lost: float
    never_share: float

    def logs(self, prior: float) -> tuple[float, float, float]:
        """Give the log weights of full, never packed and lost, at a prior of being short."""
        lost_share = 1 - self.never_share
        return (
            log(1 - prior) + self.full,
            log(prior * self.never_share) + self.never,
            log(prior * lost_share) + self.lost if lost_share else _NEVER,
        )


@dataclass(frozen=True, slots=True)
class Odds:
    """Short against full, in logs: what was held before, and what after the readings."""

    prior: float
    posterior: float

    @property
    def log_bayes(self) -> float:
        """Give what the readings did."""
        return self.posterior - self.prior


def stages_of(weighed: Sequence[Weighed], prior: float) -> Stages:
    """Sum hypotheses by their stage."""
    logs: dict[Stage, list[float]] = defaultdict(list)
    mass: dict[Stage, float] = defaultdict(float)
    for each in weighed:
        h = each.hypothesis
        if h.prior > 0:
            logs[h.stage].append(log(h.prior) + each.log_likelihood)
            mass[h.stage] += h.prior
    found = {stage: sum_logs(values) - log(mass[stage]) for stage, values in logs.items()}
    never_share = mass[Stage.NEVER_PACKED] / prior
    return Stages(
        full=found[Stage.NONE],
        never=found.get(Stage.NEVER_PACKED, _NEVER),
        lost=found.get(Stage.LOST_BETWEEN, _NEVER),
        never_share=1.0 if Stage.LOST_BETWEEN not in found else min(never_share, 1.0),
    )


def shipped(stages: Stages, prior: float) -> Odds:
    """Never packed, against all there at the first weighing, whatever came later."""
    full, never, lost = stages.logs(prior)
    held = prior * stages.never_share
    return Odds(log(held) - log(1 - held), never - sum_logs([full, lost]))


def at_last_weighing(stages: Stages, prior: float) -> Odds:
    """Short at the last weighing, wherever it went missing, against all there."""
    full, never, lost = stages.logs(prior)
    return Odds(log(prior) - log(1 - prior), sum_logs([never, lost]) - full)


def support(odds: Odds, given: Assumptions) -> Support:
    """Decide at the threshold, and only where the readings themselves point the same way."""
    threshold, push = log(given.threshold), log(given.least_push)
    if odds.posterior >= threshold and odds.log_bayes >= push:
        return Support.SHORT
    if odds.posterior <= -threshold and odds.log_bayes <= -push:
        return Support.FULL
    return Support.INCONCLUSIVE


def range_of_priors(
    odds: Callable[[Stages, float], Odds], stages: Stages, prior: float, given: Assumptions
) -> PriorRange:
    """Give the priors for which the answer would be the same, rounded inwards."""
    found = support(odds(stages, prior), given)

    def stands(at: float) -> bool:
        return support(odds(stages, at), given) is found

    least = _edge(stands, prior, LEAST_PRIOR)
    most = _edge(stands, prior, MOST_PRIOR)
    return PriorRange(
        min(ceil(round(least * _PLACES, 6)) / _PLACES, prior),
        max(floor(round(most * _PLACES, 6)) / _PLACES, prior),
    )


def _edge(stands: Callable[[float], bool], inside: float, outside: float) -> float:
    if stands(outside):
        return outside
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        if stands(middle):
            inside = middle
        else:
            outside = middle
    return inside


def sets_of(weighed: Sequence[Weighed]) -> list[tuple[MissingVector, float]]:
    """Give what may be missing by its posterior, the likeliest first; nothing is left out."""
    sums: dict[MissingVector, float] = defaultdict(float)
    for each in weighed:
        sums[each.hypothesis.vector] += each.posterior
    short = [(vector, value) for vector, value in sums.items() if any(vector)]
    return sorted(short, key=lambda found: (-found[1], found[0]))


def is_sure(posterior: float, given: Assumptions) -> bool:
    """Whether one possibility stands at the threshold against all others together."""
    return posterior >= given.threshold * (1 - posterior)
