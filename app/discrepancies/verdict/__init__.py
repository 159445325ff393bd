"""What the weights of a shipment's packages say about what was in them. Pure, and exact to repeat.

`judge` takes a `Question` and gives a `Verdict`; the model is told in docs/verdict.md.
"""

from app.discrepancies.verdict.answers import (
    Advice,
    Answer,
    Gap,
    GrossReading,
    MissingSet,
    PriorRange,
    Row,
    SetAside,
    Stage,
    Support,
    Verdict,
    Weighing,
)
from app.discrepancies.verdict.defaults import DEFAULTS, Assumptions
from app.discrepancies.verdict.inputs import (
    Contradiction,
    Line,
    Package,
    Question,
    Reading,
    Rounding,
    contradictions,
    dangling,
)
from app.discrepancies.verdict.judging import judge

__all__ = [
    "DEFAULTS",
    "Advice",
    "Answer",
    "Assumptions",
    "Contradiction",
    "Gap",
    "GrossReading",
    "Line",
    "MissingSet",
    "Package",
    "PriorRange",
    "Question",
    "Reading",
    "Rounding",
    "Row",
    "SetAside",
    "Stage",
    "Support",
    "Verdict",
    "Weighing",
    "contradictions",
    "dangling",
    "judge",
]
