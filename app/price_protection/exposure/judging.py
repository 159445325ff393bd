"""Whether some units earn something, why, and how much one of them: as parts of a statement."""

from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from app.price_protection.exposure.reach import Asked
from app.price_protection.exposure.rules import Eligibility, Place, Reason
from app.vendors.terms import Difference

_EARNS = (Reason.ELIGIBLE, Reason.CAPPED)
_UNKNOWN = (
    Reason.NO_ENTITLEMENT_KNOWN,
    Reason.WINDOW_UNKNOWN,
    Reason.DAY_UNKNOWN,
    Reason.PLACES_UNKNOWN,
    Reason.SPECIAL_BID_UNKNOWN,
    Reason.DIFFERENCE_UNKNOWN,
    Reason.OLD_PRICE_UNKNOWN,
    Reason.CAP_UNKNOWN,
)


def credit(piece: Any, protected: Any) -> sa.ColumnElement[Any]:
    """Return what one unit earns, never below zero.

    From the price paid or the old one, or the lower one that an earlier notice protects it to,
    down to the new price.
    """
    by_old = sa.and_(
        piece.c.difference == Difference.OLD_MINUS_NEW.value, piece.c.old_price.is_not(None)
    )
    begin = sa.case((by_old, piece.c.old_price), else_=piece.c.unit_price_amount)
    # `least` passes over what is null.
    return sa.func.greatest(sa.func.least(begin, protected) - piece.c.new_price, 0)


def reason(asked: Asked, piece: Any) -> sa.ColumnElement[str]:
    """Return why units earn, or do not, or nobody knows: what is certain before what is unknown."""
    place, day = piece.c.place, piece.c.bought_on
    # Bought no earlier than it was ordered.
    since_order = sa.case((piece.c.bought_by == "order", None), else_=piece.c.ordered_on)
    is_early = sa.case(
        (day.is_not(None), day < piece.c.since_on),
        # What was told of before the window began was bought before it.
        (
            sa.and_(piece.c.ordered_on.is_(None), piece.c.bought_by == "order"),
            piece.c.placed_on < piece.c.since_on,
        ),
        else_=sa.false(),
    )
    day_unknown = sa.and_(day.is_(None), (since_order >= piece.c.since_on).is_not(True))
    in_places = piece.c.reaches.has_key(place)
    cases: list[tuple[Any, Reason]] = [
        (piece.c.is_removed, Reason.REMOVED),
        (
            sa.and_(piece.c.supplier_id != asked.vendor_id, ~piece.c.any_supplier),
            Reason.OTHER_SUPPLIER,
        ),
        (piece.c.unit_price_currency != asked.fall.currency, Reason.OTHER_CURRENCY),
        (
            sa.and_(place == word(Place.UNSHIPPED), piece.c.cancelled_at.is_not(None)),
            Reason.CANCELLED,
        ),
        (place == word(Place.UNSHIPPED), Reason.UNSHIPPED),
        (place == word(Place.RETURNED), Reason.RETURNED),
        (place == word(Place.LOST), Reason.LOST),
        (piece.c.standing == "not_granted", Reason.NOT_GRANTED),
        (day >= asked.fall.effective_on, Reason.BOUGHT_AFTER),
        (sa.and_(is_early, piece.c.is_window_known), Reason.BEFORE_WINDOW),
        (~in_places, Reason.PLACE_NOT_REACHED),
        (
            sa.and_(piece.c.is_special_bid, ~piece.c.protects_special_bids),
            Reason.SPECIAL_BID,
        ),
        (piece.c.full_credit <= 0, Reason.PAID_NO_MORE),
        (piece.c.standing != "granted", Reason.NO_ENTITLEMENT_KNOWN),
        (~piece.c.is_window_known, Reason.WINDOW_UNKNOWN),
        (day_unknown, Reason.DAY_UNKNOWN),
        (piece.c.reaches.is_(None), Reason.PLACES_UNKNOWN),
        (
            sa.and_(piece.c.is_special_bid, piece.c.protects_special_bids.is_(None)),
            Reason.SPECIAL_BID_UNKNOWN,
        ),
        (piece.c.difference.is_(None), Reason.DIFFERENCE_UNKNOWN),
        (
            sa.and_(
                piece.c.difference == Difference.OLD_MINUS_NEW.value, piece.c.old_price.is_(None)
            ),
            Reason.OLD_PRICE_UNKNOWN,
        ),
        (~piece.c.is_cap_fit, Reason.CAP_UNKNOWN),
    ]
    return sa.case(
        *((condition, word(why)) for condition, why in cases), else_=word(Reason.ELIGIBLE)
    )


def eligibility(why: Any) -> sa.ColumnElement[str]:
    """Return whether units earn something, for this reason."""
    return sa.case(
        (why.in_([each.value for each in _EARNS]), word(Eligibility.ELIGIBLE)),
        (why.in_([each.value for each in _UNKNOWN]), word(Eligibility.UNKNOWN)),
        else_=word(Eligibility.LEFT_OUT),
    )


def word(value: StrEnum) -> Any:
    """Return a word of ours as it stands in a statement."""
    return sa.literal_column(f"'{value.value}'", sa.Text)
