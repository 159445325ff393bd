"""What may be missing and where it went missing, with the prior of each possibility."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import prod

from app.discrepancies.verdict.answers import Stage
from app.discrepancies.verdict.defaults import Assumptions

POOL = -1
"""Stands for all packages of which nobody says what is in which."""

_MOST_OF_A_LINE = (8, 4, 2, 1)
_ENOUGH = 200
_MOST_OF_UNKNOWN = 2
_MOST_CELLS_IN_PAIRS = 12
_MOST_CELLS_APART = 6
_MOST_PLACEMENTS = 64

Cell = tuple[int, int]
"""A package (or `POOL`) and a line."""

Bundle = tuple[tuple[Cell, int], ...]
"""How many units are missing of each cell, sorted."""

Place = tuple[Bundle, int | None, int]
"""A bundle, and for what was lost the package it was lost from and after which weighing."""

MissingVector = tuple[int, ...]
"""How many units are missing of each line, all packages together."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One possibility. What was `lost` went from `package` after its weighing `turn`."""

    stage: Stage
    bundle: Bundle
    vector: MissingVector
    prior: float
    package: int | None = None
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Papers:
    """What the papers say: units of each cell, and how many turns each package was weighed."""

    cells: Mapping[Cell, int]
    lines: int
    turns: Sequence[int]
    unknown: frozenset[int]
    reported: MissingVector

    def cells_of(self, package: int) -> dict[Cell, int]:
        """Give what may be in one package."""
        group = POOL if package in self.unknown else package
        return {cell: n for cell, n in self.cells.items() if cell[0] == group}


def never_packed_share(papers: Papers, given: Assumptions) -> float:
    """Give the share of never packed among all that is short: all, if no gap was watched."""
    return given.never_packed_share if any(turns > 1 for turns in papers.turns) else 1.0


def hypotheses(papers: Papers, prior: float, given: Assumptions) -> list[Hypothesis]:
    """Give all possibilities that are weighed, nothing missing first; the priors sum to one."""
    share = never_packed_share(papers, given)
    never, lost = _places(papers)
    nothing = Hypothesis(Stage.NONE, (), (0,) * papers.lines, 1 - prior)
    return [
        nothing,
        *_weighted(never, Stage.NEVER_PACKED, prior * share, papers, given),
        *_weighted(lost, Stage.LOST_BETWEEN, prior * (1 - share), papers, given),
    ]


def _places(papers: Papers) -> tuple[list[Place], list[Place]]:
    """Give what may never have been packed, and lost where; fewer of a line where that is much."""
    never: list[Place] = []
    lost: list[Place] = []
    for most in _MOST_OF_A_LINE:
        never = [(b, None, 0) for b in _bundles(papers.cells, papers.reported, most)]
        lost = [
            (bundle, package, turn)
            for package, turns in enumerate(papers.turns)
            if turns > 1
            for bundle in _lost(papers, package, most)
            for turn in range(turns - 1)
        ]
        if len(never) + len(lost) <= _ENOUGH:
            break
    return never, lost


def _lost(papers: Papers, package: int, most: int) -> list[Bundle]:
    """Give what may be lost from one package; of unknown contents, one line and few at a time."""
    if package not in papers.unknown:
        return _bundles(papers.cells_of(package), papers.reported, most)
    few = min(most, _MOST_OF_UNKNOWN)
    bundles = _bundles(papers.cells_of(package), papers.reported, few)
    return [b for b in bundles if len(b) == 1 or vector_of(b, papers.lines) == papers.reported]


def _bundles(cells: Mapping[Cell, int], reported: MissingVector, most: int) -> list[Bundle]:
    """Give the sets that are weighed, by where they should have been.

    One unit of a cell or more, `most` at most, or all of it; one unit each of two cells; a package
    empty; and what was reported, divided over the packages in any way.
    """
    held = {cell: n for cell, n in cells.items() if n}
    found: set[Bundle] = set()
    for cell, n in held.items():
        whole = {n} if most > 1 else set[int]()
        found.update(((cell, k),) for k in {*range(1, min(n, most) + 1), *whole})
    found.update(_pairs(sorted(held)))
    for group in {cell[0] for cell in held}:
        found.add(tuple(sorted((cell, n) for cell, n in held.items() if cell[0] == group)))
    found.update(_placements(held, reported))
    return sorted(found)


def _pairs(held: Sequence[Cell]) -> Iterator[Bundle]:
    """Give one unit each of two cells; of two packages at once only where few are possible."""
    if len(held) > _MOST_CELLS_IN_PAIRS:
        return
    for one, two in combinations(held, 2):
        if one[0] == two[0] or len(held) <= _MOST_CELLS_APART:
            yield (one, 1), (two, 1)


def _placements(held: Mapping[Cell, int], reported: MissingVector) -> Iterator[Bundle]:
    ways: list[list[Bundle]] = []
    for line, count in enumerate(reported):
        if count:
            ways.append(list(_divided(line, count, held)))
    if not ways or prod(map(len, ways)) > _MOST_PLACEMENTS:
        return
    for parts in product(*ways):
        yield tuple(sorted(cell for part in parts for cell in part))


def _divided(line: int, count: int, held: Mapping[Cell, int]) -> Iterator[Bundle]:
    places = sorted(cell for cell in held if cell[1] == line)
    if prod(held[cell] + 1 for cell in places) > _MOST_PLACEMENTS**2:
        return
    for counts in product(*(range(min(held[cell], count) + 1) for cell in places)):
        if sum(counts) == count:
            yield tuple((cell, k) for cell, k in zip(places, counts, strict=True) if k)


def vector_of(bundle: Bundle, lines: int) -> MissingVector:
    """Give how many units of each line a bundle takes away."""
    counts = [0] * lines
    for (_, line), k in bundle:
        counts[line] += k
    return tuple(counts)


def _weighted(
    places: Iterable[Place],
    stage: Stage,
    mass: float,
    papers: Papers,
    given: Assumptions,
) -> Iterator[Hypothesis]:
    """Spread a stage's prior over its sets, and each set's evenly over where it may have been."""
    by_set: dict[MissingVector, list[Place]] = defaultdict(list)
    for place in places:
        by_set[vector_of(place[0], papers.lines)].append(place)
    shares = _set_shares(by_set, papers.reported, given)
    for vector, found in by_set.items():
        for bundle, package, turn in found:
            prior = mass * shares[vector] / len(found)
            yield Hypothesis(stage, bundle, vector, prior, package, turn)


def _set_shares(
    sets: Iterable[MissingVector], reported: MissingVector, given: Assumptions
) -> dict[MissingVector, float]:
    shapes = {vector: _shape(vector, given) for vector in sets}
    told = shapes.pop(reported, None) if any(reported) else None
    if told is None:
        total = sum(shapes.values())
        return {vector: shape / total for vector, shape in shapes.items()}
    if not shapes:
        return {reported: 1.0}
    total = sum(shapes.values()) / (1 - given.reported_set_share)
    return {
        reported: given.reported_set_share,
        **{vector: shape / total for vector, shape in shapes.items()},
    }


def _shape(vector: MissingVector, given: Assumptions) -> float:
    taken = [k for k in vector if k]
    return given.two_lines_factor ** (len(taken) - 1) / prod(k * k for k in taken)
