"""By which day each remedy helps, by the vendor's own terms and calendar. Pure.

What no term promises has no day: it may come sooner, and nobody owes it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from app.coverage.rules import Answer, Entitled, Entitlement, Party
from app.kit.business_time import add_business_days
from app.vendors.terms import Anchor, Window


class Help(StrEnum):
    """What can help."""

    ADVANCE_REPLACEMENT = "advance_replacement"
    DEPOT_REPAIR = "depot_repair"
    ON_SITE_VISIT = "on_site_visit"


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way to help. `by`: its last day by the terms; None: no term says it."""

    what: str
    by: date | None
    rule: str | None
    source: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """A remedy, whether we are entitled to it, and by when it helps.

    helps_by  the day by which it has helped, by the terms; None: unknown
    not_before_on  the last day of the steps that are known: where some are not, it is at least that
    in_time   whether that is in time for the day it is needed by; None: no day was named
    """

    remedy: Help
    answer: Answer
    party: Party
    steps: tuple[Step, ...]
    helps_by: date | None
    not_before_on: date | None
    in_time: Answer | None
    return_by: date | None
    notes: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """When it is asked for, by when it is needed, and how many business days a parcel takes."""

    asked: date | datetime
    needed_by: date | None
    transit_days: int | None


@dataclass(frozen=True, slots=True)
class _Walked:
    """The steps of a remedy, the day it ends on, and the last day that is known of the way."""

    steps: tuple[Step, ...]
    helps_by: date | None
    known: date | None


class _Way:
    """The steps of a remedy, one after another, in one vendor's calendar."""

    def __init__(self, party: Party, asked: date | datetime) -> None:
        self.party = party
        self.steps: list[Step] = []
        self._now: date | datetime | None = asked
        self.known: date | None = None

    @property
    def end(self) -> date | None:
        """Return the last day of the last step; None: a step on the way is unknown."""
        return None if self._now is None else self.party.counting.day(self._now)

    def walked(self) -> _Walked:
        """Return the way as it was gone."""
        return _Walked(tuple(self.steps), self.end, self.known)

    def answered(self) -> None:
        terms = self.party.terms
        name = "answer_to_return_request" if terms.answer_to_return_request else "answer_to_claim"
        window: Window | None = getattr(terms, name)
        self._take("the vendor answers", window, terms.source_of(name), needed=False)

    def term(self, what: str, window: Window | None, source: str | None) -> None:
        self._take(what, window, source, needed=True)

    def _take(self, what: str, window: Window | None, source: str | None, *, needed: bool) -> None:
        start = self._now
        if window is None or start is None:
            rule = window.text() if window else None
            self.steps.append(Step(what, None, rule, source))
            # An answer that nobody owes by a day need not hold up what is owed from the request.
            if needed:
                self._now = None
            return
        self._reach(what, window.last_on(start, self.party.counting), window.text(), source)

    def travel(self, what: str, days: int | None) -> None:
        if days is None or self.end is None:
            rule = None if days is None else _parcel(days)
            self.steps.append(Step(what, None, rule, None))
            self._now = None
            return
        arrives = add_business_days(self.party.counting.calendar, self.end, days)
        self._reach(what, arrives, _parcel(days), "as asked")

    def _reach(self, what: str, day: date, rule: str, source: str | None) -> None:
        self.steps.append(Step(what, day, rule, source))
        self._now = day
        self.known = day if self.known is None else max(self.known, day)


def _parcel(days: int) -> str:
    return f"{days} business day{'' if days == 1 else 's'} on the road"


def compare(entitlements: dict[Entitled, Entitlement], wanted: Wanted) -> tuple[Plan, ...]:
    """Return what can help, the soonest first; what we are not entitled to is left out."""
    plans: list[Plan] = []
    for to, plan in _PLANS:
        entitlement = entitlements[to]
        if entitlement.answer is not Answer.NO and entitlement.door is not None:
            made = plan(entitlement.answer, entitlement.door.party, wanted)
            plans += [each for each in made if each.remedy not in {p.remedy for p in plans}]
    return tuple(sorted(plans, key=_soonest))


_ANSWERS = list(Answer)


def _soonest(plan: Plan) -> tuple[bool, date, bool]:
    return (plan.helps_by is None, plan.helps_by or date.max, plan.answer is not Answer.YES)


