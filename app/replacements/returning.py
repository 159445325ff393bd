"""What failed goes back: by which parcel, when it is taken for lost, when the vendor has it."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.claims import service as claims
from app.events import publish
from app.kit.db import now
from app.kit.moments import require_possible
from app.kit.states import IllegalStep
from app.kit.tracking import normalize_tracking_number
from app.obligations.service import DueChange
from app.orders.units.rules import spoken_serials
from app.replacements import keeping
from app.replacements.answering import add_parcel, require_number, said, take
from app.replacements.effects import quietly
from app.replacements.events import ReplacementReturnSent
from app.replacements.hearing import hear
from app.replacements.models import Replacement, ReplacementParcel
from app.replacements.moving import settle_states
from app.replacements.rules.folding import SwapFact
from app.replacements.rules.refusals import ContradictsReplacement
from app.replacements.rules.states import GRANTED
from app.replacements.schemas import LoseBackIn, ReceiveBackIn, SendBackIn, WaiveBackIn
from app.replacements.standing import Standing, seek, stand


async def send(session: AsyncSession, *, replacement_id: UUID, document: SendBackIn) -> Replacement:
    """Say by which parcel the unit goes back; the same number again changes nothing.

    Raises NotFound, IllegalStep, ContradictsReplacement, ImpossibleMoment, TooMuchOfIt.
    """
    row = await keeping.take(session, replacement_id)
    lookup = require_number(document.tracking_number)
    require_possible({"/sent_at": document.sent_at}, now=now(session))
    standing = await stand(session, row)
    _require_granted(standing)
    parcel = ReplacementParcel(
        is_return=True,
        tracking_number=document.tracking_number,
        tracking_lookup=lookup,
        carrier=document.carrier,
        sent_at=document.sent_at,
        by_name=document.by_name,
        note=document.note,
    )
    if await add_parcel(session, standing, parcel) is None:
        return row
    event = ReplacementReturnSent(
        **keeping.named(row),
        parcel_id=parcel.parcel_id,
        tracking_number=parcel.tracking_number,
        sent_at=parcel.sent_at,
    )
    await publish(session, event)
    await settle_states(session, row)
    if is_claims_own(row):
        told = claims.ShipIn(**document.model_dump())
        await quietly(session, claims.send, claim_id=row.claim_id, document=told)
    return row


def _require_granted(standing: Standing) -> None:
    row = standing.replacement
    if row.outbound not in {each.value for each in GRANTED}:
        raise IllegalStep(
            "The vendor has not agreed to it, so nothing goes back under it.",
            now=row.state,
            wanted="return_in_transit",
            allowed=["approved"],
        )


def is_claims_own(row: Replacement) -> bool:
    """Whether what goes back is the unit of the claim, and no replacement that failed."""
    return row.follows_id is None


async def lose(session: AsyncSession, *, replacement_id: UUID, document: LoseBackIn) -> Replacement:
    """Take a parcel for lost, until a scan says otherwise: by terms it may be the vendor's loss.

    Raises NotFound, ContradictsReplacement, ImpossibleMoment.
    """
    row = await keeping.take(session, replacement_id)
    lookup = normalize_tracking_number(document.tracking_number)
    rows = await keeping.parcels_of(session, replacement_id)
    parcel = next((x for x in rows if x.is_return and x.tracking_lookup == lookup), None)
    if parcel is None:
        errors = [{"pointer": "/tracking_number", "detail": "nothing was sent back under it"}]
        raise ContradictsReplacement("Only what was sent can be lost.", errors=errors)
    require_possible(
        {"/at": document.at}, now=now(session), since=parcel.sent_at, since_what="it was sent"
    )
    if parcel.lost_at is None or document.at < parcel.lost_at:
        parcel.lost_at = document.at
        await settle_states(session, row)
        if is_claims_own(row):
            told = claims.LostIn(**document.model_dump())
            await quietly(session, claims.lose, claim_id=row.claim_id, document=told)
    return row


async def receive(
    session: AsyncSession, *, replacement_id: UUID, document: ReceiveBackIn
) -> Replacement:
    """Write down that the vendor has it: the risk is its own from then on.

    Raises NotFound, IllegalStep, ContradictsReplacement, ImpossibleMoment, TooMuchOfIt.
    """
    standing = await take(session, replacement_id, document)
    _require_serials(standing, document)
    row = standing.replacement
    told = {
        "serials": sorted(set(document.serials)),
        "outcome": document.outcome.value if document.outcome else None,
    }
    _, is_new = await hear(session, standing, said(document, SwapFact.RECEIVED, told))
    if not is_new:
        return row
    await settle_states(session, row)
    if is_claims_own(row):
        body = document.model_dump(exclude={"outcome"})
        received = claims.ReceivedIn(**body)
        await quietly(session, claims.receive, claim_id=row.claim_id, document=received)
    return row


def _require_serials(standing: Standing, document: ReceiveBackIn) -> None:
    """Refuse a receipt of another unit: that is a wrong serial. Raises ContradictsReplacement."""
    serial = standing.replacement.back_serial
    is_wrong = document.outcome is not None and document.outcome.value == "wrong_serial"
    if serial is None or is_wrong or not document.serials:
        return
    ours = set(spoken_serials(serial))
    if any(ours & set(spoken_serials(each)) for each in document.serials):
        return
    errors = [
        {
            "pointer": f"/serials/{index}",
            "detail": f"{each!r} is not {serial!r}; tell another unit with outcome wrong_serial",
        }
        for index, each in enumerate(document.serials)
    ]
    raise ContradictsReplacement("The vendor names another unit.", errors=errors)


async def waive(
    session: AsyncSession, *, replacement_id: UUID, document: WaiveBackIn
) -> Replacement:
    """Write down that the vendor wants the unit no more. Raises as `receive` does."""
    standing = await take(session, replacement_id, document)
    _, is_new = await hear(session, standing, said(document, SwapFact.WAIVED, {}))
    if is_new:
        await settle_states(session, standing.replacement)
    return standing.replacement


async def follow(
    session: AsyncSession,
    replacement_id: UUID,
    *,
    otherwise: DueChange = DueChange.FACTS_CHANGED,
    documents: Collection[UUID] = (),
) -> None:
    """Read a replacement anew, once parcels, papers, terms or the hours have moved on."""
    row = await keeping.take(session, replacement_id)
    await seek(session, await keeping.parcels_of(session, replacement_id))
    await settle_states(session, row, is_change=False, otherwise=otherwise, documents=documents)


async def copy_of_claim(session: AsyncSession, replacement_id: UUID) -> None:
    """Take over what was told at the claim of how its unit went back. The same again is nothing."""
    row = await keeping.take(session, replacement_id)
    await settle_states(session, row, is_change=False)
    if not is_claims_own(row) or row.outbound not in {each.value for each in GRANTED}:
        return
    claim = await claims.get(session, row.claim_id)
    told = await claims.way_back(session, claim)
    moment = now(session)
    parcels = await keeping.parcels_of(session, replacement_id)
    known = {each.tracking_lookup for each in parcels if each.is_return}
    for each in told.parcels:
        if normalize_tracking_number(each.tracking_number) not in known:
            body = {"tracking_number": each.tracking_number, "carrier": each.carrier}
            sent = SendBackIn.model_validate({**body, "sent_at": min(each.sent_at, moment)})
            await send(session, replacement_id=replacement_id, document=sent)
        if each.lost_at is not None:
            lost = {"tracking_number": each.tracking_number, "at": each.lost_at}
            document = LoseBackIn.model_validate(lost)
            await lose(session, replacement_id=replacement_id, document=document)
    await _copy_receipts(session, row, claim)


async def _copy_receipts(session: AsyncSession, row: Replacement, claim: Any) -> None:
    whole = await claims.show_whole(session, claim)
    ours = set(spoken_serials(row.back_serial or ""))
    for fact in whole.facts:
        if fact.fact.value != "received" or fact.at < row.requested_at:
            continue
        standing = await stand(session, row)
        serials = sorted(fact.told.get("serials", []))
        named = {plain for each in serials for plain in spoken_serials(each)}
        is_told = any(
            each.fact == SwapFact.RECEIVED.value and each.at == fact.at for each in standing.facts
        )
        if is_told or (named and ours and not ours & named):
            continue
        document = ReceiveBackIn.model_validate(
            {
                "at": fact.at,
                "by_name": fact.by_name,
                "channel": fact.channel,
                "words": fact.words,
                "serials": serials,
            }
        )
        told = {"serials": serials, "outcome": None}
        await hear(session, standing, said(document, SwapFact.RECEIVED, told))
        await settle_states(session, row)
