"""How parcels are told of, and how a weighing is given."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.kit.fields import Address, In, Instant, Out, ShortText, Text
from app.kit.weight_fields import PlainDecimal, ScaleWeightIn, WeightIn
from app.parcels.delivery_place import PlaceKind
from app.parcels.reports import ReadingKind

Source = Annotated[
    UUID | None,
    Field(description="The delivery it came in: GET /v1/carriers/deliveries/{delivery_id}."),
]


class PlaceOut(Out):
    """Where something happened, as far as it was told."""

    text: str | None
    street: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    country: str | None
    latitude: PlainDecimal | None
    longitude: PlainDecimal | None


class ScanOut(Out):
    """One event of the parcel."""

    id: UUID
    occurred_at: datetime
    status: str = Field(description="Our word for it, or the sender's own where we have none.")
    raw_status: str | None
    status_detail: str | None
    message: str | None
    carrier_code: str | None
    place: PlaceOut | None
    received_at: datetime
    delivery_id: Source
    completed_by_delivery_id: UUID | None = Field(
        description="The later delivery that filled blanks of this scan."
    )


class ReadingOut(Out):
    """One weight of the parcel."""

    id: UUID
    kind: ReadingKind
    why: str = Field(description="Why it is of this kind, and what it therefore may prove.")
    value: PlainDecimal = Field(description="As received.")
    unit: str | None = Field(description="As received; null where the sender names none.")
    grams: int | None = Field(description="Whole grams; null without a unit.")
    resolution_g: PlainDecimal | None = Field(
        description="The scale's step in grams; null if unknown."
    )
    measured_at: datetime | None
    scale: str | None
    place: PlaceOut | None
    weighed_by: str | None
    note: str | None
    photo_id: UUID | None
    received_at: datetime
    delivery_id: Source


class ProofOut(Out):
    """A proof of delivery, or the part of one that one delivery brought."""

    id: UUID
    delivered_at: datetime | None
    signed_by: str | None
    left_at: str | None = Field(description="Where it was left, in the carrier's words.")
    place: PlaceOut | None
    photo_url: str | None
    signature_url: str | None
    document_url: str | None
    received_at: datetime
    delivery_id: Source


class MergedProof(Out):
    """What all proofs together say. A later one fills blanks and never blanks a value."""

    delivered_at: datetime | None
    signed_by: str | None
    left_at: str | None
    place: PlaceOut | None
    photo_url: str | None
    signature_url: str | None
    document_url: str | None


class PlaceOfDelivery(Out):
    """Whether it was left where it was addressed to, as far as anybody says."""

    kind: PlaceKind
    why: str


class ParcelPackageOut(Out):
    """A package of a shipment that this parcel carries."""

    package_id: UUID
    package_key: str
    shipment_key: str
    contents: list["ParcelContentOut"] | None = Field(
        description="Null: nobody said what is in it."
    )
    tare_g: int | None
    declared_g: int | None


class ParcelContentOut(Out):
    """A quantity of an order line that is said to be in a package."""

    purchase_order: str
    line: str
    product: str
    quantity: int
    serials: list[str]


class ParcelOut(Out):
    """A parcel in a list."""

    id: UUID
    tracking_number: str | None = Field(description="As it was first told.")
    carrier: str | None
    status: str
    status_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    is_return: bool | None
    created_at: datetime


class ParcelStory(ParcelOut):
    """A parcel's whole story, and where each word of it came from."""

    ship_to: Address | None
    packages: list[ParcelPackageOut]
    scans: list[ScanOut] = Field(description="By the time they happened.")
    readings: list[ReadingOut] = Field(description="By the time they were received.")
    proof: MergedProof | None
    proofs: list[ProofOut] = Field(description="By the time they were received.")
    place_of_delivery: PlaceOfDelivery


class ScaleIn(In):
    """The scale that was used, as far as it is known."""

    name: ShortText = Field(examples=["Dock 4, Mettler ICS425"])
    resolution: WeightIn | None = Field(
        None, description="The scale's step; without it no verdict can rest on this reading alone."
    )


class WeighingIn(In):
    """A weight that somebody read off a scale: the customer's, the warehouse's."""

    weight: ScaleWeightIn
    weighed_at: Instant
    weighed_by: ShortText = Field(description="Who read it.", examples=["customer, by phone"])
    scale: ScaleIn | None = None
    note: Text | None = Field(None, examples=["Sealed, as it arrived."])
    photo_id: UUID | None = Field(None, description="Of a file kept with POST /v1/files.")
