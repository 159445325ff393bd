"""Shipments told in bulk: what a PUT of each would do, set-wise."""

from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.events import publish
from app.kit.bulk import ROWS, WRITTEN, Applied, Batch, Kind, Rows, object_of, temporary, text_of
from app.kit.ids import new_id
from app.orders import package_bulk, rules, shipment_bulk_rules
from app.orders.events import ShipmentsImported
from app.orders.models import Customer, Shipment
from app.orders.rules import PartyKind
from app.orders.shipment_schemas import ContentIn, PackageIn, PartyIn, ShipmentIn
from app.orders.shipments import check, columns
from app.vendors.views import vendors

_PARTIES = {"shipper": "shipper_of_record", "account": "carrier_account_holder"}

_SHIPMENTS = temporary(
    "bulk_shipments",
    sa.Column("number", sa.Integer),
    *(
        sa.Column(f"{party}_{what}", kind)
        for party in _PARTIES
        for what, kind in (
            ("kind", sa.Text()),
            ("key", sa.Text()),
            ("vendor_id", sa.Uuid()),
            ("customer_id", sa.Uuid()),
        )
    ),
)


def _staged(document: ShipmentIn, _content: str) -> str:
    told = {
        "shipped_at": document.shipped_at,
        "cancelled_at": document.cancelled_at,
        "ship_to": document.ship_to and document.ship_to.model_dump(mode="json"),
        "shipper": _party(document.shipper_of_record),
        "account": _party(document.carrier_account_holder),
        "packages": [_package(package) for package in document.packages],
    }
    return orjson.dumps(told).decode()


def _party(party: PartyIn | None) -> dict[str, str | None] | None:
    return {"kind": party.kind.value, "key": party.key} if party else None


def _package(package: PackageIn) -> dict[str, Any]:
    plain = columns(package)
    for name in ("tare_value", "declared_value"):
        plain[name] = None if plain[name] is None else str(plain[name])
    return {**plain, "contents": [_content(content) for content in package.contents or ()]}


def _content(content: ContentIn) -> dict[str, Any]:
    return {
        "purchase_order": content.purchase_order,
        "line": content.line,
        "quantity": content.quantity,
        "serials": [
            {"serial": told, "lookup": rules.serial_lookup(told)} for told in content.serials
        ],
    }


async def _apply(session: AsyncSession, staged: Rows) -> Applied:
    batch = Batch(session, Shipment)
    await batch.begin(staged)
    await batch.fill(_SHIPMENTS, _told())
    await package_bulk.fill(batch)
    await batch.refuse(await shipment_bulk_rules.unknown(session, await _strangers(session)))
    await batch.refuse(await shipment_bulk_rules.repeated(session))
    await batch.refuse(await shipment_bulk_rules.overfilled(session))
    await batch.write(_columns())
    await package_bulk.write(session)
    await _tell(session)
    return await batch.end()


def _told() -> Rows:
    query, told = sa.select(ROWS.c.number).select_from(ROWS).where(WRITTEN), ROWS.c.document
    for party in _PARTIES:
        kind, key = text_of(told, party, "kind"), text_of(told, party, "key")
        vendor = vendors().alias(f"{party}_vendor")
        customer = aliased(Customer, name=f"{party}_customer")
        query = (
            query.add_columns(kind, key, vendor.c.vendor_id, customer.id)
            .outerjoin(vendor, sa.and_(kind == PartyKind.VENDOR.value, vendor.c.vendor_key == key))
            .outerjoin(customer, sa.and_(kind == PartyKind.CUSTOMER.value, customer.key == key))
        )
    return query


async def _strangers(session: AsyncSession) -> list[tuple[int, str, str, str]]:
    """Return the parties who were never sent: number, noun, pointer, key."""
    found: list[tuple[int, str, str, str]] = []
    for party, pointer in _PARTIES.items():
        kind, key = _SHIPMENTS.c[f"{party}_kind"], _SHIPMENTS.c[f"{party}_key"]
        known = (_SHIPMENTS.c[f"{party}_vendor_id"], _SHIPMENTS.c[f"{party}_customer_id"])
        rows = await session.execute(
            sa.select(_SHIPMENTS.c.number, kind, key).where(
                key.is_not(None), sa.func.num_nonnulls(*known) == 0
            )
        )
        found += [(number, noun, f"/{pointer}/key", named) for number, noun, named in rows]
    return sorted(found, key=lambda row: row[1] == PartyKind.CUSTOMER)


def _columns() -> Rows:
    told, moment = ROWS.c.document, sa.DateTime(timezone=True)
    parties = [
        _SHIPMENTS.c[f"{party}_{what}"]
        for party in _PARTIES
        for what in ("kind", "vendor_id", "customer_id")
    ]
    return sa.select(
        ROWS.c.number,
        text_of(told, "shipped_at").cast(moment).label("shipped_at"),
        object_of(told, "ship_to").label("ship_to"),
        text_of(told, "cancelled_at").cast(moment).label("cancelled_at"),
        *parties,
    ).join(_SHIPMENTS, _SHIPMENTS.c.number == ROWS.c.number)


async def _tell(session: AsyncSession) -> None:
    """Tell of the whole batch in one event."""
    ids = await session.scalars(sa.select(ROWS.c.id).where(WRITTEN).order_by(ROWS.c.number))
    if shipments := list(ids.all()):
        await publish(session, ShipmentsImported(batch_id=new_id(), shipment_ids=shipments))


SHIPMENTS = Kind("shipment", ShipmentIn, _apply, check=check, staged=_staged)
