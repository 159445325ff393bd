"""How it is told what we said: a claim went out, a question was answered, all was withdrawn."""

from pydantic import Field

from app.kit.card_fields import Said
from app.kit.fields import In, Instant, ShortText
from app.obligations.rules import Channel


class SubmitIn(In):
    """It went out to the vendor."""

    at: Instant | None = Field(None, description="Null: now.", examples=["2026-03-02T09:00:00Z"])
    by_name: ShortText | None = Field(None, description="Who of us.", examples=["Ana Ruiz"])
    channel: Channel | None = Field(None, examples=["fax"])
    words: Said | None = Field(None, description="What was said with it.", examples=[None])
    vendor_reference: ShortText | None = Field(
        None, description="The vendor's number of the request.", examples=["CAS-88123"]
    )


class WithdrawIn(In):
    """We do not pursue it any more."""

    at: Instant | None = Field(None, description="Null: now.", examples=[None])
    by_name: ShortText = Field(examples=["Ana Ruiz"])
    words: Said = Field(examples=["It was the power cord."])
