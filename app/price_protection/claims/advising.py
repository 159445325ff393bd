"""What to do about a claim next, by when, and what it costs to wait."""

from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.db import now
from app.obligations import views as debts
from app.obligations.rules import Kind, PartyKind
from app.orders import views as orders
from app.price_protection.claims import keeping
from app.price_protection.claims.granted import granted
from app.price_protection.claims.models import PriceClaim
from app.price_protection.claims.rules import FILED, MOST_CLAIMS, UNFILED, ClaimState
from app.price_protection.claims.schemas import ClaimAdviceOut, FilingProposalOut, OpenReturnOut
from app.price_protection.exposure.rules import Eligibility
from app.price_protection.models import ExposedLine, PriceNotice
from app.price_protection.rules import State
from app.vendors import service as vendors

_MOST_RETURNS = 200
_S = ClaimState
_DO = {
    _S.COMPUTED: "File it with POST /v1/price-protection/filings.",
    _S.EXPIRED: "The last day to file has passed: ask the supplier to let it pass, or close it.",
    _S.SUBMITTED: "Wait for the supplier to acknowledge it; its clock is in the worklist.",
    _S.ACKNOWLEDGED: "Wait for the supplier's answer.",
    _S.APPROVED: "Wait for the credit memo.",
    _S.PARTIALLY_APPROVED: "Dispute what was refused, or accept it.",
    _S.DENIED: "Dispute the refusal, or accept it.",
    _S.CREDITED: "Pass the customers' shares on.",
    _S.PASSED_THROUGH: "Nothing: close it.",
    _S.CLOSED: "Nothing.",
    _S.WITHDRAWN: "Nothing: there is nothing to claim.",
}


async def advise(session: AsyncSession, claim: PriceClaim) -> ClaimAdviceOut:
    """Return what to do next, and what it costs not to."""
    state = ClaimState(claim.state)
    notice = await session.get_one(PriceNotice, claim.notice_id)
    is_confirmed = notice.state == State.CONFIRMED.value
    is_open = state is ClaimState.COMPUTED
    returns = await _open_returns(session, claim) if state in UNFILED else []
    what = _DO[state]
    if is_open and not is_confirmed:
        what = "Confirm the notice: what is only seen or heard of cannot be filed."
    elif state is ClaimState.CREDITED and claim.undecided_units:
        what = f"Say what share of {claim.undecided_units} units the customers are due."
    elif state in FILED and claim.computed_amount < keeping.amount_of(claim):
        what = f"{_what_is_less(claim, notice)} {what}"
    if is_open and returns:
        what = f"{what} File before the returns that are under way go back."
    return ClaimAdviceOut(
        do=what,
        claim_by_on=claim.file_by_on,
        days_left=granted(notice, claim).days_left(now(session)) if is_open else None,
        lost_by_waiting=claim.computed_amount if is_open else Decimal(0),
        open_returns=returns,
    )


def _what_is_less(claim: PriceClaim, notice: PriceNotice) -> str:
    if notice.state == State.WITHDRAWN.value:
        return (
            "The notice was withdrawn after this was filed: tell the supplier, and void its debt."
        )
    reached, currency = keeping.plain(claim.computed_amount), claim.currency
    return f"Of what was filed only {reached} {currency} is reached now: see the notice's exposure."


async def _open_returns(session: AsyncSession, claim: PriceClaim) -> list[OpenReturnOut]:
    """Return the returns under way of units that the claim would hold."""
    debt, line = debts.due().subquery("debt"), ExposedLine
    told = orders.purchase_lines().subquery("told")
    units = debt.c.owed - debt.c.performed
    credit = sa.func.max(line.unit_credit)
    claimed = sa.func.sum(line.quantity)
    rows = await session.execute(
        sa.select(
            debt.c.obligation_id,
            debt.c.number,
            debt.c.purchase_line_id,
            told.c.purchase_order_key,
            told.c.line_key,
            units.label("units"),
            (sa.func.least(units, claimed) * credit).label("at_stake"),
        )
        .join(line, line.purchase_line_id == debt.c.purchase_line_id)
        .join(told, told.c.purchase_line_id == debt.c.purchase_line_id)
        .where(
            line.notice_id == claim.notice_id,
            line.supplier_id == claim.supplier_id,
            line.eligibility == Eligibility.ELIGIBLE.value,
            debt.c.kind == Kind.RETURN_GOODS.value,
            # What customers send back to us stays ours.
            debt.c.debtor == PartyKind.US.value,
        )
        .group_by(
            *(debt.c.obligation_id, debt.c.number, debt.c.purchase_line_id),
            *(told.c.purchase_order_key, told.c.line_key, debt.c.owed, debt.c.performed),
        )
        .order_by(debt.c.number)
        .limit(_MOST_RETURNS)
    )
    return [
        OpenReturnOut(
            obligation_id=row.obligation_id,
            number=row.number,
            purchase_line_id=row.purchase_line_id,
            purchase_order=row.purchase_order_key,
            line=row.line_key,
            units=row.units,
            credit_at_stake=row.at_stake,
        )
        for row in rows
    ]


def select_proposals(supplier_id: UUID | None) -> sa.Select[PriceClaim]:
    """Return the query of claims that could be filed now, the most urgent first."""
    claim, notice = PriceClaim, PriceNotice
    # Of each claim by its key: of notices there are many more.
    stands = sa.select(notice.state).where(notice.id == claim.notice_id).scalar_subquery()
    query = (
        sa.select(claim)
        .where(
            claim.state == ClaimState.COMPUTED.value,
            stands == State.CONFIRMED.value,
            claim.computed_amount > 0,
        )
        .order_by(claim.file_by_on.nulls_last(), claim.id)
        .limit(1000)
    )
    return query if supplier_id is None else query.where(claim.supplier_id == supplier_id)


async def proposals(session: AsyncSession, supplier_id: UUID | None) -> list[FilingProposalOut]:
    """Return which claims could go in one filing, the most urgent suppliers first."""
    groups: dict[tuple[UUID, str], list[PriceClaim]] = {}
    for found in await session.scalars(select_proposals(supplier_id)):
        groups.setdefault((found.supplier_id, found.currency), []).append(found)
    keys = await vendors.keys_of(session, {supplier for supplier, _ in groups})
    # No more than a filing takes: of many there are several proposals.
    proposed = [
        (supplier, currency, found[begin : begin + MOST_CLAIMS])
        for (supplier, currency), found in groups.items()
        for begin in range(0, len(found), MOST_CLAIMS)
    ]
    return [
        FilingProposalOut(
            supplier=keys[supplier],
            currency=currency,
            claim_ids=[each.id for each in claims],
            amount=sum((keeping.amount_of(each) for each in claims), Decimal(0)),
            units=sum(each.computed_units for each in claims),
            file_by_on=min((each.file_by_on for each in claims if each.file_by_on), default=None),
        )
        for supplier, currency, claims in proposed
    ]
