"""What the exposure of notices comes to that no filing holds yet, and what still is of filings.

Found by order line: what was told late, and what earns more since a notice was corrected, is
claimed beside what was filed before; in sum never more than the exposure comes to.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.price_protection.claims.models import PriceClaim, PriceClaimLine
from app.price_protection.claims.rules import ClaimState
from app.price_protection.exposure.rules import Eligibility
from app.price_protection.models import ExposedLine

COPIED = (
    *("purchase_line_id", "first_unit", "quantity", "position", "place", "bought_on"),
    *("unit_price", "unit_credit", "amount"),
)


def _exposed(notice_ids: Collection[UUID]) -> list[sa.ColumnElement[bool]]:
    line = ExposedLine
    return [
        line.notice_id.in_(notice_ids),
        line.eligibility == Eligibility.ELIGIBLE.value,
        line.amount > 0,
    ]


def _filed(notice_ids: Collection[UUID]) -> Any:
    line, claim = PriceClaimLine, PriceClaim
    return (
        sa.select(
            claim.notice_id,
            line.purchase_line_id,
            sa.func.sum(line.quantity).label("units"),
            sa.func.sum(line.amount).label("amount"),
        )
        .join(claim, claim.id == line.claim_id)
        .where(
            claim.notice_id.in_(notice_ids),
            claim.filing_id.is_not(None),
            claim.state != ClaimState.WITHDRAWN.value,
        )
        .group_by(claim.notice_id, line.purchase_line_id)
    )


def select_unclaimed(notice_ids: Collection[UUID]) -> sa.CompoundSelect[*tuple[Any, ...]]:
    """Return what could be filed now: notice_id, supplier_id and the columns `COPIED`."""
    line, filed = ExposedLine, _filed(notice_ids).cte("filed")
    same = sa.and_(
        filed.c.notice_id == line.notice_id, filed.c.purchase_line_id == line.purchase_line_id
    )
    whole = (
        sa.select(line.notice_id, line.supplier_id, *(getattr(line, name) for name in COPIED))
        .outerjoin(filed, same)
        .where(*_exposed(notice_ids), filed.c.purchase_line_id.is_(None))
    )
    units = sa.func.sum(line.quantity)
    more = sa.case((units > filed.c.units, units - filed.c.units), else_=units)
    left = sa.func.sum(line.amount) - filed.c.amount
    rest = (
        sa.select(
            line.notice_id,
            line.supplier_id,
            line.purchase_line_id,
            # Units are counted from the first: those that came last are new.
            (sa.func.max(line.first_unit + line.quantity) - more).label("first_unit"),
            more.label("quantity"),
            sa.func.min(line.position).label("position"),
            sa.func.max(line.place).label("place"),
            sa.func.max(line.bought_on).label("bought_on"),
            sa.func.max(line.unit_price).label("unit_price"),
            sa.func.round(left / more, 4).label("unit_credit"),
            left.label("amount"),
        )
        .join(filed, same)
        .where(*_exposed(notice_ids))
        .group_by(
            *(line.notice_id, line.supplier_id, line.purchase_line_id),
            *(filed.c.units, filed.c.amount),
        )
        .having(left > 0)
    )
    return sa.union_all(whole, rest)


def select_standing(notice_id: UUID) -> sa.Select[*tuple[Any, ...]]:
    """Return what the exposure still reaches of filed claims: claim_id, amount, units."""
    line, claim, now = PriceClaimLine, PriceClaim, ExposedLine
    reached = (
        sa.select(
            now.purchase_line_id,
            sa.func.sum(now.amount).label("amount"),
            sa.func.sum(now.quantity).label("units"),
        )
        .where(*_exposed([notice_id]))
        .group_by(now.purchase_line_id)
        .subquery("reached")
    )
    held = (
        sa.select(
            line.claim_id,
            line.purchase_line_id,
            sa.func.sum(line.amount).label("amount"),
            sa.func.sum(line.quantity).label("units"),
        )
        .join(claim, claim.id == line.claim_id)
        .where(claim.notice_id == notice_id, claim.filing_id.is_not(None))
        .group_by(line.claim_id, line.purchase_line_id)
        .subquery("held")
    )
    return (
        sa.select(
            held.c.claim_id,
            sa.func.sum(sa.func.least(held.c.amount, reached.c.amount)).label("amount"),
            sa.func.sum(sa.func.least(held.c.units, reached.c.units)).label("units"),
        )
        .join(reached, reached.c.purchase_line_id == held.c.purchase_line_id)
        .group_by(held.c.claim_id)
    )
