"""Who gets the credit: what customers are due by contract, by decision or by our policy."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit import jobs
from app.kit.bulk import NEW_ID
from app.kit.db import now
from app.kit.records import UnknownReference
from app.obligations import service as ledger
from app.obligations import views as debts
from app.obligations.rules import LIVE, GroundKind, Kind, PartyKind
from app.orders import views as orders
from app.price_protection.claims import keeping, rules
from app.price_protection.claims.events import ClaimPassedThrough, ShareDecided
from app.price_protection.claims.models import PriceClaim, PriceClaimLine, PriceShare
from app.price_protection.claims.rules import CLAIMS, PERCENT_FROM, ClaimState
from app.price_protection.claims.schemas import PassOnIn
from app.price_protection.exposure.rules import digits_of
from app.settings import PriceProtection

SHARE_JOB = "price_protection.owe_share"
_HUNDRED = Decimal(100)


def _policy(session: AsyncSession) -> PriceProtection:
    return session.info["settings"].price_protection


async def share_out(session: AsyncSession, claim: PriceClaim) -> None:
    """Reckon what customers are due of a credit that has come, where somebody said how much."""
    line, told = PriceClaimLine, orders.purchase_lines().subquery("told")
    policy = _policy(session).pass_through_percent
    percent = sa.func.coalesce(told.c.pass_through_percent, sa.literal(policy, sa.Numeric))
    said = sa.case((told.c.pass_through_percent.is_not(None), "contract"), else_="policy")
    await session.execute(
        sa.update(line)
        .where(
            line.claim_id == claim.id,
            line.share_percent.is_(None),
            told.c.purchase_line_id == line.purchase_line_id,
            told.c.customer_id.is_not(None),
            percent.is_not(None),
        )
        .values(share_percent=percent, share_from=said)
        .execution_options(synchronize_session=False)
    )
    await _owe(session, claim)


async def decide(
    session: AsyncSession, claim_id: UUID, document: PassOnIn, if_match: str | None
) -> PriceClaim:
    """Say what the customers are due of whom nobody had said it.

    Raises NotFound, VersionMismatch, UnknownReference, PassedOnAlready.
    """
    claim = await keeping.take(session, claim_id, if_match)
    line, told = PriceClaimLine, orders.purchase_lines().subquery("told")
    wanted = [told.c.customer_id.is_not(None)]
    if document.customer is not None:
        wanted = [told.c.customer_id == await _customer_id(session, document.customer)]
    result: Any = await session.execute(
        sa.update(line)
        .where(
            line.claim_id == claim.id,
            line.share_id.is_(None),
            # A contract stands, and so does what was decided before.
            line.share_percent.is_(None),
            told.c.purchase_line_id == line.purchase_line_id,
            told.c.pass_through_percent.is_(None),
            *wanted,
        )
        .values(share_percent=document.percent, share_from="decided")
        .execution_options(synchronize_session=False)
    )
    if not result.rowcount:
        raise rules.PassedOnAlready("There is no customer in it of whom that is still open.")
    await keeping.changed(session, claim)
    supplier = (await keeping.supplier_keys(session, [claim]))[claim.supplier_id]
    event = ShareDecided(
        **keeping.named(claim, supplier),
        percent=keeping.plain(document.percent),
        customer=document.customer,
        by_name=document.by_name,
        note=document.note,
    )
    await publish(session, event)
    if CLAIMS.now(claim) is ClaimState.CREDITED:
        await _owe(session, claim)
    return claim


async def _customer_id(session: AsyncSession, key: str) -> UUID:
    told = orders.customers().subquery()
    query = sa.select(told.c.customer_id).where(told.c.customer_key == key)
    found = await session.scalar(query)
    if found is None:
        detail = f"there is no customer {key!r}; PUT it first"
        raise UnknownReference(
            "It names a customer that was never sent.",
            errors=[{"pointer": "/customer", "detail": detail}],
        )
    return found


async def _owe(session: AsyncSession, claim: PriceClaim) -> None:
    """Open what is due and not opened yet: one share for each customer."""
    await session.flush()
    approved = await _sum_approved(session, claim)
    opened = (await session.scalars(_insert_shares(session, claim, approved))).all()
    line, share = PriceClaimLine, PriceShare
    told = orders.purchase_lines().subquery("told")
    await session.execute(
        sa.update(line)
        .where(
            line.claim_id == claim.id,
            line.share_id.is_(None),
            line.share_percent > 0,
            told.c.purchase_line_id == line.purchase_line_id,
            share.claim_id == claim.id,
            share.customer_id == told.c.customer_id,
            share.id == sa.any_(sa.literal(list(opened), ARRAY(sa.Uuid))),
        )
        .values(share_id=share.id)
        .execution_options(synchronize_session=False)
    )
    undecided = (
        sa.select(sa.func.coalesce(sa.func.sum(line.quantity), 0))
        .join(told, told.c.purchase_line_id == line.purchase_line_id)
        .where(
            line.claim_id == claim.id,
            line.share_percent.is_(None),
            told.c.customer_id.is_not(None),
            _approved() > 0 if claim.credited_amount <= approved else sa.true(),
        )
    )
    claim.undecided_units = int(await session.scalar(undecided) or 0)
    await session.flush()
    payloads = [{"share_id": str(each)} for each in opened]
    await jobs.enqueue(session, [SHARE_JOB] * len(payloads), payloads)
    await _end_if_done(session, claim)


def _insert_shares(session: AsyncSession, claim: PriceClaim, approved: Decimal) -> Any:
    line, share = PriceClaimLine, PriceShare
    told = orders.purchase_lines().subquery("told")
    amount = _due(claim, approved)
    said = sa.func.string_agg(
        sa.distinct(
            sa.case(*((line.share_from == name, words) for name, words in PERCENT_FROM.items()))
        ),
        "; ",
    )
    found = (
        sa.select(
            sa.literal(claim.id, sa.Uuid),
            told.c.customer_id,
            sa.func.sum(line.quantity),
            amount,
            said,
            sa.literal(now(session)),
        )
        .join(told, told.c.purchase_line_id == line.purchase_line_id)
        .where(
            line.claim_id == claim.id,
            line.share_id.is_(None),
            line.share_percent > 0,
            told.c.customer_id.is_not(None),
        )
        .group_by(told.c.customer_id)
        .having(amount > 0)
        .subquery("found")
    )
    columns = ["id", "claim_id", "customer_id", "units", "amount", "said", "created_at"]
    return insert(share).from_select(columns, sa.select(NEW_ID, *found.c)).returning(share.id)


def _approved() -> Any:
    # What nobody answered to counts as it was claimed.
    return sa.func.coalesce(PriceClaimLine.approved_amount, PriceClaimLine.amount)


async def _sum_approved(session: AsyncSession, claim: PriceClaim) -> Decimal:
    query = sa.select(sa.func.sum(_approved())).where(PriceClaimLine.claim_id == claim.id)
    return await session.scalar(query) or Decimal(0)


def _due(claim: PriceClaim, approved: Decimal) -> Any:
    """Return what of the credit that came is the share of some lines.

    Of less than was approved each line has its part; of more, what had been refused has the rest.
    """
    came, claimed = claim.credited_amount, keeping.amount_of(claim)
    percent, digits = PriceClaimLine.share_percent, digits_of(claim.currency)
    # Rounded once for each customer: line by line the fractions of coins would add up.
    due = sa.func.sum(_approved() * percent) / _HUNDRED
    refused = sa.func.sum((PriceClaimLine.amount - _approved()) * percent) / _HUNDRED
    if came == approved:
        return sa.func.round(due, digits)
    if came >= claimed:
        return sa.func.round(due + refused, digits)
    # Never more than came: the fraction of a coin stays with us.
    if came < approved:
        return sa.func.trunc(due * came / approved, digits)
    return sa.func.trunc(due + refused * (came - approved) / (claimed - approved), digits)


async def owe(session: AsyncSession, share_id: UUID) -> None:
    """Write a customer's share into the ledger as our debt. The same again changes nothing."""
    share = await session.get(PriceShare, share_id)
    if share is None:
        return
    claim = await keeping.take(session, share.claim_id)
    await session.refresh(share)
    if share.obligation_id is not None:
        return
    told = orders.customers().subquery()
    key = await session.scalar(
        sa.select(told.c.customer_key).where(told.c.customer_id == share.customer_id)
    )
    days = _policy(session).pass_on_within_days
    number = rules.spoken_number(claim.number)
    document = ledger.ObligationIn.model_validate(
        {
            "kind": Kind.PAY_MONEY,
            "debtor": {"kind": PartyKind.US},
            "creditor": {"kind": PartyKind.CUSTOMER, "key": key},
            "description": f"The customer's share of price protection claim {number}, for "
            f"{share.units} units. Perform it with the number of our credit memo.",
            "amount": {"amount": keeping.plain(share.amount), "currency": claim.currency},
            "ground": {"kind": GroundKind.POLICY, "text": share.said, "reference": number},
            "due_at": now(session) + timedelta(days=days),
        }
    )
    share.obligation_id = (await ledger.open_obligation(session, document=document)).id
    await session.flush()


