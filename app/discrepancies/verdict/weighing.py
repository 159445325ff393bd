"""How likely the readings are under each hypothesis, and what is likely after them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import exp, log

from app.discrepancies.verdict.boxes import Branch, walk
from app.discrepancies.verdict.hypotheses import POOL, Hypothesis
from app.discrepancies.verdict.model import Model

_BEAM = 6
_MESSAGE = 6
_OUT_OF_THE_RACE = 9.0
_FEW = 12
_UNTOLD = -745.0

Told = tuple[float, dict[int, float]]
"""The log likelihood of some readings, and for each the probability that it is gross."""

Shared = tuple[str, ...]
"""An error that several readings share: ("line", its number) or ("scale", its name)."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A hypothesis with what the readings make of it."""

    hypothesis: Hypothesis
    log_likelihood: float
    posterior: float
    gross: dict[int, float]


@dataclass(frozen=True, slots=True)
class Message:
    """What the readings of other packages say of the errors they share with these.

    `shared` names the errors (a line's catalogue weight, a scale); `mean` is what is known of
    them, `change` what their covariance is less than without those readings.
    """

    shared: Sequence[Shared]
    mean: Sequence[float]
    change: Sequence[Sequence[float]]
    gross: dict[int, float]


@dataclass(slots=True)
class _Scales:
    """Weighs hypotheses: only the packages one touches, the others sending their message."""

    model: Model
    blocks: dict[int, list[int]]
    nothing: Hypothesis
    messages: dict[frozenset[int], Message] = field(default_factory=dict)
    known: dict[tuple[object, ...], Told] = field(default_factory=dict)

    def weigh(self, h: Hypothesis, beam: int) -> Told:
        """Give the likelihood relative to nothing missing, and which readings would be gross."""
        touched = frozenset(self._touched(h).intersection(self.blocks))
        if not touched:
            return 0.0, self._gross_if_full(beam)
        mine = self._part(touched, h, beam)
        base = self._part(touched, self.nothing, beam)
        return mine[0] - base[0], self._message(touched).gross | mine[1]

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
        counts = tuple(model.counts(each.of.package, each.of.turn, h) for each in observations)
        pool = model.pool_variance(h) if model.unknown else 0.0
        key = (touched, beam, counts, pool)
        if key not in self.known:
            message = self._message(touched)
            packages = [each.of.package for each in observations]
            mean = [model.mean(p, n) for p, n in zip(packages, counts, strict=True)]
            cov = covariances(model, part, counts, pool)
            _hear(
                message,
                [_loads(model, i, n, message.shared) for i, n in zip(part, counts, strict=True)],
                mean,
                cov,
            )
            branches = walk(mean, cov, [each.site for each in observations], beam)
            self.known[key] = _summed(branches, part)
        return self.known[key]

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
        priors = [_prior(model, each) for each in shared]
        cov = covariances(model, part, counts, pool)
        loads = [_loads(model, i, n, shared) for i, n in zip(part, counts, strict=True)]
        links = [[a * v for a, v in zip(row, priors, strict=True)] for row in loads]
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
        means, covs = _collapsed(branches, weights, size)
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


def _prior(model: Model, error: Shared) -> float:
    kind, *name = error
    return model.bias[int(name[0])] if kind == "line" else model.scale_bias[tuple(name)]


def _loads(model: Model, i: int, counts: Sequence[float], shared: Sequence[Shared]) -> list[float]:
    """Give how much of each shared error goes into a reading."""
    scale = model.observations[i].scale
    return [
        counts[int(name[0])] if kind == "line" else float(tuple(name) == scale)
        for kind, *name in shared
    ]


def _hear(
    message: Message, loads: Sequence[Sequence[float]], mean: list[float], cov: list[list[float]]
) -> None:
    """Put what the other packages say of shared errors into the forecast of these readings."""
    if not message.shared:
        return
    carried = [
        [sum(a * c for a, c in zip(row, column, strict=True)) for column in message.change]
        for row in loads
    ]
    for i, row in enumerate(loads):
        mean[i] += sum(a * m for a, m in zip(row, message.mean, strict=True))
        for j, held in enumerate(carried):
            cov[i][j] += sum(a * c for a, c in zip(row, held, strict=True))


def _collapsed(
    branches: Sequence[Branch], weights: Sequence[float], size: int
) -> tuple[list[float], list[list[float]]]:
    """Give the mean and covariance of a mixture."""
    mean = [
        sum(w * each.mean[k] for w, each in zip(weights, branches, strict=True))
        for k in range(size)
    ]
    cov = [[0.0] * size for _ in range(size)]
    for weight, each in zip(weights, branches, strict=True):
        away = [m - c for m, c in zip(each.mean, mean, strict=True)]
        for j in range(size):
            for k in range(size):
                cov[j][k] += weight * (each.cov[j][k] + away[j] * away[k])
    return mean, cov


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
    counts: Sequence[Sequence[float]],
    pool: float,
) -> list[list[float]]:
    """Give how the readings of a part err together, before they are rounded."""
    cov = [[0.0] * len(part) for _ in part]
    seen = [model.observations[i] for i in part]
    for a, one in enumerate(seen):
        for b, two in enumerate(seen[: a + 1]):
            weighings = (one.of.package, counts[a]), (two.of.package, counts[b])
            value = model.covariance(*weighings, pool)
            if one.scale == two.scale:
                value += model.scale_bias[one.scale]
            if a == b:
                value += (one.reading.noise_g or 0) ** 2
            cov[a][b] = cov[b][a] = value
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
    return [
        scales.weigh(h, _BEAM) if i == 0 or score > best - _OUT_OF_THE_RACE else rough[i]
        for i, (h, score) in enumerate(zip(hypotheses, scores, strict=True))
    ]


def sum_logs(logs: Sequence[float]) -> float:
    """Give the log of a sum of numbers given by their logs."""
    best = max(logs)
    return best + log(sum(exp(each - best) for each in logs))
