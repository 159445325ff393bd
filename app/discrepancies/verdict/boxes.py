"""The weight of a Gaussian in a box, and of several correlated ones: what rounding leaves known.

A reading does not say what a scale felt, only between which two steps. Readings are taken one
after the other, the finest first; after each the rest is Gaussian again, in several branches: for
each way the reading may have been rounded, for slices of a wide box, and for a gross reading,
which says nothing. Deterministic; with many branches exact but for the shape of what is left in a
slice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erf, erfc, exp, inf, log, pi, sqrt
from operator import itemgetter
from typing import NamedTuple

_ROOT2 = sqrt(2)
_NORM = 1 / sqrt(2 * pi)
_NARROW = 0.02
_THIN = 1e-6
_FAR = 35.0
_TINY = 1e-280
_LEAST_VARIANCE = 1e-4
_SLICES = 3
_UNTOUCHED = 0.995
_HOPELESS = 9.0
_FINE = 0.5

Vector = Sequence[float]
Matrix = Sequence[Vector]
Row = tuple[float, Vector]
"""The mean of a reading, and its covariances with itself and with those after it."""

Piece = tuple[float, float, float]
"""A stretch from low to high, and how much of the Gaussian it holds."""


@dataclass(frozen=True, slots=True)
class Box:
    """What a reading leaves possible: true values between two ends, by a log weight."""

    log_weight: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Site:
    """One reading: its boxes, and the log probability that it reads so whatever is inside."""

    boxes: tuple[Box, ...]
    log_gross: float
    merged: Box
    """All boxes as one of the same mean and variance: good enough where they are narrow."""


class Forecast:
    """What is known of the readings to come, once those before have been taken in.

    Each row is worked out when it is asked for, from the forecast before, and then kept: most
    branches are cut before their later rows are wanted, and those that stay share what is above.
    """

    __slots__ = ("above", "first", "pull", "rows", "scaled", "shift")

    def __init__(self, rows: dict[int, Row]) -> None:
        self.rows = rows
        self.above: Forecast | None = None
        self.first = 0
        self.shift = 0.0
        self.pull: Vector = ()
        self.scaled: Vector = ()

    @classmethod
    def of(cls, mean: Vector, cov: Matrix) -> "Forecast":
        """Give the forecast before any reading."""
        return cls({i: (at, row[i:]) for i, (at, row) in enumerate(zip(mean, cov, strict=True))})

    def after(self, number: int, piece: Piece) -> "Forecast":
        """Give the forecast once a reading is known to lie in a piece."""
        mean, row = self.rows[number]
        rest = row[1:]
        if not any(rest):
            return self
        # Rounding errors may eat a variance that huge ones left over.
        variance = max(_LEAST_VARIANCE, row[0])
        at, var = squeezed(mean, sqrt(variance), *piece)
        change = var - variance
        found = Forecast({})
        found.above, found.first, found.shift = self, number + 1, at - mean
        found.pull = pull = [each / variance for each in rest]
        found.scaled = [change * g for g in pull]
        return found

    def row(self, number: int) -> Row:
        """Give the mean of a reading, and its covariances with itself and with those after it."""
        known = self.rows.get(number)
        if known is not None or self.above is None:
            return known or self.rows[number]
        mean, row = self.above.row(number)
        i = number - self.first
        pull, s = self.pull[i:], self.scaled[i]
        self.rows[number] = found = (
            mean + pull[0] * self.shift,
            [c + s * g for c, g in zip(row, pull)],  # noqa: B905 (as long by construction; hot)
        )
        return found


class Branch(NamedTuple):
    """One way to explain the readings so far; `gross` has a bit for each that is explained away."""

    log_weight: float
    gross: int
    forecast: Forecast


Shoot = tuple[float, Branch, Piece | None]
"""A branch that may be grown, its log weight then, and by what: a piece, or a gross reading."""

_WEIGHT = itemgetter(0)


def mass(a: float, b: float) -> float:
    """Give the probability that a standard Gaussian lies between a and b."""
    if b - a < _THIN:
        middle = (a + b) / 2
        return _NORM * exp(-middle * middle / 2) * (b - a) if abs(middle) < _FAR else 0.0
    if a > 0:
        return 0.5 * (erfc(a / _ROOT2) - erfc(b / _ROOT2))
    if b < 0:
        return 0.5 * (erfc(-b / _ROOT2) - erfc(-a / _ROOT2))
    return 0.5 * (erf(b / _ROOT2) - erf(a / _ROOT2))


def squeezed(mean: float, sd: float, low: float, high: float, total: float) -> tuple[float, float]:
    """Give mean and variance of a Gaussian within a box that holds `total` of it."""
    a, b = (low - mean) / sd, (high - mean) / sd
    flat = (b - a) ** 2 / 12
    if b - a < _NARROW:
        return (low + high) / 2, flat * sd * sd
    at_a, at_b = _NORM * exp(-a * a / 2), _NORM * exp(-b * b / 2)
    shift = min(max((at_a - at_b) / total, a), b)
    var = 1 + (a * at_a - b * at_b) / total - shift * shift
    return mean + sd * shift, min(max(var, flat * 1e-3), flat, 1.0) * sd * sd


def glance(mean: Vector, cov: Matrix, sites: Sequence[Site]) -> tuple[float, int]:
    """Follow the one likeliest branch, no box cut into slices; give its log weight and its `gross`.

    What `walk` would find with a beam of one, in a fraction of the time: most possibilities are
    looked at no closer.
    """
    log_weight, gross = 0.0, 0
    means = list(mean)
    rows = [row[i:] for i, row in enumerate(cov)]
    for number, site in enumerate(sites):
        at, row = means[number], rows[number]
        variance = max(_LEAST_VARIANCE, row[0])
        sd = sqrt(variance)
        merged = site.merged
        best, piece = log_weight + site.log_gross, None
        for box in (merged,) if merged.high - merged.low < sd * _FINE else site.boxes:
            whole = mass((box.low - at) / sd, (box.high - at) / sd)
            if whole >= _TINY and (weight := log_weight + box.log_weight + log(whole)) > best:
                best, piece = weight, (box.low, box.high, whole)
        log_weight = best
        if piece is None:
            gross |= 1 << number
        elif len(row) > 1:
            squeeze, var = squeezed(at, sd, *piece)
            _take_in(means, rows, number, squeeze - at, var - variance, variance)
    return log_weight, gross


def _take_in(
    means: list[float],
    rows: list[Vector],
    number: int,
    shift: float,
    change: float,
    variance: float,
) -> None:
    """Change the forecast of the readings after one that is known better by `change` now."""
    pull = [each / variance for each in rows[number][1:]]
    for i, g in enumerate(pull):
        if g:
            later, s = number + 1 + i, change * g
            means[later] += g * shift
            rows[later] = [c + s * h for c, h in zip(rows[later], pull[i:])]  # noqa: B905 (hot)


def walk(mean: Vector, cov: Matrix, sites: Sequence[Site], beam: int) -> list[Branch]:
    """Give the branches that explain the readings; their weights sum to the likelihood.

    `mean` and `cov` are of the readings in the order of `sites`, then of whatever else is to be
    known after them: that is what the forecast of each branch still tells.
    """
    branches = [Branch(0.0, 0, Forecast.of(mean, cov))]
    for number, site in enumerate(sites):
        shoots: list[Shoot] = []
        best = -inf
        for branch in branches:
            best = max(best, _shoot(shoots, branch, number, site, best - _HOPELESS))
        if len(shoots) > 1:
            shoots.sort(key=_WEIGHT, reverse=True)
            least = shoots[0][0] - _HOPELESS
            shoots = [each for each in shoots[:beam] if each[0] >= least]
        branches = [_grown(shoot, number) for shoot in shoots]
    return branches


def _shoot(shoots: list[Shoot], branch: Branch, number: int, site: Site, least: float) -> float:
    """Add what a branch may grow into; give the greatest weight. What is below `least` may go."""
    so_far, _, forecast = branch
    mean, row = forecast.row(number)
    sd = sqrt(max(_LEAST_VARIANCE, row[0]))
    best = so_far + site.log_gross
    shoots.append((best, branch, None))
    merged = site.merged
    if merged.high - merged.low < sd * _FINE:
        boxes, slices = (merged,), False
    else:
        boxes, slices = site.boxes, any(row[1:])
    for box in boxes:
        whole = mass((box.low - mean) / sd, (box.high - mean) / sd)
        weight = so_far + box.log_weight
        if whole < _TINY or weight + log(whole) < least:
            continue
        if not slices or whole > _UNTOUCHED or box.high - box.low < sd * _FINE:
            pieces = [(box.low, box.high, whole)]
        else:
            pieces = _slices(mean, sd, box, whole)
        for piece in pieces:
            log_weight = weight + log(piece[2])
            shoots.append((log_weight, branch, piece))
            best = max(best, log_weight)
    return best


def _grown(shoot: Shoot, number: int) -> Branch:
    log_weight, (_, gross, forecast), piece = shoot
    if piece is None:
        return Branch(log_weight, gross | 1 << number, forecast)
    return Branch(log_weight, gross, forecast.after(number, piece))


def _slices(mean: float, sd: float, box: Box, whole: float) -> list[Piece]:
    step = (box.high - box.low) / _SLICES
    ends = [box.low + k * step for k in range(_SLICES)]
    cut = [(low, low + step, mass((low - mean) / sd, (low + step - mean) / sd)) for low in ends]
    return [piece for piece in cut if piece[2] > whole * 1e-6]
