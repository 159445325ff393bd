"""How vendor terms, carrier tariffs and templates are told and read."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from app.kit.fields import Day, ErpKey, Flag, In, Out, ShortText, Text
from app.kit.records import RecordIn, RecordOut
from app.vendors.rules import Area, Role
from app.vendors.terms import Target, Tariff, TariffKind, VendorTerms

TERMS: Any = {
    "source": "Terms of sale of 2026-01-01, sections 4 to 9",
    "return_window": {"value": 30, "unit": "days", "anchor": "invoice"},
    "shortage_notice": {
        "window": {"value": 48, "unit": "hours", "anchor": "delivery"},
        "hard_stop": {
            "value": 5,
            "unit": "business_days",
            "anchor": "delivery",
            "counts_anchor_day": True,
        },
    },
    "doa_window": {"value": 30, "unit": "days", "anchor": "invoice"},
    "risk_in_transit": {"bearer": "vendor", "rule": "Destination contract, UCC 2-509(1)(b)"},
}
TARIFF: Any = {
    "source": "Tariff of 2026, claims",
    "report_within": {"value": 60, "unit": "days", "anchor": "delivery"},
    "claim_within": {"value": 9, "unit": "months", "anchor": "delivery"},
    "may_file": ["shipper_of_record", "account_holder"],
}
_SIDE: Any = {"vendor": "bigdist", "role": "distributor", "valid_from": "2026-01-01"}
_FROM = "The first day on which they are in force, until the next record of the same begins."

CarrierSlug = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$",
        max_length=64,
        description="The carrier's name as parcels carry it.",
        examples=["ups"],
    ),
]


class VendorSide(In):
    """Whose terms: one vendor, in one of its roles, for one product line or all."""

    vendor: ErpKey = Field(description="The vendor's key.", examples=["bigdist"])
    role: Role = Field(description="In which part the vendor grants them.")
    product_line: ShortText | None = Field(
        None,
        description="Null: all product lines that have no record of their own.",
        examples=[None],
    )
    valid_from: Day = Field(description=_FROM, examples=["2026-01-01"])


class CarrierSide(In):
    """Whose tariff: one carrier's, for one service and area or all."""

    carrier: CarrierSlug
    service: ShortText | None = Field(
        None, description="Null: all services without a record of their own.", examples=[None]
    )
    area: Area | None = Field(None, description="Null: both.", examples=["domestic"])
    valid_from: Day = Field(description=_FROM, examples=["2026-01-01"])


class VendorTermsIn(RecordIn, VendorSide):
    """A vendor's terms, whole: what is left out is unknown.

    One record decides: what a record for a product line leaves out is not taken from another.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "vendor": "bigdist",
                    "role": "distributor",
                    "valid_from": "2026-01-01",
                    "terms": TERMS,
                }
            ]
        }
    )

    terms: VendorTerms


class VendorTermsOut(RecordOut):
    """A vendor's terms as they are stored."""

    vendor: str
    role: Role
    product_line: str | None
    valid_from: date
    terms: VendorTerms


class CarrierTariffIn(RecordIn, CarrierSide):
    """A carrier's tariff, whole: what is left out is unknown."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "carrier": "ups",
                    "area": "domestic",
                    "valid_from": "2026-01-01",
                    "kind": "damage_or_missing_contents",
                    "terms": TARIFF,
                }
            ]
        }
    )

    kind: TariffKind
    terms: Tariff


class CarrierTariffOut(RecordOut):
    """A carrier's tariff as it is stored."""

    carrier: str
    service: str | None
    area: Area | None
    kind: TariffKind
    valid_from: date
    terms: Tariff


class TemplateOut(Out):
    """Terms that can be applied knowingly, and what they are taken from."""

    name: str
    title: str
    applies_to: Target
    source: str = Field(description="Where such terms were read.")
    caution: str | None = Field(description="What the source does not say.")
    vendor_terms: VendorTerms | None
    tariff: Tariff | None
    tariff_kind: TariffKind | None


class Templates(Out):
    """All templates."""

    items: list[TemplateOut]


class ApplyIn(In):
    """To what a template is applied. The record is made, or its unset terms are set."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "key": "bigdist/2026",
                    "to_vendor": _SIDE,
                    "note": "Their sales desk says that they follow the usual notice.",
                }
            ]
        }
    )

    key: ErpKey = Field(
        description="The key of the vendor's terms or the carrier's tariff.",
        examples=["bigdist/2026"],
    )
    to_vendor: VendorSide | None = Field(None, description="For a vendor's template.")
    to_carrier: CarrierSide | None = Field(None, description="For a carrier's template.")
    replace: Flag = Field(
        default=False, description="Overwrite terms that are set otherwise already."
    )
    note: Text | None = Field(None, description="Why it is applied.")

    @model_validator(mode="after")
    def _one_side(self) -> Self:
        if (self.to_vendor is None) == (self.to_carrier is None):
            msg = "name either to_vendor or to_carrier"
            raise ValueError(msg)
        return self


class TemplateUseOut(Out):
    """That somebody applied a template: which, to what, who and when."""

    template_use_id: UUID
    template: str
    target: Target
    record_key: str
    record_version: int = Field(description="The record's version that this made.")
    terms: list[str] = Field(description="The terms that it set.")
    replaced: list[str] = Field(description="Those of them that were set otherwise before.")
    note: str | None
    applied_at: datetime
    applied_by: str = Field(description="The API key that did it.")


class Applied(Out):
    """A template's use, and the record as it stands now."""

    use: TemplateUseOut
    vendor_terms: VendorTermsOut | None
    carrier_tariff: CarrierTariffOut | None
