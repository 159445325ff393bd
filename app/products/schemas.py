"""How products are told and read."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from app.kit.fields import ErpKey, In, Out, ShortText
from app.kit.records import RecordIn, RecordOut
from app.kit.refusing import refuse
from app.kit.weight_fields import PlainDecimal, WeightIn
from app.products.rules import PartNumberKind, WeightSource

_PART_NUMBERS = [
    {"kind": "manufacturer", "number": "AC-R900-24"},
    {"kind": "distributor", "vendor": "bigdist", "number": "B7H-44120"},
    {"kind": "upc", "number": "012345678905"},
]


class PartNumberIn(In):
    """A number the product goes under."""

    kind: PartNumberKind = Field(description="Whose number it is.", examples=["manufacturer"])
    vendor: ErpKey | None = Field(
        None, description="Which distributor's; for `distributor` only.", examples=[None]
    )
    number: ShortText = Field(examples=["AC-R900-24"])

    @model_validator(mode="after")
    def _distributor(self) -> Self:
        named = self.vendor is not None
        if named != (self.kind is PartNumberKind.DISTRIBUTOR):
            msg = (
                f"a number of kind {self.kind.value} belongs to no vendor; leave `vendor` out"
                if named
                else "say in `vendor` which distributor's number it is"
            )
            refuse(("vendor", msg))
        return self


class UnitWeightIn(In):
    """What one unit weighs, with all that is packed with it."""

    weight: WeightIn
    spread: WeightIn | None = Field(
        None,
        description="By how much units differ: one standard deviation. Null is unknown; it never "
        "counts as zero.",
        examples=[{"value": "12", "unit": "g"}],
    )
    source: WeightSource = Field(
        description="Read in a catalog, or weighed by us.", examples=["catalog"]
    )

    @model_validator(mode="after")
    def _units_are_alike(self) -> Self:
        if self.spread is not None and self.spread.exact_grams() > self.weight.exact_grams():
            refuse(
                (
                    "spread",
                    "the spread is above the weight itself; give one standard deviation, or null",
                )
            )
        return self


class ProductIn(RecordIn):
    """A product, whole."""

    name: ShortText = Field(examples=["Acme R900 router, 24 ports"])
    manufacturer: ErpKey | None = Field(
        None,
        description="The vendor that makes it (role manufacturer); null if not known.",
        examples=["acme"],
    )
    product_line: ShortText | None = Field(
        None,
        description="The manufacturer's family that it belongs to, as vendors' terms and price "
        "notices name it; null if not known.",
        examples=["R900"],
        # Records told before there was this member are the same as before.
        exclude_if=lambda line: line is None,
    )
    part_numbers: Annotated[list[PartNumberIn], Field(max_length=50)] = Field(
        default_factory=list[PartNumberIn], examples=[_PART_NUMBERS]
    )
    unit_weight: UnitWeightIn | None = Field(
        None,
        description="Null if not known.",
        examples=[
            {
                "weight": {"value": "1.25", "unit": "kg"},
                "spread": {"value": "12", "unit": "g"},
                "source": "catalog",
            }
        ],
    )


class PartNumberOut(Out):
    """A number the product goes under."""

    kind: PartNumberKind
    vendor: str | None
    number: str


class ExactWeightOut(Out):
    """A weight as it was received, and in grams, not rounded."""

    value: PlainDecimal
    unit: str
    exact_grams: PlainDecimal = Field(examples=["1250"])


class UnitWeightOut(Out):
    """What one unit weighs."""

    weight: ExactWeightOut
    spread: ExactWeightOut | None
    source: WeightSource


class ProductOut(RecordOut):
    """A product as it is stored."""

    name: str
    manufacturer: str | None
    product_line: str | None
    part_numbers: list[PartNumberOut]
    unit_weight: UnitWeightOut | None
