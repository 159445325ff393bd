"""How it is told and read what vendors' papers settle."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.accounts.rules import By, State
from app.kit.fields import In, Out, ShortText, Text, Words
from app.kit.money_fields import SomeMoney
from app.kit.weight_fields import PlainDecimal
from app.obligations.rules import State as DebtState
from app.orders.rules import DocumentKind

_MOST_DEBTS = 100


class InsteadIn(In):
    """A debt that the paper really settles."""

    obligation_id: UUID = Field(examples=["01980000-0000-7000-8000-000000000000"])
    amount: SomeMoney | None = Field(
        None,
        description="Null: as much as is owed, and left of the paper.",
        examples=[{"amount": "129.00", "currency": "USD"}],
    )


class MatchCorrectionIn(In):
    """The paper settles something else, or nothing: who says so, and why."""

    by_name: ShortText = Field(examples=["Ana Ruiz"])
    reason: Words = Field(examples=["It is the credit for the other RMA."])
    instead: list[InsteadIn] = Field(
        default_factory=list[InsteadIn],
        max_length=_MOST_DEBTS,
        description="What it settles; empty: nothing that we know of.",
        examples=[[]],
    )


class PartOut(Out):
    """A debt that a match settles, and how that debt stands now."""

    obligation_id: UUID
    number: int
    debt_state: DebtState
    performance_id: UUID | None = Field(
        description="In the ledger; null: the paper was for it too, but nothing was left."
    )
    amount: PlainDecimal | None = Field(
        description="Null: all of it, towards a credit of no stated amount."
    )
    above_loss: PlainDecimal = Field(description="What of it came above what was lost.")
    outstanding: PlainDecimal = Field(description="What is still owed, now.")


class CandidateOut(Out):
    """A debt that the paper may be for, as it stood when that was looked at."""

    obligation_id: UUID
    number: int
    by: By
    outstanding: PlainDecimal | None


class DocumentMatchOut(Out):
    """What those lines of a vendor's document settle that are for one thing."""

    id: UUID
    document: str = Field(description="The document's key: GET /v1/vendor-documents/{key}.")
    vendor: str
    kind: DocumentKind
    number: str
    issued_on: date
    lines: list[str] = Field(description="The keys of its lines that are for the same.")
    amount: PlainDecimal = Field(description="What these lines come to.")
    currency: str
    state: State
    by: By | None = Field(description="By what paper and debt found each other.")
    why: Text
    rest: PlainDecimal = Field(description="What of the amount belongs to no debt we know of.")
    still_owed: PlainDecimal = Field(description="What is left of the debts it is for, now.")
    parts: list[PartOut]
    candidates: list[CandidateOut]
    trouble: str | None = Field(description="Why it stands though the document says otherwise.")
    by_name: str | None = Field(description="Who decided it, where a person did.")
    reason: str | None
    replaces_id: UUID | None
    replaced_by_id: UUID | None
    ended_at: datetime | None = Field(description="When it was replaced or taken back.")
    recorded_at: datetime
    recorded_by: str
