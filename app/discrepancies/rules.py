"""What can differ, how it can end, what it may not contradict, and whether it is early. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from app.cases.rules import Kind as CaseKind
from app.kit.problems import Problem
from app.kit.states import Flow
from app.parcels.reports import ScanStatus

FIRST_NUMBER = 1001
MAX_DENIALS = 200
_NUMBER = re.compile(r"(?:D[\s-]*)?([0-9]{1,18})", re.IGNORECASE | re.ASCII)


class Kind(StrEnum):
    """What differs."""

    SHORT_SHIPMENT = "short_shipment"
    NON_DELIVERY = "non_delivery"
    WRONG_ITEM = "wrong_item"
    OVER_SHIPMENT = "over_shipment"
    DAMAGE = "damage"


# What a scale can speak of: how much there was, as against what the papers say.
WEIGHABLE = frozenset({Kind.SHORT_SHIPMENT, Kind.NON_DELIVERY})
WHY_NOT_WEIGHED: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.WRONG_ITEM: "A weight is not asked what came instead, only what is missing.",
        Kind.OVER_SHIPMENT: "A weight is not asked what came too much, only what is missing.",
        Kind.DAMAGE: "A weight says nothing of a damage.",
    }
)


class State(StrEnum):
    """How far it is with whoever owes it to us."""

    OPEN = "open"
    SETTLED = "settled"


STATES = Flow(State, {State.OPEN: {State.SETTLED}, State.SETTLED: set()})


class Settlement(StrEnum):
    """How it ended. `elsewhere`: the ledger made it good, by a performance recorded there."""

    RESHIPPED = "reshipped"
    CREDITED = "credited"
    DENIED = "denied"
    WRITTEN_OFF = "written_off"
    ELSEWHERE = "elsewhere"


MAKES_GOOD = frozenset({Settlement.RESHIPPED, Settlement.CREDITED})

# What a customer reports may turn out as something near it: nothing came, or only a part.
_FITS: Mapping[CaseKind, frozenset[Kind]] = MappingProxyType(
    {
        CaseKind.SHORT_SHIPMENT: frozenset({Kind.SHORT_SHIPMENT, Kind.NON_DELIVERY}),
        CaseKind.NON_DELIVERY: frozenset({Kind.NON_DELIVERY, Kind.SHORT_SHIPMENT}),
        CaseKind.WRONG_ITEM: frozenset({Kind.WRONG_ITEM, Kind.SHORT_SHIPMENT, Kind.OVER_SHIPMENT}),
        CaseKind.OVER_SHIPMENT: frozenset({Kind.OVER_SHIPMENT, Kind.WRONG_ITEM}),
        CaseKind.DAMAGE: frozenset({Kind.DAMAGE, Kind.SHORT_SHIPMENT}),
        CaseKind.OTHER: frozenset(Kind),
    }
)


class UnfitKind(Problem):
    """The case is about something else; `fitting` says which kinds it can have."""

    status = 409


class ContradictsShipment(Problem):
    """It says what the records of the ERP or of the ledger contradict; `errors` points at each."""

    status = 409


class NothingToWeigh(Problem):
    """A weight says nothing of this kind of discrepancy."""

    status = 409


class TooManyDenials(Problem):
    """As many denials are recorded as one discrepancy can have; `most` says how many."""

    status = 409


class NothingDenied(Problem):
    """Nobody has refused it, so there is no denial to accept. Write it off instead."""

    status = 409


class UnfitSettlement(Problem):
    """It cannot end so; `errors` says why."""

    status = 409


class WhichObligation(Problem):
    """Several debts pursue this loss; `obligations` lists them. Say which was performed."""

    status = 409


def spoken_number(number: int) -> str:
    """Return a discrepancy's number as people say it."""
    return f"D-{number}"


def read_number(text: str) -> int | None:
    """Return the number that people wrote: `D-1042`, `d 1042`, `1042`. None if it is none."""
    found = _NUMBER.fullmatch(text.strip())
    return int(found[1]) if found else None


def require_fit(kind: Kind, case_kind: CaseKind) -> None:
    """Refuse a kind that is not what the case is about. Raises UnfitKind."""
    fitting = _FITS.get(case_kind, frozenset())
    if kind not in fitting:
        names = [each.value for each in Kind if each in fitting]
        allowed = f"it can have {', '.join(names)}" if names else "it can have no discrepancy"
        detail = f"the case is about {case_kind.value}: {allowed}"
        raise UnfitKind(
            f"A {kind.value} does not fit the case.",
            fitting=names,
            errors=[{"pointer": "/kind", "detail": detail}],
        )


@dataclass(frozen=True, slots=True)
class Differing:
    """A line that differs, against what is known of it.

    held               units that the shipment's packages hold by its papers
    is_held_unknown    of some package nobody says what is in it
    lost_here, lost    units of the line that the ledger counts as lost and not made good: of this
                       shipment, and in all
    """

    pointer: str
    name: str
    quantity: int
    ordered: int
    held: int
    is_held_unknown: bool
    lost_here: int
    lost: int


def quantity_faults(kind: Kind, lines: Iterable[Differing]) -> list[dict[str, Any]]:
    """Return which lines cannot be missing so much. What came too much has no bound in papers."""
    if kind is Kind.OVER_SHIPMENT:
        return []
    return [fault for line in lines for fault in _faults(line)]


def _faults(line: Differing) -> Iterable[dict[str, Any]]:
    at = f"{line.pointer}/quantity"
    if line.quantity > line.ordered:
        detail = f"{line.ordered} were ordered of {line.name}; it cannot be about {line.quantity}"
        yield {"pointer": at, "detail": detail, "most": line.ordered}
    elif not line.is_held_unknown and not line.held:
        detail = f"the shipment does not hold anything of {line.name}"
        yield {"pointer": f"{line.pointer}/order", "detail": detail}
    elif not line.is_held_unknown and line.quantity > line.held:
        detail = f"the shipment holds {line.held} of {line.name}, not {line.quantity}"
        yield {"pointer": at, "detail": detail, "most": line.held}
    else:
        within = line.ordered if line.is_held_unknown else line.held
        most = max(min(within - line.lost_here, line.ordered - line.lost), 0)
        if line.quantity > most:
            detail = (
                f"of {line.name} {max(line.lost, line.lost_here)} are lost already by the ledger, "
                f"so that {most} can be missing here; settle that first, or correct it"
            )
            yield {"pointer": at, "detail": detail, "most": most}


_AT_ITS_END = frozenset(
    {
        ScanStatus.DELIVERED,
        ScanStatus.RETURN_TO_SENDER,
        ScanStatus.CANCELLED,
        ScanStatus.ERROR,
    }
)


def early_note(
    statuses: Sequence[tuple[str, bool]], *, not_before_on: date | None, today: date
) -> str | None:
    """Return why it is early and when it is so no more; None: it is not early.

    `statuses`: of each parcel it concerns, and whether that was delivered. `not_before_on`: until
    when the carrier still searches, by its tariff.
    """
    moving = [
        status
        for status, is_delivered in statuses
        if status not in _AT_ITS_END and not is_delivered
    ]
    if not moving:
        return None
    if not_before_on is not None and today > not_before_on:
        return None
    count = f"{len(moving)} of {len(statuses)} parcels" if len(statuses) > 1 else "The parcel"
    verb = "are" if len(moving) > 1 else "is"
    until = f", or after {not_before_on}: until then it searches" if not_before_on else ""
    return (
        f"It is early: {count} {verb} still on the way ({', '.join(sorted(set(moving)))}). It is"
        f" so no more once the carrier says delivered or returned{until}."
    )
