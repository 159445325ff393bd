"""A claim's states, read from all that was heard, by when it happened and never by when it came.

The same facts in any order, told twice or late, give the same states. What the tables do not
allow at its place counts for nothing; it is kept all the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from app.claims.rules.axes import (
    ARRIVED,
    AUTHORIZATIONS,
    GRANTED,
    RETURN_LEGS,
    Authorization,
    ReturnLeg,
)
from app.kit.states import IllegalStep


class Fact(StrEnum):
    """What can be heard. Of two at one instant the one named first came first."""

    SUBMITTED = "submitted"
    ANSWERED = "answered"
    APPEALED = "appealed"
    INFO_REQUESTED = "info_requested"
    AUTHORIZED = "authorized"
    PARTIALLY_AUTHORIZED = "partially_authorized"
    DENIED = "denied"
    EXPIRED = "expired"
    VOIDED = "voided"
    SENT = "sent"
    CAME_BACK = "came_back"
    LOST = "lost"
    DELIVERED = "delivered"
    RECEIVED = "received"
    INSPECTED = "inspected"


OURS = frozenset({Fact.SUBMITTED, Fact.ANSWERED, Fact.APPEALED})
# The vendor has said something, and no longer owes us a word.
ANSWERS = frozenset(
    {
        Fact.INFO_REQUESTED,
        Fact.AUTHORIZED,
        Fact.PARTIALLY_AUTHORIZED,
        Fact.DENIED,
        Fact.VOIDED,
    }
)
_ORDER = {fact: place for place, fact in enumerate(Fact)}
AUTHORIZATION_BY = MappingProxyType(
    {
        Fact.SUBMITTED: Authorization.SUBMITTED,
        Fact.APPEALED: Authorization.APPEALED,
        Fact.INFO_REQUESTED: Authorization.INFO_REQUESTED,
        Fact.AUTHORIZED: Authorization.AUTHORIZED,
        Fact.PARTIALLY_AUTHORIZED: Authorization.PARTIALLY_AUTHORIZED,
        Fact.DENIED: Authorization.DENIED,
        Fact.EXPIRED: Authorization.EXPIRED,
        Fact.VOIDED: Authorization.VOIDED,
    }
)
RETURN_BY = MappingProxyType(
    {
        Fact.SENT: ReturnLeg.IN_TRANSIT,
        Fact.CAME_BACK: ReturnLeg.AWAITING_RETURN,
        Fact.LOST: ReturnLeg.LOST_IN_TRANSIT,
        Fact.DELIVERED: ReturnLeg.DELIVERED_TO_VENDOR,
        Fact.RECEIVED: ReturnLeg.RECEIVED_BY_VENDOR,
        Fact.INSPECTED: ReturnLeg.INSPECTED,
    }
)
OF_THE_ROAD = frozenset(RETURN_BY)


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing that was heard.

    turn       how often we had spoken by then; parts what bears the same instant
    same       what it says, as a fingerprint: the same twice is once
    source     what it was read from
    lapses_at  of a consent: when it ends unless something is on its way by then
    """

    fact: Fact
    at: datetime
    turn: int = 0
    same: bytes = b""
    source: Any = None
    lapses_at: datetime | None = None

    def place(self) -> tuple[datetime, int, int, bytes]:
        """Return where it stands among others, whenever it came."""
        return self.at, self.turn, _ORDER[self.fact], self.same


@dataclass(slots=True)
class _Axis:
    authorization: str
    return_leg: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One time that we asked for the vendor's word, and what first answered it."""

    ask: Heard
    answer: Heard | None


@dataclass(slots=True)
class Course:
    """How the authorization went.

    counted    what moved it, in order; `passed_over` what did not
    decision   the vendor's last word that counted
    consent    its last consent, even if it took that back since
    ended_at   when that consent ended; None: it stands, or there is none
    asks       each time we asked
    since      since when it is what it is
    """

    now: Authorization = Authorization.DRAFT
    since: datetime | None = None
    counted: list[Heard] = field(default_factory=list[Heard])
    passed_over: list[tuple[Heard, Authorization]] = field(
        default_factory=list[tuple[Heard, Authorization]]
    )
    decision: Heard | None = None
    consent: Heard | None = None
    ended_at: datetime | None = None
    asks: list[Asked] = field(default_factory=list[Asked])


def in_order(heard: Iterable[Heard]) -> list[Heard]:
    """Return what was heard by when it happened, each saying once."""
    once = {(each.fact, each.at, each.same): each for each in sorted(heard, key=_latest_first)}
    return sorted(once.values(), key=Heard.place)


