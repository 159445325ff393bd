"""How a replacement stands, read from all that was heard of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.claims.rules.axes import ARRIVED, ReturnLeg
from app.claims.rules.folding import Fact as RoadFact
from app.claims.rules.folding import Heard as Sign
from app.claims.rules.folding import Journey, journey
from app.claims.rules.road import Carried
from app.obligations.rules import LIVE
from app.obligations.rules import State as Debt
from app.orders.units.rules import spoken_serials
from app.replacements.models import ReplacementFact, ReplacementParcel
from app.replacements.rules import FAILED, Arrival, SwapOutcome
from app.replacements.rules.contradicting import Proof
from app.replacements.rules.folding import Course, Heard, SwapFact, course, latest
from app.replacements.rules.returning import ReturnBy, return_by
from app.replacements.rules.road import signs
from app.replacements.rules.states import (
    ENDED,
    GRANTED,
    Found,
    Outbound,
    ReturnCharge,
    SwapState,
    charge_of,
    state_of,
)
from app.replacements.rules.weighing import Reading, Weighed, weigh
from app.replacements.standing import Standing
from app.vendors.terms import Anchor, Bearer

_SETTLING = frozenset({"accepted", "no_trouble_found", "incomplete", "damaged"})


@dataclass(frozen=True, slots=True)
class Read:
    """How a replacement stands by all that was heard.

    arrived   what was told of the box that came, last
    received, waived, closed   the vendor has it, wants it no more, we closed it
    """

    standing: Standing
    course: Course
    journey: Journey
    return_by: ReturnBy
    arrived: ReplacementFact | None
    received: ReplacementFact | None
    waived: ReplacementFact | None
    closed: ReplacementFact | None
    weighed: Weighed
    charge: ReturnCharge
    moment: datetime

    @property
    def arrival(self) -> Arrival | None:
        """Return what came out of the box."""
        return Arrival(self.arrived.told["outcome"]) if self.arrived else None

    @property
    def delivered_at(self) -> datetime | None:
        """Return when the replacement came."""
        return self.course.reached.get(Outbound.DELIVERED)

    @property
    def is_wrong_serial(self) -> bool:
        """Whether the vendor says that another unit came back."""
        return self.received is not None and self.received.told.get("outcome") == "wrong_serial"

    @property
    def late_clock_stopped_at(self) -> datetime | None:
        """Return when we ceased to be late."""
        return None if self.is_wrong_serial else self.journey.late_clock_stopped_at

    @property
    def is_confirmed(self) -> bool:
        """Whether the vendor confirms the very unit, or says what it found on it."""
        if self.received is None or self.is_wrong_serial:
            return False
        serial = self.standing.replacement.back_serial
        if serial is None or self.received.told.get("outcome") in _SETTLING:
            return True
        named = {plain for each in self.received.told["serials"] for plain in spoken_serials(each)}
        return bool(named & set(spoken_serials(serial)))

    @property
    def loss_is_vendors(self) -> bool:
        """Whether a return that was lost on its way is the vendor's loss, by its terms."""
        terms = self.standing.terms
        risk = terms.risk_in_transit if terms else None
        is_lost = self.journey.now is ReturnLeg.LOST_IN_TRANSIT
        return is_lost and risk is not None and risk.bearer is Bearer.VENDOR

    def returned_as(self) -> SwapOutcome | None:
        """Return how it is settled what had to go back; None: it is not."""
        if self.closed is not None:
            return SwapOutcome.CLOSED_BY_US
        if self.waived is not None:
            return SwapOutcome.WAIVED
        if self.charge is ReturnCharge.CHARGE_ACCEPTED:
            return SwapOutcome.CHARGE_ACCEPTED
        if self.charge is ReturnCharge.CHARGE_REVERSED and self.journey.now in ARRIVED:
            return SwapOutcome.CHARGE_REVERSED
        if self.is_confirmed:
            return SwapOutcome.RETURNED
        return SwapOutcome.LOST_AT_VENDORS_RISK if self.loss_is_vendors else None

    @property
    def is_done(self) -> bool:
        """Whether, beside the return, nothing is owed either way."""
        if self.closed is not None:
            return True
        if self.course.now is not Outbound.DELIVERED:
            return False
        return not any(
            row.purpose == "security" and Debt(self.standing.owed[row.obligation_id].state) in LIVE
            for row in self.standing.dues
        )

    @property
    def is_late(self) -> bool:
        """Whether it should be back, and is not."""
        due_at = self.return_by.due_at
        return (
            due_at is not None
            and due_at < self.moment
            and self.course.now in GRANTED
            and self.late_clock_stopped_at is None
        )

    @property
    def state(self) -> SwapState:
        """Return how it stands, in one word."""
        return state_of(
            Found(
                self.course.now,
                ReturnLeg.AWAITING_RETURN if self.is_wrong_serial else self.journey.now,
                self.charge,
                is_returned=self.returned_as() is not None,
                is_done=self.is_done,
                is_late=self.is_late,
            )
        )

    @property
    def holds_line(self) -> bool:
        """Whether no other replacement of the line can be asked for."""
        return self.course.now not in ENDED and self.arrival not in FAILED

    def proof(self) -> Proof:
        """Return what shows that the unit went back."""
        reached = self.journey.reached
        back = [row for row in self.standing.parcels if row.is_return]
        own = [reached.get(leg) for leg in (ReturnLeg.RECEIVED_BY_VENDOR, ReturnLeg.INSPECTED)]
        received = min((each for each in own if each is not None), default=None)
        return Proof(
            sent_at=min((row.sent_at for row in back), default=None),
            delivered_at=reached.get(ReturnLeg.DELIVERED_TO_VENDOR) or self._delivered(back),
            received_at=None if self.is_wrong_serial else received,
            waived_at=self.waived.at if self.waived else None,
            tracking=self.arriving.tracking_number if self.arriving else None,
            weight=self.weighed.says,
        )

    def _delivered(self, back: Sequence[ReplacementParcel]) -> datetime | None:
        told = [carried(self.standing, row).delivered_at for row in back]
        return min((each for each in told if each is not None), default=None)

    @property
    def arriving(self) -> ReplacementParcel | None:
        """Return the parcel that went back: the one that arrived, else the one sent last."""
        back = [row for row in self.standing.parcels if row.is_return]
        arrived = [row for row in back if carried(self.standing, row).delivered_at]
        return next(iter(arrived), back[-1] if back else None)


