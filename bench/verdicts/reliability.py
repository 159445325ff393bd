"""Verdicts on simulated shipments, counted: what was stated against what was so."""

import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.discrepancies.verdict import Question, Support
from app.discrepancies.verdict.judging import find
from bench.verdicts.world import Errors, Scene, Truth, draw

BANDS = ((20.0, 40.0), (40.0, 100.0), (100.0, math.inf))


@dataclass(frozen=True)
class Trial:
    """One answer: what it said, at what posterior of being short, and what was so."""

    question: str
    support: Support
    posterior: float
    short: bool

    @property
    def stated(self) -> float:
        """Give the probability stated for the answer that was given."""
        return self.posterior if self.support is Support.SHORT else 1 - self.posterior

    @property
    def right(self) -> bool:
        """Whether the answer was right."""
        return self.short == (self.support is Support.SHORT)

    @property
    def odds(self) -> float:
        """Give the odds at which it was said."""
        return self.stated / max(1 - self.stated, 1e-15)


@dataclass(frozen=True)
class Group:
    """Answers of one kind: what they stated on average, and how often they were right."""

    name: str
    count: int
    stated: float
    observed: float
    error: float

    @property
    def deviations(self) -> float:
        """Give the difference in standard errors."""
        return (self.observed - self.stated) / self.error if self.error else 0.0


def trials(
    seed: str,
    count: int,
    prior: float,
    scene: Callable[[random.Random], Scene],
    errors: Errors | None = None,
) -> list[Trial]:
    """Judge as many shipments, drawn from a seed."""
    rng = random.Random(seed)
    found: list[Trial] = []
    for _ in range(count):
        question, truth = draw(rng, scene(rng), prior, errors)
        found += judged(question, truth)
    return found


def judged(question: Question, truth: Truth) -> list[Trial]:
    """Judge one shipment: both answers."""
    finding = find(question)
    shipped, last = (1 / (1 + math.exp(-max(min(o.posterior, 500), -500))) for o in finding.odds)
    return [
        Trial("shipped", finding.supports[0], shipped, truth.never_packed),
        Trial("at_last_weighing", finding.supports[1], last, truth.short),
    ]


def groups(found: Iterable[Trial], *, by_class: bool = False, by_band: bool = False) -> list[Group]:
    """Count answers by question and class, by the band of their odds when last weighed, or both."""
    sorted_in: dict[str, list[Trial]] = defaultdict(list)
    for trial in found:
        if trial.support is Support.INCONCLUSIVE:
            continue
        if not by_class and trial.question != "at_last_weighing":
            continue
        name = [f"{trial.question} {trial.support.value}"] if by_class else []
        sorted_in[" ".join([*name, *([_band(trial.odds)] if by_band else [])])].append(trial)
    return [_group(name, each) for name, each in sorted(sorted_in.items())]


def _band(odds: float) -> str:
    for low, high in BANDS:
        if odds < high:
            return f"{low:g}-{high:g}" if high < math.inf else f">{low:g}"
    raise AssertionError(odds)


def _group(name: str, found: list[Trial]) -> Group:
    count = len(found)
    stated = sum(trial.stated for trial in found) / count
    variance = sum(trial.stated * (1 - trial.stated) for trial in found)
    observed = sum(trial.right for trial in found) / count
    return Group(name, count, stated, observed, math.sqrt(variance) / count)


def shares(found: Iterable[Trial], question: str) -> dict[Support, float]:
    """Give which share of answers was of which class."""
    counts = Counter(trial.support for trial in found if trial.question == question)
    return {support: counts[support] / counts.total() for support in Support}


def wrong(found: Iterable[Trial], question: str, support: Support) -> tuple[int, int]:
    """Give how many answers of a class were wrong, and how many there were."""
    of = [t for t in found if t.question == question and t.support is support]
    return sum(not t.right for t in of), len(of)
