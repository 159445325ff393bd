"""How refusals are told, and how they are read with what they are worth."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator

from app.kit.fields import ErpKey, In, Instant, Out, ShortText, Words
from app.obligations.rules import Channel
from app.vendors.grounds import Facts, Judgement
from app.vendors.rules import Role


class DenierIn(In):
    """Who refuses: a vendor, in the part whose terms count."""

    vendor: ErpKey = Field(description="The vendor's key.", examples=["bigdist"])
    role: Role


class DenialIn(In):
    """A vendor refuses, on one ground."""

    by: DenierIn
    by_name: ShortText | None = Field(None, examples=["Pat Doyle"])
    by_role: ShortText | None = Field(None, examples=["supervisor"])
    said_at: Instant = Field(examples=["2026-03-02T09:00:00Z"])
    channel: Channel = Field(examples=["phone"])
    words: Words = Field(
        description="As they were said.",
        examples=["The package weight says two were shipped."],
    )
    ground: ShortText = Field(
        description="One of GET /v1/grounds, or the vendor's own words: those are kept, not "
        "judged.",
        examples=["weight"],
    )
    retracts: UUID | None = Field(
        None,
        description="The obligation whose promise is taken back by these words. It stays owed.",
        examples=[None],
    )

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if self.by_name is None and self.by_role is None:
            msg = "say who said it, in `by_name` or `by_role`"
            raise ValueError(msg)
        return self


class DenierOut(Out):
    """Who refuses."""

    vendor: str
    role: Role


class TermsUsedOut(Out):
    """The version of a record that was judged by."""

    key: str
    version: int
    valid_from: date


class JudgedOut(Judgement):
    """Whether the ground held, and what that was judged by."""

    id: UUID
    judged_at: datetime
    vendor_terms: TermsUsedOut | None = Field(description="Null: none were in force.")
    carrier_tariff: TermsUsedOut | None
    facts: Facts = Field(description="What was known then.")


class DenialOut(Out):
    """A refusal and what it is worth."""

    id: UUID
    discrepancy_id: UUID
    by: DenierOut
    by_name: str | None
    by_role: str | None
    said_at: datetime
    channel: Channel
    words: str
    ground: str
    retracts: UUID | None
    retraction_id: UUID | None = Field(description="As the ledger keeps it.")
    recorded_at: datetime
    recorded_by: str
    judgement: JudgedOut = Field(description="The newest.")
    judgements: list[JudgedOut] = Field(description="All of them, the oldest first.")
