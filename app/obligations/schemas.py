"""What documents of debts, losses and deadlines have in common: who, how much, why, of what."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from app.kit.fields import ErpKey, In, Money, Out, ShortText, Text
from app.kit.weight_fields import PlainDecimal
from app.obligations.rules import GroundKind, PartyKind

_MAX_FILES = 50


def _more_than_nothing(money: Money) -> Money:
    if money.amount <= 0:
        msg = "must be more than zero"
        raise ValueError(msg)
    return money


def _not_blank(text: str) -> str:
    if not text.strip():
        msg = "must not be blank"
        raise ValueError(msg)
    return text


SomeMoney = Annotated[Money, AfterValidator(_more_than_nothing)]
Words = Annotated[
    Text,
    AfterValidator(_not_blank),
    Field(json_schema_extra={"minLength": 1, "pattern": r"\S"}),
]
Files = Annotated[
    list[UUID],
    Field(max_length=_MAX_FILES, description="Of files kept with POST /v1/files.", examples=[[]]),
]


class PartyIn(In):
    """Us, a vendor, a carrier or a customer."""

    kind: PartyKind = Field(examples=["vendor"])
    key: ErpKey | None = Field(
        None,
        description="The vendor's or customer's key, the carrier's slug; null for us.",
        examples=["bigdist"],
    )

    @model_validator(mode="after")
    def _named(self) -> Self:
        if (self.key is None) == (self.kind is PartyKind.US):
            return self
        msg = (
            f"say in `key` which {self.kind.value}"
            if self.key is None
            else "leave `key` out: we have none"
        )
        raise ValueError(msg)


class PartyOut(Out):
    """Us, a vendor, a carrier or a customer."""

    kind: PartyKind
    key: str | None


class MoneyOut(Out):
    """An amount and its currency."""

    amount: PlainDecimal
    currency: str


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
