"""What rooms above join notices and what they reach with."""

from typing import Any

import sqlalchemy as sa

from app.price_protection.models import ExposedLine, PriceNotice


def notices() -> sa.Select[*tuple[Any, ...]]:
    """Return all notices.

    notice_id, number, version, vendor_id, origin, state, effective_on, announced_on, currency
    computed_at, compute_due_at
    """
    return sa.select(
        PriceNotice.id.label("notice_id"),
        PriceNotice.number,
        PriceNotice.version,
        PriceNotice.vendor_id,
        PriceNotice.origin,
        PriceNotice.state,
        PriceNotice.effective_on,
        PriceNotice.announced_on,
        PriceNotice.currency,
        PriceNotice.computed_at,
        PriceNotice.compute_due_at,
    )


def exposure() -> sa.Select[*tuple[Any, ...]]:
    """Return what notices reach, with the columns of `ExposedLine`; indexed by notice_id."""
    return sa.select(*ExposedLine.__table__.columns)
