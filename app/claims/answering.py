"""What the vendor says: it consents, asks, cancels, or calls how it stands by its own words."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.claims import hearing, keeping
from app.claims.answer_schemas import AskedIn, AuthorizeIn, SaidBy, VendorStatusIn, VoidedIn
from app.claims.events import ClaimStatusSeen
from app.claims.hearing import Saying
from app.claims.models import Claim
from app.claims.rules.folding import Fact
from app.claims.rules.lines import (
    Granted,
    is_beyond_counting,
    require_within,
    whole_or_part,
)
from app.claims.rules.refusals import ContradictsClaim
from app.claims.standing import Standing, stand
from app.events import publish
from app.kit.db import now
from app.kit.moments import require_possible, strange_last_day
from app.kit.states import IllegalStep


async def authorize(session: AsyncSession, *, claim_id: UUID, document: AuthorizeIn) -> Claim:
    """Write down that the vendor consents, to all or a part of it.

    The very same again changes nothing. Raises NotFound, IllegalStep, ContradictsClaim,
    ImpossibleMoment, TooMuchHeard, CurrencyMismatch.
    """
    standing = await take(session, claim_id, document)
    claim = standing.claim
    claimed = {line.position: line.quantity for line in standing.lines}
    granted = dict(claimed)
    if document.lines is not None:
        told = [
            Granted(f"/lines/{index}", each.line, each.quantity)
            for index, each in enumerate(document.lines)
        ]
        require_within(claimed, told)
        granted = {each.position: each.quantity for each in told}
    lapses_at = _lapses_at(standing, document)
    is_required = document.return_required
    if is_required is None:
        is_required = document.rma is not None
    money = document.allowance
    if money is not None and is_beyond_counting(money.amount * max(granted.values())):
        errors = [{"pointer": "/allowance", "detail": "is more than can be counted for all of it"}]
        raise ContradictsClaim("The vendor cannot have granted as much.", errors=errors)
    facts: dict[str, Any] = {
        "granted": {str(position): quantity for position, quantity in sorted(granted.items())},
        "remedy": (document.remedy.value if document.remedy else claim.asks_for),
        "rma": document.rma,
        "return_required": is_required,
        "lapses_at": lapses_at.isoformat() if lapses_at and is_required else None,
        "valid_until": document.valid_until.isoformat() if document.valid_until else None,
        "allowance": money.model_dump(mode="json") if money else None,
    }
    is_whole = whole_or_part(claimed, granted)
    fact = Fact.AUTHORIZED if is_whole else Fact.PARTIALLY_AUTHORIZED
    return await _heard(session, standing, document, fact, facts)


def _lapses_at(standing: Standing, document: AuthorizeIn) -> datetime | None:
    """Return when the consent ends: the day the vendor names, else by its terms."""
    by = standing.counting
    if document.valid_until is not None:
        detail = strange_last_day(document.valid_until, by.day(document.at))
        if detail is not None:
            errors = [{"pointer": "/valid_until", "detail": detail}]
            raise ContradictsClaim("No consent ends then.", errors=errors)
        return by.end_of(document.valid_until)
    window = standing.terms.rma_validity if standing.terms else None
    if window is None or window.anchor.value != "rma_issue":
        return None
    return window.ends(document.at, by).first


async def ask(session: AsyncSession, *, claim_id: UUID, document: AskedIn) -> Claim:
    """Write down that the vendor asks for more. Raises as `authorize` does."""
    standing = await take(session, claim_id, document)
    told = {"pictures": document.pictures}
    return await _heard(session, standing, document, Fact.INFO_REQUESTED, told)


async def void(session: AsyncSession, *, claim_id: UUID, document: VoidedIn) -> Claim:
    """Write down that the vendor has cancelled it. Raises as `authorize` does."""
    standing = await take(session, claim_id, document)
    return await _heard(session, standing, document, Fact.VOIDED, {})


async def take(session: AsyncSession, claim_id: UUID, document: SaidBy) -> Standing:
    """Lock a claim of which the vendor says something. Raises NotFound, ImpossibleMoment."""
    claim = await keeping.take(session, claim_id)
    standing = await stand(session, claim)
    require_submitted(claim)
    require_possible({"/at": document.at}, now=now(session), since=claim.submitted_at)
    return standing


def require_submitted(claim: Claim) -> None:
    """Refuse a vendor's word on what it never saw. Raises IllegalStep."""
    if claim.submitted_at is None:
        raise IllegalStep(
            "It was never submitted, so the vendor has said nothing of it.",
            now=claim.authorization,
            wanted=None,
            allowed=["submitted", "voided"],
        )


async def _heard(
    session: AsyncSession,
    standing: Standing,
    document: SaidBy,
    fact: Fact,
    told: dict[str, Any],
) -> Claim:
    saying = said(document, fact, told)
    _, is_new = await hearing.hear(session, standing, saying)
    note_reference(standing.claim, document)
    if is_new:
        await hearing.settle_states(session, standing.claim)
    return standing.claim


def said(document: SaidBy, fact: Fact, told: dict[str, Any]) -> Saying:
    """Return what the vendor says, before it is written down."""
    return Saying(
        fact,
        document.at,
        by_name=document.by_name,
        channel=document.channel,
        words=document.words,
        told=told,
    )


def note_reference(claim: Claim, document: SaidBy) -> None:
    """Keep the vendor's own number of a claim."""
    if document.vendor_reference is not None:
        claim.vendor_reference = document.vendor_reference


async def see_status(session: AsyncSession, *, claim_id: UUID, document: VendorStatusIn) -> Claim:
    """Keep the vendor's own word for how it stands; an older one never takes a newer's place.

    Raises NotFound, ImpossibleMoment.
    """
    claim = await keeping.take(session, claim_id)
    require_possible({"/seen_at": document.seen_at}, now=now(session))
    before = claim.vendor_status_seen_at
    if before is not None and (before, claim.vendor_status or "") >= (
        document.seen_at,
        document.text,
    ):
        return claim
    is_other = claim.vendor_status != document.text
    claim.vendor_status, claim.vendor_status_seen_at = document.text, document.seen_at
    await keeping.changed(session, claim)
    if is_other:
        event = ClaimStatusSeen(
            **keeping.named(claim), text=document.text, seen_at=document.seen_at
        )
        await publish(session, event)
    return claim
