"""What documents of debts, losses and deadlines have in common: who, how much, why, of what."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.kit.fields import ErpKey, In, Out, ShortText, Words
from app.kit.party_fields import NamedIn
from app.obligations.rules import GroundKind, PartyKind

_MAX_FILES = 50


Files = Annotated[
    list[UUID],
    Field(max_length=_MAX_FILES, description="Of files kept with POST /v1/files.", examples=[[]]),
]


class PartyIn(NamedIn):
    """Us, a vendor, a carrier or a customer."""

    kind: PartyKind = Field(examples=["vendor"])
    key: ErpKey | None = Field(
        None,
        description="The vendor's or customer's key, the carrier's slug; null for us.",
        examples=["bigdist"],
    )


class PartyOut(Out):
    """Us, a vendor, a carrier or a customer."""

    kind: PartyKind
    key: str | None


class GroundIn(In):
    """Why it is owed, other than by somebody's word: that is a promise."""

    kind: GroundKind = Field(examples=["term"])
    text: Words = Field(examples=["Shortages are reshipped within 7 days of notice."])
    reference: ShortText | None = Field(None, examples=["Terms of sale 2026, section 4.2"])


class GroundOut(Out):
    """Why it is owed."""

    kind: GroundKind
    text: str
    reference: str | None


class AboutIn(In):
    """What it is of, as far as it is known."""

    case_id: UUID | None = Field(None, examples=[None])
    purchase_line_id: UUID | None = Field(
        None, description="As GET /v1/purchase-orders shows it.", examples=[None]
    )
    shipment: ErpKey | None = Field(None, description="Its key.", examples=[None])
    product: ErpKey | None = Field(None, description="Its key.", examples=[None])
    parcel_id: UUID | None = Field(None, examples=[None])
    rma: ShortText | None = Field(
        None, description="The vendor's authorisation number.", examples=["RMA 8123"]
    )
    serial: ShortText | None = Field(None, description="Of the unit.", examples=[None])


class AboutOut(Out):
    """What it is of, as far as it is known."""

    case_id: UUID | None
    purchase_line_id: UUID | None
    shipment: str | None
    product: str | None
    parcel_id: UUID | None
    rma: str | None
    serial: str | None
