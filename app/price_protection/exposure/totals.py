"""What an exposure comes to: by supplier and reason, in sums and in a sentence."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.price_protection import keeping
from app.price_protection.exposure.rules import Eligibility


async def totals_of(
    session: AsyncSession, line: Any, condition: sa.ColumnElement[bool], digits: int
) -> list[dict[str, Any]]:
    """Return what exposed lines come to, as JSON. `line` has the columns of `ExposedLine`."""
    groups = (line.supplier_id, line.terms_no, line.eligibility, line.reason)
    rows = await session.execute(
        sa.select(
            *groups,
            sa.func.count(sa.distinct(line.purchase_line_id)),
            sa.func.sum(line.quantity, type_=sa.BigInteger),
            sa.func.sum(line.amount),
            sa.func.sum(line.capped),
        )
        .where(condition)
        .group_by(*groups)
        .order_by(*groups)
    )
    found = rows.all()
    keys = await keeping.vendor_keys(session, {row[0] for row in found})
    return [
        {
            "supplier": keys[supplier_id],
            "terms_no": terms_no,
            "eligibility": eligibility,
            "reason": reason,
            "lines": lines,
            "units": int(units),
            "amount": f"{amount:.{digits}f}",
            "capped": f"{capped:.{digits}f}",
        }
        for supplier_id, terms_no, eligibility, reason, lines, units, amount, capped in found
    ]


def sum_of(totals: Sequence[Mapping[str, Any]], eligibility: Eligibility) -> Decimal:
    """Return what all units of one eligibility come to."""
    return sum(
        (Decimal(each["amount"]) for each in totals if each["eligibility"] == eligibility),
        Decimal(0),
    )


def totals_say(
    totals: Sequence[Mapping[str, Any]], currency: str, product_ids: Sequence[UUID]
) -> str:
    """Return in a sentence what an exposure comes to."""
    if not product_ids:
        return "No product belongs to what it names: it reaches nothing."
    if not totals:
        return "Nobody bought any of its products in the window: it reaches nothing."
    units = {
        each: sum(total["units"] for total in totals if total["eligibility"] == each)
        for each in Eligibility
    }
    earns, may = sum_of(totals, Eligibility.ELIGIBLE), sum_of(totals, Eligibility.UNKNOWN)
    told = [f"{units[Eligibility.ELIGIBLE]} units earn {earns} {currency}"]
    if units[Eligibility.UNKNOWN]:
        told.append(
            f"{units[Eligibility.UNKNOWN]} would earn {may} {currency}, and nobody knows whether "
            "they do"
        )
    if units[Eligibility.LEFT_OUT]:
        told.append(f"{units[Eligibility.LEFT_OUT]} are left out")
    return f"{'; '.join(told)}."
