"""How the way back is told: parcels, what the vendor confirms, what it found."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.claims.answer_schemas import SaidBy
from app.claims.rules.findings import FeeResolution, FoundOutcome
from app.claims.schemas import MAX_LINES, Position
from app.kit.card_fields import Said
from app.kit.fields import In, Instant, Out, ShortText
from app.kit.money_fields import MoneyOut, SomeMoney
from app.obligations.rules import State as DebtState
from app.vendors.grounds import Judgement


class ShipIn(In):
    """Units were sent back."""

    tracking_number: ShortText = Field(examples=["1Z999AA10123456784"])
    carrier: ShortText | None = Field(None, examples=["UPS"])
    sent_at: Instant = Field(examples=["2026-03-04T15:00:00Z"])
    by_name: ShortText | None = Field(None, examples=["Ana Ruiz"])
    note: Said | None = Field(None, examples=["Double boxed, RMA on the label."])


class LostIn(In):
    """A parcel is taken for lost."""

    tracking_number: ShortText = Field(examples=["1Z999AA10123456784"])
    at: Instant = Field(description="Since when.", examples=["2026-03-20T09:00:00Z"])


class ReceivedIn(SaidBy):
    """The vendor says that it has the units."""

    serials: Annotated[
        list[ShortText],
        Field(max_length=MAX_LINES, description="As it read them.", examples=[["FTX1234A5BC"]]),
    ] = Field(default_factory=list[str])


class FoundLineIn(In):
    """What the vendor says that it found on one line."""

    line: Position = Field(examples=[1])
    outcome: FoundOutcome = Field(examples=["no_trouble_found"])
    serial_found: ShortText | None = Field(
        None, description="The serial number that came, where it was another.", examples=[None]
    )
    fee: SomeMoney | None = Field(
        None, description="What it charges for that; null: what its terms say.", examples=[None]
    )
    report_file_id: UUID | None = Field(
        None, description="Its report, of a file kept.", examples=[None]
    )
    note: Said | None = Field(None, examples=["Powered on for 48 hours."])


class InspectedIn(SaidBy):
    """The vendor says what it found."""

    lines: Annotated[list[FoundLineIn], Field(min_length=1, max_length=MAX_LINES)] = Field(
        examples=[[{"line": 1, "outcome": "no_trouble_found"}]]
    )

    @model_validator(mode="after")
    def _once(self) -> Self:
        told = [each.line for each in self.lines]
        if len(set(told)) != len(told):
            msg = "names a line twice"
            raise ValueError(msg)
        return self


class DisputeIn(In):
    """We contest what the vendor charges for what it found."""

    at: Instant | None = Field(None, description="Null: now.", examples=[None])
    by_name: ShortText = Field(examples=["Ana Ruiz"])
    words: Said = Field(examples=["It failed on our bench too; the log is attached."])


class ResolveIn(In):
    """How the dispute ended."""

    at: Instant | None = Field(None, description="Null: now.", examples=[None])
    resolution: FeeResolution = Field(examples=["waived"])
    note: Said | None = Field(None, examples=["Waived by Pat Doyle."])


class ReturnOut(Out):
    """A parcel by which units go back."""

    id: UUID
    tracking_number: str
    carrier: str | None
    sent_at: datetime
    parcel_id: UUID | None = Field(description="Once its carrier has told something of it.")
    delivered_at: datetime | None = Field(description="As its carrier says.")
    came_back_at: datetime | None
    lost_at: datetime | None
    by_name: str | None
    note: str | None


class ClaimFindingOut(Out):
    """What the vendor found on a line, and the fee it takes."""

    id: UUID
    line: int
    outcome: FoundOutcome
    x12_response: str | None = Field(description="X12 element 1294.")
    serial_found: str | None
    report_file_id: UUID | None
    note: str | None
    fee: MoneyOut | None
    fee_by_terms: MoneyOut | None = Field(description="What its terms would make it.")
    fee_why: str
    fee_obligation_id: UUID | None = Field(description="Our debt, in the ledger.")
    fee_state: DebtState | None
    disputed_at: datetime | None
    disputed_by: str | None
    disputed_words: str | None
    judgement: Judgement | None = Field(description="Of the finding as a ground to refuse.")
    resolved_at: datetime | None
    resolution: FeeResolution | None
    resolution_note: str | None


class WayBackOut(Out):
    """The whole way back."""

    parcels: list[ReturnOut]
    findings: list[ClaimFindingOut]
