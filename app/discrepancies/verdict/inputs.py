"""What a verdict is asked of: lines, packages and readings. Grams throughout."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from app.parcels.reports import ReadingKind

NOTHING: Mapping[str, int] = MappingProxyType({})


class Rounding(StrEnum):
    """What a scale, or who passes its weight on, does with what lies between two steps."""

    UP = "up"
    NEAREST = "nearest"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the shipment, and how many units were shipped as the shipper claims.

    Standard deviations: `catalogue_bias_g` is by how far the catalogue's weight may be off, for
    all units alike; `spread_g` is by how much unit differs from unit. None is unknown, not zero.
    """

    key: str
    sku: str
    quantity: int
    unit_weight_g: float | None = None
    catalogue_bias_g: float | None = None
    spread_g: float | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A weight of a package, and the step and rounding of the scale as far as they are known."""

    kind: ReadingKind
    grams: float
    resolution_g: float | None = None
    rounding: Rounding = Rounding.UNKNOWN
    scale: str | None = None
    scale_bias_g: float | None = None
    noise_g: float | None = None
    measured_at: datetime | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Package:
    """A package: its contents by line as the papers say, None if nobody says."""

    key: str
    contents: Mapping[str, int] | None = None
    tare_g: float | None = None
    tare_sd_g: float | None = None
    declared_g: float | None = None
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be judged: one shipment, all its packages.

    `reported_missing` is what somebody says is missing, by line; empty if nobody complained.
    `prior` is the probability that something was missing by the last weighing, before any scale
    is asked; None takes the default for whether a shortage was reported.
    """

    lines: tuple[Line, ...]
    packages: tuple[Package, ...]
    reported_missing: Mapping[str, int] = field(default_factory=dict[str, int])
    prior: float | None = None
    delivered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A part of the question that cannot be true: where (a JSON pointer) and why."""

    pointer: str
    detail: str


def contradictions(question: Question) -> list[Contradiction]:
    """Give where the papers' sums contradict each other; such a question cannot be judged."""
    return list(_sums(question))


def dangling(question: Question) -> list[Contradiction]:
    """Give where a line is named that is not there; such a question has no meaning."""
    return list(_unknown_lines(question))


def _unknown_lines(question: Question) -> Iterator[Contradiction]:
    known = {line.key for line in question.lines}
    for i, package in enumerate(question.packages):
        for key in package.contents or NOTHING:
            if key not in known:
                yield Contradiction(f"/packages/{i}/contents", f"There is no line {key!r}.")
    for key in question.reported_missing:
        if key not in known:
            yield Contradiction("/reported_missing", f"There is no line {key!r}.")


def _sums(question: Question) -> Iterator[Contradiction]:
    open_contents = any(package.contents is None for package in question.packages)
    for i, line in enumerate(question.lines):
        packed = sum((p.contents or NOTHING).get(line.key, 0) for p in question.packages)
        if packed > line.quantity:
            yield Contradiction(
                f"/lines/{i}/quantity",
                f"The packages hold {packed} of line {line.key!r}, of which {line.quantity} "
                "were shipped.",
            )
        if packed < line.quantity and not open_contents:
            yield Contradiction(
                f"/lines/{i}/quantity",
                f"{line.quantity} of line {line.key!r} were shipped, but the packages hold "
                f"{packed} and the contents of none is unknown.",
            )
        reported = question.reported_missing.get(line.key, 0)
        if reported > line.quantity:
            yield Contradiction(
                "/reported_missing",
                f"{reported} of line {line.key!r} are reported missing, {line.quantity} shipped.",
            )
