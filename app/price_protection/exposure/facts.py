"""What is known of order lines on the day of the new price, as parts of a statement.

Each reads, by an index, only what belongs to the line it is joined to: its cost grows with the
units that are reached, not with what is on record.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from app.obligations import lost
from app.obligations import views as ledger
from app.obligations.rules import Kind as Owed
from app.obligations.rules import LossKind
from app.orders import views as orders
from app.orders.rules import DocumentKind, PartyKind
from app.orders.units import views as units
from app.parcels import views as parcels

ZERO = sa.literal_column("0", sa.Integer)
# More than one line can hold; what is told twice and thrice must not overflow.
_MOST = sa.literal_column("2000000000", sa.Integer)
# How `orders.rules.rma_lookup` finds the number of a filing, which its credit memos name.
_OF_FILINGS = sa.literal_column("'^PPF[0-9]+$'", sa.Text)
_HELD, _CAME = orders.shipped().subquery("held"), parcels.arrived().subquery("came")
_LEFT_AT = sa.func.coalesce(_HELD.c.shipped_at, _CAME.c.delivered_at)
_IS_OURS = sa.func.coalesce(_HELD.c.shipper_kind == PartyKind.US.value, sa.false())


def count(value: Any) -> sa.ColumnElement[int]:
    """Return a sum as a whole number, zero where nothing is summed."""
    return sa.func.least(sa.func.coalesce(value, ZERO), _MOST).cast(sa.Integer)


def moved(line: Any) -> Any:
    """Return how many units of a line carriers had taken, brought and we had sent on.

    shipped, arrived, sent_on   before the day of the new price began
    """
    total = sa.func.sum(_HELD.c.quantity)
    arrived = sa.or_(_CAME.c.delivered_at < line.c.begins_at, _IS_OURS)
    return _of_contents(
        line,
        count(total).label("shipped"),
        count(total.filter(arrived)).label("arrived"),
        count(total.filter(_IS_OURS)).label("sent_on"),
    ).lateral("moved")


def lots(line: Any) -> Any:
    """Return the units of a line by the day they were shipped or delivered on, as terms want it.

    Those that had arrived before those on the way, each in the order of time: units `after` + 1
    to `until`.
    """
    arrived = sa.or_(_CAME.c.delivered_at < line.c.begins_at, _IS_OURS).is_(True)
    moment = sa.case((line.c.bought_by == "delivery", _CAME.c.delivered_at), else_=_LEFT_AT)
    day = sa.func.timezone(line.c.zone, moment).cast(sa.Date)
    total = sa.func.sum(_HELD.c.quantity)
    until = sa.func.sum(total).over(order_by=[arrived.desc(), day.asc().nulls_last()])
    told = _of_contents(
        line,
        (until - total).cast(sa.Integer).label("after"),
        until.cast(sa.Integer).label("until"),
        day.label("bought_on"),
    ).group_by(arrived, day)
    # Of those that no package tells of nobody knows the day.
    others = sa.select(line.c.told_shipped, line.c.quantity, sa.null().cast(sa.Date)).correlate(
        line
    )
    return sa.union_all(told, others).lateral("lots")


def _of_contents(line: Any, *columns: Any) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(*columns)
        .select_from(_HELD.outerjoin(_CAME, _CAME.c.package_id == _HELD.c.package_id))
        .where(_HELD.c.purchase_line_id == line.c.purchase_line_id, line.c.begins_at > _LEFT_AT)
    )


def told_singly(line: Any, effective_on: Any) -> Any:
    """Return how many units of a line had moved before the day, by what is told of each by serial.

    shipped   by the vendor; arrived   at their end users; sold   of those shipped
    One that stands in for another is not one more.
    """
    unit, swap = units.units().subquery("singly"), units.unit_replacements().subquery("swaps")
    left_on = sa.func.least(unit.c.shipped_on, unit.c.delivered_on)
    came_on = unit.c.delivered_on
    sold_on = sa.func.least(unit.c.sold_on, came_on)
    total = sa.func.count()
    return (
        sa.select(
            count(total).label("shipped"),
            count(total.filter(came_on < effective_on)).label("arrived"),
            count(total.filter(sold_on < effective_on)).label("sold"),
        )
        .where(
            unit.c.purchase_line_id == line.c.purchase_line_id,
            unit.c.cancelled_at.is_(None),
            left_on < effective_on,
            ~sa.exists().where(swap.c.new_unit_id == unit.c.unit_id),
        )
        .lateral("told_singly")
    )


def booked(line: Any, name: str, effective_on: Any) -> Any:
    """Return how many units of a line came to our stock, or went from it, before the day."""
    told = (
        sa.func.jsonb_array_elements(line.c[name])
        .table_valued(sa.column("value", JSONB), joins_implicitly=True)
        .render_derived(name=f"told_{name}")
    )
    units = sa.func.sum(told.c.value["quantity"].astext.cast(sa.Integer))
    return (
        sa.select(count(units).label("units"))
        .where(told.c.value["on"].astext.cast(sa.Date) < effective_on)
        .lateral(name)
    )


def missing(line: Any) -> Any:
    """Return how many units of a line are gone and were not replaced, by the ledger.

    units     of those that never came, or are no more
    swapped   how many that failed were replaced or repaired: what went back for that was no return
    """
    told, given = lost.losses().subquery("told_losses"), ledger.recovered().subquery("given")
    again = sa.func.coalesce(
        sa.select(sa.func.sum(given.c.quantity))
        .where(given.c.loss_id == told.c.loss_id)
        .scalar_subquery(),
        ZERO,
    )
    is_gone = told.c.kind == LossKind.GONE.value
    gone = sa.func.sum(told.c.quantity - again).filter(is_gone)
    swapped = sa.func.sum(again).filter(~is_gone)
    return (
        sa.select(
            sa.func.greatest(count(gone), 0).label("units"),
            sa.func.greatest(count(swapped), 0).label("swapped"),
        )
        .where(told.c.purchase_line_id == line.c.purchase_line_id, told.c.quantity.is_not(None))
        .lateral("missing")
    )


def sent_back(line: Any) -> Any:
    """Return how many units of a line we sent back to the supplier, by our debts to do so."""
    owed = ledger.obligations().subquery("owed")
    return (
        sa.select(count(sa.func.floor(sa.func.sum(owed.c.performed))).label("units"))
        .where(
            owed.c.purchase_line_id == line.c.purchase_line_id,
            # Written out: the index holds these alone.
            owed.c.kind == sa.literal_column(f"'{Owed.RETURN_GOODS.value}'"),
            owed.c.creditor_id == line.c.supplier_id,
        )
        .lateral("sent_back")
    )


def taken_back(line: Any) -> Any:
    """Return how many units of a line the supplier credited under an RMA: they went back."""
    paper = orders.vendor_document_lines().subquery("papers")
    return (
        sa.select(count(sa.func.sum(paper.c.quantity)).label("units"))
        .where(credits_return(paper, line))
        .lateral("taken_back")
    )


def credits_return(paper: Any, line: Any) -> sa.ColumnElement[bool]:
    """Whether a line of a vendor's paper credits units of an order line as sent back.

    But not what it credits for a price that fell: those units stay where they are.
    """
    return sa.and_(
        paper.c.purchase_order_key == line.c.purchase_order_key,
        paper.c.purchase_line_key == line.c.line_key,
        paper.c.kind == DocumentKind.CREDIT_MEMO.value,
        paper.c.cancelled_at.is_(None),
        paper.c.rma_lookup.is_not(None),
        ~paper.c.rma_lookup.regexp_match(_OF_FILINGS),
    )