def heard(fact: ReplacementFact) -> Heard:
    """Return a fact as states are read from it."""
    return Heard(SwapFact(fact.fact), fact.at, fact.same, source=fact)


def carried(standing: Standing, row: ReplacementParcel) -> Carried:
    """Return a parcel with what its carrier says."""
    return Carried.of(row.sent_at, row.lost_at, standing.story(row))


def read(standing: Standing, moment: datetime, more: Iterable[ReplacementFact] = ()) -> Read:
    """Return how a replacement stands; `more`: what may yet be written down."""
    told = [heard(fact) for fact in (*standing.facts, *more)]
    found = course([*told, *_deliveries(standing)])
    received = _last(told, SwapFact.RECEIVED)
    waived = _last(told, SwapFact.WAIVED)
    way = journey(_road(standing, told), is_required=found.now in GRANTED and waived is None)
    return Read(
        standing=standing,
        course=found,
        journey=way,
        return_by=_return_by(standing, found, told),
        arrived=_last(told, SwapFact.ARRIVED),
        received=received,
        waived=waived,
        closed=_last(told, SwapFact.CLOSED),
        weighed=_weighed(standing),
        charge=charge_of([ReturnCharge(row.state) for row in standing.charges]),
        moment=moment,
    )


def _deliveries(standing: Standing) -> list[Heard]:
    """Return what carriers say of the replacement's own parcels: the first that came, came."""
    out = [carried(standing, row) for row in standing.parcels if not row.is_return]
    told = [each.delivered_at for each in out if each.delivered_at is not None]
    return [Heard(SwapFact.DELIVERED, min(told))] if told else []


def _road(standing: Standing, told: Sequence[Heard]) -> list[Sign]:
    found = signs([carried(standing, row) for row in standing.parcels if row.is_return])
    for each in told:
        if each.fact is SwapFact.RECEIVED:
            kind = RoadFact.INSPECTED if each.source.told.get("outcome") else RoadFact.RECEIVED
            found.append(Sign(kind, each.at, same=each.same))
    return found


def _last(told: Sequence[Heard], *facts: SwapFact) -> ReplacementFact | None:
    found = latest(told, *facts)
    return found.source if found else None


def _return_by(standing: Standing, found: Course, told: Sequence[Heard]) -> ReturnBy:
    stating = [each for each in told if each.source.told.get("return_by")]
    last = latest(stating, SwapFact.RETURN_BY, SwapFact.APPROVED, SwapFact.SHIPPED)
    stated = date.fromisoformat(last.source.told["return_by"]) if last else None
    issue = found.last(SwapFact.APPROVED)
    reached = {
        Anchor.RMA_ISSUE: issue.at if issue else None,
        Anchor.REPLACEMENT_SHIPMENT: found.reached.get(Outbound.SHIPPED),
        Anchor.REPLACEMENT_DELIVERY: found.reached.get(Outbound.DELIVERED),
    }
    return return_by(
        standing.offered,
        {anchor: at for anchor, at in reached.items() if at is not None},
        stated=stated,
        stated_at=last.at if last else None,
        by=standing.counting,
    )


def _weighed(standing: Standing) -> Weighed:
    readings = [
        Reading(each["kind"], each["grams"], each["resolution_g"])
        for row in standing.parcels
        if row.is_return
        for each in (standing.story(row) or {}).get("readings", ())
    ]
    return weigh(readings, standing.ordered.weight_g, standing.ordered.spread_g)


def counted_ids(found: Read) -> set[UUID]:
    """Return the ids of the facts that count."""
    sources: list[Any] = [each.source for each in found.course.counted]
    return {source.id for source in sources if source is not None}
