"""Which source is believed, at which door to ask, and which door is the next. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date

from app.coverage.rules import (
    Answer,
    Basis,
    DoorState,
    Entitled,
    Entitlement,
    Finding,
    Party,
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
    if one.basis is other.basis is Basis.LOOKUP:
        return (one.seen_on or date.min) > (other.seen_on or date.min)
    if Basis.LOOKUP not in {one.basis, other.basis}:
        return False
    page, paper = (one, other) if one.basis is Basis.LOOKUP else (other, one)
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
    """Return the answer of all doors together, given in the order in which they are tried."""
    doors = _doors(told)
    door = _door(doors)
    answer = Answer.NO if door is None else door.answer
    if not doors:
        why = f"Neither who sold it to us nor who made it is known: nothing is known of {to.value}."
        return Entitlement(to, Answer.UNKNOWN, why, (), None, None)
    return Entitlement(
        to=to,
        answer=answer,
        why=_why(to, doors, door),
        doors=doors,
        door=door,
        owed_by=_owed_by(doors, door, manufacturer),
    )


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


def _door(doors: Sequence[DoorState]) -> DoorState | None:
    for wanted in (Answer.YES, Answer.UNKNOWN):
        for each in doors:
            if each.answer is wanted:
                return each
    return None


def _owed_by(
    doors: Sequence[DoorState], door: DoorState | None, manufacturer: str | None
) -> Party | None:
    """Return who owes it: the manufacturer, unless only somebody else grants it."""
    if door is None:
        return None
    makers = [
        each
        for each in doors
        if each.party.vendor == manufacturer and each.party.role is Role.MANUFACTURER
    ]
    if makers and makers[0].answer is not Answer.NO:
        return makers[0].party
    return door.party


def _why(to: Entitled, doors: Sequence[DoorState], door: DoorState | None) -> str:
    dead = [each for each in doors if each.answer is Answer.NO]
    gone = " ".join(_closed(each) for each in dead)
    name = words(to).upper() if to is Entitled.DOA else words(to)
    if door is None:
        return f"No door is left for {name}. {gone}"
    verb = "Ask" if door.answer is Answer.YES else "It is unknown; ask"
    return " ".join(part for part in (gone, f"{verb} {door.party.name}.", door.used.why) if part)


def _closed(door: DoorState) -> str:
    ended = door.used.ends_on
    until = f" on {ended}" if ended else ""
    following = f"; the next is {door.next_vendor}" if door.next_vendor else ""
    return f"The door of {door.party.name} closed{until}{following}."


def by_entitled(entitlements: Sequence[Entitlement]) -> Mapping[Entitled, Entitlement]:
    """Return entitlements by what they are to."""
    return {each.to: each for each in entitlements}
