"""The weights as one Gaussian for each hypothesis: what they should be, and what errs together."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import atan, exp, log, pi, sqrt
from operator import mul

from app.discrepancies.verdict.answers import SetAside
from app.discrepancies.verdict.boxes import Box, Site
from app.discrepancies.verdict.defaults import Assumptions, filled_line, filled_reading, tare_of
from app.discrepancies.verdict.figures import figure
from app.discrepancies.verdict.hypotheses import POOL, Cell, Hypothesis, MissingVector, Papers
from app.discrepancies.verdict.inputs import NOTHING, Question, Reading, Rounding
from app.discrepancies.verdict.speaking import Speaking, sort_readings
from app.parcels.reports import ReadingKind

Units = tuple[float, ...]
"""How many units of each line; expected, if that is unknown."""

Weighing = tuple[int, Units]
"""A package, and what was in it."""


@dataclass(frozen=True, slots=True)
class Observation:
    """A reading as the model sees it: whose, when, on which scale, and what it leaves possible."""

    of: Speaking
    reading: Reading
    scale: tuple[str, ...]
    site: Site


@dataclass(frozen=True, slots=True)
class Model:
    """All that does not depend on the hypothesis. Weights and variances by line, grams."""

    question: Question
    given: Assumptions
    weights: Sequence[float]
    bias: Sequence[float]
    spread: Sequence[float]
    cells: dict[Cell, int]
    unknown: frozenset[int]
    tares: Sequence[tuple[float, float]]
    observations: Sequence[Observation]
    scale_bias: dict[tuple[str, ...], float]
    inside: dict[int, Sequence[float]]
    set_aside: Sequence[SetAside] = field(default=())

    @property
    def papers(self) -> Papers:
        """Give what the hypotheses are made from."""
        turns = [0] * len(self.question.packages)
        for each in self.observations:
            turns[each.of.package] = max(turns[each.of.package], each.of.turn + 1)
        reported = self.question.reported_missing
        vector = tuple(reported.get(line.key, 0) for line in self.question.lines)
        return Papers(self.cells, len(self.question.lines), turns, self.unknown, vector)

    @property
    def used(self) -> Question:
        """Give the question with every number as it was reckoned with, assumed ones filled in."""
        told = {(each.of.package, each.of.index): each.reading for each in self.observations}
        packages = tuple(
            replace(
                package,
                tare_g=figure(self.tares[p][0]),
                tare_sd_g=figure(self.tares[p][1]),
                readings=tuple(told.get((p, i), r) for i, r in enumerate(package.readings)),
            )
            for p, package in enumerate(self.question.packages)
        )
        lines = tuple(filled_line(line, self.given) for line in self.question.lines)
        return replace(self.question, lines=lines, packages=packages)

    def weighing(self, package: int, turn: int) -> Reading:
        """Give the first of the readings that a package had at a turn."""
        own = [each for each in self.observations if each.of.package == package]
        return min((o for o in own if o.of.turn == turn), key=lambda o: o.of.index).reading

    def counts(self, package: int, turn: int, h: Hypothesis) -> Units:
        """Give the units of each line in a package when it was weighed; expected, if unknown."""
        group = POOL if package in self.unknown else package
        parts = len(self.unknown) if group == POOL else 1
        counts = list(self.inside[group])
        for (where, line), k in h.bundle:
            if where == group:
                counts[line] -= self._gone(h, package, turn) * k / parts
                counts[line] += self._held(h, package, turn) * k
        return tuple(counts)

    def seen(self, package: int, turn: int, h: Hypothesis) -> tuple[int, bool]:
        """Give what the counts of a package at a turn hang on: the same, so are they."""
        is_before = h.package == package and turn <= h.turn
        return (POOL if package in self.unknown else package), is_before

    def _gone(self, h: Hypothesis, package: int, turn: int) -> int:
        """Say whether what is missing is not among what may be in this package, or was not yet."""
        if h.package is None or package in self.unknown:
            return 1
        return int(h.package == package and turn > h.turn)

    def _held(self, h: Hypothesis, package: int, turn: int) -> int:
        """Say whether it was here of all packages of unknown contents: what was lost here was."""
        return int(package in self.unknown and h.package == package and turn <= h.turn)

    def pool(self, h: Hypothesis) -> MissingVector:
        """Give the units of each line that were put somewhere into packages of unknown contents."""
        left = [self.cells.get((POOL, line), 0) for line in range(len(self.question.lines))]
        for (where, line), k in h.bundle:
            left[line] -= k if where == POOL else 0
        return tuple(left)

    def pool_variance(self, h: Hypothesis) -> float:
        """Give how far one package's share would vary if each of those units fell on its own."""
        return sum(n * w * w for n, w in zip(self.pool(h), self.weights, strict=True))

    def mean(self, package: int, counts: Sequence[float]) -> float:
        """Give what a package should weigh."""
        return sum(map(mul, counts, self.weights)) + self.tares[package][0]

    def ties(self, weighings: Sequence[Weighing], pool: float) -> list[list[float]]:
        """Give by how much the true weights of weighings err together, each with each.

        The catalogue errs for all units alike; within one package the same units and the same box
        are weighed again; where nobody says what is in which package, what is not in the one is
        in the other.
        """
        unknown, parts = self.unknown, len(self.unknown) or 1
        apart, same = (0 - 1 / parts**2) * pool, (1 / parts - 1 / parts**2) * pool
        ties = [[0.0] * len(weighings) for _ in weighings]
        alike: dict[tuple[Units, Units], tuple[float, float]] = {}
        for a, (p, counts) in enumerate(weighings):
            for b, (q, others) in enumerate(weighings[: a + 1]):
                pair = counts, others
                if pair not in alike:
                    alike[pair] = self._alike(counts, others)
                total, spread = alike[pair]
                if p == q:
                    total += self.tares[p][1] ** 2
                    total += spread
                if p in unknown and q in unknown:
                    total += same if p == q else apart
                ties[a][b] = ties[b][a] = total
        return ties

    def _alike(self, counts: Units, others: Units) -> tuple[float, float]:
        """Give what errs together with the catalogue, and with the units if they are the same."""
        together = sum(map(mul, map(mul, counts, others), self.bias))
        return together, sum(map(mul, map(min, counts, others), self.spread))


