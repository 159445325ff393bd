"""A cut is simulated: the statement that computes exposures, and nothing stored."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.price_protection.exposure import asking
from app.price_protection.exposure.asking import NamedLine
from app.price_protection.exposure.reach import Asked
from app.price_protection.exposure.rules import Eligibility, Fall
from app.price_protection.exposure.schemas import TermsOut, TotalOut
from app.price_protection.exposure.statement import select_exposure
from app.price_protection.exposure.totals import added, sum_of, totals_of, totals_say
from app.price_protection.notices.naming import check, find
from app.price_protection.simulations.schemas import SimulatedOut, SimulationIn

# Products of one statement: so that none lasts longer than a request's may.
_PORTION = 50


async def simulate(session: AsyncSession, document: SimulationIn) -> SimulatedOut:
    """Return what a cut would earn, after what notices on record protect already.

    Raises Malformed, UnknownReference.
    """
    check(session, document)
    vendor_id, ids = await find(session, document)
    fall = Fall(document.effective_on, document.announced_on, document.currency)
    lines = [
        NamedLine(
            position,
            None if line.product is None else ids[line.product],
            line.product_line,
            line.old_price,
            line.new_price,
        )
        for position, line in enumerate(document.lines)
    ]
    asked = await asking.ask(session, fall, vendor_id, lines)
    asked = replace(asked, earlier=await asking.protecting(session, asked))
    totals = added([await _totals(session, each) for each in _portions(asked)])
    product_ids = [each.product_id for each in asked.targets]
    return SimulatedOut(
        vendor=document.vendor,
        effective_on=document.effective_on,
        currency=document.currency,
        products=len(product_ids),
        earns=sum_of(totals, Eligibility.ELIGIBLE),
        may_earn=sum_of(totals, Eligibility.UNKNOWN),
        terms=[TermsOut.model_validate(each.told()) for each in asked.terms],
        totals=[TotalOut.model_validate(each) for each in totals],
        says=totals_say(totals, document.currency, product_ids),
    )


def _portions(asked: Asked) -> Iterator[Asked]:
    """Yield it in portions of its products; a cap holds for all of them together."""
    size = len(asked.targets) if asked.has_caps else _PORTION
    for begin in range(0, len(asked.targets), max(size, 1)):
        yield replace(asked, targets=asked.targets[begin : begin + size])


async def _totals(session: AsyncSession, asked: Asked) -> list[dict[str, Any]]:
    found = select_exposure(asked).cte("found")
    return (await totals_of(session, found, asked.digits)).told
