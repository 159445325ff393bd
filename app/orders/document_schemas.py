"""How vendors' documents are told and read."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from app.kit.fields import (
    Currency,
    Day,
    ErpKey,
    In,
    Instant,
    Out,
    Quantity,
    ShortText,
    SignedAmount,
    Text,
    whole,
)
from app.kit.records import RecordIn, RecordOut
from app.kit.refusing import refuse
from app.kit.weight_fields import PlainDecimal
from app.orders.rules import DocumentKind
from app.orders.schemas import MAX_LINES

_MOST_SERIALS = 1000
_REFERENCES = {"rma": "RMA 8123", "purchase_order": "PO/2026/117", "line": "10"}

ObligationNumber = Annotated[int, Field(ge=1, le=2**62, strict=True), BeforeValidator(whole)]


class ReferencesIn(In):
    """What the paper says that it is for. Kept as it is printed, known to us or not."""

    rma: ShortText | None = Field(
        None, description="The vendor's authorisation number.", examples=["RMA 8123"]
    )
    purchase_order: ErpKey | None = Field(
        None, description="Our purchase order: its key.", examples=["PO/2026/117"]
    )
    line: ErpKey | None = Field(None, description="Its line: the key.", examples=["10"])
    serials: list[ShortText] = Field(
        default_factory=list[str],
        max_length=_MOST_SERIALS,
        description="Of the units it is for.",
        examples=[["FOC2213X0AB"]],
    )
    obligation: ObligationNumber | None = Field(
        None,
        description="The number of the debt, where the vendor gives the one we named to it.",
        examples=[None],
    )
    claim: Text | None = Field(
        None,
        description="What it says of the claim, in its own words.",
        examples=["Credit for short shipment, your RMA 8123"],
    )

    @model_validator(mode="after")
    def _of_an_order(self) -> Self:
        if self.line is not None and self.purchase_order is None:
            refuse(("purchase_order", "say in `purchase_order` whose line it is"))
        return self

    def beneath(self, above: "ReferencesIn") -> "ReferencesIn":
        """Return what a line refers to in the end: its own word, else that of the paper."""
        has_order = self.purchase_order is not None
        return ReferencesIn(
            rma=self.rma or above.rma,
            purchase_order=self.purchase_order if has_order else above.purchase_order,
            line=self.line if has_order else above.line,
            serials=self.serials or above.serials,
            obligation=self.obligation or above.obligation,
            claim=self.claim or above.claim,
        )


class DocumentLineIn(In):
    """One line of a vendor's document."""

    key: ErpKey = Field(description="The ERP's own key of the line.", examples=["1"])
    description: Text | None = Field(None, examples=["Credit R900-24"])
    product: ErpKey | None = Field(
        None, description="The product's key, as the paper or the ERP has it.", examples=["R900-24"]
    )
    quantity: Quantity | None = Field(None, examples=[1])
    amount: SignedAmount = Field(
        description="Of the whole line, in the document's currency. Negative: taken off, such as a "
        "restocking fee on a credit memo.",
        examples=["129.00"],
    )
    references: ReferencesIn | None = Field(
        None, description="Where the line is for something else than the document.", examples=[None]
    )


class VendorDocumentIn(RecordIn):
    """A vendor's document, whole."""

    kind: DocumentKind = Field(
        description="A credit memo gives; a debit and a charge for what was not returned take; an "
        "invoice asks.",
        examples=["credit_memo"],
    )
    vendor: ErpKey = Field(description="Whose document it is: its key.", examples=["bigdist"])
    number: ShortText = Field(description="As the vendor prints it.", examples=["CM-88123"])
    issued_on: Day = Field(description="The day printed on it.", examples=["2026-03-02"])
    currency: Currency = Field(examples=["USD"])
    references: ReferencesIn = Field(
        default_factory=lambda: ReferencesIn(),  # noqa: PLW0108
        description="What all of it is for, as far as it says.",
        examples=[_REFERENCES],
    )
    lines: Annotated[list[DocumentLineIn], Field(min_length=1, max_length=MAX_LINES)] = Field(
        examples=[[{"key": "1", "product": "R900-24", "quantity": 1, "amount": "129.00"}]]
    )
    cancelled_at: Instant | None = Field(
        None, description="The vendor took it back, or it was booked in error.", examples=[None]
    )


class ReferencesOut(Out):
    """What a paper says that it is for."""

    rma: str | None
    purchase_order: str | None
    line: str | None
    serials: list[str]
    obligation: int | None
    claim: str | None


class DocumentLineOut(Out):
    """One line of a vendor's document."""

    key: str
    description: str | None
    product: str | None
    quantity: int | None
    amount: PlainDecimal
    references: ReferencesOut | None = Field(
        description="Where the line is for something else than the document."
    )


class VendorDocumentOut(RecordOut):
    """A vendor's document as it is stored."""

    kind: DocumentKind
    vendor: str
    number: str
    issued_on: date
    currency: str
    total: PlainDecimal = Field(description="The sum of its lines.")
    references: ReferencesOut
    lines: list[DocumentLineOut]
    cancelled_at: datetime | None
