"""What happens to vendors' papers once they have come."""

from typing import ClassVar
from uuid import UUID

from app.events import Event


class MatchEvent(Event):
    """Something that was found, or decided, of a vendor's paper."""

    match_id: UUID
    document_id: UUID
    document_key: str
    vendor: str
    kind: str
    number: str
    lines: list[str]
    amount: str
    currency: str

    def subject(self) -> str:
        """Return the document: its story is one."""
        return f"vendor-documents/{self.document_id}"


class DocumentMatched(MatchEvent):
    """A paper settled what was owed: all of it, less (`short_paid`), or more (`overpaid`)."""

    TYPE: ClassVar[str] = "accounts.document_matched"

    state: str
    by: str | None
    rest: str
    obligation_ids: list[UUID]
    replaces_id: UUID | None
    by_name: str | None
    reason: str | None


class DocumentUnmatched(MatchEvent):
    """A paper settles nothing that we know of: a person should look at it, or has (`by_name`)."""

    TYPE: ClassVar[str] = "accounts.document_unmatched"

    why: str
    replaces_id: UUID | None
    by_name: str | None
    reason: str | None


class MatchTakenBack(MatchEvent):
    """What a paper settled is owed again: it says so no longer, or never did."""

    TYPE: ClassVar[str] = "accounts.match_taken_back"

    why: str
    obligation_ids: list[UUID]
