"""What evidence would most likely settle it: reckoned from the model, not from a list of habits.

For the two possibilities that stand against each other, each further measurement is a Gaussian
that the readings already say something of. By how much its two forecasts differ, in their own
standard deviations, is what it is worth.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import erfc, exp, log, sqrt

from app.discrepancies.verdict.answers import Advice, Stage
from app.discrepancies.verdict.figures import share
from app.discrepancies.verdict.hypotheses import Hypothesis
from app.discrepancies.verdict.inputs import Rounding
from app.discrepancies.verdict.model import Model, Units
from app.discrepancies.verdict.weighing import Weighed, covariances

_LEAST_USE = 0.005
_SHOWN = 5
_LEAST_PIVOT = 1e-4


@dataclass(frozen=True, slots=True)
class Candidate:
    """A measurement that could be made: its forecast under two possibilities.

    `shared` is by how much it errs together with each reading, `variance` its own.
    """

    evidence: str
    subject: str
    sentence: str
    means: tuple[float, float]
    shared: Sequence[float]
    variance: float


def advise(model: Model, full: Weighed, short: Weighed, log_odds: float) -> tuple[Advice, ...]:
    """Rank what would help to part two possibilities by the probability that it settles them."""
    duel = _Duel.between(model, full.hypothesis, short.hypothesis)
    found = [
        Advice(c.evidence, c.subject, share(_settles(duel.power(c), log_odds, model)), c.sentence)
        for c in (*_boxes(model), *_units(model, duel), *_records(model, duel))
    ]
    if Stage.NEVER_PACKED in {full.hypothesis.stage, short.hypothesis.stage}:
        found.append(_pack_log(model, log_odds))
    useful = [each for each in found if each.settles >= _LEAST_USE]
    useful.sort(key=lambda each: (-each.settles, each.evidence, each.subject))
    return tuple(useful[:_SHOWN])


@dataclass(frozen=True, slots=True)
class _Duel:
    """Two possibilities and how far the readings stand from what each says they should be."""

    model: Model
    sides: tuple[Hypothesis, Hypothesis]
    counts: Sequence[Units]
    cov: list[list[float]]
    misses: tuple[list[float], list[float]]

    @classmethod
    def between(cls, model: Model, one: Hypothesis, two: Hypothesis) -> "_Duel":
        seen = model.observations
        sides = []
        counts: list[Units] = []
        for h in (one, two):
            counts = [model.counts(each.of.package, each.of.turn, h) for each in seen]
            means = [model.mean(each.of.package, n) for each, n in zip(seen, counts, strict=True)]
            sides.append([_middle(model, i) - mean for i, mean in enumerate(means)])
        pool = model.pool_variance(two)
        cov = covariances(model, range(len(seen)), counts, pool)
        for i, each in enumerate(seen):
            cov[i][i] += (each.reading.resolution_g or 0) ** 2 / 12
        return cls(model, (one, two), counts, cov, (sides[0], sides[1]))

    def power(self, candidate: Candidate) -> float:
        """Give by how many standard deviations the two forecasts of a measurement differ."""
        pull = _solved(self.cov, candidate.shared)
        ahead = [
            mean + sum(g * miss for g, miss in zip(pull, misses, strict=True))
            for mean, misses in zip(candidate.means, self.misses, strict=True)
        ]
        left = candidate.variance - sum(g * s for g, s in zip(pull, candidate.shared, strict=True))
        return abs(ahead[1] - ahead[0]) / sqrt(max(left, 1e-6))


def _middle(model: Model, i: int) -> float:
    """Give the middle of what a reading leaves possible."""
    reading = model.observations[i].reading
    step = reading.resolution_g or 0
    moved = {Rounding.UP: step / 2, Rounding.UNKNOWN: step / 4, Rounding.NEAREST: 0.0}
    return reading.grams - moved[reading.rounding]


def _solved(matrix: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    """Solve by elimination; the matrix is a covariance, so no pivot is zero but by rounding."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for i in range(size):
        rows[i][i] = max(rows[i][i], _LEAST_PIVOT)
        for j in range(i + 1, size):
            by = rows[j][i] / rows[i][i]
            if by:
                rows[j] = [b - by * a for a, b in zip(rows[i], rows[j], strict=True)]
    found = [0.0] * size
    for i in reversed(range(size)):
        known = sum(rows[i][k] * found[k] for k in range(i + 1, size))
        found[i] = (rows[i][size] - known) / rows[i][i]
    return found