def build(question: Question, given: Assumptions, *, without: frozenset[tuple[int, int]]) -> Model:
    """Make the model of a question, leaving out some readings (package, index)."""
    speaking, aside = sort_readings(question, given)
    lines = [filled_line(line, given) for line in question.lines]
    weights = [line.unit_weight_g or 0.0 for line in lines]
    unknown = frozenset(p for p, each in enumerate(question.packages) if each.contents is None)
    cells = _cells(question, unknown=bool(unknown))
    tares = []
    for p, package in enumerate(question.packages):
        group, parts = (POOL, len(unknown)) if p in unknown else (p, 1)
        inside = sum(n * weights[line] for (g, line), n in cells.items() if g == group) / parts
        tares.append((inside, *tare_of(package, inside, given)))
    kept = [each for each in speaking if (each.package, each.index) not in without]
    observations = [_observation(each, question, tares[each.package], given) for each in kept]
    observations.sort(key=lambda each: each.reading.resolution_g or 0)
    scale_bias: dict[tuple[str, ...], float] = {}
    for each in observations:
        bias = each.reading.scale_bias_g or 0
        scale_bias[each.scale] = max(scale_bias.get(each.scale, 0), bias * bias)
    return Model(
        question=question,
        given=given,
        weights=weights,
        bias=[(line.catalogue_bias_g or 0.0) ** 2 for line in lines],
        spread=[(line.spread_g or 0.0) ** 2 for line in lines],
        cells=cells,
        unknown=unknown,
        tares=[(tare, sd) for _, tare, sd in tares],
        observations=observations,
        scale_bias=scale_bias,
        inside=_inside(cells, len(lines), len(question.packages), len(unknown)),
        set_aside=aside,
    )


