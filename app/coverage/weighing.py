"""Which source is believed, at which door to ask, and which door is the next. Pure."""

from collections.abc import Sequence
from datetime import date

from app.coverage.rules import (
    Answer,
    DoorState,
    Entitled,
    Entitlement,
    Finding,
    Party,
    RestsOn,
    Weight,
    heavier,
)
from app.vendors.rules import Role
from app.vendors.terms import words


def best(findings: Sequence[Finding]) -> Finding:
    """Return the best founded of what sources say of one door.

    The vendor's own page for this very serial number outweighs its terms and dates that were only
    told; a day that a paper proves outweighs a page that counts from another one.
    """
    known = [each for each in findings if each.is_known]
    if not known:
        return findings[0]
    chosen = known[0]
    for other in known[1:]:
        if _beats(other, chosen):
            chosen = other
    return chosen


def _beats(one: Finding, other: Finding) -> bool:
    if one.weight is not other.weight:
        return heavier(one.weight, other.weight)
    if one.basis is other.basis is RestsOn.LOOKUP:
        return (one.seen_on or date.min) > (other.seen_on or date.min)
    if RestsOn.LOOKUP not in {one.basis, other.basis}:
        return False
    page, paper = (one, other) if one.basis is RestsOn.LOOKUP else (other, one)
    misled = (
        paper.weight is Weight.PROVEN
        and page.begins_on is not None
        and paper.begins_on not in {None, page.begins_on}
    )
    return one is (paper if misled else page)


def settle(
    to: Entitled,
    told: Sequence[tuple[Party, Sequence[Finding]]],
    *,
    manufacturer: str | None,
) -> Entitlement:
    """Return the answer of all doors together, given in the order in which they are tried.

    One that says yes is enough. Where none does, the word of who made it decides: the others pass
    on what it owes. What they may grant of their own accord is unknown as long as no term says so.
    """
    if not told:
        why = (
            f"Neither who sold it to us nor who made it is known: nothing is known of {_name(to)}."
        )
        return Entitlement(to, Answer.UNKNOWN, why, (), None, None, None)
    doors = _doors(told)
    makers = [each for each in doors if _is_maker(each.party, manufacturer)]
    door = _door(doors, makers)
    decided_by = door or next(iter(makers), None) or doors[-1]
    return Entitlement(
        to=to,
        answer=Answer.NO if door is None else door.answer,
        why=_why(to, doors, door),
        doors=doors,
        door=door,
        decided_by=decided_by,
        owed_by=_owed_by(makers, door),
    )


def _name(to: Entitled) -> str:
    return words(to).upper() if to is Entitled.DOA else words(to)


def _is_maker(party: Party, manufacturer: str | None) -> bool:
    return party.vendor == manufacturer and party.role is Role.MANUFACTURER


def _doors(told: Sequence[tuple[Party, Sequence[Finding]]]) -> tuple[DoorState, ...]:
    used = [best(findings) for _, findings in told]
    states: list[DoorState] = []
    behind: list[tuple[Party, Finding]] = []
    for (party, findings), chosen in reversed(list(zip(told, used, strict=True))):
        following = next((p for p, f in reversed(behind) if f.answer is not Answer.NO), None)
        name = following.vendor if following else None
        states.append(DoorState(party, chosen.answer, chosen, tuple(findings), name))
        behind.append((party, chosen))
    return tuple(reversed(states))


def _door(doors: Sequence[DoorState], makers: Sequence[DoorState]) -> DoorState | None:
    """Return where to ask: where the answer is yes, else where something may be had."""
    for each in doors:
        if each.answer is Answer.YES:
            return each
    if any(each.answer is Answer.NO for each in makers):
        return None
    unknown = [each for each in doors if each.answer is Answer.UNKNOWN]
    # Where a term is set, one day or one look-up may be all that is missing.
    ruled = [each for each in unknown if each.used.rule is not None]
    return next(iter([*ruled, *unknown]), None)


def _owed_by(makers: Sequence[DoorState], door: DoorState | None) -> Party | None:
    """Return who owes it: who made it, unless only somebody else grants it."""
    if door is None:
        return None
    maker = next(iter(makers), None)
    return maker.party if maker and maker.answer is not Answer.NO else door.party


def _why(to: Entitled, doors: Sequence[DoorState], door: DoorState | None) -> str:
    gone = [_closed(each) for each in doors if each.answer is Answer.NO]
    if door is not None:
        verb = "Ask" if door.answer is Answer.YES else "It is unknown; ask"
        return " ".join([*gone, f"{verb} {door.party.name}.", door.used.why])
    unknown = [
        f"Whether {each.party.name} grants it of its own accord is unknown."
        for each in doors
        if each.answer is Answer.UNKNOWN
    ]
    ended = [each.used.why for each in doors if each.answer is Answer.NO]
    return " ".join([f"No door is open for {_name(to)}.", *gone, *unknown, *ended])


def _closed(door: DoorState) -> str:
    ended = door.used.ends_on
    until = f" on {ended}" if ended else ""
    following = f"; the next is {door.next_vendor}" if door.next_vendor else ""
    return f"The door of {door.party.name} closed{until}{following}."
