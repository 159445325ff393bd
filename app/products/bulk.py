"""Products told in bulk: what a PUT of each would do, set-wise."""

from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import records
from app.kit.bulk import (
    ROWS,
    WRITTEN,
    Applied,
    Batch,
    Kind,
    Refusal,
    Rows,
    by_number,
    flatten,
    temporary,
    text_of,
)
from app.kit.records import UnknownReference
from app.products import rules
from app.products.models import PartNumber, Product
from app.products.rules import ManufacturerRoleMissing
from app.products.schemas import ProductIn
from app.vendors.rules import Role
from app.vendors.views import vendors

_WEIGHT = ("weight_value", "weight_unit", "weight_g", "spread_value", "spread_unit", "spread_g")
_NUMERIC = ("weight_value", "weight_g", "spread_value", "spread_g")

_TOLD = temporary(
    "bulk_products",
    sa.Column("number", sa.Integer),
    sa.Column("manufacturer", sa.Text),
    sa.Column("manufacturer_id", sa.Uuid),
    sa.Column("roles", sa.ARRAY(sa.Text)),
)


def _number_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("number", sa.Integer),
        sa.Column("position", sa.Integer),
        sa.Column("kind", sa.Text),
        sa.Column("vendor", sa.Text),
        sa.Column("part_number", sa.Text),
        sa.Column("lookup", sa.Text),
    ]


_TOLD_NUMBERS = temporary("bulk_told_numbers", *_number_columns())
_NUMBERS = temporary("bulk_part_numbers", *_number_columns(), sa.Column("vendor_id", sa.Uuid))


def check(document: ProductIn) -> None:
    """Refuse what the schema cannot see. Raises Malformed."""
    rules.require_once((n.kind, n.vendor, n.number) for n in document.part_numbers)


def _staged(document: ProductIn, _content: str) -> str:
    weight = document.unit_weight.weight if document.unit_weight else None
    spread = document.unit_weight.spread if document.unit_weight else None
    told: dict[str, Any] = {
        "name": document.name,
        "manufacturer": document.manufacturer,
        "product_line": document.product_line,
        "weight_value": weight and str(weight.value),
        "weight_unit": weight and weight.unit,
        "weight_g": weight and str(weight.exact_grams()),
        "spread_value": spread and str(spread.value),
        "spread_unit": spread and spread.unit,
        "spread_g": spread and str(spread.exact_grams()),
        "weight_source": document.unit_weight and document.unit_weight.source.value,
        "part_numbers": [
            {
                "kind": number.kind.value,
                "vendor": number.vendor,
                "number": number.number,
                "lookup": rules.lookup(number.number),
            }
            for number in document.part_numbers
        ],
    }
    return orjson.dumps(told).decode()


async def _apply(session: AsyncSession, staged: Rows) -> Applied:
    batch = Batch(session, Product)
    await batch.begin(staged)
    maker = vendors()
    key = text_of(ROWS.c.document, "manufacturer")
    await batch.fill(
        _TOLD,
        sa.select(ROWS.c.number, key, maker.c.vendor_id, maker.c.roles)
        .outerjoin_from(ROWS, maker, maker.c.vendor_key == key)
        .where(WRITTEN),
    )
    await _fill_numbers(batch)
    await batch.refuse(await _unknown(session))
    await batch.refuse(await _without_role(session))
    await batch.write(_columns())
    await _write_numbers(session)
    return await batch.end()


async def _fill_numbers(batch: Batch) -> None:
    item, of = flatten(ROWS.c.document, "part_numbers", "item"), vendors()
    told = item.c.value
    await batch.fill(
        _TOLD_NUMBERS,
        sa.select(
            ROWS.c.number,
            item.c.n - 1,
            *(text_of(told, name) for name in ("kind", "vendor", "number", "lookup")),
        )
        .select_from(ROWS)
        .join(item, sa.true())
        .where(WRITTEN),
    )
    await batch.fill(
        _NUMBERS,
        sa.select(*_TOLD_NUMBERS.c, of.c.vendor_id).outerjoin_from(
            _TOLD_NUMBERS, of, of.c.vendor_key == _TOLD_NUMBERS.c.vendor
        ),
    )


async def _unknown(session: AsyncSession) -> list[Refusal]:
    """Refuse products that name vendors who were never sent."""
    numbers = sa.select(
        _NUMBERS.c.number, _NUMBERS.c.position, _NUMBERS.c.vendor.label("key")
    ).where(_NUMBERS.c.vendor.is_not(None), _NUMBERS.c.vendor_id.is_(None))
    makers = sa.select(_TOLD.c.number, sa.null().cast(sa.Integer), _TOLD.c.manufacturer).where(
        _TOLD.c.manufacturer.is_not(None), _TOLD.c.manufacturer_id.is_(None)
    )
    found = numbers.union_all(makers).subquery()
    rows = await session.execute(
        sa.select(found).order_by(found.c.number, found.c.position.nulls_last())
    )
    return [
        Refusal(number, _problem([(position, key) for _, position, key in missing]))
        for number, missing in by_number(rows.all()).items()
    ]


def _problem(missing: list[tuple[int | None, str]]) -> UnknownReference:
    pointers = [
        ("/manufacturer" if at is None else f"/part_numbers/{at}/vendor", key)
        for at, key in missing
    ]
    return records.unknown("vendor", pointers)


async def _without_role(session: AsyncSession) -> list[Refusal]:
    """Refuse products whose manufacturer makes nothing."""
    rows = await session.execute(
        sa.select(_TOLD.c.number, _TOLD.c.manufacturer, _TOLD.c.roles).where(
            _TOLD.c.manufacturer_id.is_not(None),
            sa.literal(Role.MANUFACTURER.value) != sa.all_(_TOLD.c.roles),
        )
    )
    refusals: list[Refusal] = []
    for number, key, roles in rows:
        try:
            rules.require_manufacturer(key, roles)
        except ManufacturerRoleMissing as problem:
            refusals.append(Refusal(number, problem))
    return refusals


def _columns() -> Rows:
    told = ROWS.c.document
    weights = [
        (text_of(told, name).cast(sa.Numeric) if name in _NUMERIC else text_of(told, name)).label(
            name
        )
        for name in _WEIGHT
    ]
    return sa.select(
        ROWS.c.number,
        text_of(told, "name").label("name"),
        _TOLD.c.manufacturer_id,
        text_of(told, "product_line").label("product_line"),
        *weights,
        text_of(told, "weight_source").label("weight_source"),
    ).join(_TOLD, _TOLD.c.number == ROWS.c.number)


async def _write_numbers(session: AsyncSession) -> None:
    written = sa.select(ROWS.c.id).where(WRITTEN)
    await session.execute(
        sa.delete(PartNumber).where(PartNumber.product_id.in_(written)),
        execution_options={"synchronize_session": False},
    )
    columns = ["product_id", "position", "kind", "vendor_id", "number", "lookup"]
    told = sa.select(
        *(ROWS.c.id, _NUMBERS.c.position, _NUMBERS.c.kind, _NUMBERS.c.vendor_id),
        *(_NUMBERS.c.part_number, _NUMBERS.c.lookup),
    ).join(ROWS, ROWS.c.number == _NUMBERS.c.number)
    await session.execute(insert(PartNumber).from_select(columns, told))


PRODUCTS = Kind("product", ProductIn, _apply, check=check, staged=_staged)
