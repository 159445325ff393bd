"""Falls that a poll of prices shows are told as notices, set-wise, and confirmed by later polls."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.db import now
from app.price_protection import keeping
from app.price_protection.detection import rules
from app.price_protection.detection.models import DetectedFall
from app.price_protection.detection.rules import Fall, Told
from app.price_protection.models import PriceNotice, PriceNoticeLine
from app.price_protection.notices import saying
from app.price_protection.notices.schemas import DecisionIn, NoticeCorrectionIn, PriceLineIn
from app.price_protection.notices.withdrawing import withdraw
from app.price_protection.notices.writing import confirm, correct, open_detected
from app.price_protection.rules import Origin, State
from app.products.views import changed_prices, price_falls, products
from app.vendors import service as vendors
from app.vendors.terms import NOBODYS

_Key: TypeAlias = tuple[UUID, UUID, str, datetime]
_KEY = (
    *(DetectedFall.vendor_id, DetectedFall.product_id),
    *(DetectedFall.currency, DetectedFall.seen_at),
)
_MACHINE = "Makegood"
_NOTE = "Seen in prices; nobody of the vendor has said so."
_SEEN_AGAIN = "The lower prices were seen a second time."
_ROSE_AGAIN = "They were seen once, and stood higher again at the next sight."


async def detect(session: AsyncSession, poll_ids: Sequence[UUID]) -> None:
    """Open notices of the falls that polls show; confirm, shorten or withdraw those opened before.

    The same polls again change nothing.
    """
    touched = changed_prices(poll_ids).subquery("touched")
    vendor_ids = await session.scalars(sa.select(touched.c.vendor_id).distinct())
    # Of two workers the second must see what the first has opened, and no older prices than it.
    await saying.queue_up(session, vendor_ids)
    falls = await _falls(session, poll_ids)
    known = await _known(session, touched)
    fresh = [fall for fall in falls if fall.key not in known]
    told = await _told(session, fresh)
    worth = rules.worth_saying(fresh, now(session).date())
    unsaid: list[Fall] = []
    placed: dict[UUID, list[Fall]] = {}
    for fall in worth:
        notice_id = rules.is_told(fall, told)
        if notice_id is None:
            unsaid.append(fall)
        else:
            placed.setdefault(notice_id, []).append(fall)
    for together in rules.notices(unsaid):
        placed.setdefault(await _open(session, together), []).extend(together)
    await _keep(session, placed)
    await _note_later(session, [fall for fall in falls if fall.key in known])
    changed = {known[fall.key] for fall in falls if fall.key in known}
    # What came late shows another first sight of a fall, or none: the one that was known is gone.
    vanished = known.keys() - {fall.key for fall in falls}
    await _change(session, vanished, {"gone_at": now(session)})
    changed |= {known[key] for key in vanished}
    for notice_id in await _unsettled(session, changed | placed.keys()):
        await _settle(session, notice_id)


async def _falls(session: AsyncSession, poll_ids: Sequence[UUID]) -> list[Fall]:
    fell, product = price_falls(poll_ids), products()
    query = sa.select(fell, product.c.product_key).join(
        product, product.c.product_id == fell.c.product_id
    )
    rows = (await session.execute(query)).all()
    keys = await vendors.keys_of(session, {row.vendor_id for row in rows})
    by = await vendors.calendars_of(session, {f"vendor:{key}" for key in keys.values()})
    return [
        Fall(
            vendor_id=row.vendor_id,
            vendor=keys[row.vendor_id],
            product_id=row.product_id,
            product=row.product_key,
            currency=row.currency,
            old_amount=row.old_amount,
            new_amount=row.new_amount,
            seen_at=row.seen_at,
            effective_on=by.get(f"vendor:{keys[row.vendor_id]}", NOBODYS).day(row.seen_at),
            is_seen_again=row.is_confirmed,
            later_amount=row.later_amount,
        )
        for row in rows
    ]


async def _known(session: AsyncSession, touched: sa.Subquery) -> dict[_Key, UUID]:
    """Return the notices of the falls that were seen before in the histories that changed."""
    row = DetectedFall
    of_history = sa.and_(
        touched.c.vendor_id == row.vendor_id,
        touched.c.product_id == row.product_id,
        touched.c.currency == row.currency,
    )
    found = await session.execute(sa.select(*_KEY, row.notice_id).join(touched, of_history))
    return {(each[0], each[1], each[2], each[3]): each.notice_id for each in found}


def _ids(found: Iterable[UUID]) -> sa.ColumnElement[Any]:
    # One parameter, however many falls there are.
    return sa.literal(sorted(found), ARRAY(sa.Uuid))


async def _told(session: AsyncSession, falls: Sequence[Fall]) -> list[Told]:
    """Return what notices that stand say of the same products: an announced fall is no news."""
    if not falls:
        return []
    line, notice, product = PriceNoticeLine, PriceNotice, products()
    rows = await session.execute(
        sa.select(
            notice.id,
            notice.vendor_id,
            product.c.product_id,
            notice.currency,
            notice.effective_on,
            line.new_price,
        )
        .join_from(notice, line, line.notice_id == notice.id)
        # The product itself, or its family.
        .join(
            product,
            sa.or_(
                product.c.product_id == line.product_id,
                product.c.product_line == line.product_line,
            ),
        )
        .where(
            notice.state != State.WITHDRAWN.value,
            notice.vendor_id == sa.any_(_ids({fall.vendor_id for fall in falls})),
            notice.effective_on.between(
                min(fall.effective_on for fall in falls) - rules.SAME_FALL,
                max(fall.effective_on for fall in falls) + rules.SAME_FALL,
            ),
            product.c.product_id == sa.any_(_ids({fall.product_id for fall in falls})),
        )
    )
    return [Told(*row) for row in rows]


async def _open(session: AsyncSession, falls: Sequence[Fall]) -> UUID:
    first = falls[0]
    notice = await open_detected(
        session,
        vendor=first.vendor,
        currency=first.currency,
        effective_on=first.effective_on,
        lines=[fall.line() for fall in falls],
        note=_NOTE,
    )
    return notice.id


async def _keep(session: AsyncSession, placed: dict[UUID, list[Fall]]) -> None:
    rows = [
        {
            "vendor_id": fall.vendor_id,
            "product_id": fall.product_id,
            "currency": fall.currency,
            "seen_at": fall.seen_at,
            "old_amount": fall.old_amount,
            "new_amount": fall.new_amount,
            "notice_id": notice_id,
            "is_confirmed": fall.is_confirmed,
        }
        for notice_id, falls in placed.items()
        for fall in falls
    ]
    if rows:
        await session.execute(insert(DetectedFall).on_conflict_do_nothing(), rows)


async def _note_later(session: AsyncSession, falls: Sequence[Fall]) -> None:
    """Keep what later sights made of falls that are known."""
    confirmed = {"is_confirmed": True, "gone_at": None}
    await _change(session, {fall.key for fall in falls if fall.is_confirmed}, confirmed)
    gone = {"gone_at": now(session)}
    await _change(session, {fall.key for fall in falls if fall.is_gone}, gone)


async def _change(session: AsyncSession, keys: Collection[_Key], values: dict[str, Any]) -> None:
    if keys:
        await session.execute(
            sa.update(DetectedFall)
            .where(*_is_one_of(keys))
            .values(values)
            .execution_options(synchronize_session=False)
        )


def _is_one_of(keys: Collection[_Key]) -> list[sa.ColumnElement[bool]]:
    """Return the condition that a row is one of these falls."""
    types = (sa.Uuid, sa.Uuid, sa.CHAR(3), sa.DateTime(timezone=True))
    arrays = [
        sa.literal(list(values), ARRAY(type_))
        for values, type_ in zip(zip(*keys, strict=True), types, strict=True)
    ]
    names = [column.key for column in _KEY]
    wanted = sa.func.unnest(*arrays).table_valued(*names, name="wanted").render_derived()
    return [column == wanted.c[column.key] for column in _KEY]


async def _unsettled(session: AsyncSession, notice_ids: Iterable[UUID]) -> Sequence[UUID]:
    """Return which of these notices nobody has decided of."""
    notice = PriceNotice
    found = await session.scalars(
        sa.select(notice.id)
        .where(
            notice.id == sa.any_(_ids(notice_ids)),
            notice.state == State.UNCONFIRMED.value,
        )
        .order_by(notice.id)
    )
    return found.all()


async def _settle(session: AsyncSession, notice_id: UUID) -> None:
    """Confirm a notice whose falls were all seen again; take out of it what was a slip."""
    notice = await keeping.take(session, notice_id)
    if State(notice.state) is not State.UNCONFIRMED:
        return
    row = DetectedFall
    falls = (await session.scalars(sa.select(row).where(row.notice_id == notice_id))).all()
    standing = {fall.product_id for fall in falls if fall.gone_at is None}
    lines = await _lines(session, notice)
    left = [line for line, product_id in lines if product_id in standing]
    is_ours = Origin(notice.origin) is Origin.DETECTED and len(lines) == len(
        {fall.product_id for fall in falls}
    )
    if not left:
        if is_ours:
            await withdraw(session, notice_id, DecisionIn(by_name=_MACHINE, note=_ROSE_AGAIN))
        return
    if is_ours and len(left) < len(lines):
        vendor = await keeping.vendor_of(session, notice)
        document = NoticeCorrectionIn(
            vendor=vendor,
            vendor_number=notice.vendor_number,
            announced_on=notice.announced_on,
            effective_on=notice.effective_on,
            currency=notice.currency,
            lines=left,
            note=notice.note,
        )
        await correct(session, notice_id, document, None)
    if all(fall.is_confirmed for fall in falls if fall.gone_at is None) and len(left) == len(
        standing
    ):
        await confirm(session, notice_id, DecisionIn(by_name=_MACHINE, note=_SEEN_AGAIN))


async def _lines(
    session: AsyncSession, notice: PriceNotice
) -> list[tuple[PriceLineIn, UUID | None]]:
    line, product = PriceNoticeLine, products()
    rows = await session.execute(
        sa.select(
            line.product_id,
            product.c.product_key,
            line.product_line,
            line.old_price,
            line.new_price,
        )
        .outerjoin(product, product.c.product_id == line.product_id)
        .where(line.notice_id == notice.id)
        .order_by(line.position)
    )
    return [
        (
            PriceLineIn(
                product=row.product_key,
                product_line=row.product_line,
                old_price=None if row.old_price is None else str(row.old_price),
                new_price=str(row.new_price),
            ),
            row.product_id,
        )
        for row in rows
    ]
