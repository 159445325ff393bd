"""What the vendor says: it agrees, refuses, cancels, ships, or names a day."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.claims import service as claims
from app.claims.rules.axes import Authorization
from app.claims.rules.folding import is_granted
from app.kit.db import context_of, now
from app.kit.ids import new_id
from app.kit.moments import require_possible, strange_last_day
from app.kit.tracking import normalize_tracking_number
from app.orders.units.rules import spoken_serials
from app.products import service as products
from app.replacements import keeping
from app.replacements.effects import quietly
from app.replacements.hearing import Saying, hear
from app.replacements.models import Replacement, ReplacementParcel
from app.replacements.moving import settle_states
from app.replacements.rules import MAX_PARCELS
from app.replacements.rules.folding import SwapFact
from app.replacements.rules.refusals import ContradictsReplacement, TooMuchOfIt
from app.replacements.schemas import (
    ApproveIn,
    DenySwapIn,
    ReturnByIn,
    ShipFirstIn,
    SwapSaidIn,
    VoidSwapIn,
)
from app.replacements.standing import Standing, seek, stand


async def approve(
    session: AsyncSession, *, replacement_id: UUID, document: ApproveIn
) -> Replacement:
    """Write down that the vendor agrees: with it the claim's line is granted too.

    The very same again changes nothing. Raises NotFound, IllegalStep, ContradictsReplacement,
    ImpossibleMoment, TooMuchOfIt.
    """
    standing = await take(session, replacement_id, document)
    _require_day(standing, document.return_by, document)
    told = {
        "rma": document.rma,
        "return_by": document.return_by.isoformat() if document.return_by else None,
    }
    _, is_new = await hear(session, standing, said(document, SwapFact.APPROVED, told))
    if is_new:
        await _grant(session, standing, document)
        await settle_states(session, standing.replacement)
    return standing.replacement


async def _grant(session: AsyncSession, standing: Standing, document: ApproveIn) -> None:
    """Tell the claim that its line is granted, where nobody has told it yet."""
    claim = standing.claim
    if is_granted(Authorization(claim.authorization)) or not claim.is_live:
        return
    lines = await claims.lines_of(session, claim.id)
    granted = [{"line": standing.line.position, "quantity": 1}] if len(lines) > 1 else None
    at = max(document.at, claim.submitted_at)
    consent = claims.AuthorizeIn.model_validate(
        {
            "at": at,
            "by_name": document.by_name,
            "channel": document.channel,
            "words": document.words,
            "lines": granted,
            "remedy": "replacement",
            "rma": document.rma,
            "return_required": True,
        }
    )
    await quietly(session, claims.authorize, claim_id=claim.id, document=consent)


async def deny(session: AsyncSession, *, replacement_id: UUID, document: DenySwapIn) -> Replacement:
    """Write down that the vendor does not ship first. Raises as `approve` does."""
    return await _heard(session, replacement_id, document, SwapFact.DENIED)


async def void(session: AsyncSession, *, replacement_id: UUID, document: VoidSwapIn) -> Replacement:
    """Write down that the vendor has cancelled it. Raises as `approve` does."""
    return await _heard(session, replacement_id, document, SwapFact.CANCELLED)


async def state_return_by(
    session: AsyncSession, *, replacement_id: UUID, document: ReturnByIn
) -> Replacement:
    """Write down by when the vendor wants the unit: it wins over its terms.

    Raises as `approve` does.
    """
    standing = await take(session, replacement_id, document)
    _require_day(standing, document.return_by, document)
    told = {"return_by": document.return_by.isoformat()}
    _, is_new = await hear(session, standing, said(document, SwapFact.RETURN_BY, told))
    if is_new:
        await settle_states(session, standing.replacement)
    return standing.replacement


async def ship(
    session: AsyncSession, *, replacement_id: UUID, document: ShipFirstIn
) -> Replacement:
    """Write down that the replacement is on its way; its parcel is followed from then on.

    Raises as `approve` does, and UnknownReference.
    """
    standing = await take(session, replacement_id, document)
    _require_day(standing, document.return_by, document)
    await require_product(session, document.product)
    lookup = require_number(document.tracking_number)
    told: dict[str, Any] = {
        "tracking_number": document.tracking_number,
        "carrier": document.carrier,
        "product": document.product,
        "serial": document.serial,
        "return_by": document.return_by.isoformat() if document.return_by else None,
        "billed": document.billed.model_dump(mode="json") if document.billed else None,
    }
    require_other_unit(standing, document.serial)
    _, is_new = await hear(session, standing, said(document, SwapFact.SHIPPED, told))
    if not is_new:
        return standing.replacement
    if lookup is not None and document.tracking_number is not None:
        await add_parcel(
            session,
            standing,
            ReplacementParcel(
                is_return=False,
                tracking_number=document.tracking_number,
                tracking_lookup=lookup,
                carrier=document.carrier,
                sent_at=document.at,
                by_name=document.by_name,
                note=None,
            ),
        )
    await settle_states(session, standing.replacement)
    return standing.replacement


async def add_parcel(
    session: AsyncSession, standing: Standing, row: ReplacementParcel
) -> ReplacementParcel | None:
    """Keep a parcel of a locked replacement; None: it is known already. Raises TooMuchOfIt."""
    known = (row.is_return, row.tracking_lookup)
    if any((each.is_return, each.tracking_lookup) == known for each in standing.parcels):
        return None
    if len(standing.parcels) >= MAX_PARCELS:
        raise TooMuchOfIt(f"{MAX_PARCELS} parcels are on record already.", most=MAX_PARCELS)
    row.id = new_id()
    row.replacement_id = standing.replacement.id
    row.recorded_at, row.recorded_by = now(session), context_of(session).caller
    session.add(row)
    await session.flush()
    await seek(session, [row])
    return row


async def take(session: AsyncSession, replacement_id: UUID, document: SwapSaidIn) -> Standing:
    """Lock a replacement of which the vendor says something.

    Raises NotFound, ImpossibleMoment.
    """
    row = await keeping.take(session, replacement_id)
    standing = await stand(session, row)
    require_possible(
        {"/at": document.at},
        now=now(session),
        since=standing.claim.submitted_at,
        since_what="the claim was submitted",
    )
    return standing


def said(document: SwapSaidIn, fact: SwapFact, told: dict[str, Any]) -> Saying:
    """Return what the vendor says, before it is written down."""
    return Saying(
        fact,
        document.at,
        by_name=document.by_name,
        channel=document.channel,
        words=document.words,
        told=told,
    )


async def _heard(
    session: AsyncSession, replacement_id: UUID, document: SwapSaidIn, fact: SwapFact
) -> Replacement:
    standing = await take(session, replacement_id, document)
    _, is_new = await hear(session, standing, said(document, fact, {}))
    if is_new:
        await settle_states(session, standing.replacement)
    return standing.replacement


def _require_day(standing: Standing, return_by: Any, document: SwapSaidIn) -> None:
    """Refuse a last day before the day on which it is named, or years after it.

    Raises ContradictsReplacement.
    """
    if return_by is None:
        return
    detail = strange_last_day(return_by, standing.counting.day(document.at))
    if detail is not None:
        errors = [{"pointer": "/return_by", "detail": detail}]
        raise ContradictsReplacement("No vendor waits until then.", errors=errors)


async def require_product(session: AsyncSession, key: str | None) -> None:
    """Refuse a product that was never sent. Raises UnknownReference."""
    if key is not None:
        await products.resolve(session, {"/product": key})


def require_number(tracking_number: str | None) -> str | None:
    """Return the form a number is looked up by. Raises ContradictsReplacement."""
    if tracking_number is None:
        return None
    lookup = normalize_tracking_number(tracking_number)
    if not lookup:
        errors = [{"pointer": "/tracking_number", "detail": "holds no letter and no digit"}]
        raise ContradictsReplacement("A parcel is known by its number.", errors=errors)
    return lookup


def require_other_unit(standing: Standing, serial: str | None) -> None:
    """Refuse the unit that failed as its own replacement. Raises ContradictsReplacement."""
    if serial is None or standing.replacement.back_serial is None:
        return
    if set(spoken_serials(serial)) & set(spoken_serials(standing.replacement.back_serial)):
        errors = [{"pointer": "/serial", "detail": "is the unit that goes back"}]
        raise ContradictsReplacement("A unit does not stand in for itself.", errors=errors)
