"""What caps of the terms leave of what units earn: as a part of a statement.

A cap holds for all that one record of terms gives by one notice. Units that earn most come first.
"""

from typing import Any

import sqlalchemy as sa

from app.price_protection.exposure.judging import word
from app.price_protection.exposure.reach import Asked
from app.price_protection.exposure.rules import Eligibility, Reason


def capped(asked: Asked, pieces: sa.Select[*tuple[Any, ...]]) -> sa.CTE:
    """Return pieces with `amount` and `capped`, what caps took of it. `full` is without caps."""
    by_units = _by_units(pieces.cte("uncapped"))
    return _by_money(asked, by_units)


def _by_units(piece: sa.CTE) -> sa.CTE:
    """Return with `counted` how many units the cap of units leaves."""
    before = sa.func.sum(piece.c.units).over(**_among(piece)) - piece.c.units
    left = sa.func.coalesce(piece.c.cap_units - before, piece.c.units)
    return sa.select(
        piece, sa.func.greatest(sa.func.least(piece.c.units, left), 0).label("counted")
    ).cte("by_units")


def _by_money(asked: Asked, piece: sa.CTE) -> sa.CTE:
    among = _among(piece)
    paid = sa.func.sum(piece.c.counted * piece.c.unit_price_amount).over(
        partition_by=among["partition_by"]
    )
    # Rounded up it would exceed what the terms give.
    share = sa.func.trunc(paid * piece.c.cap_percent / 100, asked.digits)
    summed = sa.select(
        piece,
        sa.func.round(piece.c.counted * piece.c.unit_credit, asked.digits).label("first"),
        # `least` passes over what is null.
        sa.func.least(piece.c.cap_amount, share).label("most"),
    ).cte("by_share")
    before = sa.func.sum(summed.c.first).over(**_among(summed)) - summed.c.first
    rest = sa.func.coalesce(summed.c.most - before, summed.c.first)
    final = sa.case(
        (
            summed.c.eligibility == word(Eligibility.ELIGIBLE),
            sa.func.greatest(sa.func.least(summed.c.first, rest), 0),
        ),
        else_=summed.c.full,
    )
    cut = sa.select(summed, final.label("amount"), (summed.c.full - final).label("capped")).cte(
        "cut"
    )
    names = [column for column in cut.c if column.name != "reason"]
    why = sa.case((cut.c.capped > 0, word(Reason.CAPPED)), else_=cut.c.reason)
    return sa.select(*names, why.label("reason")).cte("after_caps")


def _among(piece: sa.CTE) -> dict[str, Any]:
    return {
        "partition_by": [piece.c.terms_no, piece.c.eligibility],
        "order_by": [piece.c.unit_credit.desc(), piece.c.purchase_line_id, piece.c.after],
    }