def _swap(answer: Answer, party: Party, wanted: Wanted) -> Iterable[Plan]:
    offered = party.terms.advance_replacement
    way = _Way(party, wanted.asked)
    way.answered()
    source = party.terms.source_of("advance_replacement")
    # Its time runs from the request, not from the answer.
    shipping = _Way(party, wanted.asked)
    shipping.term("the replacement is shipped", offered.ships_within if offered else None, source)
    answered_on = way.known
    shipped_on = _later(shipping.end, answered_on)
    arriving = _Way(party, shipped_on) if shipped_on else _Way(party, wanted.asked)
    arriving.travel("the replacement arrives", wanted.transit_days if shipped_on else None)
    steps = (*way.steps, *shipping.steps, *arriving.steps)
    known = max((step.by for step in steps if step.by), default=None)
    plan = _plan(
        Help.ADVANCE_REPLACEMENT, answer, party, _Walked(steps, arriving.end, known), wanted
    )
    back = offered.return_by if offered else None
    starts = {
        Anchor.REPLACEMENT_DELIVERY: plan.helps_by,
        Anchor.REPLACEMENT_SHIPMENT: shipped_on,
        Anchor.RMA_ISSUE: answered_on,
    }
    start = starts.get(back.anchor) if back else None
    return_by = back.last_on(start, party.counting) if back and start else None
    notes = [f"The defective unit goes back within {back.text()}."] if back else []
    yield replace(plan, return_by=return_by, notes=tuple(notes))


def _later(one: date | None, other: date | None) -> date | None:
    return one if one is None or other is None else max(one, other)


def _under_warranty(answer: Answer, party: Party, wanted: Wanted) -> Iterable[Plan]:
    way = _Way(party, wanted.asked)
    way.answered()
    way.travel("the unit arrives at the vendor's", wanted.transit_days)
    way.term("it is repaired and shipped", party.terms.repair, party.terms.source_of("repair"))
    way.travel("it is back", wanted.transit_days)
    yield _plan(Help.DEPOT_REPAIR, answer, party, way.walked(), wanted)
    visit = party.terms.call_out
    if visit is not None and visit.arrive_within is not None:
        way = _Way(party, wanted.asked)
        way.term("somebody comes", visit.arrive_within, party.terms.source_of("call_out"))
        plan = _plan(Help.ON_SITE_VISIT, answer, party, way.walked(), wanted)
        notes = ["Whether it is charged under warranty is unknown."]
        if visit.is_charged_under_warranty is not None:
            notes = [
                "A visit is charged under warranty too."
                if visit.is_charged_under_warranty
                else "A visit is free under warranty."
            ]
        yield replace(plan, notes=tuple(notes))


_Planner = Callable[[Answer, Party, Wanted], Iterable[Plan]]
_PLANS: tuple[tuple[Entitled, _Planner], ...] = (
    (Entitled.ADVANCE_REPLACEMENT, _swap),
    (Entitled.WARRANTY, _under_warranty),
    # Repair is owed for what came dead too, where the warranty says nothing.
    (Entitled.DOA, _under_warranty),
)


def _plan(remedy: Help, answer: Answer, party: Party, walked: _Walked, wanted: Wanted) -> Plan:
    in_time = _in_time(walked.helps_by, walked.known, wanted.needed_by)
    missing = [step.what for step in walked.steps if step.by is None]
    why = (
        f"By the terms it has helped by {walked.helps_by}."
        if walked.helps_by
        else f"No term says by when {', and when '.join(missing)}."
    )
    if in_time is Answer.NO:
        why += f" That is too late for {wanted.needed_by}."
    return Plan(
        remedy=remedy,
        answer=answer,
        party=party,
        steps=walked.steps,
        helps_by=walked.helps_by,
        not_before_on=walked.known,
        in_time=in_time,
        return_by=None,
        notes=(),
        why=why,
    )


def _in_time(helps_by: date | None, known: date | None, needed_by: date | None) -> Answer | None:
    if needed_by is None:
        return None
    if helps_by is not None:
        return Answer.YES if helps_by <= needed_by else Answer.NO
    # What is known of the way already ends too late.
    return Answer.NO if known is not None and known > needed_by else Answer.UNKNOWN
