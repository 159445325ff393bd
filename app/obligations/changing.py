"""What else becomes of a debt: triggered, broken, taken back, released, superseded, void."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.files import service as files
from app.kit.db import context_of, now
from app.kit.etags import check_version
from app.kit.ids import new_id
from app.obligations import ledger, references, refusals, spoken_times
from app.obligations.change_schemas import BreakIn, ReleaseIn, SupersedeIn, TriggerIn, VoidIn
from app.obligations.clocks import clocks
from app.obligations.events import (
    ObligationBroken,
    ObligationContested,
    ObligationReleased,
    ObligationSuperseded,
    ObligationTriggered,
    ObligationVoided,
)
from app.obligations.models import Obligation, Promise, Retraction
from app.obligations.promise_schemas import SaidIn
from app.obligations.rules import STATES, Party, State
from app.vendors import service as vendors


async def trigger(
    session: AsyncSession, *, obligation_id: UUID, document: TriggerIn, if_match: str | None = None
) -> Obligation:
    """Record that what a conditional debt waited for has come: it is owed from now on.

    The words a promise named its time in are read from that moment. Raises NotFound,
    VersionMismatch, IllegalStep, Malformed (a trigger of the future).
    """
    refusals.require_happened({"/triggered_at": document.triggered_at}, now(session))
    obligation = await ledger.take(session, obligation_id, if_match)
    STATES.require(obligation, State.OPEN)
    promise = await session.get(Promise, obligation_id)
    due_at, attend_at = document.due_at, document.due_at
    if promise is not None and due_at is None:
        by = await vendors.calendar_of(session, obligation.debtor)
        read = spoken_times.read(promise.due_words, document.triggered_at, by.calendar)
        promise.due_rule, promise.due_text = read.rule, read.text
        due_at, attend_at = read.due_at, spoken_times.look_again_at(read, document.triggered_at)
    STATES.step(obligation, State.OPEN)
    obligation.triggered_at, obligation.due_at = document.triggered_at, due_at
    obligation.attend_at = attend_at or document.triggered_at + spoken_times.LOOK_AGAIN_ELSE
    clocks.wind(session, obligation, document.triggered_at)
    ledger.touch(session, obligation)
    await session.flush()
    event = ObligationTriggered(
        **ledger.identity(obligation),
        triggered_at=document.triggered_at,
        due_at=due_at,
        note=document.note,
    )
    await publish(session, event)
    return obligation


async def mark_broken(
    session: AsyncSession, *, obligation_id: UUID, document: BreakIn, if_match: str | None = None
) -> Obligation:
    """Mark a debt as not kept; it is still owed. Without a due time a person decides.

    Raises NotFound, VersionMismatch, IllegalStep, NotYetDue, NotRunning.
    """
    obligation = await ledger.take(session, obligation_id, if_match)
    STATES.require(obligation, State.BROKEN)
    clocks.require_not_paused(obligation)
    refusals.require_due(obligation.due_at, now(session))
    STATES.step(obligation, State.BROKEN)
    obligation.broken_at = now(session)
    ledger.touch(session, obligation)
    await session.flush()
    event = ObligationBroken(
        **ledger.identity(obligation), due_at=obligation.due_at, note=document.note
    )
    await publish(session, event)
    return obligation


async def retract(
    session: AsyncSession, *, obligation_id: UUID, document: SaidIn
) -> tuple[Obligation, Retraction]:
    """Record that a promise was taken back: a fact. The debt stays as it is, marked contested.

    Raises NotFound, NoPromise, UnknownFile, Malformed (a retraction of the future).
    """
    refusals.require_happened({"/said_at": document.said_at}, now(session))
    obligation = await ledger.take(session, obligation_id, None)
    if await session.get(Promise, obligation_id) is None:
        raise refusals.NoPromise(
            "It rests on nobody's word; a denial of it is another matter.",
            ground=obligation.ground_kind,
        )
    await files.require(session, set(document.file_ids), pointer="/file_ids")
    retraction = Retraction(
        id=new_id(),
        obligation_id=obligation_id,
        by_name=document.by_name,
        by_role=document.by_role,
        said_at=document.said_at,
        channel=document.channel.value,
        words=document.words,
        file_ids=document.file_ids,
        recorded_at=now(session),
        recorded_by=context_of(session).caller,
    )
    session.add(retraction)
    obligation.contested_at = min(obligation.contested_at or document.said_at, document.said_at)
    ledger.touch(session, obligation)
    await session.flush()
    event = ObligationContested(
        **ledger.identity(obligation),
        retraction_id=retraction.id,
        by_name=retraction.by_name,
        by_role=retraction.by_role,
        said_at=retraction.said_at,
        channel=retraction.channel,
        words=retraction.words,
    )
    await publish(session, event)
    return obligation, retraction


async def release(
    session: AsyncSession, *, obligation_id: UUID, document: ReleaseIn, if_match: str | None = None
) -> Obligation:
    """Let the debtor off: the creditor alone can.

    Raises NotFound, VersionMismatch, NotTheCreditor, IllegalStep, Malformed (of the future).
    """
    refusals.require_happened({"/released_at": document.released_at}, now(session))
    obligation = await ledger.take(session, obligation_id, if_match)
    by = references.party(document.by)
    refusals.require_release_by(by, Party.parse(obligation.creditor))
    moment = document.released_at or now(session)
    ledger.end(session, obligation, State.RELEASED, ended_at=moment)
    await session.flush()
    event = ObligationReleased(
        **ledger.identity(obligation),
        released_at=moment,
        by=str(by),
        by_name=document.by_name,
        words=document.words,
        kept_instead_id=None,
    )
    await publish(session, event)
    return obligation


async def supersede(
    session: AsyncSession,
    *,
    obligation_id: UUID,
    document: SupersedeIn,
    if_match: str | None = None,
) -> Obligation:
    """Let another obligation to the same creditor take its place.

    Raises NotFound, UnknownReference, VersionMismatch, UnfitSuccessor, IllegalStep.
    """
    successor_id = document.by_obligation_id
    await ledger.require_known(session, successor_id, pointer="/by_obligation_id")
    locked = await ledger.lock(session, obligation_id, successor_id)
    obligation, successor = locked[obligation_id], locked[successor_id]
    check_version(obligation.version, if_match=if_match, if_none_match=None)
    STATES.require(obligation, State.SUPERSEDED)
    refusals.require_successor(
        State(successor.state),
        is_itself=successor_id == obligation_id,
        has_same_creditor=successor.creditor == obligation.creditor,
    )
    ledger.end(session, obligation, State.SUPERSEDED, superseded_by_id=successor_id)
    await session.flush()
    event = ObligationSuperseded(
        **ledger.identity(obligation), superseded_by_id=successor_id, note=document.note
    )
    await publish(session, event)
    return obligation


async def void(
    session: AsyncSession, *, obligation_id: UUID, document: VoidIn, if_match: str | None = None
) -> Obligation:
    """Say that it was never owed. Raises NotFound, VersionMismatch, IllegalStep."""
    obligation = await ledger.take(session, obligation_id, if_match)
    ledger.end(session, obligation, State.VOID)
    await session.flush()
    event = ObligationVoided(**ledger.identity(obligation), reason=document.reason)
    await publish(session, event)
    return obligation


async def find_by_case(session: AsyncSession, case_id: UUID) -> list[Obligation]:
    """Return all that is or was owed in a case, by when somebody should look at it."""
    query = sa.select(Obligation).where(Obligation.case_id == case_id)
    rows = await session.scalars(query.order_by(Obligation.attend_at, Obligation.id))
    return list(rows)
