"""The reliability curve as an SVG, drawn by hand: what was stated against what was so."""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence

from bench.verdicts.reliability import Trial

_SIZE, _LEFT, _TOP, _WIDTH, _HEIGHT = 420, 70, 64, 640, 560
_LEAST_IN_BIN = 30
_COLOURS = {0.5: "#1b6ca8", 0.2: "#c2571a", 0.8: "#3d8b4b"}
_TICKS = (0.001, 0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99, 0.999)
_ENDS = (-8.0, 8.0)


def draw(by_prior: Mapping[float, Sequence[Trial]]) -> str:
    """Return the picture: posterior of being short against how often it was so, in log odds."""
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
            'font-family="Helvetica, Arial, sans-serif" font-size="12" fill="#222">'
        ),
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        f'<text x="{_LEFT}" y="26" font-size="16">Short when last weighed: stated and so</text>',
        (
            f'<text x="{_LEFT}" y="45" fill="#666">Bars: three binomial standard errors. Shaded: '
            "20 to 1 and beyond, where a verdict is given.</text>"
        ),
        *_frame(),
    ]
    for number, (prior, trials) in enumerate(by_prior.items()):
        colour = _COLOURS[prior]
        parts += _points(trials, colour, shift=(number - 1) * 3)
        y = _TOP + 22 + 20 * number
        parts.append(f'<circle cx="{_LEFT + _SIZE + 22}" cy="{y - 4}" r="4" fill="{colour}"/>')
        parts.append(f'<text x="{_LEFT + _SIZE + 34}" y="{y}">prior {prior:g}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _x(log_odds: float) -> float:
    low, high = _ENDS
    return _LEFT + _SIZE * (min(max(log_odds, low), high) - low) / (high - low)


def _y(log_odds: float) -> float:
    return _TOP + _SIZE - (_x(log_odds) - _LEFT)


def _frame() -> Iterator[str]:
    sure = math.log(20)
    for low, high in ((_ENDS[0], -sure), (sure, _ENDS[1])):
        yield (
            f'<rect x="{_x(low):.1f}" y="{_TOP}" width="{_x(high) - _x(low):.1f}" '
            f'height="{_SIZE}" fill="#f1f4f7"/>'
        )
    for tick in _TICKS:
        at = _logit(tick)
        yield (
            f'<path d="M{_x(at):.1f} {_TOP}V{_TOP + _SIZE}M{_LEFT} {_y(at):.1f}'
            f'H{_LEFT + _SIZE}" stroke="#dde2e6"/>'
        )
        yield f'<text x="{_x(at):.1f}" y="{_TOP + _SIZE + 18}" text-anchor="middle">{tick:g}</text>'
        yield f'<text x="{_LEFT - 8}" y="{_y(at) + 4:.1f}" text-anchor="end">{tick:g}</text>'
    yield (
        f'<path d="M{_LEFT} {_TOP + _SIZE}L{_LEFT + _SIZE} {_TOP}" stroke="#888" '
        'stroke-dasharray="5 4"/>'
    )
    box = f'x="{_LEFT}" y="{_TOP}" width="{_SIZE}" height="{_SIZE}"'
    yield f'<rect {box} fill="none" stroke="#888"/>'
    middle = _LEFT + _SIZE / 2
    yield (
        f'<text x="{middle}" y="{_TOP + _SIZE + 42}" text-anchor="middle">'
        "stated probability of being short</text>"
    )
    yield (
        f'<text transform="translate(18 {_TOP + _SIZE / 2}) rotate(-90)" text-anchor="middle">'
        "how often it was short</text>"
    )


def _points(trials: Sequence[Trial], colour: str, shift: int) -> Iterator[str]:
    for trial_bin in _bins(trials):
        count = len(trial_bin)
        stated = sum(trial.posterior for trial in trial_bin) / count
        observed = sum(trial.short for trial in trial_bin) / count
        error = 3 * math.sqrt(sum(t.posterior * (1 - t.posterior) for t in trial_bin)) / count
        x, y = _x(_logit(stated)) + shift, _y(_logit(observed))
        low, high = _y(_logit(observed - error)), _y(_logit(observed + error))
        yield f'<path d="M{x:.1f} {low:.1f}V{high:.1f}" stroke="{colour}" stroke-width="1.5"/>'
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>'


def _bins(trials: Sequence[Trial]) -> Iterator[list[Trial]]:
    edges = [-99.0, *(0.9 * k for k in range(-7, 8)), 99.0]
    for low, high in itertools.pairwise(edges):
        found = [trial for trial in trials if low <= _logit(trial.posterior) < high]
        if len(found) >= _LEAST_IN_BIN:
            yield found


def _logit(share: float) -> float:
    share = min(max(share, 1e-12), 1 - 1e-12)
    return math.log(share / (1 - share))
