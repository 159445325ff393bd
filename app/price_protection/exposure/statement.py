"""The one statement that finds what a fall in price reaches, and what each unit earns by it.

    reached    order lines by product, supplier and day           (reach)
    counted    what is known of each on the day                   (facts)
    parts      its units by where they were, as a span of numbers
    pieces     cut where an earlier notice protects some of them
    judged     whether they earn something, and why
    earned     how much, after caps

A span of units reaches from `after` + 1 to `until`.
"""

from typing import Any

import sqlalchemy as sa

from app.price_protection.exposure import facts
from app.price_protection.exposure.capping import capped
from app.price_protection.exposure.judging import credit, eligibility, reason, word
from app.price_protection.exposure.reach import LATE, Asked, reached
from app.price_protection.exposure.rules import LISTED_BEFORE, Eligibility, Place
from app.price_protection.models import ExposedLine, PriceNotice, PriceNoticeLine
from app.price_protection.rules import State

# Nothing moves past it: what is computed beneath is computed once for each row.
_FENCE: Any = sa.literal_column("0", sa.Integer)

# Of a price that was credited in part: so that of many units the sum is right to the cent.
_DIGITS = 8


def select_exposure(asked: Asked) -> sa.Select[*tuple[Any, ...]]:
    """Return the query of all that is exposed, with the columns of `ExposedLine` but its notice."""
    lines = _counted(asked, reached(asked))
    parts = _parts(asked, lines)
    pieces = _pieces(asked, parts) if asked.earlier else parts
    return _earned(asked, _judged(asked, pieces))


def _counted(asked: Asked, line: sa.CTE) -> sa.CTE:
    """Return each line with the ends of the spans of its units."""
    moved, sent, taken = facts.moved(line), facts.sent_back(line), facts.taken_back(line)
    on = sa.literal(asked.fall.effective_on, sa.Date)
    received, sales = (facts.booked(line, name, on) for name in ("receipts", "sales"))
    missing, singly = facts.missing(line), facts.told_singly(line, on)
    joined: Any = line
    for fact in (moved, received, sales, sent, taken, missing, singly):
        joined = joined.join(fact, sa.true())
    # Packages, stock and serials tell of the same units.
    arrived = sa.func.greatest(moved.c.arrived, received.c.units, singly.c.arrived)
    most = sa.func.least(line.c.quantity, arrived)
    known = (
        sa.select(
            line,
            most.label("arrived"),
            moved.c.shipped.label("told_shipped"),
            singly.c.shipped.label("told_singly"),
            sa.func.greatest(moved.c.sent_on, sales.c.units, singly.c.sold).label("told_sold"),
            # The same units are told both ways; what was swapped came back as another.
            sa.func.greatest(sent.c.units - missing.c.swapped, taken.c.units).label(
                "told_returned"
            ),
            missing.c.units.label("told_lost"),
        )
        .select_from(joined)
        .offset(_FENCE)
        .cte("known")
    )
    shipped = sa.func.least(
        known.c.quantity,
        sa.func.greatest(known.c.told_shipped, known.c.arrived, known.c.told_singly),
    )
    cut = sa.select(known, shipped.label("shipped")).cte("cut_to_ordered")
    returned = sa.func.least(cut.c.told_returned, cut.c.shipped)
    lost = sa.func.least(cut.c.told_lost, cut.c.shipped - returned)
    sold = sa.case(
        (cut.c.is_drop_shipped, facts.ZERO),
        else_=sa.func.least(cut.c.told_sold, cut.c.shipped - returned - lost),
    )
    gone = sold + returned + lost
    return (
        sa.select(
            cut,
            sold.label("sold_until"),
            (sold + returned).label("returned_until"),
            gone.label("lost_until"),
            sa.case(
                (cut.c.is_drop_shipped, gone), else_=sa.func.greatest(gone, cut.c.arrived)
            ).label("here_until"),
        )
        .offset(_FENCE)
        .cte("counted")
    )


