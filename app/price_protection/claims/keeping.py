"""The folder's own ways: how claims are locked, changed and written of."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.db import now
from app.kit.etags import check_version
from app.kit.problems import NotFound
from app.price_protection import keeping as notices
from app.price_protection.claims import rules
from app.price_protection.claims.models import PriceClaim
from app.price_protection.models import PriceNotice
from app.vendors import service as vendors


async def get(session: AsyncSession, claim_id: UUID) -> PriceClaim:
    """Return a claim. Raises NotFound."""
    found = await session.get(PriceClaim, claim_id)
    if found is None:
        msg = f"There is no price protection claim {claim_id}."
        raise NotFound(msg)
    return found


async def take(session: AsyncSession, claim_id: UUID, if_match: str | None = None) -> PriceClaim:
    """Lock a claim for a change. Of two at once the second sees what the first has done.

    Raises NotFound, VersionMismatch.
    """
    claim = await get(session, claim_id)
    # Always the notice first: whoever computes it changes its claims.
    await notices.take(session, claim.notice_id)
    (claim,) = await _locked(session, [claim_id])
    check_version(claim.version, if_match=if_match, if_none_match=None)
    return claim


async def take_all(session: AsyncSession, claim_ids: Sequence[UUID]) -> list[PriceClaim]:
    """Lock claims, and first their notices, each in the order of its id; in the order given."""
    of_claims = sa.select(PriceClaim.notice_id).where(PriceClaim.id.in_(claim_ids))
    await session.execute(
        sa.select(PriceNotice.id)
        .where(PriceNotice.id.in_(of_claims))
        .order_by(PriceNotice.id)
        .with_for_update(key_share=True)
    )
    found = {claim.id: claim for claim in await _locked(session, claim_ids)}
    return [found[each] for each in claim_ids if each in found]


async def _locked(session: AsyncSession, claim_ids: Sequence[UUID]) -> Sequence[PriceClaim]:
    rows = await session.scalars(
        sa.select(PriceClaim)
        .where(PriceClaim.id.in_(claim_ids))
        .order_by(PriceClaim.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def changed(session: AsyncSession, *claims: PriceClaim) -> None:
    """Write down that locked claims are another version of themselves."""
    for claim in claims:
        claim.version += 1
        claim.updated_at = now(session)
    await session.flush()


async def supplier_keys(session: AsyncSession, claims: Sequence[PriceClaim]) -> Mapping[UUID, str]:
    """Return the ERP's keys of the suppliers of claims."""
    return await vendors.keys_of(session, {claim.supplier_id for claim in claims})


def amount_of(claim: PriceClaim) -> Decimal:
    """Return what was claimed; before it is filed, what could be."""
    return claim.computed_amount if claim.amount is None else claim.amount


def plain(amount: Decimal) -> str:
    """Return an amount as it is written."""
    return format(amount, "f")


def named(claim: PriceClaim, supplier: str) -> dict[str, Any]:
    """Return what every event says of its claim."""
    return {
        "claim_id": claim.id,
        "number": rules.spoken_number(claim.number),
        "version": claim.version,
        "notice_id": claim.notice_id,
        "supplier": supplier,
        "state": claim.state,
        "currency": claim.currency,
        "amount": plain(amount_of(claim)),
    }
