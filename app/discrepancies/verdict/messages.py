"""What packages say of each other: the errors they share, and what is known of those."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.discrepancies.verdict.boxes import Branch
from app.discrepancies.verdict.model import Model

Shared = tuple[str, ...]
"""An error that several readings share: ("line", its number) or ("scale", its name)."""


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


def prior(model: Model, error: Shared) -> float:
    """Give the variance of a shared error before anything is read."""
    kind, *name = error
    return model.bias[int(name[0])] if kind == "line" else model.scale_bias[tuple(name)]


def loads(model: Model, i: int, counts: Sequence[float], shared: Sequence[Shared]) -> list[float]:
    """Give how much of each shared error goes into a reading."""
    scale = model.observations[i].scale
    return [
        counts[int(name[0])] if kind == "line" else float(tuple(name) == scale)
        for kind, *name in shared
    ]


def hear(
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


def collapsed(
    branches: Sequence[Branch], weights: Sequence[float], numbers: range
) -> tuple[list[float], list[list[float]]]:
    """Give the mean and covariance of what a mixture tells of some of its variables."""
    told = [[each.forecast.row(number) for number in numbers] for each in branches]
    size = len(numbers)
    mean = [sum(w * rows[k][0] for w, rows in zip(weights, told, strict=True)) for k in range(size)]
    cov = [[0.0] * size for _ in range(size)]
    for weight, rows in zip(weights, told, strict=True):
        away = [m - c for (m, _), c in zip(rows, mean, strict=True)]
        for j, (_, row) in enumerate(rows):
            for k in range(j, size):
                cov[j][k] += weight * (row[k - j] + away[j] * away[k])
    for j in range(size):
        for k in range(j):
            cov[j][k] = cov[k][j]
    return mean, cov
