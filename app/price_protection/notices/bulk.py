"""Notices told in bulk: what telling or correcting each would do, set-wise."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit.bulk import Applied, Kind, Refusal, Rows
from app.kit.db import now
from app.kit.problems import Problem
from app.kit.records import StaleRecord, UnknownReference
from app.price_protection import keeping
from app.price_protection.events import NoticeCorrected, NoticeOpened
from app.price_protection.exposure import marking
from app.price_protection.models import PriceNotice, PriceNoticeLine
from app.price_protection.notices import naming, saying
from app.price_protection.notices.schemas import NoticeRowIn
from app.price_protection.rules import NoticeKnown, Origin, State
from app.products.views import products
from app.vendors.views import vendors

_Key = tuple[UUID, object]


@dataclass(slots=True)
class _Row:
    """A notice of the file."""

    number: int
    id: UUID
    as_of: datetime | None
    document: NoticeRowIn
    vendor_number: str
    vendor_id: UUID
    digest: bytes

    def told(self) -> dict[str, Any]:
        """Return its columns that a correction may change."""
        return saying.columns_of(self.document, self.digest, self.vendor_number)


@dataclass(slots=True)
class _OnRecord:
    """Which notices of the vendors hold, by number and by content; which were withdrawn.

    `of_file`: which numbers and contents the file told already.
    """

    numbers: dict[_Key, PriceNotice] = field(default_factory=dict[_Key, PriceNotice])
    contents: dict[_Key, PriceNotice] = field(default_factory=dict[_Key, PriceNotice])
    withdrawn: dict[_Key, PriceNotice] = field(default_factory=dict[_Key, PriceNotice])
    of_file: dict[_Key, UUID] = field(default_factory=dict[_Key, UUID])

    def add(self, notice: PriceNotice) -> None:
        """Take a notice in."""
        number = notice.vendor_id, notice.vendor_number
        if State(notice.state) is State.WITHDRAWN:
            self.withdrawn[number] = notice
            return
        self.numbers[number] = notice
        self.contents[notice.vendor_id, notice.content_sha256] = notice

    def find(self, row: _Row) -> PriceNotice | None:
        """Return the notice that a row tells of again. Raises Problem where it may not."""
        number, content = (row.vendor_id, row.vendor_number), (row.vendor_id, row.digest)
        for key, what in ((number, f"has the number {row.vendor_number!r}"), (content, "says so")):
            if key in self.of_file:
                detail = f"Another notice of the file {what} already."
                raise NoticeKnown(detail, notice_id=str(self.of_file[key]))
        mine, same = self.numbers.get(number), self.contents.get(content)
        if mine is None and number in self.withdrawn:
            raise saying.withdrawn(self.withdrawn[number])
        if same is not None and same is not mine:
            raise saying.known(same, row.vendor_number)
        stored = mine.as_of if mine is not None else None
        if stored is not None and row.as_of is not None and row.as_of < stored:
            raise StaleRecord(
                "A newer state of this notice is stored; nothing was changed.",
                stored_as_of=stored.isoformat(),
            )
        self.of_file[number] = self.of_file[content] = mine.id if mine else row.id
        return mine


async def _apply(session: AsyncSession, staged: Rows) -> Applied:
    applied = Applied()
    told = staged.subquery("staged")
    rows = (await session.execute(sa.select(told).order_by(told.c.number))).all()
    documents = {row.number: NoticeRowIn.model_validate(row.document) for row in rows}
    vendor_ids, product_ids = await _ids(session, documents.values())
    found: list[_Row] = []
    for row in rows:
        document = documents[row.number]
        try:
            naming.check(session, document)
            _require_known(document, vendor_ids, product_ids)
        except Problem as problem:
            applied.refused.append(Refusal(row.number, problem))
            continue
        found.append(
            _Row(
                number=row.number,
                id=row.id,
                as_of=row.as_of,
                document=document,
                vendor_number=document.vendor_number or row.key,
                vendor_id=vendor_ids[document.vendor],
                digest=saying.digest_of(document.vendor, document),
            )
        )
    if found:
        await saying.queue_up(session, {row.vendor_id for row in found})
        await _write(session, found, await _on_record(session, found), product_ids, applied)
    return applied


async def _ids(
    session: AsyncSession, documents: Iterable[NoticeRowIn]
) -> tuple[Mapping[str, UUID], Mapping[str, UUID]]:
    told = list(documents)
    vendor, product = vendors(), products()
    of_vendors = {each.vendor for each in told}
    of_products = {line.product for each in told for line in each.lines if line.product}
    found = await session.execute(
        sa.select(vendor.c.vendor_key, vendor.c.vendor_id).where(
            vendor.c.vendor_key == sa.any_(sa.literal(sorted(of_vendors), ARRAY(sa.Text)))
        )
    )
    named = await session.execute(
        sa.select(product.c.product_key, product.c.product_id).where(
            product.c.product_key == sa.any_(sa.literal(sorted(of_products), ARRAY(sa.Text)))
        )
    )
    return dict(found.all()), dict(named.all())


def _require_known(
    document: NoticeRowIn, vendor_ids: Mapping[str, UUID], product_ids: Mapping[str, UUID]
) -> None:
    """Refuse a notice of records that were never sent. Raises UnknownReference."""
    missing = [("vendor", "/vendor", document.vendor)] if document.vendor not in vendor_ids else []
    missing += [
        ("product", f"/lines/{index}/product", line.product)
        for index, line in enumerate(document.lines)
        if line.product is not None and line.product not in product_ids
    ]
    if missing:
        errors = [
            {"pointer": pointer, "detail": f"there is no {noun} {key!r}; PUT it first"}
            for noun, pointer, key in missing
        ]
        msg = "The notice names records that were never sent; `errors` points at each."
        raise UnknownReference(msg, errors=errors)


async def _on_record(session: AsyncSession, rows: Sequence[_Row]) -> _OnRecord:
    numbers = sorted({row.vendor_number for row in rows})
    digests = sorted({row.digest for row in rows})
    query = (
        sa.select(PriceNotice)
        .where(
            PriceNotice.vendor_id.in_({row.vendor_id for row in rows}),
            sa.or_(
                PriceNotice.vendor_number == sa.any_(sa.literal(numbers, ARRAY(sa.Text))),
                PriceNotice.content_sha256 == sa.any_(sa.literal(digests, ARRAY(sa.LargeBinary))),
            ),
        )
        .order_by(PriceNotice.effective_on, PriceNotice.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    known = _OnRecord()
    for notice in await session.scalars(query):
        known.add(notice)
    return known


async def _write(
    session: AsyncSession,
    rows: Sequence[_Row],
    known: _OnRecord,
    product_ids: Mapping[str, UUID],
    applied: Applied,
) -> None:
    moment = now(session)
    opened: list[tuple[PriceNotice, _Row]] = []
    corrected: list[tuple[PriceNotice, _Row]] = []
    for row in rows:
        try:
            mine = known.find(row)
        except Problem as problem:
            applied.refused.append(Refusal(row.number, problem))
            continue
        if mine is None:
            notice = saying.begin(row.id, row.vendor_id, Origin.ANNOUNCED, moment, row.told())
            notice.as_of = row.as_of or moment
            session.add(notice)
            opened.append((notice, row))
        elif all(getattr(mine, name) == value for name, value in row.told().items()):
            mine.as_of = row.as_of or mine.as_of
            applied.unchanged += 1
        else:
            corrected.append((mine, row))
    await marking.mark_later(session, *(notice for notice, _ in corrected))
    for notice, row in corrected:
        _change(notice, row, moment)
    stale = [notice.id for notice, _ in corrected]
    await session.execute(sa.delete(PriceNoticeLine).where(PriceNoticeLine.notice_id.in_(stale)))
    await session.flush()
    told = [(notice.id, row.document.lines) for notice, row in (*opened, *corrected)]
    await saying.write_lines(session, told, product_ids)
    await publish(session, *(_opening(each, row) for each, row in opened))
    await publish(session, *(_correction(each, row) for each, row in corrected))
    applied.created, applied.changed = len(opened), len(corrected)


def _change(notice: PriceNotice, row: _Row, moment: datetime) -> None:
    for name, value in row.told().items():
        setattr(notice, name, value)
    notice.as_of = row.as_of or moment
    keeping.touch(notice, moment)


def _opening(notice: PriceNotice, row: _Row) -> NoticeOpened:
    named = keeping.named(notice, row.document.vendor)
    return NoticeOpened(**named, origin=notice.origin, **saying.told(row.document), answer_id=None)


def _correction(notice: PriceNotice, row: _Row) -> NoticeCorrected:
    return NoticeCorrected(
        **keeping.named(notice, row.document.vendor), **saying.told(row.document)
    )


PRICE_NOTICES = Kind("price notice", NoticeRowIn, _apply)
