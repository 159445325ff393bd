"""How a person's word is told and read: given, and taken back."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator

from app.kit.fields import In, Instant, Out, ShortText, Words
from app.obligations.rules import Channel
from app.obligations.schemas import Files


class SaidIn(In):
    """A person's word: at least by name or by role."""

    by_name: ShortText | None = Field(None, examples=["Kim Reyes"])
    by_role: ShortText | None = Field(None, examples=["agent"])
    said_at: Instant = Field(examples=["2026-03-02T09:00:00Z"])
    channel: Channel = Field(examples=["phone"])
    words: Words = Field(
        description="As they were said.",
        examples=["We will send the second one first thing Wednesday."],
    )
    file_ids: Files = Field(default_factory=list[UUID])

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if self.by_name is None and self.by_role is None:
            msg = "say who said it, in `by_name` or `by_role`"
            raise ValueError(msg)
        return self


class PromiseIn(SaidIn):
    """The word a debt rests on."""

    due_words: ShortText | None = Field(
        None,
        description="Only the words that name the time. They become `due_at` by a rule that the "
        "answer states; what no rule reads is kept and never guessed.",
        examples=["first thing Wednesday"],
    )


class SaidOut(Out):
    """A person's word."""

    by_name: str | None
    by_role: str | None
    said_at: datetime
    channel: Channel
    words: str
    file_ids: list[UUID]


class PromiseOut(SaidOut):
    """The word a debt rests on."""

    due_words: str | None
    due_rule: str = Field(description="The rule that read the words.")
    due_text: str = Field(description="The rule in words, or why there is no due time.")


class RetractionOut(SaidOut):
    """A promise taken back. It is still owed."""

    id: UUID
    recorded_at: datetime
