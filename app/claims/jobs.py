"""What workers do for claims: follow their parcels and debts, and see what time made of them."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.claims import keeping
from app.claims.events import ClaimRmaExpiring
from app.claims.models import Claim, ClaimLine, ClaimReturn
from app.claims.returning.sending import follow
from app.claims.watching import warns_at
from app.events import Listener, StoredEvent, publish
from app.kit import jobs
from app.kit.db import now
from app.kit.jobs import Job, Loop, Payload
from app.kit.tracking import normalize_tracking_number
from app.runtime import Runtime

_FOLLOW = "claims.follow"
_WATCHED = "claims.watched"
_OF_THE_ROAD = frozenset({"parcels.status_changed", "parcels.delivered", "parcels.matched"})
_OF_LOSSES = frozenset({"obligations.loss_settled"})


async def _on_the_road(
    _runtime: Runtime, session: AsyncSession, events: Sequence[StoredEvent]
) -> None:
    """Ask for each claim whose parcels are told of, in a job of its own."""
    told = [event.data for event in events]
    numbers = {
        normalize_tracking_number(data["tracking_number"])
        for data in told
        if data["tracking_number"] is not None
    }
    query = select_of_road({UUID(data["parcel_id"]) for data in told}, numbers)
    await _enqueue(session, query)


def select_of_road(parcel_ids: set[UUID], numbers: set[str]) -> sa.Select[UUID]:
    """Return the query of claims with a return by these parcels, or under these numbers."""
    row = ClaimReturn
    return (
        sa.select(row.claim_id)
        .where(sa.or_(row.parcel_id.in_(parcel_ids), row.tracking_lookup.in_(numbers)))
        .distinct()
        .order_by(row.claim_id)
    )


async def _of_losses(
    _runtime: Runtime, session: AsyncSession, events: Sequence[StoredEvent]
) -> None:
    await _enqueue(session, select_of_losses({UUID(each.data["loss_id"]) for each in events}))


def select_of_losses(loss_ids: set[UUID]) -> sa.Select[UUID]:
    """Return the query of unsettled claims that pursue these losses."""
    return (
        sa.select(ClaimLine.claim_id)
        .join(Claim, Claim.id == ClaimLine.claim_id)
        .where(ClaimLine.loss_id.in_(loss_ids), Claim.settled_at.is_(None))
        .distinct()
        .order_by(ClaimLine.claim_id)
    )


async def _enqueue(session: AsyncSession, query: sa.Select[UUID]) -> None:
    ids = (await session.scalars(query)).all()
    payloads = [{"claim_id": str(identity)} for identity in ids]
    await jobs.enqueue(session, [_FOLLOW] * len(payloads), payloads)


async def _follow(runtime: Runtime, payload: Payload) -> None:
    async with runtime.transaction("listener:claims.follow") as session:
        await follow(session, UUID(payload["claim_id"]))


async def _look(runtime: Runtime) -> int:
    """See of which claims time has made something; returns how many."""
    async with runtime.transaction("job:claims.watch") as session:
        ids = (await session.scalars(select_watched(session, runtime))).all()
        # One that cannot be read keeps none of the others from their time: each is a job of its
        # own, and is looked at no more here.
        await session.execute(
            sa.update(Claim)
            .where(Claim.id.in_(ids))
            .values(watch_at=None)
            .execution_options(synchronize_session=False)
        )
        payloads = [{"claim_id": str(identity)} for identity in ids]
        await jobs.enqueue(session, [_WATCHED] * len(payloads), payloads)
        return len(ids)


def select_watched(session: AsyncSession, runtime: Runtime) -> sa.Select[UUID]:
    """Return the query of claims of which time makes something now, that nobody else is at."""
    return (
        sa.select(Claim.id)
        .where(Claim.watch_at.is_not(None), Claim.watch_at <= now(session))
        .order_by(Claim.watch_at, Claim.id)
        .limit(runtime.settings.claims.batch)
        .with_for_update(key_share=True, skip_locked=True)
    )


async def _see(runtime: Runtime, payload: Payload) -> None:
    async with runtime.transaction("job:claims.watch") as session:
        await _warn(session, UUID(payload["claim_id"]))


async def _warn(session: AsyncSession, claim_id: UUID) -> None:
    """Warn once of a consent that ends soon, and read the claim anew."""
    claim = await keeping.take(session, claim_id)
    lapses_at = claim.lapses_at
    moment = now(session)
    is_soon = lapses_at is not None and warns_at(lapses_at, session) <= moment <= lapses_at
    if lapses_at is not None and is_soon and claim.warned_for != lapses_at:
        claim.warned_for = lapses_at
        event = ClaimRmaExpiring(**keeping.named(claim), rma=claim.rma, lapses_at=lapses_at)
        await publish(session, event)
    elif lapses_at is None or lapses_at < moment:
        claim.warned_for = lapses_at
    await session.flush()
    await follow(session, claim_id)


LISTENERS = (
    Listener("claims.follow", _OF_THE_ROAD, _on_the_road),
    Listener("claims.see_settled", _OF_LOSSES, _of_losses),
)
LOOPS = (Loop("claims.watch", _look, poll_s=lambda runtime: runtime.settings.claims.poll_s),)
JOBS = (Job(_FOLLOW, _follow), Job(_WATCHED, _see))
