"""By when a supplier must have credited what was filed: by its own terms, in its own days."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.price_protection.claims.models import PriceClaim
from app.price_protection.models import PriceNotice
from app.vendors import service as vendors
from app.vendors.terms import NOBODYS


async def credit_due_at(
    session: AsyncSession, claim: PriceClaim, notice: PriceNotice, filed_at: datetime
) -> datetime | None:
    """Return the last instant to credit a claim; None: its terms do not say."""
    found = await vendors.selling_terms(
        session, on=notice.effective_on, vendor_id=claim.supplier_id
    )
    key = f"vendor:{(await vendors.keys_of(session, {claim.supplier_id}))[claim.supplier_id]}"
    counting = (await vendors.calendars_of(session, [key])).get(key, NOBODYS)
    granted = (told.terms.price_protection for told in found.get(claim.supplier_id, ()))
    windows = [each.credit_within for each in granted if each and each.credit_within]
    # Where its product lines differ, no sooner than all of it is due.
    return max((window.ends(filed_at, counting).last for window in windows), default=None)
