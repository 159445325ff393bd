"""What is done with carrier tariffs: record, get, page, and which is in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit import records
from app.kit.records import Conditions, Outcome, Put
from app.vendors import rules
from app.vendors.events import CarrierTariffRecorded
from app.vendors.models import CarrierTariff
from app.vendors.rules import Area
from app.vendors.term_schemas import CarrierTariffIn
from app.vendors.terms import Tariff, TariffKind

NOUN = "carrier tariff"


@dataclass(frozen=True, slots=True)
class Carriage:
    """By whom and how something was carried; what is None is not known."""

    carrier: str
    service: str | None = None
    area: Area | None = None


@dataclass(frozen=True, slots=True)
class TariffInForce:
    """The one tariff that decides on a day."""

    key: str
    version: int
    valid_from: date
    tariff: Tariff


async def record(
    session: AsyncSession, *, key: str, document: CarrierTariffIn, conditions: Conditions
) -> Put[CarrierTariff]:
    """Store a carrier's tariff. Raises StaleRecord, VersionMismatch, TermsOverlap."""

    async def fill(row: CarrierTariff) -> None:
        await _require_alone(session, row, document)
        row.carrier = document.carrier
        row.service = document.service
        row.area = document.area.value if document.area else None
        row.kind = document.kind.value
        row.valid_from = document.valid_from
        row.terms = document.terms.model_dump(mode="json", exclude_none=True)

    result = await records.put(
        session, CarrierTariff, key=key, document=document, conditions=conditions, fill=fill
    )
    if result.outcome is not Outcome.UNCHANGED:
        row = result.record
        event = CarrierTariffRecorded(
            carrier_tariff_id=row.id,
            carrier=row.carrier,
            key=key,
            version=row.version,
            terms=row.terms,
        )
        await publish(session, event)
    return result


async def _require_alone(
    session: AsyncSession, row: CarrierTariff, document: CarrierTariffIn
) -> None:
    # Of two that are told at once the second must see the first.
    name = sa.func.hashtextextended(f"tariffs of {document.carrier}", 0)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(name)))
    area = document.area.value if document.area else None
    query = sa.select(CarrierTariff.key).where(
        CarrierTariff.carrier == document.carrier,
        CarrierTariff.kind == document.kind.value,
        CarrierTariff.service.is_not_distinct_from(document.service),
        CarrierTariff.area.is_not_distinct_from(area),
        CarrierTariff.valid_from == document.valid_from,
        CarrierTariff.key != row.key,
    )
    other = await session.scalar(query)
    if other is not None:
        raise rules.overlap(other, of=f"the carrier {document.carrier!r}")


async def get(session: AsyncSession, key: str) -> CarrierTariff:
    """Return the tariff under a key. Raises NotFound."""
    return await records.get(session, CarrierTariff, key, noun=NOUN)


async def page(
    session: AsyncSession, *, after: UUID | None, limit: int, carrier: str | None = None
) -> Sequence[CarrierTariff]:
    """Return tariffs in the order they were first told, after an id."""
    query = sa.select(CarrierTariff).order_by(CarrierTariff.id)
    if after is not None:
        query = query.where(CarrierTariff.id > after)
    if carrier is not None:
        query = query.where(CarrierTariff.carrier == carrier)
    return (await session.scalars(query.limit(limit))).all()


async def tariff_in_force(
    session: AsyncSession, *, carriage: Carriage, kind: TariffKind, on: date
) -> TariffInForce | None:
    """Return a carrier's tariff of a day: that of the service first, then that of the area.

    Of several the latest that had begun. One decides, whole. None: nothing is known.
    """
    row = await session.scalar(
        sa.select(CarrierTariff)
        .where(
            CarrierTariff.carrier == carriage.carrier,
            CarrierTariff.kind == kind.value,
            CarrierTariff.valid_from <= on,
            _fits(CarrierTariff.service, carriage.service),
            _fits(CarrierTariff.area, carriage.area.value if carriage.area else None),
        )
        .order_by(
            CarrierTariff.service.asc().nulls_last(),
            CarrierTariff.area.asc().nulls_last(),
            CarrierTariff.valid_from.desc(),
        )
        .limit(1)
    )
    if row is None:
        return None
    return TariffInForce(row.key, row.version, row.valid_from, Tariff.model_validate(row.terms))


def _fits(
    column: sa.orm.InstrumentedAttribute[str | None], value: str | None
) -> sa.ColumnElement[bool]:
    return column.is_(None) if value is None else sa.or_(column.is_(None), column == value)
