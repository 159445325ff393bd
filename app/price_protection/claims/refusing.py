"""What is let go of a claim, line by line: later falls begin at what was really credited."""

from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.price_protection import service as notices
from app.price_protection.claims.models import PriceClaim, PriceClaimLine
from app.price_protection.claims.rules import ClaimState


async def let_go(session: AsyncSession, claim: PriceClaim, kept: Decimal) -> None:
    """Write down what came of each line of a locked claim, or is still owed: `kept` of them all.

    What came is of the lines that were approved, and what is more than those of the others.
    """
    line = PriceClaimLine
    stands = sa.func.coalesce(line.approved_amount, line.amount)
    sums = await session.execute(
        sa.select(sa.func.sum(stands), sa.func.sum(line.amount)).where(line.claim_id == claim.id)
    )
    approved, claimed = sums.one()
    if kept <= approved:
        amount = stands * kept / approved if approved else sa.literal(Decimal(0))
    else:
        amount = stands + (line.amount - stands) * (kept - approved) / (claimed - approved)
    await session.execute(
        sa.update(line)
        .where(line.claim_id == claim.id)
        .values(kept_amount=sa.func.least(amount, line.amount))
        .execution_options(synchronize_session=False)
    )
    await tell(session, claim)


async def tell(session: AsyncSession, claim: PriceClaim) -> None:
    """Have the order lines of a claim protect as far as was credited, by all claims of them."""
    line, mine = PriceClaimLine, aliased(PriceClaimLine)
    kept = sa.func.sum(sa.func.coalesce(line.kept_amount, line.amount))
    rows = await session.execute(
        sa.select(line.purchase_line_id, kept / sa.func.sum(line.amount))
        .join(PriceClaim, PriceClaim.id == line.claim_id)
        .where(
            PriceClaim.notice_id == claim.notice_id,
            PriceClaim.state != ClaimState.WITHDRAWN.value,
            line.purchase_line_id.in_(
                sa.select(mine.purchase_line_id).where(mine.claim_id == claim.id)
            ),
        )
        .group_by(line.purchase_line_id)
        .having(kept < sa.func.sum(line.amount))
    )
    if found := [(line_id, share) for line_id, share in rows]:
        await notices.refuse(session, claim.notice_id, found)
