"""How a verdict is given."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from app.discrepancies.verdict import Rounding, Stage, Support
from app.discrepancies.weights.question_schemas import Prior, VerdictIn
from app.kit.fields import In, Out
from app.parcels.reports import ReadingKind


class PriorRangeOut(Out):
    """Priors of being short by the last weighing, both ends included."""

    least: float
    most: float


class AnswerOut(Out):
    """Full or short at one moment. Odds and factors are of short against full, 1e6 at most."""

    support: Support
    prior: float
    bayes_factor: float = Field(description="What the readings did to the prior odds.")
    odds: float = Field(description="After the readings; 20, or its inverse, decides.")
    posterior: float
    stands_for_priors: PriorRangeOut | None = Field(
        description="For which `prior` in the question it would be the same; null if none speaks."
    )
    why: str


class MissingSetOut(Out):
    """What may be missing, by the lines' keys."""

    missing: dict[str, int]
    posterior: float
    share: float = Field(description="Of all that is short.")


class GapOut(Out):
    """Between which two weighings of a package something was lost."""

    package: str
    after: datetime | None
    after_place: str | None
    before: datetime | None
    before_place: str | None
    posterior: float
    share: float


class WeighingOut(Out):
    """When and where a package was last weighed; nulls where no reading of it speaks."""

    package: str
    at: datetime | None
    place: str | None


class GrossReadingOut(Out):
    """A reading, by its place in the package's list, that is likely a gross error."""

    package: str
    reading: int
    probability: float


class SetAsideOut(Out):
    """A reading that says nothing of the contents."""

    package: str
    reading: int
    why: str


class AdviceOut(Out):
    """Evidence that would help."""

    evidence: str
    subject: str
    settles: float = Field(description="The probability that it takes the odds to 20 to 1.")
    sentence: str


class RowOut(Out):
    """One hypothesis; the last row may be all `others` together."""

    stage: Stage
    missing: dict[str, int]
    by_package: dict[str, dict[str, int]] = Field(
        description='Where it was to be; "" for packages of unknown contents.'
    )
    package: str | None
    after: datetime | None
    before: datetime | None
    hypotheses: int
    prior: float
    log_likelihood: float = Field(description="Against nothing missing.")
    bayes_factor: float = Field(description="Against nothing missing, 1e6 at most.")
    posterior: float


class UsedLineOut(Out):
    """A line as it was reckoned with."""

    key: str
    sku: str
    quantity: int
    unit_weight_g: float | None
    catalogue_bias_g: float | None
    spread_g: float | None


class UsedReadingOut(Out):
    """A reading as it was reckoned with; one that is set aside stays as it was given."""

    kind: ReadingKind
    grams: float
    resolution_g: float | None
    rounding: Rounding
    scale: str | None
    scale_bias_g: float | None
    noise_g: float | None
    measured_at: datetime | None
    place: str | None


class UsedPackageOut(Out):
    """A package as it was reckoned with."""

    key: str
    contents: dict[str, int] | None
    tare_g: float | None
    tare_sd_g: float | None
    declared_g: float | None
    readings: list[UsedReadingOut]


class UsedOut(Out):
    """All numbers that were reckoned with, those assumed among them (docs/verdict.md)."""

    lines: list[UsedLineOut]
    packages: list[UsedPackageOut]
    reported_missing: dict[str, int]
    prior: float
    delivered_at: datetime | None


class VerdictOut(Out):
    """What the weights say of a shipment. The same question gives the same bytes."""

    sentence: str
    shipped: AnswerOut = Field(description="At the first weighing.")
    at_last_weighing: AnswerOut
    missing: dict[str, int] | None = Field(description="Named at 20 to 1 against all other sets.")
    candidates: list[MissingSetOut]
    lost_between: GapOut | None = Field(
        description="Where it was lost, if it was there first and missing last; named at 20 to 1."
    )
    gaps: list[GapOut]
    last_weighed_at: datetime | None
    last_weighed_place: str | None
    last_weighings: list[WeighingOut]
    unobserved: str = Field(description="From where on no scale speaks.")
    is_ground_against_non_receipt: bool = Field(
        description='Always false: "the weight says so" alone never answers "it never came".'
    )
    ground_why: str
    contradiction: str | None
    gross_readings: list[GrossReadingOut]
    set_aside: list[SetAsideOut]
    would_help: list[AdviceOut] = Field(description="Likeliest to settle it first.")
    table: list[RowOut]
    used: UsedOut


class VerdictAnswerOut(VerdictOut):
    """The verdict, and the question as it was put."""

    question: VerdictIn


class WeighIn(In):
    """Weigh it anew, from all that is known now."""

    prior: Prior = None


class AskedReadingOut(Out):
    """Which reading of which parcel one of the question's is."""

    package: str
    reading: int
    reading_id: UUID
    parcel_id: UUID
    is_contradicted: bool = Field(description="It fits neither the others nor the papers.")


class LeftOutOut(Out):
    """A reading that was not asked."""

    reading_id: UUID
    parcel_id: UUID
    why: str


class StoredVerdictOut(VerdictAnswerOut):
    """A verdict that was kept, with its question: POST /v1/verdicts computes it again."""

    id: UUID
    weighed_at: datetime
    weighed_by: str
    model: str = Field(description="The version of the model that computed it.")
    notes: list[str] = Field(description="How the question was put together from what is known.")
    readings: list[AskedReadingOut]
    left_out: list[LeftOutOut]
