"""How it is asked, and answered, when rights end by a vendor's terms."""

from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, model_validator

from app.kit.fields import In, Out, ShortText
from app.kit.refusing import refuse, refuse_any
from app.vendors.ground_schemas import DoorIn, RecordUsed
from app.vendors.terms import Anchor, Right, VendorTerms, When
from app.vendors.terms.deadlines import TERMS

_RETURN_BY: Any = {"value": 10, "unit": "days", "anchor": "replacement_delivery"}
_EXAMPLE: Any = {
    "rights": ["return_defective"],
    "dates": {"replacement_delivery": "2026-03-02"},
    "terms": {"advance_replacement": {"return_by": _RETURN_BY}},
    "stated": {
        "return_defective": {"when": "2026-03-09", "by": "RMA 8123 in their portal: returnBy"}
    },
}
_OF_TERMS = ", ".join(sorted(TERMS))


class StatedIn(In):
    """A day, or an instant, that the vendor itself has named."""

    when: When
    by: ShortText = Field(description="Who said it, and where it stands.")


class TermDeadlinesIn(In):
    """Which rights, and what their ends are counted by."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    rights: Annotated[list[Right], Field(min_length=1, max_length=len(Right))] = Field(
        description=f"Those against a vendor: {_OF_TERMS}."
    )
    dates: dict[Anchor, When] = Field(
        default_factory=dict[Anchor, date], description="What has happened, as far as is known."
    )
    vendor: DoorIn | None = Field(None, description="By the terms in force of this vendor.")
    terms: VendorTerms | None = Field(
        None, description="By these terms, instead. Without either all terms are unknown."
    )
    stated: dict[Right, StatedIn] = Field(
        default_factory=dict[Right, StatedIn],
        description="Days that the vendor itself has named: they win over the computed ones.",
    )

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.vendor is not None and self.terms is not None:
            refuse(("terms", "name either the vendor or the terms"))
        named = [
            *((("rights", at), right) for at, right in enumerate(self.rights)),
            *((("stated", right.value), right) for right in self.stated),
        ]
        other = f"rests on a carrier's tariff; of a vendor's terms are {_OF_TERMS}"
        refuse_any((right not in TERMS, where, f"{right} {other}") for where, right in named)
        return self


class TermDeadlineOut(Out):
    """When a right ends: null where that is unknown, and `why` says why."""

    right: Right
    is_final: bool = Field(description="After it nothing is heard; else it is the time to act.")
    window: str | None = Field(description="What the term says, in words; null: it is unknown.")
    last_at: datetime | None
    last_on: date | None
    last_safe_on: date | None = Field(description="A day on which nobody can call it late.")
    computed_last_on: date | None = Field(
        description="What the term would make it, where the vendor named another day itself."
    )
    stated_by: str | None = Field(description="Whose word `last_on` is; null: it was computed.")
    source: str | None
    why: str


class TermDeadlines(Out):
    """When rights end, the earliest first."""

    items: list[TermDeadlineOut]
    vendor_terms: RecordUsed | None = Field(
        description="Null: the terms were given, or there are none in force."
    )
