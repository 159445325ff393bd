"""How stored shipments are shown: with their packages, contents and parties, set-wise."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.records import RecordOut
from app.kit.weight_fields import ScaleWeightOut
from app.orders import references, views
from app.orders.models import Package, PackageContent, Shipment
from app.orders.rules import PartyKind
from app.orders.schemas import AddressOut
from app.orders.shipment_schemas import ContentOut, PackageOut, PartyOut, ShipmentOut
from app.vendors import service as vendors


async def show(session: AsyncSession, shipments: Sequence[Shipment]) -> list[ShipmentOut]:
    """Return shipments as they are read, with their packages, in the order given."""
    parties = await _party_keys(session, shipments)
    packages = await _packages(session, [shipment.id for shipment in shipments])
    return [
        ShipmentOut(
            **RecordOut.model_validate(shipment).model_dump(),
            shipped_at=shipment.shipped_at,
            shipper_of_record=_party(
                shipment.shipper_kind,
                shipment.shipper_vendor_id or shipment.shipper_customer_id,
                parties,
            ),
            carrier_account_holder=_party(
                shipment.account_kind,
                shipment.account_vendor_id or shipment.account_customer_id,
                parties,
            ),
            ship_to=AddressOut.model_validate(shipment.ship_to) if shipment.ship_to else None,
            cancelled_at=shipment.cancelled_at,
            packages=packages[shipment.id],
        )
        for shipment in shipments
    ]


async def _party_keys(session: AsyncSession, shipments: Sequence[Shipment]) -> dict[UUID, str]:
    in_vendors = {s.shipper_vendor_id for s in shipments} | {s.account_vendor_id for s in shipments}
    in_customers = {s.shipper_customer_id for s in shipments} | {
        s.account_customer_id for s in shipments
    }
    return await vendors.keys_of(
        session, {identity for identity in in_vendors if identity}
    ) | await references.customer_keys(session, {identity for identity in in_customers if identity})


def _party(kind: str | None, identity: UUID | None, keys: Mapping[UUID, str]) -> PartyOut | None:
    if kind is None:
        return None
    return PartyOut(kind=PartyKind(kind), key=keys[identity] if identity else None)


async def _packages(
    session: AsyncSession, shipment_ids: Sequence[UUID]
) -> dict[UUID, list[PackageOut]]:
    told = (
        views.packages()
        .where(Package.shipment_id.in_(shipment_ids), Package.removed_at.is_(None))
        .subquery()
    )
    rows = await session.execute(sa.select(told).order_by(told.c.shipment_id, told.c.position))
    contents = await _contents(session, shipment_ids)
    packages: dict[UUID, list[PackageOut]] = defaultdict(list)
    for row in rows:
        packages[row.shipment_id].append(_shown(row, contents[row.package_id]))
    return packages


async def _contents(
    session: AsyncSession, shipment_ids: Sequence[UUID]
) -> dict[UUID, list[ContentOut]]:
    packed = (
        views.contents()
        .join(Package, Package.id == PackageContent.package_id)
        .where(Package.shipment_id.in_(shipment_ids))
        .subquery()
    )
    rows = await session.execute(sa.select(packed).order_by(packed.c.package_id, packed.c.position))
    found: dict[UUID, list[ContentOut]] = defaultdict(list)
    for row in rows:
        found[row.package_id].append(
            ContentOut(
                purchase_order=row.purchase_order_key,
                line=row.line_key,
                quantity=row.quantity,
                serials=row.serials,
            )
        )
    return found


def _shown(row: Any, contents: list[ContentOut]) -> PackageOut:
    return PackageOut(
        package_id=str(row.package_id),
        key=row.package_key,
        tracking_number=row.tracking_number,
        carrier=row.carrier,
        contents=contents if row.has_known_contents else None,
        tare=_weight(row.tare_value, row.tare_unit, row.tare_g),
        declared_weight=_weight(row.declared_value, row.declared_unit, row.declared_g),
    )


def _weight(value: Decimal | None, unit: str | None, grams: int | None) -> ScaleWeightOut | None:
    if value is None or unit is None or grams is None:
        return None
    return ScaleWeightOut(value=value, unit=unit, grams=grams)
