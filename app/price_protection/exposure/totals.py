"""What an exposure comes to: by supplier and reason, in sums and in a sentence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.price_protection import keeping
from app.price_protection.exposure.rules import Eligibility

_GROUPS = ("supplier", "terms_no", "eligibility", "reason")


@dataclass(frozen=True, slots=True)
class Totals:
    """What exposed lines come to, as JSON; and a digest, another one where any row is another."""

    told: list[dict[str, Any]]
    digest: Decimal | None


async def totals_of(session: AsyncSession, line: sa.CTE, digits: int) -> Totals:
    """Return what exposed lines come to. `line` has the columns of `ExposedLine`."""
    groups = (line.c.supplier_id, line.c.terms_no, line.c.eligibility, line.c.reason)
    row = sa.literal_column(line.name).cast(sa.Text)
    rows = await session.execute(
        sa.select(
            *groups,
            sa.func.count(sa.distinct(line.c.purchase_line_id)),
            sa.func.sum(line.c.quantity, type_=sa.BigInteger),
            sa.func.sum(line.c.amount),
            sa.func.sum(line.c.capped),
            sa.func.sum(sa.func.hashtextextended(row, sa.literal_column("0")), type_=sa.Numeric),
        ).group_by(*groups)
    )
    found = rows.all()
    keys = await keeping.vendor_keys(session, {row[0] for row in found})
    told = [
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
        for supplier_id, terms_no, eligibility, reason, lines, units, amount, capped, _ in found
    ]
    told.sort(key=_key)
    return Totals(told, sum((each[-1] for each in found), Decimal(0)) if found else None)


def _key(total: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(total[name] for name in _GROUPS)


def added(portions: Iterable[Sequence[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Return what portions come to that have no order line in common."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for each in (total for portion in portions for total in portion):
        if (whole := found.get(_key(each))) is None:
            found[_key(each)] = dict(each)
            continue
        for name in ("lines", "units"):
            whole[name] += each[name]
        for name in ("amount", "capped"):
            whole[name] = format(Decimal(whole[name]) + Decimal(each[name]), "f")
    return [found[key] for key in sorted(found)]


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