def _boxes(model: Model) -> Iterator[Candidate]:
    fresh = model.given.fresh_sd_g**2
    for p, package in enumerate(model.question.packages):
        tare, sd = model.tares[p]
        shared = [sd * sd if each.of.package == p else 0.0 for each in model.observations]
        yield Candidate(
            "weigh_the_empty_box",
            package.key,
            f"Weigh the empty box of package {package.key}, with its filling.",
            (tare, tare),
            shared,
            sd * sd + fresh,
        )


def _units(model: Model, duel: _Duel) -> Iterator[Candidate]:
    for number, line in enumerate(model.question.lines):
        gone = max(h.vector[number] for h in duel.sides)
        if gone >= line.quantity or line.unit_weight_g is None:
            continue
        bias, spread = model.bias[number], model.spread[number]
        yield Candidate(
            "weigh_the_unit_that_came",
            line.key,
            f"Weigh a unit of {line.sku} that came, as it was packed.",
            (model.weights[number], model.weights[number]),
            [counts[number] * bias for counts in duel.counts],
            bias + spread + model.given.fresh_sd_g**2,
        )


def _records(model: Model, duel: _Duel) -> Iterator[Candidate]:
    papers = model.papers
    for p, package in enumerate(model.question.packages):
        turn = max(papers.turns[p] - 1, 0)
        counts = [model.counts(p, turn, h) for h in duel.sides]
        pool = model.pool_variance(duel.sides[1])
        seen = [
            (each.of.package, n) for each, n in zip(model.observations, duel.counts, strict=True)
        ]
        *shared, own = model.ties([*seen, (p, counts[1])], pool)[-1]
        yield Candidate(
            "carriers_scale_record",
            package.key,
            f"Ask the carrier for its scale's own unrounded record of package {package.key}.",
            (model.mean(p, counts[0]), model.mean(p, counts[1])),
            shared,
            own + model.given.record_sd_g**2,
        )


def _settles(power: float, log_odds: float, model: Model) -> float:
    """Give the probability that a measurement of this power takes the odds to the threshold."""
    if power < 1e-6:  # noqa: PLR2004 (it parts nothing)
        return 0.0
    threshold = log(model.given.threshold)
    short = 1 / (1 + _exp(-log_odds))
    total = 0.0
    for weight, drift in ((short, power**2 / 2), (1 - short, -(power**2) / 2)):
        above = _above((threshold - log_odds - drift) / power)
        below = _above((threshold + log_odds + drift) / power)
        total += weight * (above + below)
    return total


def _pack_log(model: Model, log_odds: float) -> Advice:
    truth, threshold = model.given.log_truth, log(model.given.threshold)
    short = 1 / (1 + _exp(-log_odds))
    weight = log(truth / (1 - truth))
    says_short = short * truth + (1 - short) * (1 - truth)
    settles = says_short * (abs(log_odds + weight) >= threshold)
    settles += (1 - says_short) * (abs(log_odds - weight) >= threshold)
    return Advice(
        "vendors_pack_log",
        "shipment",
        share(settles),
        "Ask the vendor for its pack log: who packed what, scanned when, and at which weight.",
    )


def _above(z: float) -> float:
    return 0.5 * erfc(z / sqrt(2))


def _exp(value: float) -> float:
    return exp(min(max(value, -700.0), 700.0))
