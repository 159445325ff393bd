"""What can be claimed is kept as the exposure of its notice has it; nothing is filed by itself."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit.db import now
from app.kit.ids import new_id
from app.obligations import service as ledger
from app.obligations.rules import DeadlineKind, GroundKind, PartyKind
from app.price_protection import keeping as notices
from app.price_protection import rules as notice_rules
from app.price_protection.claims import keeping, rules
from app.price_protection.claims.events import ClaimComputed, ClaimWithdrawn
from app.price_protection.claims.models import PriceClaim
from app.price_protection.claims.rules import CLAIMS, ClaimState
from app.price_protection.claims.unclaimed import select_standing, select_unclaimed
from app.price_protection.models import PriceNotice

_MACHINE = "Makegood"


async def refresh(session: AsyncSession, notice_id: UUID) -> None:
    """Let the claims of a notice be what its exposure comes to now. The same changes nothing.

    What is filed stays as it was filed; beside it stands what of it is reached now, and what shows
    later becomes a claim of its own.
    """
    notice = await notices.take(session, notice_id)
    claims = list(await _claims(session, notice))
    unclaimed = await _unclaimed(session, notice)
    unfiled = {claim.supplier_id for claim in claims if claim.filing_id is None}
    claims += [_begin(session, notice, each) for each in sorted(unclaimed.keys() - unfiled)]
    keys = await keeping.supplier_keys(session, claims)
    standing = await _standing(session, notice)
    for claim in claims:
        found = standing.get(claim.id) if claim.filing_id else unclaimed.get(claim.supplier_id)
        await _compute(session, notice, claim, found or (Decimal(0), 0), keys[claim.supplier_id])


async def _unclaimed(session: AsyncSession, notice: PriceNotice) -> dict[UUID, tuple[Decimal, int]]:
    line = select_unclaimed([notice.id]).subquery("unclaimed")
    rows = await session.execute(
        sa.select(
            line.c.supplier_id, sa.func.sum(line.c.amount), sa.func.sum(line.c.quantity)
        ).group_by(line.c.supplier_id)
    )
    return {supplier_id: (amount, int(units)) for supplier_id, amount, units in rows}


async def _standing(session: AsyncSession, notice: PriceNotice) -> dict[UUID, tuple[Decimal, int]]:
    rows = await session.execute(select_standing(notice.id))
    return {claim_id: (amount, int(units)) for claim_id, amount, units in rows}


async def _claims(session: AsyncSession, notice: PriceNotice) -> Sequence[PriceClaim]:
    rows = await session.scalars(
        sa.select(PriceClaim)
        .where(PriceClaim.notice_id == notice.id)
        .order_by(PriceClaim.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return rows.all()


def _begin(session: AsyncSession, notice: PriceNotice, supplier_id: UUID) -> PriceClaim:
    moment = now(session)
    claim = PriceClaim(
        id=new_id(),
        version=0,
        notice_id=notice.id,
        supplier_id=supplier_id,
        currency=notice.currency,
        state=ClaimState.COMPUTED.value,
        computed_amount=Decimal(0),
        computed_units=0,
        computed_at=moment,
        needs_serials=False,
        credited_before=Decimal(0),
        credited_amount=Decimal(0),
        undecided_units=0,
        created_at=moment,
        updated_at=moment,
    )
    session.add(claim)
    return claim


async def _compute(
    session: AsyncSession,
    notice: PriceNotice,
    claim: PriceClaim,
    reached: tuple[Decimal, int],
    supplier: str,
) -> None:
    amount, units = reached
    terms = _terms(notice, supplier)
    file_by_on = min((day for each in terms if (day := _day(each, "file_by_on"))), default=None)
    told = {
        "computed_amount": amount,
        "computed_units": units,
        "currency": notice.currency if claim.filing_id is None else claim.currency,
        "file_by_on": file_by_on if claim.filing_id is None else claim.file_by_on,
        "needs_serials": any(each.get("needs_serials") for each in terms),
    }
    was = {name: getattr(claim, name) for name in told}
    is_new = claim.version == 0
    for name, value in told.items():
        setattr(claim, name, value)
    claim.computed_at = now(session)
    await session.flush()
    stepped = _step(claim, amount)
    if not stepped and not is_new and was == told:
        return
    if claim.filing_id is None:
        await _keep_deadline(session, notice, claim, terms, supplier)
    await keeping.changed(session, claim)
    await _tell(session, claim, supplier)


def _step(claim: PriceClaim, amount: Decimal) -> bool:
    """Take back what reaches nothing any more, and bring it again where it does."""
    state = ClaimState(claim.state)
    if not amount and state in rules.UNFILED:
        CLAIMS.step(claim, ClaimState.WITHDRAWN)
        return True
    if amount and state is ClaimState.WITHDRAWN and claim.filing_id is None:
        CLAIMS.step(claim, ClaimState.COMPUTED)
        return True
    return False


async def _tell(session: AsyncSession, claim: PriceClaim, supplier: str) -> None:
    named = keeping.named(claim, supplier)
    if claim.state == ClaimState.WITHDRAWN.value:
        await publish(session, ClaimWithdrawn(**named))
        return
    day = claim.file_by_on.isoformat() if claim.file_by_on else None
    await publish(session, ClaimComputed(**named, units=claim.computed_units, file_by_on=day))


def _terms(notice: PriceNotice, supplier: str) -> list[Mapping[str, Any]]:
    return [
        each
        for each in notice.terms
        if each.get("supplier") == supplier and each.get("standing") == "granted"
    ]


def _day(terms: Mapping[str, Any], name: str) -> date | None:
    told = terms.get(name)
    return date.fromisoformat(told) if told else None


async def _keep_deadline(
    session: AsyncSession,
    notice: PriceNotice,
    claim: PriceClaim,
    terms: Sequence[Mapping[str, Any]],
    supplier: str,
) -> None:
    """Keep our right to file in the ledger: by the day that the terms make it."""
    if claim.state != ClaimState.COMPUTED.value:
        await waive(session, claim, "There is nothing to claim any more.")
        return
    stands = await _stands(session, claim)
    if claim.file_by_on is None or stands == claim.file_by_on:
        return
    await waive(session, claim, "Its last day was reckoned anew.")
    by = min(terms, key=lambda each: each.get("file_by_on") or "9999")
    safe = _day(by, "file_safely_by_on")
    number = rules.spoken_number(claim.number)
    document = ledger.DeadlineIn.model_validate(
        {
            "kind": DeadlineKind.FILE,
            "description": f"File price protection claim {number} of "
            f"{notice_rules.spoken_number(notice.number)}: {keeping.plain(claim.computed_amount)} "
            f"{claim.currency} for {claim.computed_units} units.",
            "toward": {"kind": PartyKind.VENDOR, "key": supplier},
            "last_on": claim.file_by_on,
            "last_safe_on": safe,
            "last_safe_source": (by.get("filing") or "its terms")[:200] if safe else None,
            "ground": {
                "kind": GroundKind.TERM,
                "text": by.get("filing") or "By the supplier's terms of price protection.",
                "reference": (by.get("source") or None) and str(by["source"])[:200],
            },
        }
    )
    claim.deadline_id = (await ledger.open_deadline(session, document=document)).id


async def _stands(session: AsyncSession, claim: PriceClaim) -> date | None:
    if claim.deadline_id is None:
        return None
    found = await ledger.get_deadline(session, claim.deadline_id)
    return found.last_on if found.state == "open" else None


async def waive(session: AsyncSession, claim: PriceClaim, why: str) -> None:
    """Let the right to file go, where it is still open."""
    if claim.deadline_id is None or await _stands(session, claim) is None:
        return
    document = ledger.WaiveIn(by_name=_MACHINE, note=why)
    await ledger.waive(session, deadline_id=claim.deadline_id, document=document)
    claim.deadline_id = None
