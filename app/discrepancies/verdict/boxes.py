"""The weight of a Gaussian in a box, and of several correlated ones: what rounding leaves known.

A reading does not say what a scale felt, only between which two steps. Readings are taken one
after the other, the finest first; after each the rest is Gaussian again, in several branches: for
each way the reading may have been rounded, for slices of a wide box, and for a gross reading,
which says nothing. Deterministic; with many branches exact but for the shape of what is left in a
slice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import erf, erfc, exp, log, pi, sqrt
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


class Branch(NamedTuple):
    """One way to explain the readings so far; `gross` has a bit for each that is explained away."""

    log_weight: float
    gross: int
    mean: Vector
    cov: Matrix


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


def walk(mean: Vector, cov: Matrix, sites: Sequence[Site], beam: int) -> list[Branch]:
    """Give the branches that explain the readings; their weights sum to the likelihood.

    `mean` and `cov` are of the readings in the order of `sites`, then of whatever else is to be
    known after them: that is what stays in each branch.
    """
    branches = [Branch(0.0, 0, mean, cov)]
    for number, site in enumerate(sites):
        shoots = [shoot for branch in branches for shoot in _shoots(branch, site, slices=beam > 1)]
        if len(shoots) > 1:
            shoots.sort(key=_WEIGHT, reverse=True)
            least = shoots[0][0] - _HOPELESS
            shoots = [each for each in shoots[:beam] if each[0] >= least]
        branches = [_grown(shoot, 1 << number) for shoot in shoots]
    return branches


def _shoots(branch: Branch, site: Site, *, slices: bool) -> Iterator[Shoot]:
    mean, row = branch.mean[0], branch.cov[0]
    sd, so_far = sqrt(max(row[0], _LEAST_VARIANCE)), branch.log_weight
    yield so_far + site.log_gross, branch, None
    merged = site.merged
    boxes = (merged,) if merged.high - merged.low < sd * _FINE else site.boxes
    slices = slices and any(row[1:])
    for box in boxes:
        for piece in _pieces(mean, sd, box, slices=slices):
            yield so_far + box.log_weight + log(piece[2]), branch, piece


def _grown(shoot: Shoot, bit: int) -> Branch:
    log_weight, branch, piece = shoot
    row, rest = branch.cov[0], branch.mean[1:]
    cov = [other[1:] for other in branch.cov[1:]]
    if piece is None:
        return Branch(log_weight, branch.gross | bit, rest, cov)
    if not any(row[1:]):
        return Branch(log_weight, branch.gross, rest, cov)
    # Rounding errors may eat a variance that huge ones left over.
    mean, variance = branch.mean[0], max(row[0], _LEAST_VARIANCE)
    at, var = squeezed(mean, sqrt(variance), *piece)
    pull = [each / variance for each in row[1:]]
    means = [m + g * (at - mean) for m, g in zip(rest, pull, strict=True)]
    return Branch(log_weight, branch.gross, means, _narrowed(cov, pull, var - variance))


def _pieces(mean: float, sd: float, box: Box, *, slices: bool) -> list[Piece]:
    whole = mass((box.low - mean) / sd, (box.high - mean) / sd)
    if whole < _TINY:
        return []
    width = box.high - box.low
    if not slices or whole > _UNTOUCHED or width < sd * _FINE:
        return [(box.low, box.high, whole)]
    step = width / _SLICES
    ends = [box.low + k * step for k in range(_SLICES)]
    cut = [(low, low + step, mass((low - mean) / sd, (low + step - mean) / sd)) for low in ends]
    return [piece for piece in cut if piece[2] > whole * 1e-6]


def _narrowed(cov: Matrix, pull: Vector, change: float) -> Matrix:
    scaled = [change * g for g in pull]
    return [
        [c + s * g for c, g in zip(row, pull, strict=True)]
        for row, s in zip(cov, scaled, strict=True)
    ]
