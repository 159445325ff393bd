"""How customers and purchase orders are told and read."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from app.kit.fields import (
    Address,
    Amount,
    Day,
    ErpKey,
    Flag,
    In,
    Instant,
    Money,
    Out,
    Quantity,
    ShortText,
)
from app.kit.money_fields import MoneyOut
from app.kit.records import RecordIn, RecordOut
from app.kit.refusing import refuse
from app.kit.weight_fields import PlainDecimal

MAX_LINES = 1000
MAX_MOVEMENTS = 400

ADDRESS = {
    "name": "Dana Whitfield",
    "street": ["12 Elm Street", "Apt 4"],
    "city": "Springfield",
    "region": "IL",
    "postal_code": "62704",
    "country": "US",
}
_LINE = {
    "key": "10",
    "product": "R900-24",
    "quantity": 2,
    "unit_price": {"amount": "129.00", "currency": "USD"},
    "is_back_ordered": True,
    "drop_ship": {"customer": "C-1001", "address": ADDRESS},
    "customer_order_number": "SO-2026-0815",
}

Email = Annotated[
    str,
    Field(
        max_length=254,
        pattern=r"^[^@\s\x00]+@[^@\s\x00]+$",
        description="Found again whatever its case.",
        examples=["dana@example.com"],
    ),
]


class AddressOut(Out):
    """A postal address as it was told."""

    name: str | None
    street: list[str]
    city: str | None
    region: str | None
    postal_code: str | None
    country: str | None


class CustomerIn(RecordIn):
    """A customer, whole."""

    name: ShortText = Field(examples=["Dana Whitfield"])
    email: Email | None = None
    phone: ShortText | None = Field(None, examples=["+1 217 555 0134"])
    address: Address | None = Field(None, examples=[ADDRESS])


class CustomerOut(RecordOut):
    """A customer as it is stored."""

    name: str
    email: str | None
    phone: str | None
    address: AddressOut | None


class DropShipIn(In):
    """The supplier ships straight to our customer."""

    customer: ErpKey = Field(description="The customer's key.", examples=["C-1001"])
    address: Address = Field(examples=[ADDRESS])


Percent = Annotated[Amount, Field(ge=0, le=100)]


class MovementIn(In):
    """Some units of a line came to our stock, or went from it, on a day."""

    on: Day = Field(examples=["2026-02-24"])
    quantity: Quantity = Field(examples=[1])


Movements = Annotated[list[MovementIn], Field(max_length=MAX_MOVEMENTS)]


class PurchaseLineIn(In):
    """One product on a purchase order."""

    key: ErpKey = Field(description="The ERP's own key of the line.", examples=["10"])
    product: ErpKey = Field(description="The product's key.", examples=["R900-24"])
    quantity: Quantity = Field(examples=[2])
    unit_price: Money
    is_back_ordered: Flag = Field(default=False, examples=[True])
    drop_ship: DropShipIn | None = Field(
        None, description="Null: it comes to us.", examples=[_LINE["drop_ship"]]
    )
    customer: ErpKey | None = Field(
        None,
        description="For whom it is, where it is not drop-shipped: the customer's key.",
        examples=[None],
    )
    customer_order_number: ShortText | None = Field(
        None, description="The customer's own order with us.", examples=["SO-2026-0815"]
    )
    cancelled_at: Instant | None = Field(
        None,
        description="Ends what is left of the line. What was shipped of it stays shipped.",
        examples=[None],
    )
    invoiced_on: Day | None = Field(
        None, description="The day of the supplier's invoice of it.", examples=["2026-02-21"]
    )
    receipts: Movements | None = Field(
        None,
        description="What of it came to our stock, and when. Null: not told; what packages were "
        "delivered counts.",
        examples=[None],
    )
    sales: Movements | None = Field(
        None,
        description="What of it was sold from our stock, and when; the first that came went first. "
        "Null: not told; what we shipped ourselves counts.",
        examples=[None],
    )
    is_special_bid: Flag | None = Field(
        None,
        description="The price is a special bid of the vendor's. Null: not told; it counts as no.",
        examples=[False],
    )
    pass_through_percent: Percent | None = Field(
        None,
        description="What share of a price protection credit is due to the customer. Null: no "
        "contract says.",
        examples=["100"],
    )

    @model_validator(mode="after")
    def _moved_within(self) -> Self:
        for name, moved in (("receipts", self.receipts), ("sales", self.sales)):
            if moved and self.drop_ship is not None:
                msg = f"what is drop-shipped never lies in our stock; leave `{name}` out"
                raise ValueError(msg)
            if sum(each.quantity for each in moved or ()) > self.quantity:
                msg = f"`{name}` hold more than the line's quantity"
                raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _one_customer(self) -> Self:
        if self.drop_ship is not None and self.customer not in {None, self.drop_ship.customer}:
            refuse(
                ("customer", "a drop-shipped line is for drop_ship/customer; leave `customer` out")
            )
        return self


class PurchaseOrderIn(RecordIn):
    """A purchase order, whole: a line that is left out is removed."""

    supplier: ErpKey = Field(
        description="The vendor we bought from: its key.", examples=["bigdist"]
    )
    ordered_on: Day | None = Field(None, examples=["2026-02-20"])
    cancelled_at: Instant | None = Field(
        None,
        description="Ends what is left of the order. What was shipped stays shipped, and a vendor "
        "that ships nonetheless can still be told of.",
        examples=[None],
    )
    lines: Annotated[list[PurchaseLineIn], Field(min_length=1, max_length=MAX_LINES)] = Field(
        examples=[[_LINE]]
    )


class DropShipOut(Out):
    """The supplier ships straight to our customer."""

    customer: str
    address: AddressOut


class MovementOut(Out):
    """Some units of a line came to our stock, or went from it, on a day."""

    on: date
    quantity: int


class PurchaseLineOut(Out):
    """One product on a purchase order, and how much of it was shipped."""

    purchase_line_id: str
    key: str
    product: str
    quantity: int
    shipped_quantity: int = Field(description="In shipments that are not cancelled.")
    unit_price: MoneyOut
    is_back_ordered: bool
    drop_ship: DropShipOut | None
    customer: str | None = Field(description="For whom it is, drop-shipped or not.")
    customer_order_number: str | None
    cancelled_at: datetime | None
    invoiced_on: date | None
    receipts: list[MovementOut] | None
    sales: list[MovementOut] | None
    is_special_bid: bool | None
    pass_through_percent: PlainDecimal | None


class PurchaseOrderOut(RecordOut):
    """A purchase order as it is stored."""

    supplier: str
    ordered_on: date | None
    cancelled_at: datetime | None
    lines: list[PurchaseLineOut]
