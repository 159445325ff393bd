"""What a claim names in the rooms beneath: found together, and refused together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from app.claims import unit_finds
from app.claims.order_finds import OrderLine, order_line, order_lines
from app.claims.rules.refusals import ContradictsClaim, SerialOfAnother
from app.claims.schemas import ClaimLineIn
from app.claims.unit_finds import UnitFound, UnitsFound
from app.kit.records import UnknownReference
from app.orders import views
from app.orders.units import service as units
from app.orders.units.rules import packed_forms, spoken_serials
from app.products.views import products


@dataclass(frozen=True, slots=True)
class NamedLine:
    """What a line of a claim turned out to name; `order` is None for what we never sold."""

    product: str
    order: OrderLine | None
    serial: str | None
    serial_lookup: str | None
    unit_id: UUID | None


async def find(
    session: AsyncSession, lines: Sequence[ClaimLineIn], *, customer_id: UUID
) -> list[NamedLine]:
    """Return what lines name, in their order.

    Raises UnknownReference, SerialOfAnother, ContradictsClaim, UnitWentBack.
    """
    by_name = await _by_name(session, lines)
    packed = await _packed(session, lines)
    told_units = await unit_finds.find(
        session,
        (line.unit for line in lines if line.unit is not None),
        (line.serial for line in lines if line.serial is not None),
    )
    bought = await order_lines(
        session, {unit.line_id for unit in told_units.by_key.values() if unit.line_id}
    )
    known = await _products(session, {line.product for line in lines if line.product})
    unknown = list(_unknown(lines, by_name, known, told_units))
    if unknown:
        raise UnknownReference(
            "The claim names records that were never sent; `errors` points at each.",
            errors=unknown,
        )
    finder = _Finder(Known(by_name, packed, told_units, bought), customer_id)
    found = [finder.line(index, line) for index, line in enumerate(lines)]
    finder.check()
    named = [each for each in found if each is not None]
    await _require_here(session, lines, named)
    return named


async def _require_here(
    session: AsyncSession, lines: Sequence[ClaimLineIn], found: Sequence[NamedLine]
) -> None:
    """Refuse units that went back already: what is claimed is another one. Raises UnitWentBack."""
    gone = await units.gone(session, {line.unit_id for line in found if line.unit_id})
    if not gone:
        return
    index = next(place for place, line in enumerate(found) if line.unit_id in gone)
    name = "serial" if lines[index].serial is not None else "unit"
    unit_id = found[index].unit_id
    (unit,) = await units.lock(session, [unit_id] if unit_id else [])
    await units.require_here(session, unit, pointer=f"/lines/{index}/{name}")


@dataclass(frozen=True, slots=True)
class Known:
    """What the ERP told of what lines name.

    by_name    order lines by the keys of their order and of themselves
    packed     order lines of which a serial number was packed
    bought     order lines of units, by id
    """

    by_name: Mapping[tuple[str, str], OrderLine]
    packed: Mapping[str, Sequence[OrderLine]]
    units: UnitsFound
    bought: Mapping[UUID, OrderLine]


class _Finder:
    """Finds line after line, and gathers what is wrong with them."""

    def __init__(self, known: Known, customer_id: UUID) -> None:
        self._known, self._customer_id = known, customer_id
        self._serials: set[tuple[str, str]] = set()
        self.others: list[dict[str, Any]] = []
        self.faults: list[dict[str, Any]] = []

    def line(self, index: int, told: ClaimLineIn) -> NamedLine | None:
        """Return what one line names; None where something is wrong with it."""
        at = f"/lines/{index}"
        order = self._known.by_name[_name(told)] if told.order is not None else None
        unit = self._unit(at, told, order)
        if unit is not None:
            order = self._of_unit(at, told, unit, order)
        elif told.serial is not None:
            order = self._of_serial(at, told, order)
        product = order.product if order else unit.product if unit else told.product
        if product is None and any(each["pointer"].startswith(at) for each in self.others):
            return None
        if product is None:
            detail = "nothing says of which product it is; name the product or the order line"
            self.faults.append({"pointer": at, "detail": detail})
            return None
        if told.product is not None and told.product != product:
            detail = f"that order line is of {product!r}, not of {told.product!r}"
            self.faults.append({"pointer": f"{at}/product", "detail": detail})
        if order is not None:
            self._check_order(at, told, order)
        serial = told.serial or (unit.serial if unit else None)
        lookup = unit.plain if unit else next(iter(spoken_serials(serial or "")), None)
        if lookup is not None:
            self._once(at, product, lookup)
        return NamedLine(product, order, serial, lookup, unit.unit_id if unit else None)

    def _unit(self, at: str, told: ClaimLineIn, order: OrderLine | None) -> UnitFound | None:
        """Return the unit that a line means; None where the ERP keeps none of it."""
        if told.unit is not None:
            unit = self._known.units.by_key[told.unit]
            spoken = spoken_serials(told.serial) if told.serial else (unit.plain,)
            if unit.plain not in spoken:
                detail = f"the unit {unit.key!r} has the serial number {unit.serial!r}"
                self.faults.append({"pointer": f"{at}/serial", "detail": detail})
            return unit
        if told.serial is None:
            return None
        product = told.product or (order.product if order else None)
        found = self._known.units.spoken(told.serial, product)
        hers = [each for each in found if each.customer_id == self._customer_id] or found
        if len(hers) > 1:
            names = ", ".join(repr(each.key) for each in hers)
            detail = f"several units have it: {names}; name the product or the unit"
            self.faults.append({"pointer": f"{at}/serial", "detail": detail})
        return hers[0] if hers else None

    def _of_unit(
        self, at: str, told: ClaimLineIn, unit: UnitFound, order: OrderLine | None
    ) -> OrderLine | None:
        if unit.customer_id not in {None, self._customer_id}:
            detail = f"the unit {unit.key!r} ({unit.serial}) was sold to somebody else"
            name = "serial" if told.serial is not None else "unit"
            self.others.append({"pointer": f"{at}/{name}", "detail": detail})
        own = self._known.bought.get(unit.line_id) if unit.line_id else None
        if order is not None and own is not None and own != order:
            detail = f"{unit.serial!r} is of {own.line!r} of {own.purchase_order!r}"
            self.faults.append({"pointer": f"{at}/order", "detail": detail})
        elif order is not None and order.product != unit.product:
            detail = f"that line is of {order.product!r}, and {unit.serial!r} is a {unit.product!r}"
            self.faults.append({"pointer": f"{at}/order", "detail": detail})
        return order or own

    def _of_serial(self, at: str, told: ClaimLineIn, order: OrderLine | None) -> OrderLine | None:
        """Return the order line that a serial number was packed for, as far as it was told."""
        packed = self._packed(told.serial or "")
        found = [
            each
            for each in packed
            if (order is None or each.product == order.product)
            and (told.product is None or each.product == told.product)
        ]
        ours = [each for each in found if each.customer_id in {None, self._customer_id}]
        if found and not ours:
            detail = f"{told.serial!r} was sold to somebody else, on {found[0].purchase_order!r}"
            self.others.append({"pointer": f"{at}/serial", "detail": detail})
            return order
        if order is not None and ours and order not in ours:
            detail = (
                f"{told.serial!r} was shipped of {ours[0].line!r} of {ours[0].purchase_order!r}"
            )
            self.faults.append({"pointer": f"{at}/order", "detail": detail})
        if order is not None and packed and not found and told.product is None:
            # Two makers may give one number; then it must be said that this is meant.
            other = packed[0]
            detail = f"{told.serial!r} was shipped as {other.product!r}; name the product"
            self.faults.append({"pointer": f"{at}/order", "detail": detail})
        if order is None and len(ours) > 1:
            names = ", ".join(f"{x.line!r} of {x.purchase_order!r}" for x in ours)
            detail = f"{told.serial!r} may be of {names}; name the order line"
            self.faults.append({"pointer": f"{at}/serial", "detail": detail})
        return order or (ours[0] if ours else None)

    def _packed(self, serial: str) -> list[OrderLine]:
        """Return the order lines of which what people write so was packed."""
        told = (self._known.packed.get(form, ()) for form in packed_forms(serial))
        return list({each.line_id: each for lines in told for each in lines}.values())

    def _check_order(self, at: str, told: ClaimLineIn, order: OrderLine) -> None:
        if order.customer_id not in {None, self._customer_id}:
            detail = f"line {order.line!r} of {order.purchase_order!r} is for somebody else"
            self.others.append({"pointer": f"{at}/order", "detail": detail})
        if told.quantity > order.quantity:
            detail = f"{order.quantity} were ordered of it, not {told.quantity}"
            fault = {"pointer": f"{at}/quantity", "detail": detail, "most": order.quantity}
            self.faults.append(fault)

    def _once(self, at: str, product: str, lookup: str) -> None:
        if (product, lookup) in self._serials:
            detail = "stands there twice; one unit is claimed once"
            self.faults.append({"pointer": f"{at}/serial", "detail": detail})
        self._serials.add((product, lookup))

    def check(self) -> None:
        """Refuse what is wrong. Raises SerialOfAnother, ContradictsClaim."""
        if self.others:
            raise SerialOfAnother(
                "What is claimed on a case belongs to its customer.",
                errors=[*self.others, *self.faults],
            )
        if self.faults:
            raise ContradictsClaim(
                "The claim says what the ERP's records contradict.", errors=self.faults
            )


def _name(line: ClaimLineIn) -> tuple[str, str]:
    return ("", "") if line.order is None else (line.order.purchase_order, line.order.line)


async def _by_name(
    session: AsyncSession, lines: Sequence[ClaimLineIn]
) -> dict[tuple[str, str], OrderLine]:
    names = {_name(line) for line in lines if line.order is not None}
    told, product = views.purchase_lines().subquery(), products()
    rows = await session.execute(
        sa.select(told, product.c.product_key)
        .join(product, product.c.product_id == told.c.product_id)
        .where(
            told.c.purchase_order_key.in_({order for order, _ in names}),
            told.c.line_key.in_({line for _, line in names}),
            ~told.c.is_removed,
        )
    )
    found = {(row.purchase_order_key, row.line_key): order_line(row) for row in rows}
    return {name: line for name, line in found.items() if name in names}


async def _packed(
    session: AsyncSession, lines: Sequence[ClaimLineIn]
) -> dict[str, list[OrderLine]]:
    lookups = {form for line in lines if line.serial for form in packed_forms(line.serial)}
    if not lookups:
        return {}
    packed = views.packed_serials().subquery()
    rows = await session.execute(
        sa.select(packed.c.serial_lookup, packed.c.purchase_line_id)
        .where(packed.c.serial_lookup == sa.any_(sa.literal(sorted(lookups), ARRAY(sa.Text))))
        .distinct()
    )
    pairs = rows.all()
    known = await order_lines(session, {row.purchase_line_id for row in pairs})
    found: dict[str, list[OrderLine]] = defaultdict(list)
    for row in pairs:
        found[row.serial_lookup].append(known[row.purchase_line_id])
    return found


async def _products(session: AsyncSession, keys: set[str]) -> set[str]:
    told = products()
    rows = await session.scalars(sa.select(told.c.product_key).where(told.c.product_key.in_(keys)))
    return set(rows.all())


def _unknown(
    lines: Sequence[ClaimLineIn],
    by_name: Mapping[tuple[str, str], OrderLine],
    known: set[str],
    told_units: UnitsFound,
) -> Iterable[dict[str, str]]:
    for index, line in enumerate(lines):
        if line.unit is not None and line.unit not in told_units.by_key:
            detail = f"there is no unit {line.unit!r}; PUT it first"
            yield {"pointer": f"/lines/{index}/unit", "detail": detail}
        if line.order is not None and _name(line) not in by_name:
            name = line.order
            detail = f"{name.purchase_order!r} has no line {name.line!r}; PUT it first"
            yield {"pointer": f"/lines/{index}/order", "detail": detail}
        if line.product is not None and line.product not in known:
            detail = f"there is no product {line.product!r}; PUT it first"
            yield {"pointer": f"/lines/{index}/product", "detail": detail}
