"""What was heard of a claim, as its states are read from it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.claims.models import ClaimFact, ClaimReturn
from app.claims.rules.arriving import Piece, whole
from app.claims.rules.axes import SettlementState
from app.claims.rules.folding import (
    OF_THE_ROAD,
    Course,
    Fact,
    Heard,
    Journey,
    course,
    is_granted,
    journey,
    moving_since,
)
from app.claims.rules.road import Carried, signs
from app.claims.standing import Standing
from app.kit.db import now
from app.orders.units.rules import spoken_serials
from app.parcels import service as parcels

# The vendor asks for the units no more, once it has let us keep them or we have given them up.
_KEPT = frozenset({SettlementState.KEPT_WITH_ALLOWANCE.value, SettlementState.WRITTEN_OFF.value})


@dataclass(frozen=True, slots=True)
class Read:
    """How a claim stands by all that was heard."""

    course: Course
    journey: Journey
    is_return_required: bool

    @property
    def consent(self) -> ClaimFact | None:
        """Return the vendor's last consent, even if it took that back since."""
        found = self.course.consent
        return found.source if found else None


def heard(fact: ClaimFact) -> Heard:
    """Return a fact as states are read from it."""
    lapses_at = fact.told.get("lapses_at")
    return Heard(
        Fact(fact.fact),
        fact.at,
        fact.turn,
        fact.same,
        source=fact,
        lapses_at=datetime.fromisoformat(lapses_at) if lapses_at else None,
    )


async def carried(session: AsyncSession, returns: Sequence[ClaimReturn]) -> list[Carried]:
    """Return the parcels by which units go back, with what their carriers say."""
    ids = sorted({row.parcel_id for row in returns if row.parcel_id is not None})
    stories = await parcels.tell_all(session, ids) if ids else {}
    return [
        Carried.of(row.sent_at, row.lost_at, stories.get(row.parcel_id) if row.parcel_id else None)
        for row in returns
    ]


async def read(session: AsyncSession, standing: Standing, more: Iterable[ClaimFact] = ()) -> Read:
    """Return how a claim stands; `more`: what may yet be written down."""
    told = [heard(fact) for fact in (*standing.facts, *more)]
    own = [each for each in told if each.fact in OF_THE_ROAD]
    road = signs(await carried(session, standing.returns))
    found = course(
        (each for each in told if each.fact not in OF_THE_ROAD),
        moving_since=moving_since([*own, *road]),
        ended_at=standing.claim.settled_at,
        moment=now(session),
    )
    is_required = _is_required(standing, found)
    pieces = [Piece(each, _lines_in(standing, each.source)) for each in own]
    road += whole(pieces, _wanted(standing, found))
    return Read(found, journey(road, is_required=is_required), is_required)


def _wanted(standing: Standing, found: Course) -> set[int]:
    """Return the lines that go back: those of the last consent, else all."""
    every = {line.position for line in standing.lines}
    granted = found.consent.source.told["granted"] if found.consent else {}
    return {position for position in every if granted.get(str(position))} or every


def _lines_in(standing: Standing, fact: ClaimFact) -> frozenset[int]:
    """Return of which lines the vendor speaks.

    Units without a serial number cannot be told apart: they are in whatever is received.
    """
    if Fact(fact.fact) is Fact.INSPECTED:
        return frozenset(each["line"] for each in fact.told["lines"])
    spoken = {form for serial in fact.told["serials"] for form in spoken_serials(serial)}
    return frozenset(
        line.position
        for line in standing.lines
        if not spoken or line.serial_lookup is None or line.serial_lookup in spoken
    )


def _is_required(standing: Standing, found: Course) -> bool:
    if found.consent is None or not is_granted(found.now):
        return False
    wanted = bool(found.consent.source.told.get("return_required"))
    return wanted and not all(line.settled in _KEPT for line in standing.lines)


def ids(facts: Iterable[Heard]) -> set[UUID]:
    """Return the ids of the facts behind what was heard."""
    return {each.source.id for each in facts if isinstance(each.source, ClaimFact)}