async def follow(session: AsyncSession, claim: PriceClaim) -> None:
    """Note which shares have been passed on; all of them, and the claim has gone through."""
    if CLAIMS.now(claim) is not ClaimState.CREDITED:
        return
    debt, share = debts.obligations().subquery("debt"), PriceShare
    is_live = debt.c.state.in_([state.value for state in LIVE])
    await session.execute(
        sa.update(share)
        .where(share.claim_id == claim.id, debt.c.obligation_id == share.obligation_id)
        .values(ended_at=sa.case((is_live, None), else_=debt.c.ended_at))
        .execution_options(synchronize_session=False)
    )
    await _end_if_done(session, claim)


async def _end_if_done(session: AsyncSession, claim: PriceClaim) -> None:
    share = PriceShare
    waits = sa.select(share.id).where(share.claim_id == claim.id, share.ended_at.is_(None))
    is_waiting = await session.scalar(sa.select(waits.exists()))
    if CLAIMS.now(claim) is not ClaimState.CREDITED or is_waiting or claim.undecided_units:
        return
    CLAIMS.step(claim, ClaimState.PASSED_THROUGH)
    await keeping.changed(session, claim)
    supplier = (await keeping.supplier_keys(session, [claim]))[claim.supplier_id]
    await publish(session, ClaimPassedThrough(**keeping.named(claim, supplier)))
