"""How shipments are told and read."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from app.kit.fields import Address, ErpKey, In, Instant, Out, Quantity, ShortText
from app.kit.party_fields import NamedIn
from app.kit.records import RecordIn, RecordOut
from app.kit.refusing import refuse
from app.kit.weight_fields import ScaleWeightIn, ScaleWeightOut
from app.orders.rules import PartyKind
from app.orders.schemas import ADDRESS, AddressOut

MAX_PACKAGES = 500
MAX_CONTENTS = 1000
MAX_SERIALS = 10_000

_PACKAGE = {
    "key": "1",
    "tracking_number": "1Z 999 AA1 01 2345 6784",
    "carrier": "UPS",
    "contents": [
        {
            "purchase_order": "PO/2026/117",
            "line": "10",
            "quantity": 2,
            "serials": ["FOC2312X0A1", "FOC2312X0A2"],
        }
    ],
    "tare": {"value": "0.35", "unit": "kg"},
    "declared_weight": {"value": "6.2", "unit": "lb"},
}


class PartyIn(NamedIn):
    """Us, a vendor, or a customer."""

    kind: PartyKind = Field(examples=["vendor"])
    key: ErpKey | None = Field(
        None, description="The vendor's or customer's key; null for us.", examples=["bigdist"]
    )


class ContentIn(In):
    """How much of a purchase line a package holds."""

    purchase_order: ErpKey = Field(description="Its key.", examples=["PO/2026/117"])
    line: ErpKey = Field(description="The key of the line on that order.", examples=["10"])
    quantity: Quantity = Field(examples=[2])
    serials: Annotated[list[ShortText], Field(max_length=MAX_SERIALS)] = Field(
        default_factory=list[ShortText],
        description="As many as are known, no more than the quantity.",
        examples=[["FOC2312X0A1", "FOC2312X0A2"]],
    )

    @model_validator(mode="after")
    def _no_more_serials_than_units(self) -> Self:
        if len(self.serials) > self.quantity:
            msg = f"{len(self.serials)} serials for {self.quantity} units; give one for each unit"
            refuse(("serials", msg))
        return self


class PackageIn(In):
    """One package of a shipment."""

    key: ErpKey = Field(
        description="The ERP's or the vendor's own key: a number within the shipment, an SSCC.",
        examples=["1"],
    )
    tracking_number: ShortText | None = Field(None, examples=["1Z 999 AA1 01 2345 6784"])
    carrier: ShortText | None = Field(None, examples=["UPS"])
    contents: Annotated[list[ContentIn], Field(max_length=MAX_CONTENTS)] | None = Field(
        None,
        description="Null: nobody told what is in it. An empty list: it is known to hold nothing.",
        examples=[_PACKAGE["contents"]],
    )
    tare: ScaleWeightIn | None = Field(None, description="The packaging alone.")
    declared_weight: ScaleWeightIn | None = Field(
        None, description="What the shipper told the carrier that it weighs."
    )


class ShipmentIn(RecordIn):
    """A shipment, whole: a package that is left out is removed."""

    shipped_at: Instant | None = Field(None, examples=["2026-02-27T16:40:00-06:00"])
    shipper_of_record: PartyIn | None = Field(
        None,
        description="Whose shipment it is to the carrier; null if not known.",
        examples=[{"kind": "vendor", "key": "bigdist"}],
    )
    carrier_account_holder: PartyIn | None = Field(
        None,
        description="Who pays the carrier, and so can claim from it; null if not known.",
        examples=[{"kind": "vendor", "key": "bigdist"}],
    )
    ship_to: Address | None = Field(None, examples=[ADDRESS])
    cancelled_at: Instant | None = Field(
        None, description="It never left: it counts for no line any more.", examples=[None]
    )
    packages: Annotated[list[PackageIn], Field(min_length=1, max_length=MAX_PACKAGES)] = Field(
        examples=[[_PACKAGE]]
    )


class PartyOut(Out):
    """Us, a vendor, or a customer."""

    kind: PartyKind
    key: str | None


class ContentOut(Out):
    """How much of a purchase line a package holds."""

    purchase_order: str
    line: str
    quantity: int
    serials: list[str]


class PackageOut(Out):
    """One package of a shipment."""

    package_id: str = Field(description="The same for as long as its key is in the shipment.")
    key: str
    tracking_number: str | None
    carrier: str | None
    contents: list[ContentOut] | None
    tare: ScaleWeightOut | None
    declared_weight: ScaleWeightOut | None


class ShipmentOut(RecordOut):
    """A shipment as it is stored."""

    shipped_at: datetime | None
    shipper_of_record: PartyOut | None
    carrier_account_holder: PartyOut | None
    ship_to: AddressOut | None
    cancelled_at: datetime | None
    packages: list[PackageOut]
