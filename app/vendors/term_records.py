"""What is done with vendor terms: record, get, page, show, and which are in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit import records
from app.kit.records import Conditions, Outcome, Put, RecordOut
from app.vendors import rules, vendor_records
from app.vendors.events import VendorTermsRecorded
from app.vendors.models import VendorTermsRecord
from app.vendors.rules import Role
from app.vendors.term_schemas import VendorTermsIn, VendorTermsOut
from app.vendors.terms import VendorTerms

NOUN = "record of vendor terms"


_SELLS_AS = (Role.DISTRIBUTOR, Role.MANUFACTURER, Role.SERVICE)


@dataclass(frozen=True, slots=True)
class TermsInForce:
    """The one record that decides on a day."""

    key: str
    version: int
    valid_from: date
    product_line: str | None
    terms: VendorTerms


async def record(
    session: AsyncSession, *, key: str, document: VendorTermsIn, conditions: Conditions
) -> Put[VendorTermsRecord]:
    """Store a vendor's terms.

    Raises StaleRecord, VersionMismatch, UnknownReference, RoleNotPlayed, TermsOverlap.
    """

    async def fill(row: VendorTermsRecord) -> None:
        await vendor_records.resolve(session, {"/vendor": document.vendor})
        vendor = await vendor_records.get(session, document.vendor)
        rules.require_role(vendor.key, vendor.roles, document.role)
        await _require_alone(session, row, vendor.id, document)
        row.vendor_id = vendor.id
        row.role = document.role.value
        row.product_line = document.product_line
        row.valid_from = document.valid_from
        row.terms = kept(document.terms)

    result = await records.put(
        session, VendorTermsRecord, key=key, document=document, conditions=conditions, fill=fill
    )
    if result.outcome is not Outcome.UNCHANGED:
        row = result.record
        event = VendorTermsRecorded(
            vendor_terms_id=row.id,
            vendor_id=row.vendor_id,
            key=key,
            version=row.version,
            terms=row.terms,
        )
        await publish(session, event)
    return result


def kept(terms: VendorTerms) -> dict[str, Any]:
    """Return terms as they are stored: without what is unset."""
    return terms.model_dump(mode="json", exclude_none=True)


async def _require_alone(
    session: AsyncSession, row: VendorTermsRecord, vendor_id: UUID, document: VendorTermsIn
) -> None:
    # Of two that are told at once the second must see the first.
    name = sa.func.hashtextextended(f"terms of vendor {vendor_id}", 0)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(name)))
    query = sa.select(VendorTermsRecord.key).where(
        VendorTermsRecord.vendor_id == vendor_id,
        VendorTermsRecord.role == document.role.value,
        VendorTermsRecord.product_line.is_not_distinct_from(document.product_line),
        VendorTermsRecord.valid_from == document.valid_from,
        VendorTermsRecord.key != row.key,
    )
    other = await session.scalar(query)
    if other is not None:
        raise rules.overlap(other, of=f"the vendor {document.vendor!r}")


async def get(session: AsyncSession, key: str) -> VendorTermsRecord:
    """Return the terms under a key. Raises NotFound."""
    return await records.get(session, VendorTermsRecord, key, noun=NOUN)


async def page(
    session: AsyncSession, *, after: UUID | None, limit: int, vendor: str | None = None
) -> Sequence[VendorTermsRecord]:
    """Return records in the order they were first told, after an id."""
    query = sa.select(VendorTermsRecord).order_by(VendorTermsRecord.id)
    if after is not None:
        query = query.where(VendorTermsRecord.id > after)
    if vendor is not None:
        query = query.where(VendorTermsRecord.vendor_id == vendor_records.id_of(vendor))
    return (await session.scalars(query.limit(limit))).all()


async def show(session: AsyncSession, rows: Sequence[VendorTermsRecord]) -> list[VendorTermsOut]:
    """Return records as they are read, in the order given."""
    keys = await vendor_records.keys_of(session, {row.vendor_id for row in rows})
    return [
        VendorTermsOut(
            **RecordOut.model_validate(row).model_dump(),
            vendor=keys[row.vendor_id],
            role=Role(row.role),
            product_line=row.product_line,
            valid_from=row.valid_from,
            terms=VendorTerms.model_validate(row.terms),
        )
        for row in rows
    ]


async def terms_in_force(
    session: AsyncSession, *, vendor_id: UUID, role: Role, product_line: str | None, on: date
) -> TermsInForce | None:
    """Return a vendor's terms of a day: those of the product line, else those of all lines.

    Of several the latest that had begun. One record decides, whole: a term that it leaves unset
    is unknown, even where another record sets it. None: nothing is known.
    """
    line = VendorTermsRecord.product_line
    fits = line.is_(None) if product_line is None else sa.or_(line.is_(None), line == product_line)
    row = await session.scalar(
        sa.select(VendorTermsRecord)
        .where(
            VendorTermsRecord.vendor_id == vendor_id,
            VendorTermsRecord.role == role.value,
            VendorTermsRecord.valid_from <= on,
            fits,
        )
        .order_by(line.asc().nulls_last(), VendorTermsRecord.valid_from.desc())
        .limit(1)
    )
    if row is None:
        return None
    terms = VendorTerms.model_validate(row.terms)
    return TermsInForce(row.key, row.version, row.valid_from, row.product_line, terms)


async def terms_by_role(
    session: AsyncSession, *, vendor_id: UUID, on: date
) -> dict[Role, TermsInForce]:
    """Return a vendor's terms of a day for all product lines, by the role they are of.

    A role that is not there has none: they are unknown.
    """
    rows = await session.scalars(
        sa.select(VendorTermsRecord)
        .where(
            VendorTermsRecord.vendor_id == vendor_id,
            VendorTermsRecord.product_line.is_(None),
            VendorTermsRecord.valid_from <= on,
        )
        .ext(distinct_on(VendorTermsRecord.role))
        .order_by(VendorTermsRecord.role, VendorTermsRecord.valid_from.desc())
    )
    return {
        Role(row.role): TermsInForce(
            row.key, row.version, row.valid_from, None, VendorTerms.model_validate(row.terms)
        )
        for row in rows
    }


async def selling_terms(
    session: AsyncSession, *, on: date, vendor_id: UUID | None = None
) -> dict[UUID, list[TermsInForce]]:
    """Return by which terms vendors sell on a day: of each, one record for each product line.

    A vendor that distributes sells by its terms as a distributor, else by those as the maker.
    Of all vendors whose terms speak of price protection, or of this one.
    """
    speaks = VendorTermsRecord.terms.has_key("price_protection")
    speaking = sa.select(VendorTermsRecord.vendor_id).where(speaks)
    rank = {role.value: place for place, role in enumerate(_SELLS_AS)}
    line = VendorTermsRecord.product_line
    query = (
        sa.select(VendorTermsRecord)
        .where(VendorTermsRecord.valid_from <= on, VendorTermsRecord.vendor_id.in_(speaking))
        .ext(distinct_on(VendorTermsRecord.vendor_id, VendorTermsRecord.role, line))
        .order_by(
            VendorTermsRecord.vendor_id,
            VendorTermsRecord.role,
            line,
            VendorTermsRecord.valid_from.desc(),
        )
    )
    if vendor_id is not None:
        query = query.where(VendorTermsRecord.vendor_id == vendor_id)
    found: dict[UUID, dict[str, list[TermsInForce]]] = {}
    for row in await session.scalars(query):
        terms = VendorTerms.model_validate(row.terms)
        told = TermsInForce(row.key, row.version, row.valid_from, row.product_line, terms)
        found.setdefault(row.vendor_id, {}).setdefault(row.role, []).append(told)
    return {
        identity: of_roles[min(of_roles, key=lambda role: rank[role])]
        for identity, of_roles in found.items()
    }