def _latest_first(heard: Heard) -> tuple[Any, ...]:
    # Of the same told twice the one of the earlier turn stays.
    return (-heard.turn, *heard.place())


def course(
    heard: Iterable[Heard],
    *,
    moving_since: datetime | None,
    ended_at: datetime | None,
    moment: datetime,
) -> Course:
    """Return how the authorization went.

    moving_since   when the units were on their way, or with the vendor, at the latest
    ended_at       when it was settled: nothing lapses after that
    """
    found = Course()
    axis = _Axis(Authorization.DRAFT.value, "")
    for each in _with_lapses(in_order(heard), moving_since, ended_at, moment):
        if each.fact is Fact.EXPIRED and each.source is not found.decision:
            continue
        before = Authorization(axis.authorization)
        try:
            AUTHORIZATIONS.step(axis, _target(each, before, found))
        except IllegalStep:
            found.passed_over.append((each, before))
            continue
        _count(found, each)
        found.now = Authorization(axis.authorization)
        found.since = each.at
    return found


def _with_lapses(
    heard: Sequence[Heard],
    moving_since: datetime | None,
    ended_at: datetime | None,
    moment: datetime,
) -> list[Heard]:
    """Return what was heard, with the end of each consent in its place."""
    stops = [each for each in (moving_since, ended_at) if each is not None]
    lapses = [
        Heard(Fact.EXPIRED, each.lapses_at, each.turn, each.same, source=each)
        for each in heard
        if each.lapses_at is not None
        and each.lapses_at < moment
        and not any(stop <= each.lapses_at for stop in stops)
    ]
    return sorted([*heard, *lapses], key=Heard.place)


def _target(heard: Heard, now: Authorization, found: Course) -> Authorization:
    if heard.fact is Fact.ANSWERED:
        # An answer only follows a question, and leads back to where that came from.
        if now is not Authorization.INFO_REQUESTED:
            return Authorization.DRAFT
        return _asked_as(found)
    return AUTHORIZATION_BY[heard.fact]


def _asked_as(found: Course) -> Authorization:
    asks = (each.ask.fact for each in reversed(found.asks))
    first = next((fact for fact in asks if fact is not Fact.ANSWERED), Fact.SUBMITTED)
    return AUTHORIZATION_BY[first]


def _count(found: Course, heard: Heard) -> None:
    found.counted.append(heard)
    if heard.fact in OURS:
        found.asks.append(Asked(heard, None))
    if heard.fact in ANSWERS:
        if found.asks and found.asks[-1].answer is None:
            found.asks[-1] = Asked(found.asks[-1].ask, heard)
        if heard.fact is not Fact.INFO_REQUESTED:
            found.decision = heard
    if heard.fact in {Fact.AUTHORIZED, Fact.PARTIALLY_AUTHORIZED}:
        found.consent, found.ended_at = heard, None
    elif found.now in GRANTED:
        found.ended_at = heard.at


@dataclass(slots=True)
class Journey:
    """How the return went: where the units are, and since when they were where."""

    now: ReturnLeg
    reached: dict[ReturnLeg, datetime] = field(default_factory=dict[ReturnLeg, datetime])

    @property
    def late_clock_stopped_at(self) -> datetime | None:
        """When we ceased to be late: the first sign that the vendor has it."""
        return min((at for leg, at in self.reached.items() if leg in ARRIVED), default=None)

    @property
    def risk_ended_at(self) -> datetime | None:
        """When the risk ended: the vendor's own word that it has it."""
        own = {ReturnLeg.RECEIVED_BY_VENDOR, ReturnLeg.INSPECTED}
        return min((at for leg, at in self.reached.items() if leg in own), default=None)


def journey(heard: Iterable[Heard], *, is_required: bool) -> Journey:
    """Return how the return went."""
    start = ReturnLeg.AWAITING_RETURN if is_required else ReturnLeg.NOT_REQUIRED
    found = Journey(start)
    axis = _Axis("", start.value)
    for each in in_order(heard):
        try:
            RETURN_LEGS.step(axis, RETURN_BY[each.fact])
        except IllegalStep:
            continue
        found.now = ReturnLeg(axis.return_leg)
        found.reached.setdefault(found.now, each.at)
    return found


def moving_since(heard: Iterable[Heard]) -> datetime | None:
    """Return when the units had left us, by the earliest sign of it."""
    signs = {Fact.SENT, Fact.DELIVERED, Fact.RECEIVED, Fact.INSPECTED}
    return min((each.at for each in heard if each.fact in signs), default=None)


def is_granted(authorization: Authorization) -> bool:
    """Whether the vendor's consent stands."""
    return authorization in GRANTED
