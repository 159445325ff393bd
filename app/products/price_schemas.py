"""How prices seen are told and read."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.kit.fields import ErpKey, In, Instant, Money, Out, ShortText
from app.products.price_rules import MOST_PRICES, PriceKind

_OWN = {PriceKind.PROMOTION, PriceKind.SPECIAL_BID}


class PriceIn(In):
    """A price that was seen."""

    product: ErpKey = Field(examples=["R900"])
    kind: PriceKind = Field(
        PriceKind.BASE,
        description="`base` is what anybody pays; only its fall is a price drop. Promotions and "
        "special bids have histories of their own.",
        examples=["base"],
    )
    price: Money = Field(examples=[{"amount": "129.00", "currency": "USD"}])
    reference: ShortText | None = Field(
        None,
        description="The number of the promotion or of the special bid: each has its own history.",
        examples=[None],
    )

    @model_validator(mode="after")
    def _whose(self) -> Self:
        if self.reference is not None and self.kind not in _OWN:
            msg = f"a {self.kind.value} price has no number; leave `reference` out"
            raise ValueError(msg)
        return self


class PollIn(In):
    """Whose prices were looked at, and when."""

    vendor: ErpKey = Field(description="Who asks these prices: its key.", examples=["bigdist"])
    seen_at: Instant = Field(
        description="When they were seen. The same prices of the same instant count once.",
        examples=["2026-03-02T06:00:00Z"],
    )
    source: ShortText | None = Field(
        None, description="Where they were seen.", examples=["price list 2026-03"]
    )


class PricesIn(PollIn):
    """A look at a vendor's prices, whole."""

    prices: Annotated[list[PriceIn], Field(min_length=1, max_length=MOST_PRICES)] = Field(
        examples=[[{"product": "R900", "price": {"amount": "129.00", "currency": "USD"}}]]
    )


class RefusedOut(Out):
    """A price that was not kept."""

    pointer: str = Field(
        description="Into the JSON; of NDJSON: the number of the line, and what it leads to there.",
        examples=["/prices/17/product"],
    )
    detail: str


class PollOut(Out):
    """A look at a vendor's prices, and what became of them."""

    id: UUID
    vendor: str
    seen_at: datetime
    source: str | None
    received_at: datetime
    told: int = Field(description="How many prices were sent.")
    opened: int = Field(description="The first of their history.")
    changed: int = Field(description="Other than what was seen before or after them.")
    seen_again: int = Field(description="The same as before, seen once more.")
    known: int = Field(description="Told before, or amid a time for which it is known already.")
    refused: int = Field(description="Not kept.")


class TakenOut(PollOut):
    """A poll as it was taken in, with what was refused of it."""

    errors: list[RefusedOut] = Field(description="Why; of very many, the first.")


class PriceSeenOut(Out):
    """A price, and from when to when it was seen."""

    product: str
    vendor: str
    kind: PriceKind
    reference: str | None
    price: Money
    first_seen_at: datetime
    last_seen_at: datetime
    sights: int = Field(description="How often it was seen; twice the same instant is once.")
