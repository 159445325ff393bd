"""Weights as they are given to us: the value and unit as written, and what they are in grams."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from app.kit import weights
from app.kit.fields import In, NoNul


def _exact(value: Any) -> Any:
    if isinstance(value, float | int):
        msg = 'must be a decimal in a string, such as "1.25", so that no digit is lost'
        raise ValueError(msg)  # noqa: TRY004 (pydantic turns a ValueError into an error entry)
    if isinstance(value, str) and not (value.isascii() and value.replace(".", "", 1).isdigit()):
        msg = 'must be a decimal above zero in a string, such as "1.25"'
        raise ValueError(msg)
    return value


WeightValue = Annotated[
    Decimal,
    Field(gt=0, max_digits=15, decimal_places=6, allow_inf_nan=False),
    BeforeValidator(_exact),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{1,9}(\.[0-9]{1,6})?$"}),
]


class WeightIn(In):
    """A weight with its unit, as written."""

    value: WeightValue = Field(examples=["1.25"])
    unit: Annotated[str, Field(min_length=1, max_length=20), NoNul] = Field(
        description="g, kg, oz or lb, in any usual spelling.", examples=["kg"]
    )

    @model_validator(mode="after")
    def _in_grams(self) -> "WeightIn":
        if weights.unit_of(self.unit) is None:
            msg = f"the unit {self.unit!r} is not known; use g, kg, oz or lb"
            raise ValueError(msg)
        weights.exact_grams(self.value, self.unit)
        return self

    @property
    def grams(self) -> int:
        """Whole grams."""
        return weights.grams(self.value, self.unit)

    @property
    def exact_grams(self) -> Decimal:
        """Grams, not rounded: for a scale's step."""
        return weights.exact_grams(self.value, self.unit)
