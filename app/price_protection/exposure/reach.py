"""Which order lines a fall in price may reach: by product, supplier and day, through an index."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from app.orders import views as orders
from app.parcels import views as parcels
from app.price_protection.exposure.rules import LISTED_BEFORE, Fall, Granted
from app.vendors.terms import BoughtOn

_OF_LINES = (
    *("purchase_line_id", "purchase_order_key", "line_key", "product_id", "supplier_id"),
    *("quantity", "unit_price_amount", "unit_price_currency", "is_drop_shipped", "receipts"),
    *("sales", "is_special_bid", "cancelled_at", "is_removed", "ordered_on", "placed_on"),
    "invoiced_on",
)
LATE = frozenset({BoughtOn.SHIPMENT, BoughtOn.DELIVERY})
_OF_TARGETS = ("position", "old_price", "new_price", "any_supplier")


@dataclass(frozen=True, slots=True)
class Target:
    """One product of a notice. `any_supplier`: its maker's prices fell, whoever we bought from."""

    position: int
    product_id: UUID
    product_line: str | None
    any_supplier: bool
    old_price: str | None
    new_price: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What an exposure is computed of.

    earlier            notices that protect some of the same units already, to their own prices
    line_id            only this order line, whenever it was bought; None: all in the window
    """

    fall: Fall
    vendor_id: UUID
    targets: Sequence[Target]
    terms: Sequence[Granted]
    digits: int
    earlier: Sequence[UUID] = ()
    line_id: UUID | None = None

    @property
    def anchors(self) -> set[BoughtOn]:
        """Return the days by which these terms say when something was bought."""
        return {each.bought_on for each in self.terms}

    @property
    def has_caps(self) -> bool:
        """Whether a cap couples what lines earn."""
        return any(each.is_capped for each in self.terms)

    @property
    def listed_from(self) -> date:
        """Return the first day of purchase that is listed at all."""
        return listed_from(min(each.since_on for each in self.terms))


def listed_from(since_on: date) -> date:
    """Return from which day on lines are listed, where the window begins on `since_on`."""
    return date.fromordinal(max(since_on.toordinal() - LISTED_BEFORE.days, 1))


def _records(told: list[dict[str, Any]], name: str, *columns: sa.Column[Any]) -> Any:
    return (
        sa.func.jsonb_to_recordset(sa.literal(told, JSONB))
        .table_valued(*columns)
        .render_derived(name=name, with_types=True)
    )


def _targets(asked: Asked) -> Any:
    told = [
        {
            "position": each.position,
            "product_id": str(each.product_id),
            "product_line": each.product_line,
            "any_supplier": each.any_supplier,
            "old_price": each.old_price,
            "new_price": each.new_price,
        }
        for each in asked.targets
    ]
    return _records(
        told,
        "targets",
        sa.Column("position", sa.Integer),
        sa.Column("product_id", sa.Uuid),
        sa.Column("product_line", sa.Text),
        sa.Column("any_supplier", sa.Boolean),
        sa.Column("old_price", sa.Numeric),
        sa.Column("new_price", sa.Numeric),
    )


_TERMS = (
    sa.Column("no", sa.Integer),
    sa.Column("supplier_id", sa.Uuid),
    sa.Column("product_line", sa.Text),
    sa.Column("standing", sa.Text),
    sa.Column("begins_at", sa.DateTime(timezone=True)),
    sa.Column("zone", sa.Text),
    sa.Column("since_on", sa.Date),
    sa.Column("is_window_known", sa.Boolean),
    sa.Column("bought_by", sa.Text),
    sa.Column("reaches", JSONB),
    sa.Column("difference", sa.Text),
    sa.Column("protects_special_bids", sa.Boolean),
    sa.Column("cap_amount", sa.Numeric),
    sa.Column("cap_percent", sa.Numeric),
    sa.Column("cap_units", sa.Integer),
    sa.Column("is_cap_fit", sa.Boolean),
)
TERM_COLUMNS = tuple(column.name for column in _TERMS if column.name != "supplier_id")


def _terms(name: str, wanted: Sequence[Granted]) -> Any:
    told = [each.told() | {"bought_by": each.bought_on.value} for each in wanted]
    return _records(told, name, *_TERMS)


def reached(asked: Asked) -> sa.CTE:
    """Return the order lines that may be reached, with the notice's prices and the terms of each.

    Of each line: what `orders.views.purchase_lines` says of it, `position`, `old_price` and
    `new_price` of the notice, and the columns of its supplier's terms.
    """
    target = _targets(asked)
    line = orders.purchase_lines().subquery("line")
    of_line = _terms("of_product_line", [t for t in asked.terms if t.product_line])
    of_all = _terms("of_supplier", [t for t in asked.terms if not t.product_line and t.no])
    terms = _terms("terms", asked.terms)
    found = (
        sa.select(
            *(line.c[name] for name in _OF_LINES),
            *(target.c[name] for name in _OF_TARGETS),
            *(terms.c[name] for name in TERM_COLUMNS if name not in {"product_line", "no"}),
            terms.c.no.label("terms_no"),
        )
        .select_from(target)
        .join(line, line.c.product_id == target.c.product_id)
        .outerjoin(
            of_line,
            sa.and_(
                of_line.c.supplier_id == line.c.supplier_id,
                of_line.c.product_line == target.c.product_line,
            ),
        )
        .outerjoin(of_all, of_all.c.supplier_id == line.c.supplier_id)
        .join(terms, terms.c.no == sa.func.coalesce(of_line.c.no, of_all.c.no, 0))
    )
    if asked.line_id is not None:
        return found.where(line.c.purchase_line_id == asked.line_id).cte("reached")
    fits = sa.or_(line.c.supplier_id == asked.vendor_id, target.c.any_supplier)
    found = found.where(~line.c.is_removed, fits)
    branches = [found.where(condition) for condition in _branches(asked, line)]
    return (branches[0] if len(branches) == 1 else sa.union_all(*branches)).cte("reached")


def _branches(asked: Asked, line: Any) -> Iterator[sa.ColumnElement[bool]]:
    """Yield by which days lines are found: each line by the first of these only."""
    first, last = asked.listed_from, asked.fall.effective_on - timedelta(days=1)
    known = line.c.placed_on.between(first, last)
    yield known
    if BoughtOn.INVOICE in asked.anchors:
        by_invoice = line.c.invoiced_on.between(first, last)
        yield sa.and_(by_invoice, known.is_not(True))
        known = sa.or_(known, by_invoice)
    late = asked.anchors & LATE
    if late:
        moved = sa.union(*_moved(asked, late, first)).subquery("moved_then")
        yield sa.and_(
            line.c.purchase_line_id.in_(sa.select(moved.c.purchase_line_id)), known.is_not(True)
        )


def _moved(
    asked: Asked, anchors: set[BoughtOn], first: date
) -> Iterator[sa.Select[*tuple[Any, ...]]]:
    """Yield the lines of which something was shipped, or delivered, in the window."""
    # Wherever the supplier counts its days.
    since, until = first - timedelta(days=1), max(each.begins_at for each in asked.terms)
    held, came = orders.shipped().subquery("held_then"), parcels.arrived().subquery("came_then")
    if BoughtOn.SHIPMENT in anchors:
        yield sa.select(held.c.purchase_line_id).where(held.c.shipped_at.between(since, until))
    yield (
        sa.select(held.c.purchase_line_id)
        .join(came, came.c.package_id == held.c.package_id)
        .where(came.c.delivered_at.between(since, until))
    )
