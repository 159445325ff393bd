"""Everything that happened to a case and to what belongs to it, from the event log."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app import events
from app.cases import keeping
from app.cases.models import Case, CaseSubject
from app.events import StoredEvent
from app.kit.pages import decode_cursor, encode_cursor, refused
from app.obligations import views as ledger
from app.orders import views
from app.parcels import views as parcels


async def follow(session: AsyncSession, case_id: UUID, subjects: Iterable[str]) -> None:
    """Tie subjects of events (`noun/id`) to a case: what happens to them is in its timeline.

    For the rooms above. What happened to them before is in it too. Raises NotFound.
    """
    await keeping.get(session, case_id)
    rows = [{"case_id": case_id, "subject": subject} for subject in sorted(set(subjects))]
    if rows:
        await session.execute(insert(CaseSubject).on_conflict_do_nothing(), rows)


def read_mark(cursor: str | None) -> int:
    """Return the position a page starts after. Raises BadCursor."""
    if cursor is None:
        return 0
    text = decode_cursor(cursor)
    digits = text.removeprefix("t")
    # 18 digits fit a bigint.
    is_position = digits.isascii() and digits.isdigit() and len(digits) <= 18  # noqa: PLR2004
    if not text.startswith("t") or not is_position:
        raise refused()
    return int(digits)


def write_mark(event: StoredEvent) -> str:
    """Return the cursor of a page that ends with this event."""
    return encode_cursor(f"t{event.position}")


async def read(
    session: AsyncSession, *, case_id: UUID, after: int, limit: int
) -> Sequence[StoredEvent]:
    """Return what happened, after a position, in the order it was committed. Raises NotFound."""
    case = await keeping.get(session, case_id)
    return await events.read_subjects(session, subjects_of(case), after=after, limit=limit)


def subjects_of(case: Case) -> sa.CompoundSelect[Any]:
    """Return the query of all subjects that belong to a case.

    The case itself, its order, the shipments and parcels of its line and its shipment, what the
    ledger holds of it, and what rooms above have tied to it.
    """
    owed = ledger.subjects().subquery()
    parts: list[sa.Select[Any]] = [
        sa.select(_literal(f"cases/{case.id}").label("subject")),
        sa.select(CaseSubject.subject).where(CaseSubject.case_id == case.id),
        sa.select(owed.c.subject).where(owed.c.case_id == case.id),
    ]
    carried = parcels.carried().subquery()
    if case.shipment_id is not None:
        parts += [
            sa.select(_literal(f"shipments/{case.shipment_id}")),
            sa.select(_subject("parcels", carried.c.parcel_id)).where(
                carried.c.shipment_id == case.shipment_id
            ),
        ]
    if case.purchase_line_id is not None:
        line = views.purchase_lines().subquery()
        held = views.contents().subquery()
        parts += [
            sa.select(_subject("purchase-orders", line.c.purchase_order_id)).where(
                line.c.purchase_line_id == case.purchase_line_id
            ),
            *(
                sa.select(_subject(noun, column))
                .join(held, held.c.package_id == carried.c.package_id)
                .where(held.c.purchase_line_id == case.purchase_line_id)
                for noun, column in (
                    ("shipments", carried.c.shipment_id),
                    ("parcels", carried.c.parcel_id),
                )
            ),
        ]
    return sa.union(*parts)


def _literal(text: str) -> sa.ColumnElement[str]:
    return sa.literal(text, sa.Text)


def _subject(noun: str, identity: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    return _literal(f"{noun}/") + sa.cast(identity, sa.Text)
