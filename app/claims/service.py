"""What is done with claims, and what rooms above ask of them: the API's own documents."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.claims.answer_schemas import AskedIn, AuthorizeIn, VendorStatusIn, VoidedIn
from app.claims.answering import ask, authorize, see_status, void
from app.claims.asking import answer, submit, withdraw
from app.claims.asking_schemas import SubmitIn, WithdrawIn
from app.claims.denying.appealing import appeal
from app.claims.denying.denying import deny, judge_anew
from app.claims.denying.schemas import AppealIn, DenyIn
from app.claims.denying.showing import page as page_denials
from app.claims.denying.showing import show as show_denials
from app.claims.filing import add_one as add_file
from app.claims.finds import ClaimFilter, select_claims
from app.claims.keeping import get, lines_of, take
from app.claims.models import Claim
from app.claims.opening import open_claim
from app.claims.returning.inspecting import dispute, inspect, resolve
from app.claims.returning.schemas import (
    DisputeIn,
    InspectedIn,
    LostIn,
    ReceivedIn,
    ResolveIn,
    ShipIn,
)
from app.claims.returning.sending import follow, lose, receive, send
from app.claims.returning.showing import way_back
from app.claims.schemas import ClaimFileIn, ClaimIn
from app.claims.settling.schemas import SettleClaimIn
from app.claims.settling.settling import settle
from app.claims.settling.showing import page as page_settlements
from app.claims.settling.showing import show as show_settlements
from app.claims.showing import show, show_whole
from app.claims.swapping import swap

__all__ = [
    "AppealIn",
    "AskedIn",
    "AuthorizeIn",
    "ClaimFileIn",
    "ClaimFilter",
    "ClaimIn",
    "DenyIn",
    "DisputeIn",
    "InspectedIn",
    "LostIn",
    "ReceivedIn",
    "ResolveIn",
    "SettleClaimIn",
    "ShipIn",
    "SubmitIn",
    "VendorStatusIn",
    "VoidedIn",
    "WithdrawIn",
    "add_file",
    "answer",
    "appeal",
    "ask",
    "authorize",
    "deny",
    "dispute",
    "follow",
    "get",
    "inspect",
    "judge_anew",
    "lines_of",
    "lose",
    "open_claim",
    "page",
    "page_denials",
    "page_settlements",
    "receive",
    "resolve",
    "see_status",
    "send",
    "settle",
    "show",
    "show_denials",
    "show_settlements",
    "show_whole",
    "submit",
    "swap",
    "take",
    "void",
    "way_back",
    "withdraw",
]


async def page(
    session: AsyncSession, *, after: UUID | None, limit: int, wanted: ClaimFilter
) -> Sequence[Claim]:
    """Return claims in the order they were opened, after an id."""
    return (await session.scalars(select_claims(wanted, after=after).limit(limit))).all()
