"""Vendors' documents told in bulk: what a PUT of each would do, set-wise."""

from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit import records
from app.kit.bulk import (
    ROWS,
    WRITTEN,
    Applied,
    Batch,
    Kind,
    Refusal,
    Rows,
    Turn,
    flatten,
    object_of,
    temporary,
    text_of,
)
from app.kit.db import now
from app.kit.ids import new_id
from app.kit.problems import Malformed
from app.orders import rules
from app.orders.document_schemas import VendorDocumentIn
from app.orders.events import VendorDocumentsImported
from app.orders.models import VendorDocument, VendorDocumentLine
from app.orders.vendor_documents import check, line_columns
from app.vendors.views import vendors

_PAPERS = temporary(
    "bulk_vendor_documents",
    sa.Column("number", sa.Integer),
    sa.Column("vendor", sa.Text),
    sa.Column("vendor_id", sa.Uuid),
    sa.Column("issued_on", sa.Date),
)
_TEXTS = (
    *("key", "description", "product_key", "rma_lookup", "purchase_order_key"),
    *("purchase_line_key", "claim"),
)


def _staged(document: VendorDocumentIn, _content: str) -> str:
    told = document.model_dump(mode="json", exclude={"as_of", "lines"})
    lines = [line_columns(line, document) for line in document.lines]
    told["lines"] = [line | {"amount": format(line["amount"], "f")} for line in lines]
    return orjson.dumps(told).decode()


async def _apply(session: AsyncSession, staged: Rows) -> Applied:
    batch = Batch(session, VendorDocument)
    await batch.begin(staged)
    told, moment = ROWS.c.document, sa.DateTime(timezone=True)
    vendor, key = vendors(), text_of(told, "vendor")
    issued_on = text_of(told, "issued_on").cast(sa.Date)
    await batch.fill(
        _PAPERS,
        sa.select(ROWS.c.number, key, vendor.c.vendor_id, issued_on)
        .outerjoin_from(ROWS, vendor, vendor.c.vendor_key == key)
        .where(WRITTEN),
    )
    await batch.refuse(await _of_a_day_to_come(session))
    await batch.refuse(await _of_nobody(session))
    await batch.write(
        sa.select(
            ROWS.c.number.label("place"),
            text_of(told, "kind").label("kind"),
            _PAPERS.c.vendor_id,
            text_of(told, "number").label("number"),
            _PAPERS.c.issued_on,
            text_of(told, "currency").label("currency"),
            object_of(told, "references").label("told"),
            text_of(told, "cancelled_at").cast(moment).label("cancelled_at"),
        ).join(_PAPERS, _PAPERS.c.number == ROWS.c.number)
    )
    await _write_lines(session)
    await _tell(session)
    return await batch.end()


async def _of_a_day_to_come(session: AsyncSession) -> list[Refusal]:
    today = now(session).date()
    late = await session.execute(
        sa.select(_PAPERS.c.number, _PAPERS.c.issued_on)
        .where(_PAPERS.c.issued_on > today)
        .order_by(_PAPERS.c.number)
    )
    refusals: list[Refusal] = []
    for number, issued_on in late.all():
        try:
            rules.require_issued(issued_on, today)
        except Malformed as problem:
            refusals.append(Refusal(number, problem))
    return refusals


async def _of_nobody(session: AsyncSession) -> list[Refusal]:
    unknown = await session.execute(
        sa.select(_PAPERS.c.number, _PAPERS.c.vendor)
        .where(_PAPERS.c.vendor_id.is_(None))
        .order_by(_PAPERS.c.number)
    )
    return [
        Refusal(number, records.unknown("vendor", [("/vendor", vendor)]))
        for number, vendor in unknown.all()
    ]


async def _write_lines(session: AsyncSession) -> None:
    """Replace the lines: nothing points at them."""
    await session.execute(
        sa.delete(VendorDocumentLine).where(
            VendorDocumentLine.document_id == ROWS.c.id, ROWS.c.turn == Turn.CHANGE.value
        ),
        execution_options={"synchronize_session": False},
    )
    line = flatten(ROWS.c.document, "lines", "line")
    told = line.c.value
    serials = sa.func.jsonb_array_elements_text(told["serial_lookups"])
    serial = serials.table_valued("value").render_derived(name="serial")
    columns: dict[str, sa.ColumnElement[Any]] = {
        "document_id": ROWS.c.id,
        "position": line.c.n - 1,
        **{name: text_of(told, name) for name in _TEXTS},
        "quantity": text_of(told, "quantity").cast(sa.Integer),
        "amount": text_of(told, "amount").cast(sa.Numeric),
        "told": object_of(told, "told").cast(JSONB),
        "serial_lookups": sa.func.array(
            sa.select(serial.c.value).scalar_subquery(), type_=ARRAY(sa.Text)
        ),
        "obligation_number": text_of(told, "obligation_number").cast(sa.BigInteger),
    }
    lines = (
        sa.select(*columns.values())
        .select_from(ROWS)
        .join(line, sa.true())
        .where(WRITTEN)
        .order_by(ROWS.c.number, line.c.n)
    )
    await session.execute(sa.insert(VendorDocumentLine).from_select(list(columns), lines))


async def _tell(session: AsyncSession) -> None:
    """Tell of the whole batch in one event."""
    ids = await session.scalars(sa.select(ROWS.c.id).where(WRITTEN).order_by(ROWS.c.number))
    if papers := list(ids.all()):
        await publish(session, VendorDocumentsImported(batch_id=new_id(), document_ids=papers))


VENDOR_DOCUMENTS = Kind("vendor document", VendorDocumentIn, _apply, check=check, staged=_staged)
