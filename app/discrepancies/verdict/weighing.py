"""How likely the readings are under each hypothesis, and what is likely after them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import exp, log

from app.discrepancies.verdict.boxes import Branch, glance, walk
from app.discrepancies.verdict.hypotheses import POOL, Hypothesis
from app.discrepancies.verdict.messages import Message, Shared, collapsed, hear, loads, prior
from app.discrepancies.verdict.model import Model, Observation, Units, Weighing

_BEAM = 6
_MESSAGE = 6
_OUT_OF_THE_RACE = 9.0
_FEW = 12
_CLOSELY = 24
_UNTOLD = -745.0

Told = tuple[float, dict[int, float]]
"""The log likelihood of some readings, and for each the probability that it is gross."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A hypothesis with what the readings make of it."""

    hypothesis: Hypothesis
    log_likelihood: float
    posterior: float
    gross: dict[int, float]


@dataclass(slots=True)
class _Scales:
    """Weighs hypotheses: only the packages one touches, the others sending their message."""

    model: Model
    blocks: dict[int, list[int]]
    nothing: Hypothesis
    messages: dict[frozenset[int], Message] = field(default_factory=dict)
    known: dict[tuple[object, ...], Told] = field(default_factory=dict)
    full: dict[tuple[frozenset[int], int], float] = field(default_factory=dict)

    def weigh(self, h: Hypothesis, beam: int) -> Told:
        """Give the likelihood relative to nothing missing, and which readings would be gross."""
        touched = frozenset(self._touched(h).intersection(self.blocks))
        if not touched:
            return 0.0, self._gross_if_full(beam)
        mine = self._part(touched, h, beam)
        if (touched, beam) not in self.full:
            self.full[touched, beam] = self._part(touched, self.nothing, beam)[0]
        return mine[0] - self.full[touched, beam], self._message(touched).gross | mine[1]

    def _gross_if_full(self, beam: int) -> dict[int, float]:
        gross: dict[int, float] = {}
        for block in self.blocks:
            gross |= self._part(frozenset((block,)), self.nothing, beam)[1]
        return gross

    def _touched(self, h: Hypothesis) -> set[int]:
        if h.package is not None:
            return {POOL if h.package in self.model.unknown else h.package}
        return {group for (group, _), _ in h.bundle}

    def _readings(self, touched: frozenset[int]) -> list[int]:
        return sorted(i for block in touched for i in self.blocks[block])

    def _part(self, touched: frozenset[int], h: Hypothesis, beam: int) -> Told:
        model, part = self.model, self._readings(touched)
        observations = [model.observations[i] for i in part]
        counts = self._counts(observations, h)
        pool = model.pool_variance(h) if model.unknown else 0.0
        key = (touched, beam, counts, pool)
        if key not in self.known:
            message = self._message(touched)
            packages = [each.of.package for each in observations]
            mean = [model.mean(p, n) for p, n in zip(packages, counts, strict=True)]
            cov = covariances(model, part, counts, pool)
            hear(
                message,
                [loads(model, i, n, message.shared) for i, n in zip(part, counts, strict=True)],
                mean,
                cov,
            )
            self.known[key] = _told(mean, cov, observations, part, beam)
        return self.known[key]

    def _counts(self, observations: Sequence[Observation], h: Hypothesis) -> tuple[Units, ...]:
        """Give what is in each package when it is weighed, reckoned once where it is the same."""
        model, inside = self.model, dict[tuple[int, bool], Units]()
        counts: list[Units] = []
        for each in observations:
            package, turn = each.of.package, each.of.turn
            seen = model.seen(package, turn, h)
            if seen not in inside:
                inside[seen] = model.counts(package, turn, h)
            counts.append(inside[seen])
        return tuple(counts)

    def _message(self, touched: frozenset[int]) -> Message:
        if touched not in self.messages:
            others = self.blocks.keys() - touched
            self.messages[touched] = self._heard(touched, frozenset(others))
        return self.messages[touched]

    def _heard(self, touched: frozenset[int], others: frozenset[int]) -> Message:
        model = self.model
        part, shared = self._readings(others), self._shared(touched, others)
        if not part:
            return Message((), (), (), {})
        observations = [model.observations[i] for i in part]
        counts = [model.counts(o.of.package, o.of.turn, self.nothing) for o in observations]
        pool = model.pool_variance(self.nothing)
        priors = [prior(model, each) for each in shared]
        cov = covariances(model, part, counts, pool)
        into = [loads(model, i, n, shared) for i, n in zip(part, counts, strict=True)]
        links = [[a * v for a, v in zip(row, priors, strict=True)] for row in into]
        size = len(shared)
        full = [[*row, *link] for row, link in zip(cov, links, strict=True)]
        full += [
            [*(link[k] for link in links), *(priors[k] if j == k else 0.0 for j in range(size))]
            for k in range(size)
        ]
        mean = [model.mean(o.of.package, n) for o, n in zip(observations, counts, strict=True)]
        branches = walk([*mean, *([0.0] * size)], full, [o.site for o in observations], _MESSAGE)
        total, gross = _summed(branches, part)
        weights = [exp(each.log_weight - total) for each in branches]
        means, covs = collapsed(branches, weights, range(len(part), len(part) + size))
        for k in range(size):
            covs[k][k] -= priors[k]
        return Message(shared, means, covs, gross)

    def _shared(self, touched: frozenset[int], others: frozenset[int]) -> list[Shared]:
        one, two = (self._errors(blocks) for blocks in (touched, others))
        return sorted(one & two)

    def _errors(self, blocks: frozenset[int]) -> set[Shared]:
        lines: set[Shared] = {
            ("line", str(line)) for block, line in self.model.cells if block in blocks
        }
        readings = self._readings(blocks)
        return lines | {("scale", *self.model.observations[i].scale) for i in readings}


