"""How what a vendor's warranty page said is told and read."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from app.coverage.rules import Gives, Says
from app.kit.fields import Day, ErpKey, In, Instant, Out, ShortText
from app.kit.records import RecordIn, RecordOut

_OFFER = {
    "gives": "warranty",
    "name": "1 year limited hardware warranty",
    "starts_on": "2026-02-21",
    "ends_on": "2027-02-20",
}


class OfferIn(In):
    """One thing that the page says the unit has."""

    gives: Gives = Field(
        description="What it gives us. Set-up help, software and the like are `other`.",
        examples=["warranty"],
    )
    name: ShortText | None = Field(
        None, description="As the page has it.", examples=["1 year limited hardware warranty"]
    )
    starts_on: Day | None = Field(None, examples=["2026-02-21"])
    ends_on: Day | None = Field(
        None, description="Its last day; null: the page names none.", examples=["2027-02-20"]
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            msg = "it ends before it starts"
            raise ValueError(msg)
        return self


class WarrantyLookupIn(RecordIn):
    """What a vendor's page said of a unit, whole."""

    unit: ErpKey = Field(description="The unit's key.", examples=["U-1001"])
    vendor: ErpKey = Field(description="Whose page it is: the vendor's key.", examples=["acme"])
    seen_at: Instant = Field(description="When it said so.", examples=["2026-03-01T09:00:00Z"])
    says: Says = Field(
        description="`not_found`: it does not know the serial; `ambiguous`: it has several.",
        examples=["covered"],
    )
    source: ShortText = Field(
        description="Where it was looked up.", examples=["acme.example/warranty"]
    )
    offers: Annotated[list[OfferIn], Field(max_length=50)] = Field(
        default_factory=list[OfferIn], examples=[[_OFFER]]
    )

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.offers and self.says in {Says.NOT_FOUND, Says.AMBIGUOUS}:
            msg = f"a page that says {self.says.value} offers nothing for this unit"
            raise ValueError(msg)
        return self


class OfferOut(Out):
    """One thing that the page says the unit has."""

    gives: Gives
    name: str | None
    starts_on: date | None
    ends_on: date | None


class WarrantyLookupOut(RecordOut):
    """What a vendor's page said of a unit."""

    unit: str
    vendor: str
    seen_at: datetime
    says: Says
    source: str
    offers: list[OfferOut]
