"""One debt or deadline that there should be in the ledger."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.claims.rules import spoken_number
from app.claims.standing import Standing
from app.obligations.rules import GroundKind

_SHORT = 200


def _nothing(_stays: Mapping[str, Any]) -> "Due | None":
    return None


@dataclass(frozen=True, slots=True)
class Due:
    """One debt or deadline that there should be.

    purpose, subject   what for, and of which fact or line
    basis              what it is reckoned from
    why                why another takes its place, once the basis is another
    beyond             what is owed besides what stays of it, by what that was reckoned from
    """

    purpose: str
    subject: UUID | None
    basis: dict[str, Any]
    why: str
    obligation: dict[str, Any] | None = None
    deadline: dict[str, Any] | None = None
    triggered_at: datetime | None = None
    due_at: datetime | None = None
    done_at: datetime | None = None
    done_quantity: int | None = None
    done_note: str | None = None
    last_at: datetime | None = None
    beyond: Callable[[Mapping[str, Any]], "Due | None"] = _nothing


def term(text: str, source: str | None) -> dict[str, Any]:
    """Return the ground of what a term makes owed."""
    return {
        "kind": GroundKind.TERM,
        "text": text,
        "reference": source[:_SHORT] if source else None,
    }


def iso(moment: datetime | None) -> str | None:
    """Return an instant as a basis keeps it."""
    return None if moment is None else moment.isoformat()


def number_of(standing: Standing) -> str:
    """Return a claim's number as people say it."""
    return spoken_number(standing.claim.number)
