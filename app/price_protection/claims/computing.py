"""What can be claimed is kept as the exposure of its notice has it; nothing is filed by itself."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit.db import now
from app.kit.ids import new_id
from app.obligations import service as ledger
from app.obligations.rules import DeadlineKind, DeadlineState, GroundKind, PartyKind
from app.price_protection import keeping as notices
from app.price_protection import rules as notice_rules
from app.price_protection.claims import keeping, rules
from app.price_protection.claims.events import ClaimComputed, ClaimWithdrawn
from app.price_protection.claims.granted import Granted, granted
from app.price_protection.claims.models import PriceClaim
from app.price_protection.claims.rules import CLAIMS, ClaimState
from app.price_protection.claims.unclaimed import select_standing, select_unclaimed
from app.price_protection.models import PriceNotice

_MACHINE = "Makegood"
_ANEW = "There is nothing to claim any more, or by another day."


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
    by = granted(notice, claim)
    told: dict[str, object] = {"computed_amount": amount, "computed_units": units}
    if claim.filing_id is None:
        told |= {
            "currency": notice.currency,
            "file_by_on": by.file_by_on,
            "needs_serials": by.needs_serials,
        }
    was = {name: getattr(claim, name) for name in told}
    is_new = claim.version == 0
    for name, value in told.items():
        setattr(claim, name, value)
    claim.computed_at = now(session)
    await session.flush()
    stepped = _step(claim, amount, is_late=by.is_late(now(session)))
    moved = claim.filing_id is None and await _keep_deadline(session, notice, claim, by, supplier)
    if not (stepped or moved or is_new) and was == told:
        return
    await keeping.changed(session, claim)
    await _tell(session, claim, supplier)


def _step(claim: PriceClaim, amount: Decimal, *, is_late: bool) -> bool:
    """Take back what reaches nothing any more, and bring it again where it does.

    What had expired by a day that was told wrong can be filed after all.
    """
    state = ClaimState(claim.state)
    if not amount and state in rules.UNFILED:
        CLAIMS.step(claim, ClaimState.WITHDRAWN)
        return True
    if amount and state is ClaimState.WITHDRAWN and claim.filing_id is None:
        CLAIMS.step(claim, ClaimState.COMPUTED)
        return True
    if state is ClaimState.EXPIRED and not is_late:
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


async def _keep_deadline(
    session: AsyncSession, notice: PriceNotice, claim: PriceClaim, by: Granted, supplier: str
) -> bool:
    """Keep our right to file in the ledger, by the day that the terms make it; true: it moved."""
    right = await ledger.get_deadline(session, claim.deadline_id) if claim.deadline_id else None
    stands = (right.last_on or right.last_at.astimezone(UTC)) if right else None
    file_by = by.file_by if CLAIMS.now(claim) is ClaimState.COMPUTED else None
    if file_by is not None and file_by == stands:
        return False
    is_open = right is not None and right.state == DeadlineState.OPEN.value
    if right is not None and is_open:
        waived = ledger.WaiveIn(by_name=_MACHINE, note=_ANEW)
        await ledger.waive(session, deadline_id=right.id, document=waived)
        claim.deadline_id = None
    if file_by is None:
        if CLAIMS.now(claim) is ClaimState.WITHDRAWN:
            # Whatever it can be claimed for again has a last day of its own.
            claim.deadline_id = None
        return is_open
    number = rules.spoken_number(claim.number)
    document = ledger.DeadlineIn.model_validate(
        {
            "kind": DeadlineKind.FILE,
            "description": f"File price protection claim {number} of "
            f"{notice_rules.spoken_number(notice.number)}: {keeping.plain(claim.computed_amount)} "
            f"{claim.currency} for {claim.computed_units} units.",
            "toward": {"kind": PartyKind.VENDOR, "key": supplier},
            "last_at" if isinstance(file_by, datetime) else "last_on": file_by,
            "last_safe_on": by.safe_on,
            "last_safe_source": (by.filing or "its terms")[:200] if by.safe_on else None,
            "ground": {
                "kind": GroundKind.TERM,
                "text": by.filing or "By the supplier's terms of price protection.",
                "reference": by.source[:200] if by.source else None,
            },
        }
    )
    claim.deadline_id = (await ledger.open_deadline(session, document=document)).id
    return True