def _parts(asked: Asked, line: sa.CTE) -> sa.CTE:
    """Return the units of each line by where they were; by day too, where days of units count."""
    on_the_way = sa.case((line.c.is_drop_shipped, line.c.here_until), else_=line.c.shipped)
    ends = (
        (Place.SOLD, facts.ZERO, line.c.sold_until),
        (Place.RETURNED, line.c.sold_until, line.c.returned_until),
        (Place.LOST, line.c.returned_until, line.c.lost_until),
        (Place.ON_HAND, line.c.lost_until, line.c.here_until),
        (Place.IN_TRANSIT, line.c.here_until, on_the_way),
        (Place.DROP_SHIPPED, on_the_way, line.c.shipped),
        (Place.UNSHIPPED, line.c.shipped, line.c.quantity),
    )
    spans = sa.union_all(
        *(
            sa.select(
                word(place).label("place"), after.label("after"), until.label("until")
            ).correlate(line)
            for place, after, until in ends
        )
    ).lateral("spans")
    joined = line.join(spans, spans.c.after < spans.c.until)
    ordered = sa.case((line.c.ordered_on.is_not(None), line.c.placed_on))
    if not asked.anchors & LATE:
        day = sa.case((line.c.bought_by == "invoice", line.c.invoiced_on), else_=ordered)
        columns = (spans.c.place, spans.c.after, spans.c.until, day.label("bought_on"))
        return sa.select(line, *columns).select_from(joined).cte("parts")
    lots = facts.lots(line)
    within = sa.and_(
        line.c.bought_by.in_(["shipment", "delivery"]),
        lots.c.after < spans.c.until,
        spans.c.after < lots.c.until,
    )
    day = sa.case(
        (line.c.bought_by == "invoice", line.c.invoiced_on),
        (line.c.bought_by == "order", ordered),
        else_=lots.c.bought_on,
    )
    return (
        sa.select(
            line,
            spans.c.place,
            sa.func.greatest(spans.c.after, lots.c.after).label("after"),
            sa.func.least(spans.c.until, lots.c.until).label("until"),
            day.label("bought_on"),
        )
        .select_from(joined.outerjoin(lots, within))
        .cte("parts")
    )


def _pieces(asked: Asked, part: sa.CTE) -> sa.CTE:
    """Return the units cut where an earlier notice protects some of them, to which price."""
    earlier, notice = ExposedLine, PriceNotice
    from_unit = (earlier.first_unit - 1).label("after")
    new_price = _new_price_of(earlier)
    let_go = sa.func.round(earlier.unit_credit * (1 - earlier.kept_share), _DIGITS)
    # Of what was let go: from where it began, less what was credited.
    protects_to = sa.case(
        (earlier.refused_at.is_not(None), sa.func.trim_scale(new_price + let_go)),
        else_=new_price,
    )
    before = (
        sa.select(
            earlier.purchase_line_id,
            from_unit,
            (earlier.first_unit - 1 + earlier.quantity).label("until"),
            protects_to.label("price"),
        )
        .join(notice, notice.id == earlier.notice_id)
        .where(
            earlier.notice_id.in_(asked.earlier),
            earlier.eligibility == Eligibility.ELIGIBLE.value,
            sa.or_(earlier.refused_at.is_(None), earlier.kept_share > 0),
            notice.state == State.CONFIRMED.value,
        )
        .cte("before")
    )
    overlaps = sa.and_(
        before.c.purchase_line_id == part.c.purchase_line_id,
        before.c.after < part.c.until,
        part.c.after < before.c.until,
    )
    # Of this part and what covers some of it; without `correlate`: of all there are.
    places = (part.c.after.label("at"), before.c.after, before.c.until)
    cut_at = sa.union_all(*(sa.select(at).correlate(part, before) for at in places)).lateral(
        "cut_at"
    )
    cuts = (
        sa.select(part.c.purchase_line_id, part.c.after, part.c.until, cut_at.c.at)
        .select_from(part.join(before, overlaps).join(cut_at, sa.true()))
        .where(cut_at.c.at >= part.c.after, cut_at.c.at < part.c.until)
        .distinct()
        .subquery("cuts")
    )
    following = sa.func.lead(cuts.c.at).over(
        partition_by=[cuts.c.purchase_line_id, cuts.c.after], order_by=cuts.c.at
    )
    ends = sa.select(
        cuts.c.purchase_line_id,
        cuts.c.after.label("of_after"),
        cuts.c.at.label("after"),
        sa.func.coalesce(following, cuts.c.until).label("until"),
    ).cte("ends")
    covers = sa.and_(
        before.c.purchase_line_id == ends.c.purchase_line_id,
        before.c.after <= ends.c.after,
        before.c.until >= ends.c.until,
    )
    priced = (
        sa.select(ends, sa.func.min(before.c.price).label("price"))
        .select_from(ends.outerjoin(before, covers))
        .group_by(*ends.c)
        .cte("priced")
    )
    of_part = sa.and_(
        priced.c.purchase_line_id == part.c.purchase_line_id, priced.c.of_after == part.c.after
    )
    kept = [column for column in part.c if column.name not in {"after", "until"}]
    return (
        sa.select(
            *kept,
            sa.func.coalesce(priced.c.after, part.c.after).label("after"),
            sa.func.coalesce(priced.c.until, part.c.until).label("until"),
            priced.c.price.label("protected_from"),
        )
        .select_from(part.outerjoin(priced, of_part))
        .cte("pieces")
    )


