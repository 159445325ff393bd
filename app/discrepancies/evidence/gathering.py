"""All that is known of a shipment, joined set-wise: packages, contents, parcels, their stories."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.orders import views
from app.parcels import service as parcels
from app.parcels import views as parcel_views
from app.products.views import products

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order line, and what of it is in shipments that were not cancelled."""

    line_id: UUID
    purchase_order: str
    line: str
    product: str
    quantity: int
    unit_price: Decimal
    currency: str
    customer_id: UUID | None
    supplier_id: UUID
    ordered_on: date | None
    is_drop_shipped: bool
    is_removed: bool
    weight_g: Decimal | None
    spread_g: Decimal | None
    shipped: int

    @property
    def name(self) -> str:
        """Return the line as people say it."""
        return f"line {self.line!r} of {self.purchase_order!r}"


@dataclass(frozen=True, slots=True)
class PackedIn:
    """A package that counts: what it is said to hold, by order line (None: nobody says)."""

    package_id: UUID
    key: str
    contents: Mapping[UUID, int] | None
    tare_g: int | None
    declared_g: int | None
    carrier: str | None
    parcel_id: UUID | None


@dataclass(frozen=True, slots=True)
class Gathered:
    """A shipment and all that was said of it.

    stories            of the parcels that carry it, by id
    others_in          other shipments of which a parcel carries packages too, by parcel
    """

    shipment_id: UUID
    key: str
    shipped_at: datetime | None
    cancelled_at: datetime | None
    ship_to: Row | None
    shipper: tuple[str | None, UUID | None]
    account: tuple[str | None, UUID | None]
    packages: Sequence[PackedIn]
    lines: Mapping[UUID, OrderLine]
    stories: Mapping[UUID, Row]
    others_in: Mapping[UUID, Sequence[str]]

    @property
    def is_held_unknown(self) -> bool:
        """Whether nobody says what is in some package, or that there is any."""
        return not self.packages or any(each.contents is None for each in self.packages)

    def held(self, line_id: UUID) -> int:
        """Return how many units of a line its packages hold by the papers."""
        return sum((each.contents or {}).get(line_id, 0) for each in self.packages)

    def stories_of(self, line_ids: Iterable[UUID]) -> list[Row]:
        """Return the stories of parcels that hold, or may hold, something of these lines."""
        wanted = set(line_ids)
        found = {
            each.parcel_id: self.stories[each.parcel_id]
            for each in self.packages
            if each.parcel_id in self.stories
            and (each.contents is None or wanted & set(each.contents))
        }
        return list(found.values())


async def gather(
    session: AsyncSession, shipment_id: UUID, line_ids: Iterable[UUID] = ()
) -> Gathered:
    """Return all that is known of a shipment, and of these order lines besides its own."""
    told = views.shipments().subquery()
    rows = await session.execute(sa.select(told).where(told.c.shipment_id == shipment_id))
    shipment = rows.one()
    packages = await _packages(session, shipment_id)
    parcel_ids = {each.parcel_id for each in packages if each.parcel_id is not None}
    held = {line_id for each in packages for line_id in each.contents or ()}
    return Gathered(
        shipment_id=shipment_id,
        key=shipment.shipment_key,
        shipped_at=shipment.shipped_at,
        cancelled_at=shipment.cancelled_at,
        ship_to=shipment.ship_to,
        shipper=(shipment.shipper_kind, shipment.shipper_vendor_id),
        account=(shipment.account_kind, shipment.account_vendor_id),
        packages=packages,
        lines=await order_lines(session, held | set(line_ids)),
        stories=await parcels.tell_all(session, sorted(parcel_ids)) if parcel_ids else {},
        others_in=await _others(session, shipment_id, parcel_ids) if parcel_ids else {},
    )


async def _packages(session: AsyncSession, shipment_id: UUID) -> list[PackedIn]:
    told, carried = views.packages().subquery(), parcel_views.carried().subquery()
    holds = views.contents().subquery()
    rows = await session.execute(
        sa.select(told, carried.c.parcel_id)
        .outerjoin(carried, carried.c.package_id == told.c.package_id)
        .where(told.c.shipment_id == shipment_id, told.c.is_live)
        .order_by(told.c.position, told.c.package_id)
    )
    found = rows.all()
    contents: dict[UUID, dict[UUID, int]] = defaultdict(dict)
    for row in await session.execute(
        sa.select(holds.c.package_id, holds.c.purchase_line_id, holds.c.quantity)
        .where(holds.c.package_id.in_([row.package_id for row in found]))
        .order_by(holds.c.position)
    ):
        contents[row.package_id][row.purchase_line_id] = row.quantity
    return [
        PackedIn(
            row.package_id,
            row.package_key,
            contents[row.package_id] if row.has_known_contents else None,
            row.tare_g,
            row.declared_g,
            row.carrier,
            row.parcel_id,
        )
        for row in found
    ]


async def _others(
    session: AsyncSession, shipment_id: UUID, parcel_ids: Iterable[UUID]
) -> dict[UUID, list[str]]:
    carried, told = parcel_views.carried().subquery(), views.shipments().subquery()
    rows = await session.execute(
        sa.select(carried.c.parcel_id, told.c.shipment_key)
        .join(told, told.c.shipment_id == carried.c.shipment_id)
        .where(carried.c.parcel_id.in_(parcel_ids), carried.c.shipment_id != shipment_id)
        .distinct()
        .order_by(told.c.shipment_key)
    )
    found: dict[UUID, list[str]] = defaultdict(list)
    for parcel_id, key in rows:
        found[parcel_id].append(key)
    return dict(found)


async def order_lines(session: AsyncSession, line_ids: Iterable[UUID]) -> dict[UUID, OrderLine]:
    """Return order lines by id, with the weights of their products."""
    wanted = list(line_ids)
    told, product = views.purchase_lines().subquery(), products()
    shipped = views.shipped().subquery()
    rows = await session.execute(
        sa.select(told, product.c.product_key, product.c.weight_g, product.c.spread_g)
        .join(product, product.c.product_id == told.c.product_id)
        .where(told.c.purchase_line_id.in_(wanted))
    )
    sums = await session.execute(
        sa.select(shipped.c.purchase_line_id, sa.func.sum(shipped.c.quantity))
        .where(shipped.c.purchase_line_id.in_(wanted))
        .group_by(shipped.c.purchase_line_id)
    )
    sent = dict(sums.all())
    return {
        row.purchase_line_id: OrderLine(
            line_id=row.purchase_line_id,
            purchase_order=row.purchase_order_key,
            line=row.line_key,
            product=row.product_key,
            quantity=row.quantity,
            unit_price=row.unit_price_amount,
            currency=row.unit_price_currency,
            customer_id=row.customer_id,
            supplier_id=row.supplier_id,
            ordered_on=row.ordered_on,
            is_drop_shipped=row.is_drop_shipped,
            is_removed=row.is_removed,
            weight_g=row.weight_g,
            spread_g=row.spread_g,
            shipped=int(sent.get(row.purchase_line_id, 0)),
        )
        for row in rows
    }
