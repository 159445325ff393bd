"""Weights in bodies: value and unit as they were received, and what they come to in grams."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import AfterValidator, Field, PlainSerializer, model_validator

from app.kit import weights
from app.kit.fields import Amount, In, Out, ShortText
from app.kit.refusing import refuse


def _known_unit(unit: str) -> str:
    if weights.unit_of(unit) is None:
        msg = f"{unit!r} is no unit of weight; give one of mg, g, kg, oz, lb"
        raise ValueError(msg)
    return unit


Unit = Annotated[
    ShortText,
    AfterValidator(_known_unit),
    Field(description="One of mg, g, kg, oz, lb; usual spellings (LBS, Ounces) are understood."),
]


class WeightIn(In):
    """A weight as it is known: both its value and its unit are kept as received."""

    value: Annotated[Amount, Field(gt=0)] = Field(
        description="More than zero. What is not known is null, never zero.", examples=["1.25"]
    )
    unit: Unit = Field(examples=["kg"])

    @model_validator(mode="after")
    def _within_reason(self) -> Self:
        try:
            weights.exact_grams(self.value, self.unit)
        except ValueError as error:
            refuse(("value", str(error)))
        return self

    def exact_grams(self) -> Decimal:
        """Return the weight in grams, not rounded, written plainly."""
        return Decimal(format(weights.exact_grams(self.value, self.unit).normalize(), "f"))


class ScaleWeightIn(WeightIn):
    """A weight as a scale gives it: it counts in whole grams."""

    @model_validator(mode="after")
    def _at_least_a_gram(self) -> Self:
        if self.grams() == 0:
            refuse(("value", "comes to less than half a gram; leave out what is not known"))
        return self

    def grams(self) -> int:
        """Return the weight in whole grams, rounded half to even."""
        return weights.grams(self.value, self.unit)


def _plainly(number: Decimal) -> str:
    return format(number, "f")  # never 1E-7


PlainDecimal = Annotated[Decimal, PlainSerializer(_plainly, when_used="json")]


class ScaleWeightOut(Out):
    """A weight as it was received, and in whole grams."""

    value: PlainDecimal
    unit: str
    grams: int
