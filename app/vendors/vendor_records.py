"""What is done with vendors: record, get, page, resolve."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit import records
from app.kit.records import Conditions, Outcome, Put
from app.vendors.events import VendorRecorded
from app.vendors.models import Vendor
from app.vendors.rules import Role
from app.vendors.schemas import VendorIn


async def record(
    session: AsyncSession, *, key: str, document: VendorIn, conditions: Conditions
) -> Put[Vendor]:
    """Store a vendor as the ERP tells it. Raises StaleRecord, VersionMismatch."""

    async def fill(vendor: Vendor) -> None:
        vendor.name = document.name
        vendor.roles = [role.value for role in document.roles]
        vendor.our_account_number = document.our_account_number

    result = await records.put(
        session, Vendor, key=key, document=document, conditions=conditions, fill=fill
    )
    if result.outcome is not Outcome.UNCHANGED:
        vendor = result.record
        await publish(session, VendorRecorded(vendor_id=vendor.id, key=key, version=vendor.version))
    return result


async def get(session: AsyncSession, key: str) -> Vendor:
    """Return the vendor under the ERP's key. Raises NotFound."""
    return await records.get(session, Vendor, key, noun="vendor")


async def page(
    session: AsyncSession, *, after: UUID | None, limit: int, role: Role | None = None
) -> Sequence[Vendor]:
    """Return vendors in the order they were first told, after an id."""
    query = sa.select(Vendor)
    if after is not None:
        query = query.where(Vendor.id > after)
    if role is not None:
        query = query.where(Vendor.roles.contains([role.value]))
    return (await session.scalars(query.order_by(Vendor.id).limit(limit))).all()


async def resolve(session: AsyncSession, named: Mapping[str, str]) -> dict[str, UUID]:
    """Return the ids of the vendors that a document names, by key. `named`: pointer -> key.

    Raises UnknownReference, which points at each vendor that was never sent.
    """
    keys = set(named.values())
    rows = await session.execute(sa.select(Vendor.key, Vendor.id).where(Vendor.key.in_(keys)))
    found = dict(rows.all())
    missing = [(pointer, key) for pointer, key in named.items() if key not in found]
    if missing:
        raise records.unknown("vendor", missing)
    return found


async def keys_of(session: AsyncSession, ids: set[UUID]) -> dict[UUID, str]:
    """Return the ERP's keys of vendors by id."""
    rows = await session.execute(sa.select(Vendor.id, Vendor.key).where(Vendor.id.in_(ids)))
    return dict(rows.all())


def id_of(key: str) -> sa.ScalarSelect[UUID]:
    """Return the query of the id of the vendor under a key; it is null for an unknown one."""
    return sa.select(Vendor.id).where(Vendor.key == key).scalar_subquery()