def _inside(
    cells: dict[Cell, int], lines: int, packages: int, unknown: int
) -> dict[int, Sequence[float]]:
    """Give the units of each line that a package should hold; of unknown ones, their share."""
    shares = {POOL: unknown, **dict.fromkeys(range(packages), 1)}
    return {
        group: [cells.get((group, line), 0) / parts for line in range(lines)] if parts else []
        for group, parts in shares.items()
    }


def _cells(question: Question, *, unknown: bool) -> dict[Cell, int]:
    cells: dict[Cell, int] = {}
    for number, line in enumerate(question.lines):
        told = 0
        for p, package in enumerate(question.packages):
            count = (package.contents or NOTHING).get(line.key, 0)
            told += count
            if count:
                cells[p, number] = count
        if unknown and line.quantity > told:
            cells[POOL, number] = line.quantity - told
    return cells


def _observation(
    each: Speaking, question: Question, tare: tuple[float, float, float], given: Assumptions
) -> Observation:
    reading = filled_reading(each.reading, given)
    inside, box, _ = tare
    declared = question.packages[each.package].declared_g
    scale = (reading.scale,) if reading.scale else ("", str(each.package), str(each.index))
    site = _site(each.reading, reading, inside + box, given, is_declared=declared is not None)
    return Observation(each, reading, scale, site)


def _site(
    told: Reading, reading: Reading, papers_g: float, given: Assumptions, *, is_declared: bool
) -> Site:
    step, grams = reading.resolution_g or given.resolution_g, reading.grams
    rounding = Rounding.UNKNOWN if told.resolution_g is None else reading.rounding
    echoes = given.echo_probability if told.kind is ReadingKind.CARRIER_REPORTED else 0.0
    true = (1 - echoes) * (1 - given.gross_probability)
    width = max(given.gross_scale_share * papers_g, given.least_gross_scale_g)
    gross = (1 - echoes) * given.gross_probability * step * _tail(grams, papers_g, width)
    if echoes and not is_declared:
        near = max(given.unknown_echo_share * papers_g, given.least_unknown_echo_g)
        gross += echoes * step * _tail(grams, papers_g, near)
    up, nearest = (grams - step, grams), (grams - step / 2, grams + step / 2)
    if rounding is Rounding.UP:
        boxes = [Box(log(true), *up)]
    elif rounding is Rounding.NEAREST:
        boxes = [Box(log(true), *nearest)]
    else:
        # The two overlap in half a step: three parts that do not.
        both, one = log(true), log(true / 2)
        boxes = [
            Box(one, up[0], nearest[0]),
            Box(both, nearest[0], up[1]),
            Box(one, up[1], nearest[1]),
        ]
    return Site(tuple(boxes), log(gross), _merged(boxes))


def _merged(boxes: Sequence[Box]) -> Box:
    """Give one box of the same mass, mean and variance as several that do not overlap."""
    if len(boxes) == 1:
        return boxes[0]
    parts = [(exp(b.log_weight) * (b.high - b.low), (b.low + b.high) / 2, b) for b in boxes]
    total = sum(part for part, _, _ in parts)
    mean = sum(part * middle for part, middle, _ in parts) / total
    var = sum(
        part * ((b.high - b.low) ** 2 / 12 + (middle - mean) ** 2) for part, middle, b in parts
    )
    half = sqrt(3 * var / total)
    return Box(log(total / (2 * half)), mean - half, mean + half)


def _tail(grams: float, around: float, width: float) -> float:
    """Give the density of a Cauchy tail that knows no weight below zero."""
    above_zero = 0.5 + atan(around / width) / pi
    return 1 / (pi * width * (1 + ((grams - around) / width) ** 2) * above_zero)
