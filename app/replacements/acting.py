"""What we say: what came out of the box, that we want it no more, that it is over."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.files import service as files
from app.kit.db import context_of, now
from app.kit.ids import new_id
from app.kit.moments import require_possible
from app.replacements import keeping
from app.replacements.answering import require_other_unit, require_product
from app.replacements.events import ReplacementChanged
from app.replacements.hearing import Saying, hear
from app.replacements.models import Replacement, ReplacementFile
from app.replacements.moving import settle_states
from app.replacements.reading import read
from app.replacements.rules import MAX_FILES
from app.replacements.rules.folding import SwapFact
from app.replacements.rules.refusals import ReplacementStillOwed, TooMuchOfIt
from app.replacements.rules.states import STATES, ReturnCharge, SwapState
from app.replacements.schemas import ArrivedIn, CancelSwapIn, CloseSwapIn, SwapFileIn
from app.replacements.standing import Standing, stand

_OPEN = frozenset({ReturnCharge.CHARGED.value, ReturnCharge.CHARGE_DISPUTED.value})


async def arrive(
    session: AsyncSession, *, replacement_id: UUID, document: ArrivedIn
) -> Replacement:
    """Write down what came out of the box: it works, is dead, or is the wrong model.

    Dead or wrong it makes nobody whole, another may be asked for, and it goes back under that.
    Raises NotFound, IllegalStep, UnknownReference, ContradictsReplacement, ImpossibleMoment.
    """
    row = await keeping.take(session, replacement_id)
    require_possible({"/at": document.at}, now=now(session), since=row.requested_at)
    await require_product(session, document.product)
    standing = await stand(session, row)
    require_other_unit(standing, document.serial)
    saying = Saying(
        SwapFact.ARRIVED,
        document.at,
        by_name=document.by_name,
        words=document.note,
        told={
            "outcome": document.outcome.value,
            "product": document.product,
            "serial": document.serial,
        },
    )
    _, is_new = await hear(session, standing, saying)
    if is_new:
        await settle_states(session, row)
    return row


async def cancel(
    session: AsyncSession,
    *,
    replacement_id: UUID,
    document: CancelSwapIn,
    if_match: str | None = None,
) -> Replacement:
    """Want it no more. Raises NotFound, VersionMismatch, IllegalStep, ImpossibleMoment."""
    row = await keeping.take(session, replacement_id, if_match)
    STATES.require(row, SwapState.CANCELLED)
    standing = await stand(session, row)
    at = _after_all(session, standing, document.at)
    saying = Saying(
        SwapFact.CANCELLED, at, is_ours=True, by_name=document.by_name, words=document.words
    )
    await hear(session, standing, saying)
    await settle_states(session, row)
    return row


async def close(
    session: AsyncSession,
    *,
    replacement_id: UUID,
    document: CloseSwapIn,
    if_match: str | None = None,
) -> Replacement:
    """Take it for over. Raises NotFound, VersionMismatch, IllegalStep, ReplacementStillOwed."""
    row = await keeping.take(session, replacement_id, if_match)
    STATES.require(row, SwapState.CLOSED)
    standing = await stand(session, row)
    _require_nothing_open(session, standing)
    at = _after_all(session, standing, document.at)
    saying = Saying(
        SwapFact.CLOSED, at, is_ours=True, by_name=document.by_name, words=document.note
    )
    await hear(session, standing, saying)
    await settle_states(session, row)
    return row


def _after_all(session: AsyncSession, standing: Standing, at: datetime | None) -> datetime:
    """Return when we said it: after all that was heard."""
    moment = now(session)
    last = max((fact.at for fact in standing.facts), default=None)
    require_possible({"/at": at}, now=moment, since=last, since_what="something was heard")
    return at or moment


def _require_nothing_open(session: AsyncSession, standing: Standing) -> None:
    """Refuse to close over what is owed still. Raises ReplacementStillOwed."""
    found = read(standing, now(session))
    errors = [
        {"pointer": "", "detail": f"{each.number} is {each.state.replace('_', ' ')}"}
        for each in standing.charges
        if each.state in _OPEN
    ]
    if found.returned_as() is None and found.late_clock_stopped_at is None:
        detail = "the unit did not go back, and the vendor did not say that it wants it no more"
        errors.append({"pointer": "", "detail": detail})
    if errors:
        raise ReplacementStillOwed("Something is owed still.", errors=errors)


async def add_file(
    session: AsyncSession, *, replacement_id: UUID, document: SwapFileIn
) -> Replacement:
    """Tie a file to a replacement; the same again changes nothing.

    Raises NotFound, UnknownFile, TooMuchOfIt.
    """
    row = await keeping.take(session, replacement_id)
    await files.require(session, {document.file_id}, pointer="/file_id")
    known = await files_of(session, replacement_id)
    if any(each.file_id == document.file_id for each in known):
        return row
    if len(known) >= MAX_FILES:
        raise TooMuchOfIt(f"A replacement has {MAX_FILES} files at the most.", most=MAX_FILES)
    session.add(
        ReplacementFile(
            id=new_id(),
            replacement_id=row.id,
            file_id=document.file_id,
            what=document.what.value,
            note=document.note,
            added_at=now(session),
            added_by=context_of(session).caller,
        )
    )
    await keeping.changed(session, row)
    await publish(session, ReplacementChanged(**keeping.named(row), what="files"))
    return row


async def files_of(session: AsyncSession, replacement_id: UUID) -> list[ReplacementFile]:
    """Return the files of a replacement in the order they were added."""
    query = sa.select(ReplacementFile).where(ReplacementFile.replacement_id == replacement_id)
    return list((await session.scalars(query.order_by(ReplacementFile.id))).all())
