"""How a verdict is asked for."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from app.discrepancies.verdict import Line, Package, Question, Reading, Rounding
from app.discrepancies.verdict.deciding import LEAST_PRIOR, MOST_PRIOR
from app.discrepancies.weights.question_rules import (
    MAX_LINES,
    MAX_PACKAGES,
    MAX_QUANTITY,
    MAX_READINGS,
)
from app.kit.fields import ErpKey, In, Instant, ShortText
from app.kit.refusing import refuse
from app.kit.weight_fields import WeightIn
from app.parcels.reports import ReadingKind

Count = Annotated[int, Field(ge=1, le=MAX_QUANTITY, strict=True)]
Spread = Annotated[
    WeightIn | None,
    Field(
        description="One standard deviation. Null is unknown: a stated default, never zero.",
        examples=[{"value": "12", "unit": "g"}],
    ),
]

Prior = Annotated[
    Annotated[float, Field(ge=LEAST_PRIOR, le=MOST_PRIOR)] | None,
    Field(
        description="The probability, before any scale is asked, that something was missing by the "
        "last weighing. Null: the setting for whether a shortage was reported.",
        examples=[0.5],
    ),
]

_CONTENTS = [{"line": "10", "quantity": 2}]
_READING = {
    "kind": "measured",
    "weight": {"value": "1.62", "unit": "kg"},
    "resolution": {"value": "10", "unit": "g"},
    "rounding": "nearest",
    "scale": "Dock 4",
    "measured_at": "2026-02-27T16:40:00-06:00",
    "place": "Reno NV, dock",
}


class VerdictLineIn(In):
    """A line of the shipment, as the shipper claims that it was shipped."""

    key: ErpKey = Field(examples=["10"])
    sku: ShortText = Field(examples=["WID-2"])
    quantity: Count = Field(examples=[2])
    unit_weight: WeightIn | None = Field(
        None,
        description="By the catalogue. Null: packages that may hold it cannot be judged.",
        examples=[{"value": "1.25", "unit": "kg"}],
    )
    catalogue_bias: Spread = None
    spread: Spread = None

    def line(self) -> Line:
        """Return it in grams."""
        return Line(
            self.key,
            self.sku,
            self.quantity,
            _grams(self.unit_weight),
            _grams(self.catalogue_bias),
            _grams(self.spread),
        )


class LineCountIn(In):
    """A number of units of a line."""

    line: ErpKey = Field(description="The key of one of `lines`.", examples=["10"])
    quantity: Count = Field(examples=[1])


def _once(counts: list[LineCountIn]) -> dict[str, int]:
    return {each.line: each.quantity for each in counts}


class VerdictReadingIn(In):
    """A weight of a package."""

    kind: ReadingKind = Field(
        description="Only `measured` and `carrier_reported` speak; others are set aside, with why.",
        examples=["measured"],
    )
    weight: WeightIn = Field(examples=[_READING["weight"]])
    resolution: WeightIn | None = Field(
        None,
        description="The scale's step; null if unknown.",
        examples=[_READING["resolution"]],
    )
    rounding: Rounding = Field(Rounding.UNKNOWN, examples=["nearest"])
    scale: ShortText | None = Field(
        None, description="Readings of one scale err together.", examples=["Dock 4"]
    )
    scale_bias: Spread = None
    noise: Spread = None
    measured_at: Instant | None = Field(None, examples=[_READING["measured_at"]])
    place: ShortText | None = Field(None, examples=["Reno NV, dock"])

    def reading(self) -> Reading:
        """Return it in grams."""
        return Reading(
            self.kind,
            float(self.weight.exact_grams()),
            _grams(self.resolution),
            self.rounding,
            self.scale,
            _grams(self.scale_bias),
            _grams(self.noise),
            self.measured_at,
            self.place,
        )


class VerdictPackageIn(In):
    """A package of the shipment."""

    key: ErpKey = Field(examples=["1"])
    contents: Annotated[list[LineCountIn], Field(max_length=MAX_LINES)] | None = Field(
        None, description="Null: nobody says what is in it.", examples=[_CONTENTS]
    )
    tare: WeightIn | None = Field(
        None, description="The packaging alone.", examples=[{"value": "350", "unit": "g"}]
    )
    tare_spread: Spread = None
    declared: WeightIn | None = Field(
        None,
        description="What the carrier was told that it weighs.",
        examples=[{"value": "2.85", "unit": "kg"}],
    )
    readings: Annotated[list[VerdictReadingIn], Field(max_length=MAX_READINGS)] = Field(
        default_factory=list[VerdictReadingIn], examples=[[_READING]]
    )

    @model_validator(mode="after")
    def _each_line_once(self) -> Self:
        _require_once(self.contents or [], "contents")
        return self

    def package(self) -> Package:
        """Return it in grams."""
        return Package(
            self.key,
            None if self.contents is None else _once(self.contents),
            _grams(self.tare),
            _grams(self.tare_spread),
            _grams(self.declared),
            tuple(each.reading() for each in self.readings),
        )


class VerdictIn(In):
    """What is to be judged: one shipment, all its packages."""

    lines: Annotated[list[VerdictLineIn], Field(min_length=1, max_length=MAX_LINES)]
    packages: Annotated[list[VerdictPackageIn], Field(min_length=1, max_length=MAX_PACKAGES)]
    reported_missing: Annotated[list[LineCountIn], Field(max_length=MAX_LINES)] = Field(
        default_factory=list[LineCountIn],
        description="What somebody says is missing; empty if nobody complained.",
        examples=[[{"line": "10", "quantity": 1}]],
    )
    prior: Prior = None
    delivered_at: Instant | None = Field(None, examples=["2026-03-03T14:05:00-06:00"])

    @model_validator(mode="after")
    def _each_line_once(self) -> Self:
        _require_once(self.reported_missing, "reported_missing")
        return self

    def question(self) -> Question:
        """Return it in grams."""
        return Question(
            tuple(each.line() for each in self.lines),
            tuple(each.package() for each in self.packages),
            _once(self.reported_missing),
            self.prior,
            self.delivered_at,
        )


def _require_once(counts: list[LineCountIn], member: str) -> None:
    if len(_once(counts)) != len(counts):
        refuse((member, f"`{member}` must name each line once"))


def _grams(weight: WeightIn | None) -> float | None:
    grams: Decimal | None = None if weight is None else weight.exact_grams()
    return None if grams is None else float(grams)
