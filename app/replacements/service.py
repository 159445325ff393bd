"""What is done with replacements, and what rooms above ask of them: the API's own documents."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.replacements.acting import add_file, arrive, cancel, close
from app.replacements.answering import approve, deny, ship, state_return_by, void
from app.replacements.charging.deciding import accept, dispute
from app.replacements.finds import ReplacementFilter, select_replacements
from app.replacements.keeping import get, take
from app.replacements.models import Replacement
from app.replacements.opening import request
from app.replacements.returning import copy_of_claim, follow, lose, receive, send, waive
from app.replacements.showing import show, show_proof, show_whole

__all__ = [
    "ReplacementFilter",
    "accept",
    "add_file",
    "approve",
    "arrive",
    "cancel",
    "close",
    "copy_of_claim",
    "deny",
    "dispute",
    "follow",
    "get",
    "lose",
    "page",
    "receive",
    "request",
    "send",
    "ship",
    "show",
    "show_proof",
    "show_whole",
    "state_return_by",
    "take",
    "void",
    "waive",
]


async def page(
    session: AsyncSession, *, after: UUID | None, limit: int, wanted: ReplacementFilter
) -> Sequence[Replacement]:
    """Return replacements in the order they were asked for, after an id."""
    return (await session.scalars(select_replacements(wanted, after=after).limit(limit))).all()