def _told(
    mean: Sequence[float],
    cov: Sequence[Sequence[float]],
    observations: Sequence[Observation],
    part: Sequence[int],
    beam: int,
) -> Told:
    sites = [each.site for each in observations]
    if beam > 1:
        return _summed(walk(mean, cov, sites, beam), part)
    log_weight, gross = glance(mean, cov, sites)
    return log_weight, {i: float(gross >> place & 1) for place, i in enumerate(part)}


def _summed(branches: Sequence[Branch], part: Sequence[int]) -> Told:
    total = sum_logs([each.log_weight for each in branches])
    gross = dict.fromkeys(part, 0.0)
    for each in branches:
        for place, i in enumerate(part):
            if each.gross >> place & 1:
                gross[i] += exp(each.log_weight - total)
    return total, gross


def covariances(
    model: Model,
    part: Sequence[int],
    counts: Sequence[Units],
    pool: float,
) -> list[list[float]]:
    """Give how the readings of a part err together, before they are rounded.

    Weighings of one package with the same counts err alike, whichever readings they are of: what
    they share is worked out once.
    """
    cov = [[0.0] * len(part) for _ in part]
    seen = [model.observations[i] for i in part]
    kinds: dict[Weighing, int] = {}
    of = [
        kinds.setdefault((each.of.package, inside), len(kinds))
        for each, inside in zip(seen, counts, strict=True)
    ]
    ties = model.ties(list(kinds), pool)
    for a, one in enumerate(seen):
        row, tied, scale = cov[a], ties[of[a]], one.scale
        for b in range(a):
            value = tied[of[b]]
            if scale == seen[b].scale:
                value += model.scale_bias[scale]
            row[b] = cov[b][a] = value
        row[a] = tied[of[a]] + model.scale_bias[scale] + (one.reading.noise_g or 0) ** 2
    return cov


def weigh_all(model: Model, hypotheses: Sequence[Hypothesis]) -> list[Weighed]:
    """Weigh all hypotheses: roughly first, then exactly those that are still in the race."""
    scales = _Scales(model, _blocks(model), hypotheses[0])
    told = _in_the_race(scales, hypotheses)
    logs = [
        log(max(h.prior, 1e-300)) + value for h, (value, _) in zip(hypotheses, told, strict=True)
    ]
    total = sum_logs(logs)
    return [
        Weighed(h, value, exp(max(weight - total, _UNTOLD)), gross)
        for h, (value, gross), weight in zip(hypotheses, told, logs, strict=True)
    ]


def _blocks(model: Model) -> dict[int, list[int]]:
    """Group readings by package; packages of which nobody says what is in which are one."""
    blocks: dict[int, list[int]] = defaultdict(list)
    for i, each in enumerate(model.observations):
        package = each.of.package
        blocks[POOL if package in model.unknown else package].append(i)
    return dict(blocks)


def _in_the_race(scales: _Scales, hypotheses: Sequence[Hypothesis]) -> list[Told]:
    if len(hypotheses) <= _FEW:
        return [scales.weigh(h, _BEAM) for h in hypotheses]
    rough = [scales.weigh(h, 1) for h in hypotheses]
    scores = [
        told[0] + log(max(h.prior, 1e-300)) for h, told in zip(hypotheses, rough, strict=True)
    ]
    best = max(scores)
    ahead = [i for i, score in enumerate(scores) if score > best - _OUT_OF_THE_RACE]
    # Where the readings leave most in the race, only the foremost are looked at closely, and
    # nothing missing always is; what a glance misses of the others is taken to be as much.
    foremost = {0, *sorted(ahead, key=lambda i: -scores[i])[:_CLOSELY]}
    exact = {i: scales.weigh(hypotheses[i], _BEAM) for i in sorted(foremost)}
    missed = 0.0
    if len(ahead) > len(exact):
        missed = sum(told[0] - rough[i][0] for i, told in exact.items()) / len(exact)
    return [exact.get(i, (value + missed, gross)) for i, (value, gross) in enumerate(rough)]


def sum_logs(logs: Sequence[float]) -> float:
    """Give the log of a sum of numbers given by their logs."""
    best = max(logs)
    return best + log(sum(exp(each - best) for each in logs))