def _new_price_of(earlier: Any) -> Any:
    return (
        sa.select(PriceNoticeLine.new_price)
        .where(
            PriceNoticeLine.notice_id == earlier.notice_id,
            PriceNoticeLine.position == earlier.position,
        )
        .scalar_subquery()
    )


def _judged(asked: Asked, piece: sa.CTE) -> sa.CTE:
    """Return what each piece earns by itself, whether it does, and why."""
    none = sa.literal_column("NULL::numeric", sa.Numeric)
    protected = piece.c.protected_from if asked.earlier else none
    priced = sa.select(
        piece,
        (piece.c.until - piece.c.after).label("units"),
        protected.label("protection"),
        credit(piece, protected).label("full_credit"),
    ).offset(_FENCE)
    found = priced.cte("priced_pieces")
    # What is listed at all: bought in the window, or shortly before it, or nobody knows when.
    day = sa.func.coalesce(found.c.bought_on, found.c.placed_on)
    since_on = found.c.since_on - LISTED_BEFORE.days
    query = sa.select(found, reason(asked, found).label("reason")).offset(_FENCE)
    if asked.line_id is None:
        query = query.where(day >= since_on, day < asked.fall.effective_on)
    judged = query.cte("judged")
    what = eligibility(judged.c.reason).label("eligibility")
    return sa.select(judged, what).offset(_FENCE).cte("decided")


def _earned(asked: Asked, piece: sa.CTE) -> sa.Select[*tuple[Any, ...]]:
    left_out = piece.c.eligibility == word(Eligibility.LEFT_OUT)
    credited = sa.case((left_out, facts.ZERO), else_=piece.c.full_credit)
    amount = sa.func.round(piece.c.units * credited, asked.digits)
    if asked.has_caps:
        piece = capped(asked, sa.select(piece, credited.label("unit_credit"), amount.label("full")))
        return _told(piece, piece.c.unit_credit, piece.c.amount, piece.c.capped)
    return _told(piece, credited, amount, sa.literal_column("0", sa.Numeric))


def _told(piece: sa.CTE, credited: Any, amount: Any, cut: Any) -> sa.Select[*tuple[Any, ...]]:
    return sa.select(
        piece.c.purchase_line_id,
        (piece.c.after + 1).label("first_unit"),
        piece.c.units.label("quantity"),
        piece.c.position,
        piece.c.product_id,
        piece.c.supplier_id,
        piece.c.terms_no,
        piece.c.place,
        piece.c.eligibility,
        piece.c.reason,
        piece.c.bought_on,
        piece.c.unit_price_amount.label("unit_price"),
        piece.c.protection.label("protected_from"),
        credited.label("unit_credit"),
        amount.label("amount"),
        cut.label("capped"),
    )
