"""Units go back: by which parcel, when it is taken for lost, and when the vendor has them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.claims import answering, hearing, keeping
from app.claims.events import ClaimReturnSent
from app.claims.models import Claim, ClaimReturn
from app.claims.returning.schemas import LostIn, ReceivedIn, ShipIn
from app.claims.rules import MAX_RETURNS
from app.claims.rules.folding import Fact
from app.claims.rules.refusals import ContradictsClaim, TooMuchHeard
from app.claims.settling.debts import see_restored
from app.claims.standing import Standing
from app.claims.watching import settings_of
from app.events import publish
from app.kit.db import context_of, now
from app.kit.ids import new_id
from app.kit.moments import require_possible
from app.kit.tracking import normalize_tracking_number
from app.orders.units import service as units
from app.orders.units.rules import UnitWentBack, spoken_serials
from app.parcels import service as parcels
from app.parcels.rules import Candidate, carrier_slug, choose_parcel


async def send(session: AsyncSession, *, claim_id: UUID, document: ShipIn) -> Claim:
    """Say by which parcel units go back; the same number again changes nothing.

    Raises NotFound, IllegalStep, ImpossibleMoment, ContradictsClaim, TooMuchHeard.
    """
    claim = await keeping.take(session, claim_id)
    answering.require_submitted(claim)
    require_possible({"/sent_at": document.sent_at}, now=now(session))
    lookup = normalize_tracking_number(document.tracking_number)
    if not lookup:
        errors = [{"pointer": "/tracking_number", "detail": "holds no letter and no digit"}]
        raise ContradictsClaim("A parcel is known by its number.", errors=errors)
    known = await keeping.returns_of(session, claim_id)
    if any(row.tracking_lookup == lookup for row in known):
        return claim
    if len(known) >= MAX_RETURNS:
        raise TooMuchHeard(f"{MAX_RETURNS} parcels are on record already.", most=MAX_RETURNS)
    row = ClaimReturn(
        id=new_id(),
        claim_id=claim.id,
        tracking_number=document.tracking_number,
        tracking_lookup=lookup,
        carrier=document.carrier,
        sent_at=document.sent_at,
        by_name=document.by_name,
        note=document.note,
        recorded_at=now(session),
        recorded_by=context_of(session).caller,
    )
    session.add(row)
    await session.flush()
    await seek(session, [row])
    event = ClaimReturnSent(
        **keeping.named(claim),
        return_id=row.id,
        tracking_number=row.tracking_number,
        sent_at=row.sent_at,
    )
    await publish(session, event)
    standing = await hearing.settle_states(session, claim)
    await _units_went(session, standing, document)
    return claim


async def seek(session: AsyncSession, rows: Sequence[ClaimReturn]) -> None:
    """Find the parcels of returns: of all lives of a number the one nearest to the sending."""
    recycled_after = timedelta(days=settings_of(session).parcels.recycled_after_days)
    # A claim has a parcel or two.
    for row in rows:
        carrier = carrier_slug(row.carrier)
        found = await parcels.page(
            session, after=None, limit=20, tracking_number=row.tracking_lookup
        )
        candidates = [
            Candidate(each.id, each.shipped_at, each.first_seen_at, each.last_seen_at)
            for each in found
            if carrier is None or each.carrier in {None, carrier}
        ]
        chosen = choose_parcel(
            candidates, (row.sent_at, row.sent_at), recycled_after=recycled_after
        )
        if chosen is not None:
            row.parcel_id = chosen.parcel_id
    await session.flush()


async def _units_went(session: AsyncSession, standing: Standing, document: ShipIn) -> None:
    """Note on the units themselves that they left for the vendor, under its number."""
    claim: Any = standing.claim
    ids = [line.unit_id for line in standing.lines if line.unit_id is not None]
    if claim.rma is None or not ids:
        return
    for unit in await units.lock(session, sorted(ids)):
        try:
            await units.went_back(
                session, unit, rma=claim.rma, at=document.sent_at, pointer="/sent_at"
            )
        except UnitWentBack:
            # It is on record already how it went; the claim goes by its parcel.
            continue


async def lose(session: AsyncSession, *, claim_id: UUID, document: LostIn) -> Claim:
    """Take a parcel for lost. Raises NotFound, ContradictsClaim, ImpossibleMoment."""
    claim = await keeping.take(session, claim_id)
    lookup = normalize_tracking_number(document.tracking_number)
    rows = await keeping.returns_of(session, claim_id)
    row = next((each for each in rows if each.tracking_lookup == lookup), None)
    if row is None:
        errors = [{"pointer": "/tracking_number", "detail": "nothing was sent back under it"}]
        raise ContradictsClaim("Only what was sent can be lost.", errors=errors)
    require_possible(
        {"/at": document.at}, now=now(session), since=row.sent_at, since_what="it was sent"
    )
    if row.lost_at is None or document.at < row.lost_at:
        row.lost_at = document.at
        await hearing.settle_states(session, claim)
    return claim


async def receive(session: AsyncSession, *, claim_id: UUID, document: ReceivedIn) -> Claim:
    """Write down that the vendor has the units: the risk is its own from then on.

    Raises NotFound, IllegalStep, ContradictsClaim, ImpossibleMoment, TooMuchHeard.
    """
    standing = await answering.take(session, claim_id, document)
    _require_serials(standing, document.serials)
    told = {"serials": sorted(set(document.serials))}
    saying = answering.said(document, Fact.RECEIVED, told)
    _, is_new = await hearing.hear(session, standing, saying)
    answering.note_reference(standing.claim, document)
    if is_new:
        await hearing.settle_states(session, standing.claim)
    return standing.claim


def _require_serials(standing: Standing, serials: Sequence[str]) -> None:
    """Refuse a receipt of what was never claimed: that is a wrong serial, found at inspection."""
    ours = {line.serial_lookup for line in standing.lines}
    errors = [
        {
            "pointer": f"/serials/{index}",
            "detail": f"{serial!r} is not in this claim; tell another unit as a finding",
        }
        for index, serial in enumerate(serials)
        if not ours & set(spoken_serials(serial))
    ]
    if errors:
        raise ContradictsClaim("The vendor names units that are not in it.", errors=errors)


async def follow(session: AsyncSession, claim_id: UUID) -> None:
    """Read a claim anew, once its parcels or the hours have moved on."""
    claim = await keeping.take(session, claim_id)
    await seek(session, await keeping.returns_of(session, claim_id))
    is_settled = await see_restored(session, await keeping.lines_of(session, claim_id))
    await hearing.settle_states(session, claim, is_change=is_settled)
