"""A notice is opened, corrected, confirmed."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit.db import now
from app.kit.ids import new_id
from app.kit.problems import Malformed
from app.price_protection import keeping
from app.price_protection.events import (
    NoticeConfirmed,
    NoticeCorrected,
    NoticeOpened,
    NoticeWithdrawn,
)
from app.price_protection.exposure import marking
from app.price_protection.models import PriceNotice, PriceNoticeLine
from app.price_protection.notices import answering, naming, saying
from app.price_protection.notices.schemas import (
    DecisionIn,
    NoticeCorrectionIn,
    NoticeIn,
    PriceLineIn,
)
from app.price_protection.rules import (
    NOTICES,
    NoticeKnown,
    Origin,
    PriceLine,
    State,
)


async def open_notice(
    session: AsyncSession, document: NoticeIn, *, origin: Origin = Origin.ANNOUNCED
) -> PriceNotice:
    """Record a notice, to be computed.

    Of two who tell the same at once exactly one does. Raises Malformed, UnknownReference,
    NoticeKnown.
    """
    if document.reported is not None:
        origin = Origin.REPORTED
    moment = now(session)
    naming.check(session, document)
    await naming.check_report(session, document.reported)
    vendor_id, ids = await naming.find(session, document)
    await saying.queue_up(session, [vendor_id])
    digest = saying.digest_of(document.vendor, document)
    await _require_new(session, vendor_id, document.vendor_number, digest)
    columns = saying.columns_of(document, digest, document.vendor_number)
    notice = saying.begin(new_id(), vendor_id, origin, moment, columns)
    notice.as_of = None if origin is Origin.DETECTED else moment
    notice.reported = document.reported.model_dump(mode="json") if document.reported else None
    session.add(notice)
    await session.flush()
    await saying.write_lines(session, [(notice.id, document.lines)], ids)
    if document.reported is not None:
        notice.answer_id = await answering.ask(session, notice, document)
        await session.flush()
    event = NoticeOpened(
        **keeping.named(notice, document.vendor),
        origin=notice.origin,
        **saying.told(document),
        answer_id=notice.answer_id,
    )
    await publish(session, event)
    return notice


async def open_detected(
    session: AsyncSession,
    *,
    vendor: str,
    currency: str,
    effective_on: date,
    lines: Sequence[PriceLine],
    note: str | None = None,
) -> PriceNotice:
    """Record that prices were seen to have fallen: unconfirmed, until somebody confirms it.

    What is on record already is returned as it is. Raises Malformed, UnknownReference.
    """
    document = NoticeIn(
        vendor=vendor,
        currency=currency,
        effective_on=effective_on,
        lines=[
            PriceLineIn(
                product=line.product,
                product_line=line.product_line,
                old_price=None if line.old_price is None else str(line.old_price),
                new_price=str(line.new_price),
            )
            for line in lines
        ],
        note=note,
    )
    try:
        return await open_notice(session, document, origin=Origin.DETECTED)
    except NoticeKnown as problem:
        return await keeping.get(session, UUID(problem.fields["notice_id"]))


async def correct(
    session: AsyncSession, notice_id: UUID, document: NoticeCorrectionIn, if_match: str | None
) -> PriceNotice:
    """Let a notice say something else; its exposure is computed anew.

    Raises NotFound, VersionMismatch, NoticeIsWithdrawn, Malformed, UnknownReference, NoticeKnown.
    """
    naming.check(session, document)
    vendor_id, ids = await naming.find(session, document)
    await saying.queue_up(session, [vendor_id])
    notice = await keeping.take(session, notice_id, if_match)
    _require_held(notice)
    if vendor_id != notice.vendor_id:
        detail = "a notice stays its vendor's; withdraw it and tell another"
        raise Malformed(
            "The vendor of a notice does not change.",
            errors=[{"pointer": "/vendor", "detail": detail}],
        )
    digest = saying.digest_of(document.vendor, document)
    told = saying.columns_of(document, digest, document.vendor_number)
    if all(getattr(notice, name) == value for name, value in told.items()):
        return notice
    await _require_new(session, vendor_id, document.vendor_number, digest, but=notice.id)
    # Those that it protected units of: it may come after them now, or be of another currency.
    await marking.mark_later(session, notice)
    for name, value in told.items():
        setattr(notice, name, value)
    notice.as_of = now(session)
    lines = sa.delete(PriceNoticeLine).where(PriceNoticeLine.notice_id == notice.id)
    await session.execute(lines)
    await keeping.changed(session, notice)
    await saying.write_lines(session, [(notice.id, document.lines)], ids)
    event = NoticeCorrected(**keeping.named(notice, document.vendor), **saying.told(document))
    await publish(session, event)
    return notice


async def confirm(
    session: AsyncSession, notice_id: UUID, document: DecisionIn, if_match: str | None = None
) -> PriceNotice:
    """Record that what was heard of, or seen, is so. Raises NotFound, VersionMismatch, IllegalStep.

    Raises Malformed too: words of the future. Of two at once exactly one does.
    """
    notice = await keeping.take(session, notice_id, if_match)
    return await decide(session, notice, State.CONFIRMED, document, NoticeConfirmed)


async def decide(
    session: AsyncSession,
    notice: PriceNotice,
    state: State,
    document: DecisionIn,
    event: type[NoticeConfirmed | NoticeWithdrawn],
) -> PriceNotice:
    """Let a locked notice be confirmed or withdrawn. Raises IllegalStep, Malformed."""
    said = document.vendor_said
    if said is not None:
        answering.require_said(said, now(session), at="/vendor_said")
    NOTICES.step(notice, state)
    notice.decided_at, notice.decided_by = now(session), document.by_name
    notice.decided_note = document.note
    notice.vendor_said = said.model_dump(mode="json") if said else None
    await keeping.changed(session, notice)
    await answering.answered(session, notice, document)
    vendor = await keeping.vendor_of(session, notice)
    named = keeping.named(notice, vendor)
    told = {"by_name": document.by_name, "note": document.note, "vendor_said": notice.vendor_said}
    await publish(session, event(**named, **told))
    return notice


async def recompute(session: AsyncSession, notice_id: UUID) -> PriceNotice:
    """Have a notice computed again, by what is known then. Raises NotFound."""
    notice = await keeping.take(session, notice_id)
    notice.compute_due_at, notice.rests_until = now(session), None
    await session.flush()
    return notice


async def _require_new(
    session: AsyncSession,
    vendor_id: UUID,
    vendor_number: str | None,
    digest: bytes,
    *,
    but: UUID | None = None,
) -> None:
    same: sa.ColumnElement[bool] = PriceNotice.content_sha256 == digest
    if vendor_number is not None:
        same = sa.or_(same, PriceNotice.vendor_number == vendor_number)
    query = sa.select(PriceNotice).where(
        PriceNotice.vendor_id == vendor_id, PriceNotice.state != State.WITHDRAWN.value, same
    )
    if but is not None:
        query = query.where(PriceNotice.id != but)
    first = await session.scalar(query.order_by(PriceNotice.id).limit(1))
    if first is None:
        return
    raise saying.known(first, vendor_number)


def _require_held(notice: PriceNotice) -> None:
    if State(notice.state) is State.WITHDRAWN:
        raise saying.withdrawn(notice)
