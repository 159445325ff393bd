"""How refusals are told, judged, appealed against, and counted."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.claims.answer_schemas import SaidBy
from app.claims.asking_schemas import SubmitIn
from app.claims.schemas import MAX_FILES_AT_ONCE
from app.kit.card_fields import Reference, Said
from app.kit.fields import Out, ShortText
from app.obligations.rules import Channel
from app.vendors.grounds import Facts, Judgement


class DenyIn(SaidBy):
    """The vendor refuses, on one ground."""

    by_role: ShortText | None = Field(None, examples=["supervisor"])
    words: Said = Field(description="As they were said.", examples=["The box has been opened."])
    ground: Reference = Field(
        description="One of GET /v1/grounds, or the vendor's own words: those are kept, not "
        "judged.",
        examples=["box_opened"],
    )


class AppealIn(SubmitIn):
    """We appeal. It goes out with what the newest refusal is worth by our judgement."""

    denial_id: UUID | None = Field(
        None, description="Against which refusal; null: the newest.", examples=[None]
    )
    file_ids: Annotated[
        list[UUID],
        Field(max_length=MAX_FILES_AT_ONCE, description="What goes with it.", examples=[[]]),
    ] = Field(default_factory=list[UUID])


class TermsUsedOut(Out):
    """The version of a record that was judged by."""

    key: str
    version: int
    valid_from: date


class ClaimJudgedOut(Judgement):
    """Whether the ground held, and what that was judged by."""

    id: UUID
    judged_at: datetime
    vendor_terms: TermsUsedOut | None = Field(description="Null: none were in force.")
    facts: Facts = Field(description="What was known then.")


class HistoryOut(Out):
    """How this vendor has fared with this ground before, in all our claims."""

    ground: str
    denials: int = Field(description="So many times it refused on this ground.")
    appealed: int
    reversed_on_appeal: int
    median_days_to_reverse: float | None = Field(
        description="From the appeal to its consent; null: it never consented."
    )
    sentence: str


class AppealOut(Out):
    """An appeal, and the judgement that it went out with."""

    id: UUID
    at: datetime
    by_name: str | None
    channel: Channel | None
    words: str | None
    judgement_id: UUID | None
    letter: str = Field(description="What the judgement says, to be put into the letter.")
    file_ids: list[UUID]


class ClaimDenialOut(Out):
    """A refusal, what it is worth, and what came of it."""

    id: UUID
    claim_id: UUID
    by_name: str | None
    by_role: str | None
    said_at: datetime
    channel: Channel | None
    words: str
    ground: str
    x12_response: str | None = Field(description="X12 element 1294.")
    recorded_at: datetime
    recorded_by: str
    judgement: ClaimJudgedOut = Field(description="The newest.")
    judgements: list[ClaimJudgedOut] = Field(description="All of them, the oldest first.")
    appeals: list[AppealOut]
    reversed_at: datetime | None = Field(description="When the vendor consented after all.")
    history: HistoryOut
