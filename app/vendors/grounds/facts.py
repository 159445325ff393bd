"""What is known of a claim when a ground is judged. What is left out is unknown, never assumed."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from app.kit.fields import Flag, In, ShortText, Text
from app.vendors.terms.carrier import Filer, Side
from app.vendors.terms.windows import Anchor, When


class WeightAnswer(StrEnum):
    """What a weight verdict says of the whole of what was shipped."""

    SUPPORTS_FULL = "supports_full"
    SUPPORTS_SHORT = "supports_short"
    INCONCLUSIVE = "inconclusive"


class LeftAt(StrEnum):
    """Where the parcel was left, against where it was addressed to."""

    AS_ADDRESSED = "as_addressed"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"


class Weighed(In):
    """What the scales support: when it was shipped, and at the last weighing."""

    shipped: WeightAnswer
    at_last_weighing: WeightAnswer
    last_weighed: When | None = Field(None, examples=["2026-01-09T04:10:00Z"])
    last_weighed_at: ShortText | None = Field(
        None, description="Where that was.", examples=["the carrier's hub in Louisville, KY"]
    )


class Promise(In):
    """A word that somebody of the vendor gave."""

    by: ShortText = Field(description="Who gave it.", examples=["Sam, sales desk"])
    made: When = Field(examples=["2026-05-08T15:20:00Z"])
    words: Text | None = Field(None, examples=["We will ship the second one this week."])
    taken_back: When | None = Field(
        None, description="When the vendor took it back. The debt stays.", examples=["2026-05-11"]
    )
    released: When | None = Field(
        None, description="When we, to whom it is owed, released it.", examples=[None]
    )


_DATES: dict[Anchor, str] = {Anchor.SHIPMENT: "2026-01-08", Anchor.DELIVERY: "2026-01-12"}


class Facts(In):
    """What is known. Every member may be left out."""

    dates: dict[Anchor, When] = Field(
        default_factory=dict[Anchor, date],
        description="When what windows are counted from was: a day, or an instant.",
        examples=[_DATES],
    )
    reported: When | None = Field(
        None, description="When the vendor was told.", examples=["2026-05-08"]
    )
    sent_back: When | None = Field(
        None, description="When goods went back under an RMA.", examples=[None]
    )
    weighed: Weighed | None = Field(
        None,
        description="The verdict of the weights.",
        examples=[{"shipped": "supports_full", "at_last_weighing": "supports_full"}],
    )
    left_at: LeftAt | None = Field(None, description="Where the parcel was left.")
    has_proof_of_delivery: Flag | None = Field(None, examples=[True])
    is_signed_without_remark: Flag | None = Field(None, examples=[None])
    is_drop_shipped: Flag | None = Field(None, examples=[True])
    is_box_opened: Flag | None = Field(None, examples=[None])
    has_proof_of_purchase: Flag | None = Field(
        None, description="An invoice of this very sale.", examples=[True]
    )
    has_inspection_report: Flag | None = Field(
        None, description="The vendor has shown what it found on this very unit.", examples=[None]
    )
    sides: dict[Filer, Side] = Field(
        default_factory=dict[Filer, Side],
        description="Who is what to the carrier in this shipment.",
        examples=[{"shipper_of_record": "vendor", "consignee": "customer"}],
    )
    promise: Promise | None = Field(None, description="What the vendor has promised.")
