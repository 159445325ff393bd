"""How a simulated cut is asked for and answered."""

from datetime import date

from pydantic import Field

from app.kit.fields import Out
from app.kit.weight_fields import PlainDecimal
from app.price_protection.exposure.schemas import TermsOut, TotalOut
from app.price_protection.notices.schemas import FallIn


class SimulationIn(FallIn):
    """A cut that was announced, or is only supposed."""


class SimulatedOut(Out):
    """What a cut would earn by what is known now. Nothing was stored."""

    vendor: str
    effective_on: date
    currency: str
    products: int = Field(description="How many products it names, families written out.")
    earns: PlainDecimal = Field(description="What all eligible units would earn, after caps.")
    may_earn: PlainDecimal = Field(
        description="What units would earn of which nobody knows whether they do."
    )
    terms: list[TermsOut]
    totals: list[TotalOut] = Field(description="By supplier and reason.")
    says: str
