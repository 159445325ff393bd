"""A parcel's whole story, put together from what was said of it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.problems import NotFound
from app.orders import views
from app.parcels import rules
from app.parcels.evidence import place_of
from app.parcels.models import Parcel, ParcelPackage, Proof, Reading, Scan
from app.parcels.reports import ProofReport, ScanReport
from app.parcels.telling import ship_to_place

_PROOF_FIELDS = (
    "delivered_at",
    "signed_by",
    "left_at",
    "photo_url",
    "signature_url",
    "document_url",
)
_PLACE_FIELDS = (
    "text",
    "street",
    "city",
    "region",
    "postal_code",
    "country",
    "latitude",
    "longitude",
)

Row = dict[str, Any]


async def tell(session: AsyncSession, parcel_id: UUID) -> Row:
    """Return the story of a parcel. Raises NotFound."""
    told = await tell_all(session, [parcel_id])
    if not told:
        raise NotFound(f"There is no parcel {parcel_id}.")
    return told[parcel_id]


async def tell_all(session: AsyncSession, parcel_ids: Sequence[UUID]) -> dict[UUID, Row]:
    """Return the stories of parcels by id; those that are not there are left out."""
    parcels = await session.scalars(
        sa.select(Parcel).where(Parcel.id.in_(parcel_ids)).order_by(Parcel.id)
    )
    scans = await _said(session, Scan, parcel_ids, Scan.occurred_at)
    readings = await _said(session, Reading, parcel_ids, Reading.received_at)
    proofs = await _said(session, Proof, parcel_ids, Proof.received_at)
    packages = await _packages(session, parcel_ids)
    return {
        parcel.id: {
            **_columns(parcel),
            "ship_to": parcel.ship_to,
            "packages": packages[parcel.id],
            "scans": scans[parcel.id],
            "readings": readings[parcel.id],
            "proof": merged(proofs[parcel.id]),
            "proofs": proofs[parcel.id],
            "place_of_delivery": place_of_delivery(
                parcel.ship_to, scans[parcel.id], proofs[parcel.id]
            ),
        }
        for parcel in parcels
    }


def merged(proofs: Sequence[Mapping[str, Any]]) -> Row | None:
    """Return what proofs say together: the first to fill a blank fills it, in order of receipt."""
    if not proofs:
        return None
    whole: Row = dict.fromkeys((*_PROOF_FIELDS, "place"))
    for proof in proofs:
        for name, value in whole.items():
            if value is None:
                whole[name] = proof[name]
    return whole


def place_of_delivery(
    ship_to: Mapping[str, Any] | None,
    scans: Sequence[Mapping[str, Any]],
    proofs: Sequence[Mapping[str, Any]],
) -> Row:
    """Return the verdict whether it was left where it was addressed to, and why."""
    told_scans = [
        ScanReport(s["occurred_at"], s["status"], place=place_of(s["place"])) for s in scans
    ]
    told_proofs = [
        ProofReport(place=place_of(p["place"]), **{name: p[name] for name in _PROOF_FIELDS})
        for p in proofs
    ]
    verdict = rules.place_of_delivery(ship_to_place(ship_to), told_proofs, told_scans)
    return {"kind": verdict.kind, "why": verdict.why}


async def _said(
    session: AsyncSession, model: type[Scan | Reading | Proof], parcel_ids: Sequence[UUID], by: Any
) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in await session.scalars(
        sa.select(model).where(model.parcel_id.in_(parcel_ids)).order_by(by, model.id)
    ):
        found[row.parcel_id].append({**_columns(row), "place": _place(row.place)})
    return found


def _columns(row: Any) -> Row:
    return {column.key: getattr(row, column.key) for column in sa.inspect(type(row)).column_attrs}


def _place(place: Mapping[str, Any] | None) -> Row | None:
    return {name: place.get(name) for name in _PLACE_FIELDS} if place else None


@cache
def _packed() -> tuple[sa.Subquery, sa.Subquery]:
    return views.packages().subquery(), views.contents().subquery()


async def _packages(session: AsyncSession, parcel_ids: Sequence[UUID]) -> dict[UUID, list[Row]]:
    linked = sa.select(ParcelPackage.package_id).where(ParcelPackage.parcel_id.in_(parcel_ids))
    told, holds = _packed()
    packages = await session.execute(
        sa.select(ParcelPackage.parcel_id, told)
        .join(told, told.c.package_id == ParcelPackage.package_id)
        .where(ParcelPackage.parcel_id.in_(parcel_ids))
        .order_by(told.c.package_id)
    )
    contents: dict[UUID, list[Row]] = defaultdict(list)
    for row in await session.execute(
        sa.select(holds).where(holds.c.package_id.in_(linked)).order_by(holds.c.position)
    ):
        contents[row.package_id].append(
            {
                "purchase_order": row.purchase_order_key,
                "line": row.line_key,
                "product": row.product_key,
                "quantity": row.quantity,
                "serials": row.serials,
            }
        )
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in packages:
        found[row.parcel_id].append(
            {
                "package_id": row.package_id,
                "package_key": row.package_key,
                "shipment_key": row.shipment_key,
                "contents": contents[row.package_id] if row.has_known_contents else None,
                "tare_g": row.tare_g,
                "declared_g": row.declared_g,
            }
        )
    return found
