"""How a vendor's answers are told: what it grants, asks, and says of its own accord."""

from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from app.claims.rules import WantedRemedy
from app.claims.schemas import MAX_LINES, Position
from app.kit.card_fields import Said
from app.kit.fields import Day, Flag, In, Instant, ShortText, whole
from app.kit.money_fields import SomeMoney
from app.obligations.rules import Channel

_SAID = "2026-03-03T16:00:00Z"
Granted = Annotated[int, Field(ge=0, le=1_000_000_000, strict=True), BeforeValidator(whole)]


class SaidBy(In):
    """Who of the vendor said it, when and how."""

    at: Instant = Field(description="When it was said, not when it was read.", examples=[_SAID])
    by_name: ShortText | None = Field(None, examples=["Pat Doyle"])
    channel: Channel | None = Field(None, examples=["email"])
    words: Said | None = Field(None, description="As they were said.", examples=[None])
    vendor_reference: ShortText | None = Field(
        None, description="The vendor's number of the claim.", examples=["CAS-88123"]
    )


class GrantedLineIn(In):
    """How much of a line is granted."""

    line: Position = Field(examples=[1])
    quantity: Granted = Field(description="None of it: 0.", examples=[1])


class AuthorizeIn(SaidBy):
    """The vendor consents: to all of it, or to a part."""

    lines: Annotated[list[GrantedLineIn], Field(min_length=1, max_length=MAX_LINES)] | None = Field(
        None,
        description="Null: all of it. Lines that are left out are not granted.",
        examples=[None],
    )
    remedy: WantedRemedy | None = Field(
        None, description="What it grants; null: what was asked for.", examples=["replacement"]
    )
    rma: ShortText | None = Field(
        None, description="The vendor's authorisation number.", examples=["RMA 8123"]
    )
    valid_until: Day | None = Field(
        None,
        description="The last day on which the units may be sent, as the vendor names it; null: "
        "as its terms have it, from the day of the consent.",
        examples=["2026-04-02"],
    )
    return_required: Flag | None = Field(
        None,
        description="Whether the units must go back; null: they must where there is a number.",
        examples=[True],
    )
    allowance: SomeMoney | None = Field(
        None, description="What is credited of one unit; null: its value.", examples=[None]
    )

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.allowance is not None and self.remedy not in {None, WantedRemedy.CREDIT}:
            msg = "leave `allowance` out: only a credit has an amount"
            raise ValueError(msg)
        return self


class AskedIn(SaidBy):
    """The vendor asks for more before it decides."""

    pictures: Flag = Field(default=False, description="It asks for a picture.")


class VoidedIn(SaidBy):
    """The vendor has cancelled it."""


class VendorStatusIn(In):
    """The vendor's own word for how it stands, as a portal or a person showed it."""

    text: Said = Field(examples=["Pending - Awaiting Approval"])
    seen_at: Instant = Field(examples=[_SAID])
