"""How claims and filings are found and shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.problems import NotFound
from app.obligations import views as debts
from app.obligations.rules import LIVE
from app.orders import views as orders
from app.price_protection import rules as notice_rules
from app.price_protection.claims import advising, rules
from app.price_protection.claims.models import PriceClaim, PriceClaimLine, PriceFiling, PriceShare
from app.price_protection.claims.rules import ClaimState
from app.price_protection.claims.schemas import (
    ClaimLineOut,
    ClaimOut,
    ClaimWhole,
    CreditShareOut,
    PriceFilingOut,
)
from app.price_protection.models import PriceNotice
from app.price_protection.places import Place
from app.price_protection.rules import State
from app.products.views import products
from app.vendors import service as vendors

_SHARES = 200
_MEMOS = 50


@dataclass(frozen=True, slots=True)
class ClaimFilter:
    """What claims are found by; all that is given must hold."""

    state: ClaimState | None = None
    supplier_id: UUID | None = None
    notice_id: UUID | None = None
    filing_id: UUID | None = None
    number: int | None = None


def select_claims(wanted: ClaimFilter, *, after: UUID | None) -> sa.Select[PriceClaim]:
    """Return the query of claims in the order they were computed first, after an id."""
    claim = PriceClaim
    query = sa.select(claim).order_by(claim.id)
    if after is not None:
        query = query.where(claim.id > after)
    if wanted.state is not None:
        query = query.where(claim.state == wanted.state.value)
    for name in ("supplier_id", "notice_id", "filing_id", "number"):
        value = getattr(wanted, name)
        if value is not None:
            query = query.where(getattr(claim, name) == value)
    return query


async def supplier_id_of(session: AsyncSession, key: str | None) -> UUID | None:
    """Return a supplier's id. Raises UnknownReference."""
    return None if key is None else (await vendors.resolve(session, {"supplier": key}))[key]


async def page(
    session: AsyncSession, wanted: ClaimFilter, *, after: UUID | None, limit: int
) -> Sequence[PriceClaim]:
    """Return claims in the order they were computed first, after an id."""
    return (await session.scalars(select_claims(wanted, after=after).limit(limit))).all()


async def show(session: AsyncSession, claims: Sequence[PriceClaim]) -> list[ClaimOut]:
    """Return claims as they are read, in the order given."""
    return [ClaimOut(**told) for told in await _told(session, claims)]


async def _told(session: AsyncSession, claims: Sequence[PriceClaim]) -> list[dict[str, Any]]:
    keys = await vendors.keys_of(session, {claim.supplier_id for claim in claims})
    notice = PriceNotice
    rows = await session.execute(
        sa.select(notice.id, notice.number, notice.state).where(
            notice.id.in_({claim.notice_id for claim in claims})
        )
    )
    notices = {row.id: row for row in rows}
    filed = await session.execute(
        sa.select(PriceFiling.id, PriceFiling.number).where(
            PriceFiling.id.in_({claim.filing_id for claim in claims if claim.filing_id})
        )
    )
    filings = {row.id: rules.filing_number(row.number) for row in filed}
    owed = await _still_owed(session, claims)
    own = ClaimOut.model_fields.keys() & PriceClaim.__table__.columns.keys()
    return [
        {
            **{name: getattr(claim, name) for name in own},
            "number": rules.spoken_number(claim.number),
            "notice": notice_rules.spoken_number(notices[claim.notice_id].number),
            "is_notice_confirmed": notices[claim.notice_id].state == State.CONFIRMED.value,
            "supplier": keys[claim.supplier_id],
            "filing": filings[claim.filing_id] if claim.filing_id else None,
            "still_owed": owed.get(claim.obligation_id) if claim.obligation_id else None,
        }
        for claim in claims
    ]


async def _still_owed(
    session: AsyncSession, claims: Sequence[PriceClaim]
) -> dict[UUID | None, Decimal]:
    debt = debts.obligations().subquery("debt")
    is_live = debt.c.state.in_([state.value for state in LIVE])
    rows = await session.execute(
        sa.select(
            debt.c.obligation_id,
            sa.case((is_live, debt.c.owed - debt.c.performed), else_=Decimal(0)),
        ).where(
            debt.c.obligation_id.in_({each.obligation_id for each in claims if each.obligation_id})
        )
    )
    return {obligation_id: owed for obligation_id, owed in rows}  # noqa: C416 (rows are no pairs)


