"""What single sources say: a window of the terms, a vendor's page, the unit that was replaced."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from app.coverage.rules import (
    Answer,
    Dates,
    Finding,
    Gives,
    Lookup,
    Offer,
    Party,
    RestsOn,
    Says,
    Weight,
    days_of,
)
from app.vendors.terms import Anchor, Right, Window, vendor_deadlines, words


def by_term(right: Right, party: Party, dates: Dates, on: date) -> Finding:
    """Return what a vendor's own window says on a day; its last day still counts.

    Without a term, or without the day it is counted from, nothing is known.
    """
    (end,) = vendor_deadlines(frozenset({right}), party.terms, days_of(dates), party.counting)
    window: Window | None = getattr(party.terms, _TERMS[right])
    found = Finding(
        basis=RestsOn.TERMS,
        vendor=party.vendor,
        role=party.role,
        answer=Answer.UNKNOWN,
        why=f"By the terms of {party.name}: {end.why}",
        weight=Weight.NONE,
        rule=end.window,
        source=end.source,
        terms_key=party.terms_key,
        terms_version=party.terms_version,
    )
    if window is None or end.last_on is None:
        return found
    known = dates[window.anchor][0]
    begins_on = party.counting.day(known.when)
    found = replace(
        found,
        begins_on=begins_on,
        ends_on=end.last_on,
        last_at=end.last_at,
        weight=known.weight,
        answer=Answer.YES if begins_on <= on <= end.last_on else Answer.NO,
        why=f"{found.why} The day it counts from: {known.source}.",
    )
    if on < begins_on:
        return replace(found, why=f"{found.why} On {on} it had not begun.")
    return found


_TERMS = {Right.CLAIM_WARRANTY: "warranty", Right.CLAIM_DOA: "doa_window"}


def by_lookup(lookup: Lookup, gives: Gives, on: date) -> Finding:
    """Return what a vendor's page, as it was seen, says of a day.

    What it said without a last day is said of the day it was seen, and of no other.
    """
    seen = f"The page of {lookup.vendor}, seen on {lookup.seen_on},"
    found = Finding(
        basis=RestsOn.LOOKUP,
        vendor=lookup.vendor,
        answer=Answer.UNKNOWN,
        why="",
        weight=Weight.NONE,
        source=lookup.source,
        lookup_key=lookup.key,
        seen_on=lookup.seen_on,
    )
    if lookup.says in _NOTHING:
        return replace(found, why=f"{seen} {_NOTHING[lookup.says]}")
    if lookup.says is Says.NOT_COVERED:
        return _absent(found, f"{seen} says that it is not covered", lookup, on)
    offers = [offer for offer in lookup.offers if offer.gives is gives]
    if offers:
        return _by_offers(found, seen, lookup, offers, on)
    if gives is Gives.CONTRACT:
        return _absent(found, f"{seen} names no contract", lookup, on)
    return _without_offer(found, seen, lookup, gives, on)


_NOTHING = {
    Says.NOT_FOUND: "does not know the serial number: is it read rightly?",
    Says.AMBIGUOUS: "has several units of this serial number.",
}


def _without_offer(found: Finding, seen: str, lookup: Lookup, gives: Gives, on: date) -> Finding:
    if lookup.offers:
        return replace(found, why=f"{seen} names other things, and no {words(gives)}.")
    if gives is not Gives.WARRANTY or on != lookup.seen_on:
        return replace(found, why=f"{seen} says that it is covered, and not until when.")
    why = f"{seen} says that it is covered on that day."
    return replace(found, answer=Answer.YES, weight=Weight.SUPPOSED, why=why)


def _absent(found: Finding, words_: str, lookup: Lookup, on: date) -> Finding:
    if on < lookup.seen_on:
        return replace(found, why=f"{words_}; of {on} that says nothing.")
    return replace(found, answer=Answer.NO, weight=Weight.SUPPOSED, why=f"{words_}.")


def _by_offers(
    found: Finding, seen: str, lookup: Lookup, offers: Sequence[Offer], on: date
) -> Finding:
    running = [each for each in offers if _runs(each, on, lookup.seen_on)]
    best = max(running or offers, key=lambda each: each.ends_on or date.min)
    told = f"{seen} names {best.name or words(best.gives)}"
    found = replace(
        found, rule=best.name, begins_on=best.starts_on, ends_on=best.ends_on, weight=Weight.PROVEN
    )
    if best.ends_on is None and not running:
        # Without a last day it may run still.
        return replace(
            found, weight=Weight.NONE, why=f"{told}, and not until when: {on} is another day."
        )
    if best.ends_on is None:
        return replace(
            found, answer=Answer.YES, weight=Weight.SUPPOSED, why=f"{told}, without a last day."
        )
    span = f"from {best.starts_on} to {best.ends_on}" if best.starts_on else f"to {best.ends_on}"
    open_ended = any(each.ends_on is None for each in offers)
    if not running and open_ended:
        why = f"{told} {span}, and something else without a last day."
        return replace(found, weight=Weight.NONE, why=why)
    return replace(found, answer=Answer.YES if running else Answer.NO, why=f"{told} {span}.")


def _runs(offer: Offer, on: date, seen_on: date) -> bool:
    begun = offer.starts_on is None or offer.starts_on <= on
    return begun and (on == seen_on if offer.ends_on is None else on <= offer.ends_on)


def carried_over(party: Party, before: Finding, dates: Dates, on: date) -> Finding:
    """Return what a replacement has of the warranty of the unit before it, by the vendor's rule.

    The rest of it, or a least time where that is longer. `before`: what the unit before it had;
    `dates`: those of the replacement.
    """
    rule = party.terms.replacement_warranty
    found = Finding(
        basis=RestsOn.REPLACED_UNIT,
        vendor=party.vendor,
        role=party.role,
        answer=Answer.UNKNOWN,
        why=f"By the terms of {party.name} nothing is known of the warranty of a replacement.",
        weight=Weight.NONE,
        source=party.terms.source_of("replacement_warranty"),
        terms_key=party.terms_key,
        terms_version=party.terms_version,
    )
    if rule is None:
        return found
    least = _least(party, rule.at_least, dates)
    rest = before.ends_on if rule.keeps_rest else None
    known = [each for each in (rest, least) if each is not None]
    is_whole = (
        rule.keeps_rest is not None
        and (not rule.keeps_rest or rest is not None)
        and (rule.at_least is None or least is not None)
    )
    text = _rule_text(rule.keeps_rest, rule.at_least)
    found = replace(found, rule=text)
    if not known:
        return replace(found, why=f"A replacement has {text}; from when to when is unknown.")
    last = max(known)
    parts = _parts(rest, least)
    weight = before.weight if last == rest and before.weight is not Weight.NONE else Weight.TOLD
    if on > last and not is_whole:
        why = f"A replacement has {text}: {parts}; the rest of the rule is unknown."
        return replace(found, why=why)
    return replace(
        found,
        answer=Answer.YES if on <= last else Answer.NO,
        ends_on=last,
        weight=weight,
        why=f"A replacement has {text}: {parts}. That ends on {last}"
        f"{'' if is_whole else ', or later'}.",
    )


def _least(party: Party, window: Window | None, dates: Dates) -> date | None:
    if window is None:
        return None
    told = dates.get(_OF_REPLACEMENT[window.anchor])
    return window.last_on(told[0].when, party.counting) if told else None


_OF_REPLACEMENT = {
    Anchor.REPLACEMENT_SHIPMENT: Anchor.SHIPMENT,
    Anchor.REPLACEMENT_DELIVERY: Anchor.DELIVERY,
}


def _rule_text(keeps_rest: bool | None, at_least: Window | None) -> str:  # noqa: FBT001
    rest = "the rest of the first one's warranty" if keeps_rest else ""
    least = f"at least {at_least.text()}" if at_least else ""
    return ", ".join(part for part in (rest, least) if part) or "no rest of the first one's"


def _parts(rest: date | None, least: date | None) -> str:
    told = [
        f"the rest runs to {rest}" if rest else "",
        f"the least time to {least}" if least else "",
    ]
    return ", ".join(part for part in told if part)
