"""Questions as large as verdicts are promised for: 6 lines, 4 packages, 8 readings; their cost."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from app.discrepancies.verdict import Line, Package, Question, Reading, Rounding, boxes, judge
from app.parcels.reports import ReadingKind

_START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_LINES = tuple(Line(str(i), f"SKU-{i}", 2, 200.0 + 137 * i) for i in range(6))
_MANY = tuple(replace(line, quantity=8) for line in _LINES)
_APART = ({"0": 2, "1": 2}, {"2": 2, "3": 2}, {"4": 2}, {"5": 2})
_SHARED = ({"0": 1, "1": 1, "2": 1}, {"0": 1, "1": 1, "2": 1}, {"3": 1, "4": 1, "5": 1}) * 2


def _reading(number: int, grams: float) -> Reading:
    at = _START + timedelta(hours=5 * number)
    fine = number % 2 == 0
    step = 10.0 if fine else 453.59237
    return Reading(
        ReadingKind.MEASURED,
        round(grams / step + (0 if fine else 0.5)) * step,
        step,
        Rounding.UNKNOWN,
        "dock" if fine else "hub",
        measured_at=at,
    )


def _question(
    contents: Sequence[dict[str, int]],
    readings: Sequence[int],
    *,
    known: bool = True,
    lines: Sequence[Line] = _LINES,
) -> Question:
    packages = []
    for p, (inside, count) in enumerate(zip(contents, readings, strict=True)):
        grams = 200 + sum(n * (_LINES[int(key)].unit_weight_g or 0) for key, n in inside.items())
        packages.append(
            Package(
                str(p),
                inside if known else None,
                200.0,
                readings=tuple(_reading(i, grams) for i in range(count)),
            )
        )
    return Question(tuple(lines), tuple(packages), {"1": 1})


_EIGHT = tuple({key: 4 * n for key, n in inside.items()} for inside in _APART)
_FOUR_SHARED = (_SHARED[0], _SHARED[1], _SHARED[2], _SHARED[2])
SIZES = {
    "lines apart, two readings each": _question(_APART, (2, 2, 2, 2)),
    "lines in two packages, two readings each": _question(_FOUR_SHARED, (2, 2, 2, 2)),
    "five readings of one package": _question(_APART, (5, 1, 1, 1)),
    "all contents unknown": _question(_APART, (2, 2, 2, 2), known=False),
    "eight of each line, all contents unknown": _question(
        _EIGHT, (2, 2, 2, 2), known=False, lines=_MANY
    ),
}


def work_of(question: Question) -> int:
    """Count the Gaussian masses that a verdict takes: readings, by hypotheses, by branches."""
    count, mass = 0, boxes.mass

    def counted(a: float, b: float) -> float:
        nonlocal count
        count += 1
        return mass(a, b)

    with patch.object(boxes, "mass", counted):
        judge(question)
    return count
