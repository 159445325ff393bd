"""How it is told what else becomes of a debt: triggered, broken, released, superseded, void."""

from uuid import UUID

from pydantic import Field

from app.kit.fields import In, Instant, ShortText, Text, Words
from app.obligations.schemas import PartyIn


class TriggerIn(In):
    """What it waited for has come."""

    triggered_at: Instant = Field(examples=["2026-03-04T08:30:00Z"])
    due_at: Instant | None = Field(None, examples=["2026-03-11T23:59:59Z"])
    note: Text | None = Field(None, examples=["The defective unit was received."])


class BreakIn(In):
    """It was not kept."""

    note: Text | None = Field(None, examples=["Nobody came."])


class ReleaseIn(In):
    """The creditor lets the debtor off."""

    by: PartyIn = Field(description="Who releases: the creditor.", examples=[{"kind": "us"}])
    by_name: ShortText | None = Field(None, examples=["Ana Ruiz"])
    released_at: Instant | None = Field(
        None, description="Null: now.", examples=["2026-03-05T10:00:00Z"]
    )
    words: Words = Field(examples=["Not worth the pursuit."])


class SupersedeIn(In):
    """Another obligation takes its place."""

    by_obligation_id: UUID = Field(examples=["01980000-0000-7000-8000-000000000000"])
    note: Text | None = Field(None, examples=["Monday became Wednesday."])


class VoidIn(In):
    """It was never owed."""

    reason: Words = Field(examples=["Recorded on the wrong order."])
