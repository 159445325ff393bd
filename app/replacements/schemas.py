"""How replacements are asked for, and how what is said of them is told."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.claims.rules.findings import FoundOutcome
from app.kit.card_fields import Reference, Said
from app.kit.fields import Day, ErpKey, In, Instant, ShortText
from app.kit.money_fields import SomeMoney
from app.obligations.rules import Channel
from app.replacements.rules import Arrival, ReplacementFileKind, ShipTo

_MOST_LINES = 200
_MOST_SERIALS = 50
_SAID = "2026-03-03T16:00:00Z"
_LATER = "2026-03-05T16:00:00Z"


class SecurityIn(In):
    """What the vendor has in hand until the unit is back. Never a card's number."""

    purchase_order: Reference | None = Field(
        None, description="The number of the order that it can bill.", examples=["PO/2026/204"]
    )
    card_reference: Reference | None = Field(
        None,
        description="The reference of a card's authorisation. The number of a card is refused.",
        examples=["AUTH-77120"],
    )
    deposit: SomeMoney | None = Field(None, description="What was deposited.", examples=[None])
    credit_approval: Reference | None = Field(
        None, description="The reference of the credit approval.", examples=[None]
    )


class SwapSaidIn(In):
    """Who of the vendor said it, when and how."""

    at: Instant = Field(description="When it was said, not when it was read.", examples=[_SAID])
    by_name: ShortText | None = Field(None, examples=["Pat Doyle"])
    channel: Channel | None = Field(None, examples=["email"])
    words: Said | None = Field(None, description="As they were said.", examples=[None])


class ReplacementIn(In):
    """A replacement is asked for, to come before the unit goes back."""

    claim_id: UUID = Field(
        description="The claim of the unit that failed: submitted, and being pursued.",
        examples=["01980c1e-7e5a-7000-8000-000000000003"],
    )
    line: Annotated[int, Field(ge=1, le=_MOST_LINES, strict=True)] | None = Field(
        None, description="The claim's line, from 1; null where there is one.", examples=[1]
    )
    follows: UUID | None = Field(
        None,
        description="The replacement that came dead, or as the wrong model: it goes back under "
        "this one.",
        examples=[None],
    )
    ship_to: ShipTo = Field(ShipTo.CUSTOMER, examples=["customer"])
    security: SecurityIn = Field(
        default_factory=lambda: SecurityIn(),  # noqa: PLW0108
        description="What the vendor's charge model needs.",
        examples=[{"purchase_order": "PO/2026/204"}],
    )
    our_reference: Reference | None = Field(
        None, description="What the vendor should quote.", examples=["SWAP-117"]
    )
    at: Instant | None = Field(None, description="When it was asked for; null: now.")
    by_name: ShortText | None = Field(None, description="Who asked, of ours.", examples=["Ana"])
    channel: Channel | None = Field(None, examples=["phone"])
    words: Said | None = Field(None, examples=["We need it on site by Friday."])


class ApproveIn(SwapSaidIn):
    """The vendor agrees to ship first."""

    rma: ShortText | None = Field(
        None, description="Its authorisation number; null: that of the claim.", examples=["RMA 9"]
    )
    return_by: Day | None = Field(
        None,
        description="The last day to send the unit back, as the vendor states it: it wins over "
        "its terms.",
        examples=["2026-03-20"],
    )


class DenySwapIn(SwapSaidIn):
    """The vendor does not ship first."""


class VoidSwapIn(SwapSaidIn):
    """The vendor has cancelled it."""


class ShipFirstIn(SwapSaidIn):
    """The replacement is on its way."""

    tracking_number: ShortText | None = Field(None, examples=["1Z999AA10123456784"])
    carrier: ShortText | None = Field(None, examples=["UPS"])
    product: ErpKey | None = Field(
        None, description="What was shipped, where the vendor says it.", examples=["R900-24"]
    )
    serial: ShortText | None = Field(None, examples=["FTX1301Z9QQ"])
    return_by: Day | None = Field(
        None, description="The last day to send the unit back, as the vendor states it."
    )
    billed: SomeMoney | None = Field(
        None, description="What it billed with the shipping, to be credited on receipt."
    )


class ReturnByIn(SwapSaidIn):
    """The vendor states by when the unit goes back."""

    return_by: Day = Field(examples=["2026-03-20"])


class ArrivedIn(In):
    """What came out of the box."""

    at: Instant = Field(description="When it was found.", examples=[_LATER])
    outcome: Arrival = Field(examples=["working"])
    product: ErpKey | None = Field(None, description="What came.", examples=["R900-24"])
    serial: ShortText | None = Field(None, examples=["FTX1301Z9QQ"])
    by_name: ShortText | None = Field(None, examples=["Dana Whitfield"])
    note: Said | None = Field(None, examples=["Powers on; configured and in the rack."])


class CancelSwapIn(In):
    """We want it no more."""

    at: Instant | None = Field(None, description="Null: now.", examples=[None])
    by_name: ShortText = Field(examples=["Ana Ruiz"])
    words: Said = Field(examples=["It was the cord."])


class CloseSwapIn(In):
    """We take it for over, though not all was told."""

    at: Instant | None = Field(None, description="Null: now.", examples=[None])
    by_name: ShortText = Field(examples=["Ana Ruiz"])
    note: Said = Field(examples=["They confirmed by phone that nothing is open."])


class SwapFileIn(In):
    """A photo or a document."""

    file_id: UUID = Field(
        description="Of a file kept with POST /v1/files.",
        examples=["01980c1e-7e5a-7000-8000-000000000001"],
    )
    what: ReplacementFileKind = Field(examples=["proof_of_return"])
    note: Said | None = Field(None, examples=["The driver's receipt."])


class SendBackIn(In):
    """The unit was sent back."""

    tracking_number: ShortText = Field(examples=["1Z999AA10123456785"])
    carrier: ShortText | None = Field(None, examples=["UPS"])
    sent_at: Instant = Field(examples=["2026-03-09T15:00:00Z"])
    by_name: ShortText | None = Field(None, examples=["Ana Ruiz"])
    note: Said | None = Field(None, examples=["In the box the replacement came in."])


class LoseBackIn(In):
    """A parcel with the unit is taken for lost."""

    tracking_number: ShortText = Field(examples=["1Z999AA10123456785"])
    at: Instant = Field(description="Since when.", examples=["2026-03-20T09:00:00Z"])


class ReceiveBackIn(SwapSaidIn):
    """The vendor has it, by its dock's scan or its own word."""

    serials: Annotated[
        list[ShortText],
        Field(max_length=_MOST_SERIALS, description="As it read them.", examples=[["FTX1234"]]),
    ] = Field(default_factory=list[str])
    outcome: FoundOutcome | None = Field(
        None, description="What it found; null: it only says that it came.", examples=["accepted"]
    )


class WaiveBackIn(SwapSaidIn):
    """The vendor wants the unit no more."""
