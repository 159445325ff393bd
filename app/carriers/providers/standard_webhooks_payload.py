"""What a sender of Standard Webhooks may tell Makegood of a parcel: the documented payload."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.carriers.providers.standard_webhooks_fields import (
    OR_NULL,
    Kind,
    Latitude,
    Line,
    Link,
    Longitude,
    Message,
    Number,
    Step,
    Weight,
    When,
    Word,
)


class _Told(BaseModel):
    """Unknown fields are ignored: a sender may tell more than Makegood listens to."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class PlaceTold(_Told):
    """Where it happened, as far as it is known. Leave out what is not known."""

    text: Line = Field(default=None, description="The place in words, if it has no better form.")
    street: Line = Field(default=None, description="Street and number.")
    city: Line = Field(default=None, description="City.")
    region: Word = Field(default=None, description="State, province or canton.")
    postal_code: Word = Field(default=None, description="Postal code, as a string.")
    country: Word = Field(default=None, description="ISO 3166-1 alpha-2 code.", examples=["US"])
    latitude: Latitude = Field(default=None, description="Degrees north, WGS 84.")
    longitude: Longitude = Field(default=None, description="Degrees east, WGS 84.")


Where = Annotated[PlaceTold | None, OR_NULL]


class Resolution(_Told):
    """The step of a scale: a scale that shows 0.1 kg has the value "0.1" and the unit "kg"."""

    value: Step = Field(
        default=None, description="The step, above 0. A string or a number; read exactly."
    )
    unit: Word = Field(default=None, description="mg, g, kg, oz or lb.")


class ScaleTold(_Told):
    """The scale a weight was read from."""

    name: Line = Field(default=None, description="Which scale it was.", examples=["Dock 3 belt"])
    resolution: Annotated[Resolution | None, OR_NULL] = Field(
        default=None, description="The scale's step, if known."
    )
    kind: Kind = Field(
        default=None,
        description=(
            "How the weight came to be, if the sender knows. `measured` is believed only with the"
            " scale's name; without a kind, only with its name and its resolution."
        ),
    )


class WeightTold(_Told):
    """A weight as the scale or the document shows it."""

    value: Weight = Field(
        description=(
            "Above 0. A string keeps every digit on its way through any sender's software; a"
            " number is read exactly as written, too."
        ),
        examples=["12.40"],
    )
    unit: Word = Field(
        default=None,
        description="mg, g, kg, oz or lb, in any usual spelling. Without one there are no grams.",
        examples=["lb"],
    )


class ParcelTold(_Told):
    """What every message tells: which parcel it is about."""

    tracking_number: Number = Field(
        description="The carrier's number of the parcel: a string of at most 100 characters.",
        examples=["7712 3400 5566"],
    )
    carrier: Word = Field(
        default=None, description="The carrier, by any usual name.", examples=["FedEx"]
    )


class ScannedData(ParcelTold):
    """One event of a parcel's way."""

    occurred_at: When = Field(
        default=None,
        description="When it happened, ISO 8601. If missing, the message's `timestamp` is taken.",
    )
    status: Word = Field(
        default=None,
        description=(
            "One of pre_transit, in_transit, out_for_delivery, available_for_pickup, delivered,"
            " return_to_sender, failure, cancelled, error, unknown; any other word is kept as text."
        ),
        examples=["in_transit"],
    )
    status_detail: Word = Field(default=None, description="A finer code, in the sender's words.")
    message: Message = Field(default=None, description="What the carrier says, for people.")
    place: Where = Field(default=None, description="Where it happened.")


class WeighedData(ParcelTold):
    """One weight of a parcel."""

    measured_at: When = Field(default=None, description="When it was weighed, ISO 8601.")
    weight: WeightTold = Field(description="The weight, as received.")
    scale: Annotated[ScaleTold | None, OR_NULL] = Field(
        default=None, description="The scale; how far a weight is believed hangs on it."
    )
    place: Where = Field(default=None, description="Where it was weighed.")


class DeliveredData(ParcelTold):
    """The end of a parcel's way, with what proves it. It counts as a scan `delivered`, too."""

    delivered_at: When = Field(
        default=None,
        description="When it was handed over, ISO 8601. If missing, `timestamp` is taken.",
    )
    signed_by: Line = Field(default=None, description="Who signed, as written.")
    left_at: Line = Field(
        default=None,
        description="Where it was left, in words.",
        examples=["front door", "neighbour", "parcel locker"],
    )
    place: Where = Field(
        default=None,
        description="Where it was handed over or left: the door, not the depot of the last scan.",
    )
    photo_url: Link = Field(default=None, description="A photograph of the place.")
    signature_url: Link = Field(default=None, description="An image of the signature.")
    document_url: Link = Field(default=None, description="The carrier's document.")


class _Envelope(_Told):
    timestamp: When = Field(
        default=None, description="When the event came about, ISO 8601; not the time of sending."
    )


class ParcelScanned(_Envelope):
    """A carrier saw the parcel."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "parcel.scanned",
                    "timestamp": "2026-03-04T16:20:05Z",
                    "data": {
                        "tracking_number": "771234005566",
                        "carrier": "FedEx",
                        "occurred_at": "2026-03-04T16:18:00Z",
                        "status": "in_transit",
                        "status_detail": "arrived_at_facility",
                        "message": "Arrived at carrier location",
                        "place": {"city": "Edison", "region": "NJ", "country": "US"},
                    },
                }
            ]
        }
    )

    type: Literal["parcel.scanned"] = Field(description="What happened.")
    data: ScannedData = Field(description="The scan.")


class ParcelWeighed(_Envelope):
    """The parcel was weighed, or a weight of it became known."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "parcel.weighed",
                    "timestamp": "2026-03-03T09:12:44Z",
                    "data": {
                        "tracking_number": "771234005566",
                        "carrier": "FedEx",
                        "measured_at": "2026-03-03T09:12:40Z",
                        "weight": {"value": "12.40", "unit": "lb"},
                        "scale": {
                            "name": "Dock 3 belt",
                            "resolution": {"value": "0.05", "unit": "lb"},
                            "kind": "measured",
                        },
                        "place": {"text": "Warehouse 2, dock 3"},
                    },
                }
            ]
        }
    )

    type: Literal["parcel.weighed"] = Field(description="What happened.")
    data: WeighedData = Field(description="The weight.")


class ParcelDelivered(_Envelope):
    """The parcel was delivered."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "parcel.delivered",
                    "timestamp": "2026-03-05T14:02:10Z",
                    "data": {
                        "tracking_number": "771234005566",
                        "carrier": "FedEx",
                        "delivered_at": "2026-03-05T14:01:30Z",
                        "signed_by": "R. Okafor",
                        "left_at": "front door",
                        "place": {
                            "street": "18 Juniper Court",
                            "city": "Dover",
                            "region": "DE",
                            "postal_code": "19901",
                            "country": "US",
                        },
                        "photo_url": "https://carrier.example/photos/771234005566.jpg",
                    },
                }
            ]
        }
    )

    type: Literal["parcel.delivered"] = Field(description="What happened.")
    data: DeliveredData = Field(description="The delivery and its proof.")


ParcelMessage = Annotated[
    ParcelScanned | ParcelWeighed | ParcelDelivered, Field(discriminator="type")
]
"""Any message Makegood reads; messages of another `type` are received and left alone."""
