"""What a verdict says. Probabilities and odds are rounded: no digit claims more than it knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.discrepancies.verdict.inputs import Question


class Support(StrEnum):
    """What the weights support."""

    FULL = "supports_full"
    SHORT = "supports_short"
    INCONCLUSIVE = "inconclusive"


class Stage(StrEnum):
    """Where units went missing."""

    NONE = "none"
    NEVER_PACKED = "never_packed"
    LOST_BETWEEN = "lost_between"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class PriorRange:
    """The priors (of being short by the last weighing) for which an answer stands, both ends in."""

    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Answer:
    """Full or short at one moment. `odds` are those of short against full, all sets together."""

    support: Support
    prior: float
    bayes_factor: float
    odds: float
    posterior: float
    stands_for_priors: PriorRange | None
    why: str


@dataclass(frozen=True, slots=True)
class MissingSet:
    """What may be missing, by line, and its share of all that is short."""

    missing: Mapping[str, int]
    posterior: float
    share: float


@dataclass(frozen=True, slots=True)
class Gap:
    """Between which two weighings of a package something was lost."""

    package: str
    after: datetime | None
    after_place: str | None
    before: datetime | None
    before_place: str | None
    posterior: float
    share: float


@dataclass(frozen=True, slots=True)
class Row:
    """One hypothesis, or in the last row all `others` together.

    `missing` is the set by line, `by_package` where it was to be ("" for packages of which nobody
    says what is in which). `bayes_factor` is against nothing missing.
    """

    stage: Stage
    missing: Mapping[str, int]
    by_package: Mapping[str, Mapping[str, int]]
    package: str | None
    after: datetime | None
    before: datetime | None
    hypotheses: int
    prior: float
    log_likelihood: float
    bayes_factor: float
    posterior: float


@dataclass(frozen=True, slots=True)
class SetAside:
    """A reading that says nothing of the contents, and why. `reading` is its place in the list."""

    package: str
    reading: int
    why: str


@dataclass(frozen=True, slots=True)
class GrossReading:
    """A reading that fits neither others nor papers, by how probably it is gross."""

    package: str
    reading: int
    probability: float


@dataclass(frozen=True, slots=True)
class Weighing:
    """When and where a package was last weighed; None: never, by any scale that speaks."""

    package: str
    at: datetime | None
    place: str | None


@dataclass(frozen=True, slots=True)
class Advice:
    """What would help, and the probability that it settles the matter."""

    evidence: str
    subject: str
    settles: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the weights say of a shipment, from what they say it, and what they cannot say."""

    shipped: Answer
    at_last_weighing: Answer
    lost_between: Gap | None
    gaps: tuple[Gap, ...]
    missing: Mapping[str, int] | None
    candidates: tuple[MissingSet, ...]
    last_weighed_at: datetime | None
    last_weighed_place: str | None
    last_weighings: tuple[Weighing, ...]
    unobserved: str
    is_ground_against_non_receipt: bool
    ground_why: str
    contradiction: str | None
    gross_readings: tuple[GrossReading, ...]
    set_aside: tuple[SetAside, ...]
    would_help: tuple[Advice, ...]
    table: tuple[Row, ...]
    sentence: str
    used: Question
