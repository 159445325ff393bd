"""What is done with parcels: record reports, match shipments, weigh, page, tell the story."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.files import service as files
from app.kit.db import now
from app.kit.problems import Malformed, NotFound, Problem
from app.orders import views
from app.parcels import rules
from app.parcels.evidence import Arrival, Origin, reading_row
from app.parcels.matching import match
from app.parcels.models import Parcel, ParcelPackage, Reading
from app.parcels.nearest import nearest
from app.parcels.recording import record, weighed
from app.parcels.reports import ReadingKind, ReadingReport
from app.parcels.schemas import WeighingIn
from app.parcels.story import tell, tell_all

__all__ = [
    "Arrival",
    "Origin",
    "WeighedTwice",
    "match",
    "nearest",
    "page",
    "record",
    "tell",
    "tell_all",
    "weigh",
]


_CLOCK_SKEW = timedelta(minutes=5)


class WeighedTwice(Problem):
    """The very same weighing is kept already; `reading_id` names it."""

    status = 409


async def weigh(session: AsyncSession, *, parcel_id: UUID, weighing: WeighingIn) -> Reading:
    """Keep a weight that a person read off a scale. Raises NotFound, UnknownFile, WeighedTwice."""
    parcel = await session.get(Parcel, parcel_id, with_for_update=True)
    if parcel is None:
        raise NotFound(f"There is no parcel {parcel_id}.")
    if weighing.weighed_at > now(session) + _CLOCK_SKEW:
        fault = {"pointer": "/weighed_at", "detail": "must not lie in the future"}
        raise Malformed("Nobody has weighed it yet at that time.", errors=[fault])
    if weighing.photo_id is not None:
        await files.require(session, {weighing.photo_id}, pointer="/photo_id")
    row = reading_row(
        parcel_id,
        _reported(weighing),
        Origin(now(session)),
        weighed_by=weighing.weighed_by,
        note=weighing.note,
        photo_id=weighing.photo_id,
    )
    same = sa.select(Reading.id).where(
        Reading.parcel_id == parcel_id, Reading.fingerprint == row["fingerprint"]
    )
    if (kept := await session.scalar(same)) is not None:
        raise WeighedTwice("This weighing is kept already.", reading_id=str(kept))
    reading = Reading(**row)
    session.add(reading)
    await session.flush()
    await publish(session, weighed(parcel, row))
    return reading


def _reported(weighing: WeighingIn) -> ReadingReport:
    scale = weighing.scale
    resolution = scale.resolution.exact_grams() if scale and scale.resolution else None
    known = scale is not None and resolution is not None
    return ReadingReport(
        kind=ReadingKind.MEASURED if scale else ReadingKind.UNKNOWN,
        why=_why(by=weighing.weighed_by, has_scale=scale is not None, is_known=known),
        value=weighing.weight.value,
        unit=weighing.weight.unit,
        grams=weighing.weight.grams(),
        resolution_g=resolution,
        measured_at=weighing.weighed_at,
        scale=scale.name if scale else None,
    )


def _why(*, by: str, has_scale: bool, is_known: bool) -> str:
    if is_known:
        return f"Read by {by} off a named scale whose step is known."
    if has_scale:
        return f"Read by {by} off a named scale; its step is not known."
    return f"Told by {by} without naming the scale."


async def page(
    session: AsyncSession,
    *,
    after: UUID | None,
    limit: int,
    tracking_number: str | None = None,
    shipment: str | None = None,
    status: str | None = None,
) -> Sequence[Parcel]:
    """Return parcels in the order they became known, after an id."""
    query = sa.select(Parcel)
    if after is not None:
        query = query.where(Parcel.id > after)
    if tracking_number is not None:
        number = rules.normalize_tracking_number(tracking_number)
        query = query.where(Parcel.number == number)
    if status is not None:
        query = query.where(Parcel.status == status)
    if shipment is not None:
        told = views.packages().subquery()
        within = (
            sa.select(ParcelPackage.parcel_id)
            .join(told, told.c.package_id == ParcelPackage.package_id)
            .where(told.c.shipment_key == shipment)
        )
        query = query.where(Parcel.id.in_(within))
    return (await session.scalars(query.order_by(Parcel.id).limit(limit))).all()
