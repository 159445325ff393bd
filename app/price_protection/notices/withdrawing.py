"""A notice is withdrawn, unless a credit came by it: what was credited must go on protecting."""

from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.obligations import service as ledger
from app.obligations import views
from app.price_protection import keeping
from app.price_protection.claims.models import PriceClaim
from app.price_protection.claims.rules import spoken_number
from app.price_protection.events import NoticeWithdrawn
from app.price_protection.models import PriceNotice
from app.price_protection.notices.schemas import DecisionIn
from app.price_protection.notices.writing import decide
from app.price_protection.rules import NOTICES, NoticeWasCredited, State


async def withdraw(
    session: AsyncSession, notice_id: UUID, document: DecisionIn, if_match: str | None = None
) -> PriceNotice:
    """Record that a price did not fall.

    Raises NotFound, VersionMismatch, IllegalStep, NoticeWasCredited.
    """
    notice = await keeping.take(session, notice_id, if_match)
    NOTICES.require(notice, State.WITHDRAWN)
    await _require_uncredited(session, notice)
    return await decide(session, notice, State.WITHDRAWN, document, NoticeWithdrawn)


async def _require_uncredited(session: AsyncSession, notice: PriceNotice) -> None:
    """Raise NoticeWasCredited where a supplier has paid anything for this fall."""
    claim, owed = PriceClaim, views.obligations().subquery("owed")
    debts = await session.scalars(
        sa.select(claim.obligation_id).where(
            claim.notice_id == notice.id, claim.obligation_id.is_not(None)
        )
    )
    # So that no credit comes in between.
    await ledger.hold(session, obligation_ids=[each for each in debts if each is not None])
    came = claim.credited_before + sa.func.coalesce(owed.c.performed, Decimal(0))
    rows = await session.execute(
        sa.select(claim.id, claim.number)
        .join(owed, owed.c.obligation_id == claim.obligation_id)
        .where(claim.notice_id == notice.id, came > 0)
        .order_by(claim.number)
    )
    credited = rows.all()
    if not credited:
        return
    numbers = ", ".join(spoken_number(number) for _, number in credited)
    msg = (
        f"A credit came for {numbers}: by it these units are protected from later falls. Correct "
        "the notice to what is so; or, if the credit was an error, take it back first."
    )
    raise NoticeWasCredited(msg, claim_ids=[str(claim_id) for claim_id, _ in credited])
