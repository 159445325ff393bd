"""Which readings say something of the contents, and which are set aside, and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from app.discrepancies.verdict.answers import SetAside
from app.discrepancies.verdict.defaults import Assumptions
from app.discrepancies.verdict.inputs import NOTHING, Package, Question, Reading
from app.parcels.reports import ReadingKind

_MUTE = {
    ReadingKind.BILLED: "It is what was billed: the greater of weight and size, rounded up.",
    ReadingKind.DIMENSIONAL: "It is computed from the size of the package, not weighed.",
    ReadingKind.DECLARED: "It is what the shipper declared; no scale says it.",
    ReadingKind.UNKNOWN: "Nobody says how it came to be.",
}


@dataclass(frozen=True, slots=True)
class Speaking:
    """A reading that speaks: `package` and `index` as in the question, `turn` its place in time.

    Readings of one package at one instant have the same turn.
    """

    package: int
    index: int
    turn: int
    reading: Reading

    @property
    def is_weak(self) -> bool:
        """Whether it may not decide alone: nobody vouches for the scale, or for its step."""
        return self.reading.kind is not ReadingKind.MEASURED or self.reading.resolution_g is None


def sort_readings(question: Question, given: Assumptions) -> tuple[list[Speaking], list[SetAside]]:
    """Part the readings that speak of the contents from those that are set aside."""
    speaking: list[Speaking] = []
    aside: list[SetAside] = []
    mystery = set(_packages_of_unknown_weight(question))
    for p, package in enumerate(question.packages):
        heard: list[tuple[int, Reading]] = []
        for i, reading in enumerate(package.readings):
            why = _UNWEIGHED if p in mystery else _why_mute(package, reading, heard, given)
            if why is None:
                heard.append((i, reading))
            else:
                aside.append(SetAside(package.key, i, why))
        times = sorted({r.measured_at for _, r in heard if r.measured_at is not None})
        for i, reading in heard:
            if reading.measured_at is None and times:
                aside.append(SetAside(package.key, i, _UNTIMED))
            else:
                speaking.append(Speaking(p, i, _turn(reading, times), reading))
    return speaking, aside


_UNTIMED = "Nobody says when it was read, so it stands neither before nor after the others."
_UNWEIGHED = "The package may hold units of a line whose weight nobody knows."


def _turn(reading: Reading, times: list[datetime]) -> int:
    return 0 if reading.measured_at is None else times.index(reading.measured_at)


def _packages_of_unknown_weight(question: Question) -> Iterator[int]:
    for line in question.lines:
        if line.unit_weight_g is not None:
            continue
        told = sum((p.contents or NOTHING).get(line.key, 0) for p in question.packages)
        for p, package in enumerate(question.packages):
            if package.contents is None:
                if told < line.quantity:
                    yield p
            elif package.contents.get(line.key):
                yield p


def _why_mute(
    package: Package, reading: Reading, heard: list[tuple[int, Reading]], given: Assumptions
) -> str | None:
    if reading.kind is not ReadingKind.CARRIER_REPORTED:
        return _MUTE.get(reading.kind)
    step = reading.resolution_g or given.resolution_g
    if package.declared_g is not None and abs(reading.grams - package.declared_g) <= step:
        return "It equals the declared weight within one step, and may merely repeat it."
    if any(_repeats(reading, before) for _, before in heard):
        return "It repeats a weight that the carrier reported before, and may be the same reading."
    return None


def _repeats(reading: Reading, before: Reading) -> bool:
    two_scales = reading.scale and before.scale and reading.scale != before.scale
    same = reading.grams == before.grams and before.kind is ReadingKind.CARRIER_REPORTED
    return same and not two_scales
