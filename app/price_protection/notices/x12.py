"""A price authorisation as X12 845 has it, in JSON: its segments by name, its codes as they are.

Only what a notice needs is read: BPA, CUR, DTM, and PAD loops of LIN and CTP.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, Field

from app.kit.fields import Amount, Currency, Day, ErpKey, In, ShortText, Words
from app.price_protection.rules import MAX_LINES

EFFECTIVE = "007"
_OURS = "BP"
QUALIFIERS: Mapping[str, str] = MappingProxyType(
    {
        _OURS: "our own key of the product",
        "VP": "the vendor's part number",
        "MG": "the manufacturer's part number",
        "UP": "a UPC",
        "EN": "an EAN",
    }
)


def _qualifier(code: str) -> str:
    if code not in QUALIFIERS:
        told = ", ".join(f"{each} ({what})" for each, what in QUALIFIERS.items())
        msg = f"must be one of {told}"
        raise ValueError(msg)
    return code


class Bpa(In):
    """The beginning: the vendor's number of the notice, and its day."""

    reference: ShortText = Field(
        description="The vendor's number of it.", examples=["PCN-2026-031"]
    )
    date: Day | None = Field(None, description="The day it was sent.", examples=["2026-02-27"])


class Cur(In):
    """CUR: in which currency its prices are."""

    currency: Currency = Field(description="CUR02.", examples=["USD"])


class Dtm(In):
    """DTM: a day, and of what it is."""

    qualifier: Annotated[str, Field(min_length=3, max_length=3)] = Field(
        description="DTM01: 007 is the day the prices take effect; others are not read.",
        examples=[EFFECTIVE],
    )
    date: Day = Field(description="DTM02.", examples=["2026-03-01"])


class Lin(In):
    """LIN: by which number the product goes."""

    qualifier: Annotated[str, AfterValidator(_qualifier)] = Field(
        description="LIN02: BP our key, VP the vendor's part number, MG the maker's, UP, EN.",
        json_schema_extra={"enum": [*sorted(QUALIFIERS)]},
        examples=["VP"],
    )
    id: ShortText = Field(description="LIN03.", examples=["B7H-44120"])

    @property
    def is_ours(self) -> bool:
        """Whether it is our own key."""
        return self.qualifier == _OURS


class Ctp(In):
    """CTP: the price of one unit, and the one it replaces."""

    unit_price: Amount = Field(description="CTP03: the new price.", examples=["109.00"])
    former_unit_price: Amount | None = Field(
        None, description="What it was before; null: not told.", examples=["129.00"]
    )


class Pad(In):
    """A loop of PAD: one product and its price."""

    lin: Lin
    ctp: Ctp


class X12In(In):
    """A price authorisation (845) in JSON."""

    vendor: ErpKey = Field(description="Who sent it: the vendor's key.", examples=["bigdist"])
    bpa: Bpa
    cur: Cur
    dtm: Annotated[list[Dtm], Field(min_length=1, max_length=10)] = Field(
        examples=[[{"qualifier": EFFECTIVE, "date": "2026-03-01"}]]
    )
    nte: Words | None = Field(None, description="NTE: its note.", examples=[None])
    pad: Annotated[list[Pad], Field(min_length=1, max_length=MAX_LINES)] = Field(
        examples=[
            [
                {
                    "lin": {"qualifier": "VP", "id": "B7H-44120"},
                    "ctp": {"unit_price": "109.00", "former_unit_price": "129.00"},
                }
            ]
        ]
    )

    def effective_on(self) -> date | None:
        """Return the day the prices take effect."""
        return next((each.date for each in self.dtm if each.qualifier == EFFECTIVE), None)