async def show_whole(session: AsyncSession, claim: PriceClaim) -> ClaimWhole:
    """Return a claim with what to do next, and who gets the credit."""
    (told,) = await _told(session, [claim])
    share = PriceShare
    rows = await session.scalars(
        sa.select(share).where(share.claim_id == claim.id).order_by(share.id).limit(_SHARES)
    )
    shares = rows.all()
    memos = await _references(session, {claim.obligation_id, *(x.obligation_id for x in shares)})
    customers = await _customers(session, {each.customer_id for each in shares})
    return ClaimWhole(
        **told,
        credit_memos=memos.get(claim.obligation_id, []),
        advice=await advising.advise(session, claim),
        shares=[
            CreditShareOut(
                id=each.id,
                customer=customers[each.customer_id],
                units=each.units,
                amount=each.amount,
                said=each.said,
                obligation_id=each.obligation_id,
                references=memos.get(each.obligation_id, []),
                ended_at=each.ended_at,
            )
            for each in shares
        ],
    )


async def _references(
    session: AsyncSession, debt_ids: set[UUID | None]
) -> dict[UUID | None, list[str]]:
    """Return with what papers debts were performed, the oldest first."""
    done = debts.performances().subquery("done")
    rows = await session.execute(
        sa.select(done.c.obligation_id, done.c.reference)
        .where(
            done.c.obligation_id.in_([each for each in debt_ids if each]),
            done.c.reference.is_not(None),
        )
        .order_by(done.c.performed_at, done.c.performance_id)
    )
    found: dict[UUID | None, list[str]] = {}
    for debt_id, reference in rows:
        if len(references := found.setdefault(debt_id, [])) < _MEMOS:
            references.append(reference)
    return found


async def _customers(session: AsyncSession, ids: set[UUID]) -> dict[UUID, str]:
    told = orders.customers().subquery("told")
    rows = await session.execute(
        sa.select(told.c.customer_id, told.c.customer_key).where(told.c.customer_id.in_(ids))
    )
    return {row.customer_id: row.customer_key for row in rows}


def select_lines(claim_id: UUID, *, after: Place | None) -> sa.Select[*tuple[Any, ...]]:
    """Return the query of what a claim holds, with the words of orders and products.

    By order line and unit, after a place.
    """
    line, told = PriceClaimLine, orders.purchase_lines().subquery("told")
    product, customer = products(), orders.customers().subquery("customer")
    query = (
        sa.select(
            *line.__table__.c,
            told.c.product_id,
            told.c.purchase_order_key.label("purchase_order"),
            told.c.line_key.label("line"),
            product.c.product_key.label("product"),
            product.c.name.label("product_name"),
            customer.c.customer_key.label("customer"),
        )
        .join(told, told.c.purchase_line_id == line.purchase_line_id)
        .join(product, product.c.product_id == told.c.product_id)
        .outerjoin(customer, customer.c.customer_id == told.c.customer_id)
        .where(line.claim_id == claim_id)
        .order_by(line.purchase_line_id, line.first_unit)
    )
    if after is None:
        return query
    return query.where(sa.tuple_(line.purchase_line_id, line.first_unit) > after)


async def lines(
    session: AsyncSession, claim_id: UUID, *, after: Place | None, limit: int
) -> list[ClaimLineOut]:
    """Return what a claim holds, by order line and unit."""
    rows = await session.execute(select_lines(claim_id, after=after).limit(limit))
    names = ClaimLineOut.model_fields
    return [ClaimLineOut(**{name: getattr(row, name) for name in names}) for row in rows]


async def get_filing(session: AsyncSession, filing_id: UUID) -> PriceFiling:
    """Return a filing. Raises NotFound."""
    found = await session.get(PriceFiling, filing_id)
    if found is None:
        msg = f"There is no filing {filing_id}."
        raise NotFound(msg)
    return found


def select_filings(supplier_id: UUID | None, after: UUID | None) -> sa.Select[PriceFiling]:
    """Return the query of filings, the newest first, after an id."""
    query = sa.select(PriceFiling).order_by(PriceFiling.id.desc())
    if supplier_id is not None:
        query = query.where(PriceFiling.supplier_id == supplier_id)
    return query if after is None else query.where(PriceFiling.id < after)


async def show_filings(
    session: AsyncSession, filings: Sequence[PriceFiling]
) -> list[PriceFilingOut]:
    """Return filings as they are read, in the order given."""
    keys = await vendors.keys_of(session, {each.supplier_id for each in filings})
    rows = await session.execute(
        sa.select(PriceClaim.filing_id, PriceClaim.id)
        .where(PriceClaim.filing_id.in_([each.id for each in filings]))
        .order_by(PriceClaim.id)
    )
    claims: dict[UUID | None, list[UUID]] = {}
    for filing_id, claim_id in rows:
        claims.setdefault(filing_id, []).append(claim_id)
    return [
        PriceFilingOut(
            id=each.id,
            number=rules.filing_number(each.number),
            supplier=keys[each.supplier_id],
            currency=each.currency,
            amount=each.amount,
            claim_ids=claims.get(each.id, []),
            filed_at=each.filed_at,
            filed_by=each.filed_by,
            note=each.note,
            recorded_at=each.recorded_at,
        )
        for each in filings
    ]
