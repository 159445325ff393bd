"""How far a replacement is, read from all that was heard, by when it happened.

The same facts in any order, told twice or late, give the same. What the table does not allow at
its place counts for nothing; it is kept all the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.kit.states import IllegalStep
from app.replacements.rules.states import OUTBOUNDS, Outbound


class SwapFact(StrEnum):
    """What can be heard. Of two at one instant the one named first came first."""

    REQUESTED = "requested"
    APPROVED = "approved"
    DENIED = "denied"
    RETURN_BY = "return_by"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    ARRIVED = "arrived"
    RECEIVED = "received"
    WAIVED = "waived"
    CLOSED = "closed"


_ORDER = {fact: place for place, fact in enumerate(SwapFact)}
LEADS_TO = {
    SwapFact.REQUESTED: Outbound.REQUESTED,
    SwapFact.APPROVED: Outbound.APPROVED,
    SwapFact.DENIED: Outbound.DENIED,
    SwapFact.SHIPPED: Outbound.SHIPPED,
    SwapFact.CANCELLED: Outbound.CANCELLED,
    SwapFact.DELIVERED: Outbound.DELIVERED,
    # Whoever looked into the box had it.
    SwapFact.ARRIVED: Outbound.DELIVERED,
}


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing that was heard; `source` is what it was read from, `same` what it says."""

    fact: SwapFact
    at: datetime
    same: bytes = b""
    source: Any = None

    def place(self) -> tuple[datetime, int, bytes]:
        """Return where it stands among others, whenever it came."""
        return self.at, _ORDER[self.fact], self.same


@dataclass(slots=True)
class Course:
    """How it went: where it is, since when it was where, and what counted for that."""

    now: Outbound = Outbound.REQUESTED
    reached: dict[Outbound, datetime] = field(default_factory=dict[Outbound, datetime])
    counted: list[Heard] = field(default_factory=list[Heard])
    passed_over: list[tuple[Heard, Outbound]] = field(default_factory=list[tuple[Heard, Outbound]])

    def last(self, *facts: SwapFact) -> Heard | None:
        """Return the last of these that counted."""
        return next((each for each in reversed(self.counted) if each.fact in facts), None)


@dataclass(slots=True)
class _Axis:
    outbound: str


def in_order(heard: Iterable[Heard]) -> list[Heard]:
    """Return what was heard by when it happened, each saying once."""
    once = {(each.fact, each.at, each.same): each for each in heard}
    return sorted(once.values(), key=Heard.place)


def course(heard: Iterable[Heard]) -> Course:
    """Return how far a replacement is."""
    found = Course()
    axis = _Axis(Outbound.REQUESTED.value)
    for each in in_order(heard):
        target = LEADS_TO.get(each.fact)
        if target is None or (target is Outbound.REQUESTED and not found.reached):
            found.counted.append(each)
            if target is not None:
                found.reached[target] = each.at
            continue
        before = Outbound(axis.outbound)
        if before is Outbound.DELIVERED and target is Outbound.DELIVERED:
            # What is told of the box that came; it had come already.
            found.counted.append(each)
            continue
        try:
            OUTBOUNDS.step(axis, target)
        except IllegalStep:
            found.passed_over.append((each, before))
            continue
        found.counted.append(each)
        found.reached[target] = (
            min(found.reached[target], each.at)
            if target is Outbound.DELIVERED and target in found.reached
            else each.at
        )
    found.now = Outbound(axis.outbound)
    return found


def latest(heard: Sequence[Heard], *facts: SwapFact) -> Heard | None:
    """Return the last of these by when it was said."""
    return next((each for each in reversed(in_order(heard)) if each.fact in facts), None)
