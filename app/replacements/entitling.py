"""Whether a replacement comes first, at the door where the unit is claimed, by what is known."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.coverage import service as coverage
from app.coverage.rules import Answer, DoorState
from app.orders.units import service as units
from app.replacements.rules.refusals import NotEntitled
from app.replacements.standing import Standing


@dataclass(frozen=True, slots=True)
class AtDoor:
    """Whether, why, by what, and who else may have to."""

    answer: str
    why: str
    rule: str | None = None
    source: str | None = None
    next_door: str | None = None

    def shown(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return asdict(self)


async def at_door(session: AsyncSession, standing: Standing, *, is_owed: bool) -> AtDoor:
    """Return whether a replacement comes first. What came dead is owed again in any case."""
    if is_owed:
        return AtDoor(Answer.YES.value, "What came instead of it was no replacement.")
    unit_id = standing.line.unit_id
    if unit_id is not None:
        unit = (await units.by_id(session, [unit_id]))[unit_id]
        doors = (await coverage.entitlements(session, unit)).advance_replacement.doors
        own = _own(standing, doors)
        if own is not None:
            return _shown(own, doors)
    offered = standing.offered.is_offered if standing.offered else None
    if offered is False:
        why = f"By the terms of {standing.vendor} no replacement comes first."
        return AtDoor(Answer.NO.value, why, source=standing.source)
    why = f"Whether {standing.vendor} owes a replacement first for this unit is not known."
    return AtDoor(Answer.UNKNOWN.value, why, source=standing.source)


def _own(standing: Standing, doors: tuple[DoorState, ...]) -> DoorState | None:
    ours = [each for each in doors if each.party.vendor == standing.vendor]
    role = standing.replacement.role
    same = (each for each in ours if each.party.role.value == role)
    return next(same, next(iter(ours), None))


def _shown(own: DoorState, doors: tuple[DoorState, ...]) -> AtDoor:
    others = [each for each in doors if each is not own and each.answer is not Answer.NO]
    behind = next(iter(others), None) if own.answer is not Answer.YES else None
    return AtDoor(
        own.answer.value,
        own.used.why,
        own.used.rule,
        own.used.source,
        behind.party.vendor if behind else None,
    )


def require(told: AtDoor) -> None:
    """Refuse what the terms say is not owed. Unknown is let through. Raises NotEntitled."""
    if told.answer != Answer.NO.value:
        return
    raise NotEntitled(
        told.why,
        why=told.why,
        next_door=told.next_door,
        errors=[{"pointer": "/claim_id", "detail": told.why}],
    )
