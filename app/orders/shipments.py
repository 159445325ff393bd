"""What is done with shipments: record, get, page, find packages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit import records
from app.kit.db import now
from app.kit.ids import new_id
from app.kit.records import Conditions, Outcome, Put
from app.kit.tracking import normalize_tracking_number
from app.orders import packed_lines, references, rules, views
from app.orders.events import ShipmentRecorded
from app.orders.finds import ShipmentFilter, select_shipments
from app.orders.models import Package, PackageContent, PackageSerial, Shipment
from app.orders.packed_lines import PackedLines
from app.orders.references import References
from app.orders.rules import PartyKind
from app.orders.shipment_schemas import PackageIn, PartyIn, ShipmentIn
from app.vendors import service as vendors


@dataclass(frozen=True, slots=True)
class _Named:
    """The ids of what a shipment names."""

    vendors: Mapping[str, UUID]
    customers: Mapping[str, UUID]
    lines: PackedLines


async def record(
    session: AsyncSession, *, key: str, document: ShipmentIn, conditions: Conditions
) -> Put[Shipment]:
    """Store a shipment as the ERP tells it.

    Raises StaleRecord, VersionMismatch, UnknownReference, LineOverfilled, SerialRepeated,
    Malformed.
    """
    check(document)

    async def fill(shipment: Shipment) -> None:
        named = await _resolve(session, document)
        _tell(shipment, document, named)
        session.add(shipment)
        await session.flush()
        if document.cancelled_at is None:
            await packed_lines.require_room(session, shipment.id, named.lines)
        await _write_packages(session, shipment.id, document.packages, named.lines)

    result = await records.put(
        session, Shipment, key=key, document=document, conditions=conditions, fill=fill
    )
    if result.outcome is not Outcome.UNCHANGED:
        shipment = result.record
        event = ShipmentRecorded(
            shipment_id=shipment.id,
            key=key,
            version=shipment.version,
            is_cancelled=shipment.cancelled_at is not None,
        )
        await publish(session, event)
    return result


def check(document: ShipmentIn) -> None:
    """Refuse what the schema cannot see. Raises Malformed."""
    packages = document.packages
    rules.require_unique(
        ((f"/packages/{index}/key", package.key) for index, package in enumerate(packages)),
        noun="package",
    )
    rules.require_unique(
        (
            (f"/packages/{p}/contents/{c}/line", (p, content.purchase_order, content.line))
            for p, package in enumerate(packages)
            for c, content in enumerate(package.contents or ())
        ),
        noun="line",
    )


async def _resolve(session: AsyncSession, document: ShipmentIn) -> _Named:
    parties = {
        "/shipper_of_record/key": document.shipper_of_record,
        "/carrier_account_holder/key": document.carrier_account_holder,
    }
    found = References()
    in_vendors = _keys_of(parties, PartyKind.VENDOR)
    in_customers = _keys_of(parties, PartyKind.CUSTOMER)
    named = _Named(
        vendors=await found.take(vendors.resolve(session, in_vendors)),
        customers=await found.take(references.customers(session, in_customers)),
        # What a cancelled shipment held may have been taken off its order since.
        lines=await packed_lines.lock(
            session, document.packages, found, with_removed=document.cancelled_at is not None
        ),
    )
    found.check()
    rules.require_serials_once(named.lines.serials())
    return named


def _keys_of(parties: Mapping[str, PartyIn | None], kind: PartyKind) -> dict[str, str]:
    return {
        pointer: party.key
        for pointer, party in parties.items()
        if party is not None and party.kind is kind and party.key is not None
    }


def _tell(shipment: Shipment, document: ShipmentIn, named: _Named) -> None:
    shipment.shipped_at = document.shipped_at
    shipment.ship_to = document.ship_to.model_dump(mode="json") if document.ship_to else None
    shipment.cancelled_at = document.cancelled_at
    shipper, account = document.shipper_of_record, document.carrier_account_holder
    shipment.shipper_kind = shipper.kind.value if shipper else None
    shipment.shipper_vendor_id = _party_id(shipper, PartyKind.VENDOR, named.vendors)
    shipment.shipper_customer_id = _party_id(shipper, PartyKind.CUSTOMER, named.customers)
    shipment.account_kind = account.kind.value if account else None
    shipment.account_vendor_id = _party_id(account, PartyKind.VENDOR, named.vendors)
    shipment.account_customer_id = _party_id(account, PartyKind.CUSTOMER, named.customers)


def _party_id(party: PartyIn | None, kind: PartyKind, ids: Mapping[str, UUID]) -> UUID | None:
    if party is None or party.kind is not kind or party.key is None:
        return None
    return ids[party.key]


async def _write_packages(
    session: AsyncSession, shipment_id: UUID, packages: Sequence[PackageIn], lines: PackedLines
) -> None:
    mine = sa.select(Package.id).where(Package.shipment_id == shipment_id)
    await session.execute(
        sa.delete(PackageContent).where(PackageContent.package_id.in_(mine)),
        execution_options={"synchronize_session": False},
    )
    keys = sa.literal([package.key for package in packages], ARRAY(sa.Text))
    await session.execute(
        sa.update(Package)
        .where(
            Package.shipment_id == shipment_id,
            Package.removed_at.is_(None),
            Package.key != sa.all_(keys),
        )
        .values(removed_at=now(session)),
        execution_options={"synchronize_session": False},
    )
    rows = [
        {"id": new_id(), "shipment_id": shipment_id, "position": position, "removed_at": None}
        | columns(package)
        for position, package in enumerate(packages)
    ]
    upsert = insert(Package)
    told = {name: upsert.excluded[name] for name in rows[0] if name != "id"}
    await session.execute(
        upsert.on_conflict_do_update(index_elements=["shipment_id", "key"], set_=told), rows
    )
    found = await session.execute(
        sa.select(Package.key, Package.id).where(Package.shipment_id == shipment_id)
    )
    await _write_contents(session, packages, dict(found.all()), lines)


def columns(package: PackageIn) -> dict[str, Any]:
    """Return what is kept of a package itself."""
    number, tare, declared = package.tracking_number, package.tare, package.declared_weight
    return {
        "key": package.key,
        "tracking_number": number,
        "tracking_lookup": normalize_tracking_number(number or "") or None,
        "carrier": package.carrier,
        "has_known_contents": package.contents is not None,
        "tare_value": tare and tare.value,
        "tare_unit": tare and tare.unit,
        "tare_g": tare and tare.grams(),
        "declared_value": declared and declared.value,
        "declared_unit": declared and declared.unit,
        "declared_g": declared and declared.grams(),
    }


async def _write_contents(
    session: AsyncSession,
    packages: Iterable[PackageIn],
    package_ids: Mapping[str, UUID],
    lines: PackedLines,
) -> None:
    contents: list[dict[str, Any]] = []
    serials: list[dict[str, Any]] = []
    for package in packages:
        for position, content in enumerate(package.contents or ()):
            place = {
                "package_id": package_ids[package.key],
                "purchase_line_id": lines.line_of(content).line_id,
            }
            contents.append({**place, "position": position, "quantity": content.quantity})
            serials += [
                {**place, "position": n, "serial": told, "lookup": rules.serial_lookup(told)}
                for n, told in enumerate(content.serials)
            ]
    if contents:
        await session.execute(sa.insert(PackageContent), contents)
    if serials:
        await session.execute(sa.insert(PackageSerial), serials)


async def get(session: AsyncSession, key: str) -> Shipment:
    """Return the shipment under the ERP's key. Raises NotFound."""
    return await records.get(session, Shipment, key, noun="shipment")


async def page(
    session: AsyncSession, *, after: UUID | None, limit: int, wanted: ShipmentFilter
) -> Sequence[Shipment]:
    """Return shipments in the order they were first told, after an id."""
    return (await session.scalars(select_shipments(wanted, after=after).limit(limit))).all()


async def find_packages(
    session: AsyncSession, shipment_ids: Iterable[UUID]
) -> list[dict[str, Any]]:
    """Return the packages of these shipments, with the columns of `views.packages`.

    Those of cancelled shipments and removed ones are among them, with `is_live` false.
    """
    told = views.packages().subquery()
    rows = await session.execute(
        sa.select(told)
        .where(told.c.shipment_id.in_(set(shipment_ids)))
        .order_by(told.c.shipment_id, told.c.position, told.c.package_id)
    )
    return [row._asdict() for row in rows]
