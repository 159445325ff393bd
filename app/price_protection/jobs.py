"""What workers do for price protection: compute what notices reach, and again when it changes."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import Listener, StoredEvent
from app.kit import jobs
from app.kit.db import is_passing, now
from app.kit.jobs import Job, Loop, Payload
from app.kit.logs import brief
from app.price_protection.detection.detecting import detect
from app.price_protection.exposure.computing import compute
from app.price_protection.models import PriceNotice
from app.price_protection.rules import State
from app.runtime import Runtime
from app.vendors import service as vendors

_DETECT = "price_protection.detect"
_CALLER = "loop:price_protection.compute"
_POLL_S = 0.5
_OF_TERMS = frozenset({"vendors.calendar_recorded", "vendors.terms_recorded"})

log = structlog.stdlib.get_logger("makegood.price_protection")


async def step(runtime: Runtime) -> int:
    """Compute the notice that is due the longest; returns how many. Of two workers one has it."""
    notice_id = None
    try:
        async with runtime.transaction(_CALLER) as session:
            notice = await session.scalar(select_due(now(session)))
            if notice is None:
                return 0
            notice_id = notice.id
            await compute(session, notice)
    except Exception as error:
        if notice_id is None or is_passing(error):
            raise
        log.exception("price notice not computed", notice_id=str(notice_id))
        await _give_up(runtime, notice_id, brief(error))
    return 1


def select_due(moment: object) -> sa.Select[PriceNotice]:
    """Return the query that takes the notice which is due the longest and nobody computes."""
    return (
        sa.select(PriceNotice)
        .where(PriceNotice.compute_due_at <= moment)
        .order_by(PriceNotice.compute_due_at, PriceNotice.id)
        .limit(1)
        .with_for_update(skip_locked=True, key_share=True)
    )


async def _give_up(runtime: Runtime, notice_id: UUID, why: str) -> None:
    async with runtime.transaction(_CALLER) as session:
        await session.execute(
            sa.update(PriceNotice)
            .where(PriceNotice.id == notice_id)
            .values(
                compute_due_at=None,
                trouble=f"Something broke on our side; it was logged ({why}). Compute it again.",
            )
        )


async def _recompute(
    _runtime: Runtime, session: AsyncSession, events: Sequence[StoredEvent]
) -> None:
    """Have notices computed again that go by terms or calendars which changed."""
    told = [event.data for event in events]
    keys = {party.partition(":")[2] for data in told for party in data.get("parties", ())}
    ids = {UUID(data["vendor_id"]) for data in told if "vendor_id" in data}
    of_ids = await vendors.keys_of(session, ids)
    suppliers = sorted(keys | set(of_ids.values()))
    by_terms = sa.or_(
        *(PriceNotice.terms.contains([{"supplier": supplier}]) for supplier in suppliers)
    )
    await session.execute(
        sa.update(PriceNotice)
        .where(
            PriceNotice.state != State.WITHDRAWN.value,
            sa.or_(by_terms, PriceNotice.vendor_id.in_(ids), PriceNotice.totals.contains([{}])),
        )
        .values(compute_due_at=now(session))
    )


async def _polls(_runtime: Runtime, session: AsyncSession, events: Sequence[StoredEvent]) -> None:
    """Look for falls in what polls changed, those of one delivery together."""
    polls = [event.data["poll_id"] for event in events]
    await jobs.enqueue(session, [_DETECT], [{"poll_ids": polls}])


async def _detect(runtime: Runtime, payload: Payload) -> None:
    async with runtime.transaction("listener:price_protection.detect") as session:
        await detect(session, [UUID(each) for each in payload["poll_ids"]])


LISTENERS = (
    Listener("price_protection.recompute", _OF_TERMS, _recompute),
    Listener("price_protection.detect", frozenset({"products.prices_recorded"}), _polls),
)
JOBS = (Job(_DETECT, _detect),)
LOOPS = (Loop("price_protection.compute", step, lambda _runtime: _POLL_S),)
