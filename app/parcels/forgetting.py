"""What was said of parcels is kept for a time, and then thrown away; what came of it stays."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from app.kit.db import now
from app.kit.ids import id_at
from app.kit.jobs import Payload, Periodic
from app.parcels.models import Parcel, Proof, Reading, Scan
from app.runtime import Runtime

_AT_ONCE = 5_000


async def forget(runtime: Runtime, _payload: Payload) -> None:
    """Drop scans, readings and proofs that are over, some thousand in a transaction.

    Only of parcels nobody has spoken of since: a parcel's state is worked out from all its scans,
    and half of them would make another state.
    """
    if runtime.settings.keep.hold:
        return
    for said in (Scan, Reading, Proof):
        while await _forget_some(runtime, said) == _AT_ONCE:
            pass


async def _forget_some(runtime: Runtime, said: Any) -> int:
    """Drop one batch; returns how many rows it held."""
    async with runtime.transaction() as session:
        over = now(session) - timedelta(days=runtime.settings.keep.tracking_days)
        batch = (
            sa.select(said.id)
            .join(Parcel, Parcel.id == said.parcel_id)
            .where(
                said.id < id_at(over),
                sa.func.coalesce(Parcel.last_seen_at, Parcel.created_at) < over,
            )
            .order_by(said.id)
            .limit(_AT_ONCE)
        )
        gone = await session.execute(sa.delete(said).where(said.id.in_(batch)).returning(said.id))
        return len(gone.all())


PERIODIC = (Periodic("parcels.forget", timedelta(hours=6), forget),)
