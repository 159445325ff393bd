"""What we do about a charge: contest it, or pay it. Of two at once exactly one decides."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit.db import now
from app.kit.moments import require_possible
from app.kit.problems import NotFound
from app.replacements import keeping
from app.replacements.charging.schemas import AcceptChargeIn, DisputeChargeIn
from app.replacements.charging.seeing import ACCEPTED, DISPUTED, told_of
from app.replacements.events import ReplacementChargeAccepted, ReplacementChargeDisputed
from app.replacements.models import Replacement, ReplacementCharge
from app.replacements.moving import settle_states
from app.replacements.reading import read
from app.replacements.rules.refusals import NoSuchChargeState
from app.replacements.rules.states import CHARGES, ReturnCharge
from app.replacements.standing import stand


async def dispute(
    session: AsyncSession,
    *,
    replacement_id: UUID,
    charge_id: UUID,
    document: DisputeChargeIn,
    if_match: str | None = None,
) -> Replacement:
    """Contest a charge: the vendor owes it back from then on.

    Raises NotFound, VersionMismatch, NoSuchChargeState, ImpossibleMoment.
    """
    row, charge = await _take(session, replacement_id, charge_id, if_match)
    at = document.at or now(session)
    _require(charge, ReturnCharge.CHARGE_DISPUTED)
    require_possible({"/at": document.at}, now=now(session))
    _decide(charge, DISPUTED, document.by_name, document.words, at)
    CHARGES.step(charge, ReturnCharge.CHARGE_DISPUTED)
    charge.disputed_at = at
    found = read(await stand(session, row), now(session))
    event = ReplacementChargeDisputed(
        **told_of(found, charge), by_name=document.by_name, why=document.words
    )
    await publish(session, event)
    await settle_states(session, row)
    return row


async def accept(
    session: AsyncSession,
    *,
    replacement_id: UUID,
    charge_id: UUID,
    document: AcceptChargeIn,
    if_match: str | None = None,
) -> Replacement:
    """Pay a charge: what had to go back is the vendor's no more. Raises as `dispute` does."""
    row, charge = await _take(session, replacement_id, charge_id, if_match)
    at = document.at or now(session)
    _require(charge, ReturnCharge.CHARGE_ACCEPTED)
    require_possible({"/at": document.at}, now=now(session))
    _decide(charge, ACCEPTED, document.by_name, document.words, at)
    CHARGES.step(charge, ReturnCharge.CHARGE_ACCEPTED)
    charge.accepted_at = at
    found = read(await stand(session, row), now(session))
    event = ReplacementChargeAccepted(**told_of(found, charge), by_name=document.by_name)
    await publish(session, event)
    await settle_states(session, row)
    return row


async def _take(
    session: AsyncSession, replacement_id: UUID, charge_id: UUID, if_match: str | None
) -> tuple[Replacement, ReplacementCharge]:
    row = await keeping.take(session, replacement_id, if_match)
    charge = await session.get(ReplacementCharge, charge_id, populate_existing=True)
    if charge is None or charge.replacement_id != replacement_id:
        raise NotFound(f"The replacement has no charge {charge_id}.")
    return row, charge


def _require(charge: ReplacementCharge, to: ReturnCharge) -> None:
    state = CHARGES.now(charge)
    if to in CHARGES.allowed(state) and state is not ReturnCharge.CHARGE_REVERSED:
        return
    raise NoSuchChargeState(
        f"The charge is {state.value} already.",
        now=state.value,
        allowed=[each.value for each in CHARGES.allowed(state)],
    )


def _decide(
    charge: ReplacementCharge, what: str, by_name: str, words: str | None, at: datetime
) -> None:
    told: dict[str, Any] = {"what": what, "by_name": by_name, "words": words}
    charge.by_hand = {**told, "at": at.isoformat()}
