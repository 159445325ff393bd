"""What is done with vendors' documents: record, get, page, show."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit import records
from app.kit.db import now
from app.kit.records import Conditions, Outcome, Put, RecordOut, UnknownReference
from app.orders import rules
from app.orders.document_schemas import (
    DocumentLineIn,
    DocumentLineOut,
    ReferencesOut,
    VendorDocumentIn,
    VendorDocumentOut,
)
from app.orders.events import VendorDocumentRecorded
from app.orders.finds import DocumentFilter, select_documents
from app.orders.models import VendorDocument, VendorDocumentLine
from app.orders.rules import DocumentKind
from app.vendors import service as vendors

NOUN = "vendor document"


def check(document: VendorDocumentIn) -> None:
    """Refuse what the schema cannot see. Raises Malformed."""
    rules.require_unique(
        ((f"/lines/{index}/key", line.key) for index, line in enumerate(document.lines)),
        noun="line",
    )


async def record(
    session: AsyncSession, *, key: str, document: VendorDocumentIn, conditions: Conditions
) -> Put[VendorDocument]:
    """Store a vendor's document as the ERP tells it. What it refers to need not be known here.

    Raises StaleRecord, VersionMismatch, UnknownReference (the vendor), Malformed.
    """
    rules.require_issued(document.issued_on, now(session).date())
    check(document)

    async def fill(paper: VendorDocument) -> None:
        found = await vendors.resolve(session, {"/vendor": document.vendor})
        paper.kind = document.kind.value
        paper.vendor_id = found[document.vendor]
        paper.number = document.number
        paper.issued_on = document.issued_on
        paper.currency = document.currency
        paper.told = document.references.model_dump(mode="json")
        paper.cancelled_at = document.cancelled_at
        session.add(paper)
        await session.flush()
        await _write_lines(session, paper.id, document)

    result = await records.put(
        session, VendorDocument, key=key, document=document, conditions=conditions, fill=fill
    )
    if result.outcome is not Outcome.UNCHANGED:
        paper = result.record
        event = VendorDocumentRecorded(
            document_id=paper.id,
            key=key,
            version=paper.version,
            kind=paper.kind,
            vendor=document.vendor,
            is_cancelled=paper.cancelled_at is not None,
        )
        await publish(session, event)
    return result


async def _write_lines(
    session: AsyncSession, document_id: UUID, document: VendorDocumentIn
) -> None:
    await session.execute(
        sa.delete(VendorDocumentLine).where(VendorDocumentLine.document_id == document_id),
        execution_options={"synchronize_session": False},
    )
    rows = [
        {"document_id": document_id, "position": position} | line_columns(line, document)
        for position, line in enumerate(document.lines)
    ]
    await session.execute(sa.insert(VendorDocumentLine), rows)


def line_columns(line: DocumentLineIn, document: VendorDocumentIn) -> dict[str, Any]:
    """Return what is kept of a line, with what it refers to in the end."""
    own = line.references
    meant = document.references if own is None else own.beneath(document.references)
    return {
        "key": line.key,
        "description": line.description,
        "product_key": line.product,
        "quantity": line.quantity,
        "amount": line.amount,
        "told": None if own is None else own.model_dump(mode="json"),
        "rma_lookup": rules.rma_lookup(meant.rma or "") or None,
        "purchase_order_key": meant.purchase_order,
        "purchase_line_key": meant.line,
        "serial_lookups": sorted({rules.serial_lookup(each) for each in meant.serials}),
        "obligation_number": meant.obligation,
        "claim": meant.claim,
    }


async def get(session: AsyncSession, key: str) -> VendorDocument:
    """Return the vendor's document under the ERP's key. Raises NotFound."""
    return await records.get(session, VendorDocument, key, noun=NOUN)


async def page(
    session: AsyncSession, *, after: UUID | None, limit: int, wanted: DocumentFilter
) -> Sequence[VendorDocument]:
    """Return vendors' documents in the order they were first told, after an id."""
    vendor_id = None
    if wanted.vendor is not None:
        try:
            found = await vendors.resolve(session, {"vendor": wanted.vendor})
        except UnknownReference:
            return []
        vendor_id = found[wanted.vendor]
    query = select_documents(wanted, vendor_id=vendor_id, after=after)
    return (await session.scalars(query.limit(limit))).all()


async def show(session: AsyncSession, papers: Sequence[VendorDocument]) -> list[VendorDocumentOut]:
    """Return vendors' documents as they are read, with their lines, in the order given."""
    keys = await vendors.keys_of(session, {paper.vendor_id for paper in papers})
    lines: dict[UUID, list[VendorDocumentLine]] = defaultdict(list)
    rows = await session.scalars(
        sa.select(VendorDocumentLine)
        .where(VendorDocumentLine.document_id.in_([paper.id for paper in papers]))
        .order_by(VendorDocumentLine.document_id, VendorDocumentLine.position)
    )
    for row in rows:
        lines[row.document_id].append(row)
    return [
        VendorDocumentOut(
            **RecordOut.model_validate(paper).model_dump(),
            kind=DocumentKind(paper.kind),
            vendor=keys[paper.vendor_id],
            number=paper.number,
            issued_on=paper.issued_on,
            currency=paper.currency,
            total=sum((line.amount for line in lines[paper.id]), Decimal(0)),
            references=ReferencesOut.model_validate(paper.told),
            lines=[_shown(line) for line in lines[paper.id]],
            cancelled_at=paper.cancelled_at,
        )
        for paper in papers
    ]


def _shown(line: VendorDocumentLine) -> DocumentLineOut:
    return DocumentLineOut(
        key=line.key,
        description=line.description,
        product=line.product_key,
        quantity=line.quantity,
        amount=line.amount,
        references=None if line.told is None else ReferencesOut.model_validate(line.told),
    )
