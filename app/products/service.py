"""What is done with products: record, get, page, show, resolve."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit import records
from app.kit.records import Conditions, Outcome, Put, RecordOut, UnknownReference
from app.products import rules
from app.products.bulk import PRODUCTS, check
from app.products.events import ProductRecorded
from app.products.models import PartNumber, Product
from app.products.rules import PartNumberKind, WeightSource
from app.products.schemas import (
    ExactWeightOut,
    PartNumberOut,
    ProductIn,
    ProductOut,
    UnitWeightIn,
    UnitWeightOut,
)
from app.vendors import service as vendors

__all__ = [
    "PRODUCTS",
    "get",
    "page",
    "record",
    "resolve",
    "select_products",
    "show",
]


async def record(
    session: AsyncSession, *, key: str, document: ProductIn, conditions: Conditions
) -> Put[Product]:
    """Store a product as the ERP tells it.

    Raises StaleRecord, VersionMismatch, UnknownReference, ManufacturerRoleMissing, Malformed.
    """
    check(document)

    async def fill(product: Product) -> None:
        ids = await _vendor_ids(session, document)
        product.name = document.name
        product.manufacturer_id = ids[document.manufacturer] if document.manufacturer else None
        product.product_line = document.product_line
        _weigh(product, document.unit_weight)
        session.add(product)
        await session.flush()
        await _number(session, product.id, document, ids)

    result = await records.put(
        session, Product, key=key, document=document, conditions=conditions, fill=fill
    )
    if result.outcome is not Outcome.UNCHANGED:
        product = result.record
        event = ProductRecorded(product_id=product.id, key=key, version=product.version)
        await publish(session, event)
    return result


async def _vendor_ids(session: AsyncSession, document: ProductIn) -> dict[str, UUID]:
    named = {
        f"/part_numbers/{index}/vendor": number.vendor
        for index, number in enumerate(document.part_numbers)
        if number.vendor is not None
    }
    if document.manufacturer is not None:
        named["/manufacturer"] = document.manufacturer
    if not named:
        return {}
    ids = await vendors.resolve(session, named)
    if document.manufacturer is not None:
        maker = await vendors.get(session, document.manufacturer)
        rules.require_manufacturer(maker.key, maker.roles)
    return ids


def _weigh(product: Product, told: UnitWeightIn | None) -> None:
    weight = told.weight if told else None
    spread = told.spread if told else None
    product.weight_value = weight.value if weight else None
    product.weight_unit = weight.unit if weight else None
    product.weight_g = weight.exact_grams() if weight else None
    product.spread_value = spread.value if spread else None
    product.spread_unit = spread.unit if spread else None
    product.spread_g = spread.exact_grams() if spread else None
    product.weight_source = told.source.value if told else None


async def _number(
    session: AsyncSession, product_id: UUID, document: ProductIn, vendor_ids: Mapping[str, UUID]
) -> None:
    await session.execute(sa.delete(PartNumber).where(PartNumber.product_id == product_id))
    rows = [
        {
            "product_id": product_id,
            "position": position,
            "kind": told.kind.value,
            "vendor_id": vendor_ids[told.vendor] if told.vendor else None,
            "number": told.number,
            "lookup": rules.lookup(told.number),
        }
        for position, told in enumerate(document.part_numbers)
    ]
    if rows:
        await session.execute(sa.insert(PartNumber), rows)


async def get(session: AsyncSession, key: str) -> Product:
    """Return the product under the ERP's key. Raises NotFound."""
    return await records.get(session, Product, key, noun="product")


async def page(
    session: AsyncSession,
    *,
    after: UUID | None,
    limit: int,
    part_number: str | None = None,
    manufacturer: str | None = None,
) -> Sequence[Product]:
    """Return products in the order they were first told, after an id."""
    maker = None
    if manufacturer is not None:
        try:
            maker = (await vendors.resolve(session, {"manufacturer": manufacturer}))[manufacturer]
        except UnknownReference:
            return []
    query = select_products(after=after, part_number=part_number, manufacturer_id=maker)
    return (await session.scalars(query.limit(limit))).all()


def select_products(
    *,
    after: UUID | None = None,
    part_number: str | None = None,
    manufacturer_id: UUID | None = None,
) -> sa.Select[Product]:
    """Return the query of products that are all this."""
    query = sa.select(Product).order_by(Product.id)
    if after is not None:
        query = query.where(Product.id > after)
    if part_number is not None:
        numbered = sa.select(PartNumber.product_id).where(
            PartNumber.lookup == rules.lookup(part_number)
        )
        query = query.where(Product.id.in_(numbered))
    if manufacturer_id is not None:
        query = query.where(Product.manufacturer_id == manufacturer_id)
    return query


async def show(session: AsyncSession, products: Sequence[Product]) -> list[ProductOut]:
    """Return products as they are read, in the order given."""
    numbers = await _part_numbers(session, [product.id for product in products])
    ids = {p.manufacturer_id for p in products} | {
        number.vendor_id for told in numbers.values() for number in told
    }
    keys = await vendors.keys_of(session, {identity for identity in ids if identity is not None})
    return [_shown(product, numbers[product.id], keys) for product in products]


async def _part_numbers(
    session: AsyncSession, product_ids: Sequence[UUID]
) -> dict[UUID, list[PartNumber]]:
    found: dict[UUID, list[PartNumber]] = defaultdict(list)
    query = sa.select(PartNumber).where(PartNumber.product_id.in_(product_ids))
    for number in await session.scalars(
        query.order_by(PartNumber.product_id, PartNumber.position),
        execution_options={"populate_existing": True},
    ):
        found[number.product_id].append(number)
    return found


def _shown(
    product: Product, numbers: Sequence[PartNumber], vendor_keys: Mapping[UUID, str]
) -> ProductOut:
    weight = _weight(product.weight_value, product.weight_unit, product.weight_g)
    return ProductOut(
        **RecordOut.model_validate(product).model_dump(),
        name=product.name,
        manufacturer=vendor_keys[product.manufacturer_id] if product.manufacturer_id else None,
        product_line=product.product_line,
        part_numbers=[
            PartNumberOut(
                kind=PartNumberKind(number.kind),
                vendor=vendor_keys[number.vendor_id] if number.vendor_id else None,
                number=number.number,
            )
            for number in numbers
        ],
        unit_weight=None
        if weight is None or product.weight_source is None
        else UnitWeightOut(
            weight=weight,
            spread=_weight(product.spread_value, product.spread_unit, product.spread_g),
            source=WeightSource(product.weight_source),
        ),
    )


def _weight(
    value: Decimal | None, unit: str | None, grams: Decimal | None
) -> ExactWeightOut | None:
    if value is None or unit is None or grams is None:
        return None
    return ExactWeightOut(value=value, unit=unit, exact_grams=grams)


async def resolve(session: AsyncSession, named: Mapping[str, str]) -> dict[str, UUID]:
    """Return the ids of the products that a document names, by key. `named`: pointer -> key.

    Raises UnknownReference, which points at each product that was never sent.
    """
    keys = set(named.values())
    rows = await session.execute(sa.select(Product.key, Product.id).where(Product.key.in_(keys)))
    found = dict(rows.all())
    missing = [(pointer, key) for pointer, key in named.items() if key not in found]
    if missing:
        raise records.unknown("product", missing)
    return found
