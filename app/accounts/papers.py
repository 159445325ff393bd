"""A vendor's paper as it was last told, and what of it is sought in the ledger."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.choosing import Candidate
from app.accounts.rules import Entry, Line, References, Sides, entries, sides_of
from app.orders import views
from app.orders.rules import DocumentKind
from app.vendors import service as vendors

_MOST_CANDIDATES = 20


@dataclass(frozen=True, slots=True)
class Paper:
    """A vendor's document, without its lines."""

    document_id: UUID
    key: str
    vendor: str
    kind: DocumentKind
    number: str
    issued_on: date
    currency: str

    @property
    def sides(self) -> Sides | None:
        """Whose debts it settles; None for what settles nothing."""
        return sides_of(self.kind, self.vendor)

    def given_at(self, moment: datetime) -> datetime:
        """Return when what it gives was given: its day, and never a time to come."""
        return min(datetime.combine(self.issued_on, time.min, UTC), moment)

    def words(self) -> str:
        """Return how it is called in the ledger."""
        kind = self.kind.replace("_", " ").capitalize()
        return f"{kind} {self.number} of {self.issued_on}, booked as {self.key}."


@dataclass(frozen=True, slots=True)
class Sought:
    """What lines of a paper are for, and what they come to."""

    paper: Paper
    entry: Entry

    def columns(
        self, candidates: Sequence[Candidate], *, replaces_id: UUID | None
    ) -> dict[str, Any]:
        """Return what a match keeps of it."""
        paper, entry = self.paper, self.entry
        return {
            "document_id": paper.document_id,
            "document_key": paper.key,
            "vendor_key": paper.vendor,
            "kind": paper.kind.value,
            "number": paper.number,
            "issued_on": paper.issued_on,
            "currency": paper.currency,
            "lines": list(entry.lines),
            "fingerprint": self.fingerprint(),
            "keys": entry.references.keys(),
            "amount": entry.amount,
            "candidates": [each.told() for each in candidates[:_MOST_CANDIDATES]],
            "replaces_id": replaces_id,
        }

    def fingerprint(self) -> bytes:
        """Return the digest of all that matters here: said again, it was found already."""
        paper, meant = self.paper, self.entry.references
        told: list[Any] = [
            *(paper.vendor, paper.kind, paper.number, paper.issued_on.isoformat(), paper.currency),
            *(meant.rma, meant.order, meant.line, list(meant.serials), meant.obligation),
            *(meant.claim, format(self.entry.amount, "f"), list(self.entry.lines)),
        ]
        return hashlib.sha256(orjson.dumps(told)).digest()


async def read(session: AsyncSession, document_id: UUID) -> tuple[Paper, list[Sought]] | None:
    """Return a paper, and what of it may settle something; None if there is no such paper.

    Nothing of a cancelled one, nor of an invoice.
    """
    told = views.vendor_document_lines().subquery()
    query = sa.select(told).where(told.c.document_id == document_id).order_by(told.c.position)
    rows = (await session.execute(query)).all()
    if not rows:
        return None
    first = rows[0]
    keys = await vendors.keys_of(session, {first.vendor_id})
    paper = Paper(
        document_id=document_id,
        key=first.document_key,
        vendor=keys[first.vendor_id],
        kind=DocumentKind(first.kind),
        number=first.number,
        issued_on=first.issued_on,
        currency=first.currency,
    )
    if paper.sides is None or first.cancelled_at is not None:
        return paper, []
    return paper, [Sought(paper, each) for each in entries(_line(row) for row in rows)]


def _line(row: Any) -> Line:
    meant = References(
        rma=row.rma_lookup,
        order=row.purchase_order_key,
        line=row.purchase_line_key,
        serials=tuple(row.serial_lookups),
        obligation=row.obligation_number,
        claim=row.claim,
    )
    return Line(row.line_key, Decimal(row.amount), meant)


async def lock_accounts(session: AsyncSession, vendor_keys: Collection[str]) -> None:
    """Let nobody else decide on papers of these vendors until this transaction ends.

    So of two who correct a match one does, and a debt that is opened while a paper is matched is
    seen by one of both.
    """
    names = [f"account with vendor {key}" for key in sorted(set(vendor_keys))]
    told = sa.func.unnest(sa.literal(names, ARRAY(sa.Text)))
    each = told.table_valued("name", with_ordinality="place").render_derived()
    lock = sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(each.c.name, 0))
    await session.execute(sa.select(lock).order_by(each.c.place))
