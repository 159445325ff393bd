"""How grounds are given to be judged, and how a judgement is read."""

from datetime import date
from typing import Any, Self

from pydantic import ConfigDict, Field, model_validator

from app.kit.fields import Day, ErpKey, In, Out, ShortText
from app.kit.refusing import refuse
from app.vendors.calendar_schemas import CalendarUsed
from app.vendors.grounds import ClaimKind, Facts, Ground, Judgement
from app.vendors.rules import Area, Role
from app.vendors.term_schemas import CarrierSlug
from app.vendors.terms import Tariff, VendorTerms

_FACTS: Any = {
    "dates": {"shipment": "2026-01-08", "delivery": "2026-01-12"},
    "reported": "2026-05-08",
    "weighed": {
        "shipped": "supports_full",
        "at_last_weighing": "supports_full",
        "last_weighed": "2026-01-09",
    },
    "is_drop_shipped": True,
    "promise": {"by": "Sam, sales desk", "made": "2026-05-08", "taken_back": "2026-05-11"},
}
_WINDOW: Any = {"value": 48, "unit": "hours", "anchor": "delivery"}


class DoorIn(In):
    """The vendor whose terms in force are taken."""

    vendor: ErpKey = Field(description="The vendor's key.", examples=["bigdist"])
    role: Role
    product_line: ShortText | None = Field(None, examples=[None])
    on: Day = Field(
        description="The day whose terms count: as a rule that of the order.",
        examples=["2026-01-05"],
    )


class CarriageIn(In):
    """The carrier whose tariff says who may claim from it, and by when."""

    carrier: CarrierSlug
    service: ShortText | None = Field(None, examples=[None])
    area: Area | None = Field(None, examples=[None])
    on: Day = Field(
        description="The day whose tariff counts: as a rule that of shipping.",
        examples=["2026-01-08"],
    )
    tariff: Tariff | None = Field(
        None, description="Instead of the tariff in force: these terms.", examples=[None]
    )


class JudgementIn(In):
    """A ground, and what it is judged by."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "ground": "weight",
                    "claim_kind": "short_shipment",
                    "facts": _FACTS,
                    "terms": {"shortage_notice": {"window": _WINDOW}},
                }
            ]
        }
    )

    ground: ShortText = Field(
        description="One of GET /v1/grounds, or the vendor's own words: those are not judged."
    )
    claim_kind: ClaimKind
    facts: Facts = Field(default_factory=Facts)
    vendor: DoorIn | None = Field(None, description="By the terms in force of this vendor.")
    terms: VendorTerms | None = Field(
        None, description="By these terms, instead. Without either all terms are unknown."
    )
    carriage: CarriageIn | None = Field(None, description="For what may be the carrier's affair.")

    @model_validator(mode="after")
    def _one_set(self) -> Self:
        if self.vendor is not None and self.terms is not None:
            refuse(("terms", "name either the vendor or the terms"))
        return self


class RecordUsed(Out):
    """The version of a record that was judged by."""

    key: str
    version: int
    valid_from: date


class JudgementOut(Judgement):
    """A judgement, and the records it was made by."""

    vendor_terms: RecordUsed | None = Field(
        description="Null: the terms were given, or there are none in force."
    )
    carrier_tariff: RecordUsed | None
    calendar: CalendarUsed | None = Field(
        description="By which the vendor's windows were counted; null: none is known."
    )


class RuleOut(Out):
    """How a ground is judged against one kind of claim."""

    claim_kind: ClaimKind
    rule: str
    says: str


class GroundOut(Out):
    """A ground, and how it is judged."""

    ground: Ground
    says: str = Field(description="What the vendor means by it.")
    x12: str | None = Field(description="Its X12 1294 code, where there is one.")
    judged: list[RuleOut]


class Grounds(Out):
    """All grounds that are judged. Others are kept as they were said."""

    items: list[GroundOut]
